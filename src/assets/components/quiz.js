// <book-quiz>: each question becomes a form. Pick or write, press Check, and hear whether it is right; the answer with its
// reasons, which stands on the page from the start, can be opened after the first try, and opens by itself when it was right.
// What was checked is kept (../progress.js), until the section is started again.
//
// .question[data-form]: one | several   .choices > li, data-right on those that are right
//                       short | code    data-answers, a list of texts that count; `code` minds upper and lower case
//                       tracing         data-stdout, what the program prints; or data-line, where rustc refuses it

import { allow, button, make } from '../dom.js';
import { questions, recall, remember } from '../progress.js';
import { report } from '../page.js';

/**
 * How a kind of question is asked.
 * @typedef {object} Ask
 * @property {Node[]} fields
 * @property {() => any} given what the reader has picked or written, as JSON; nothing, if nothing
 * @property {(given: any) => void} give the same again
 * @property {(given: any) => { right: boolean, hint?: string }} judge
 */

/** @param {string} text */
const plain = text => text.trim().replace(/\s+/g, ' ').replace(/(\d),(?=\d{3}\b)/g, '$1');

/** Without blanks at the ends of lines, and without empty lines around. @param {string} text */
const lines = text => text.trim().split('\n').map(line => line.trim().replace(/\s+/g, ' '));

/** @param {HTMLElement} box @returns {Ask} */
function choices(box) {
    const several = box.dataset.form === 'several';
    const list = box.querySelector('.choices');
    if (!list?.children.length) throw new Error('there are no choices');
    const items = [...list.children];
    const inputs = items.map((item, at) => {
        const type = several ? 'checkbox' : 'radio';
        const input = make('input', { type, name: box.id, value: String(at) });
        const text = item.querySelector(':scope > label > span') ?? item;
        item.replaceChildren(make('label', {}, input, make('span', {}, ...text.childNodes)));
        return input;
    });
    const picked = () => inputs.flatMap((input, at) => (input.checked ? [at] : []));
    return {
        fields: [list],
        given: () => (picked().length ? picked() : undefined),
        give: given => inputs.forEach((input, at) => (input.checked = given.includes(at))),
        judge: given => {
            const good = items.filter((item, at) => item.hasAttribute('data-right') === given.includes(at)).length;
            const hint = several ? `${good} of ${items.length} are marked as they should be.` : undefined;
            return { right: good === items.length, hint };
        },
    };
}

/** @param {HTMLElement} box @returns {Ask} */
function words(box) {
    const code = box.dataset.form === 'code';
    const alike = (/** @type {string} */ text) => (code ? plain(text) : plain(text).toLowerCase());
    const answers = /** @type {string[]} */ (JSON.parse(box.dataset.answers ?? '')).map(alike);
    const quiet = { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' };
    const input = make('input', { type: 'text', ...quiet, ...(code && { class: 'code' }) });
    return {
        fields: [make('label', { class: 'words' }, 'Your answer ', input)],
        given: () => input.value.trim() || undefined,
        give: given => (input.value = given),
        judge: given => ({ right: answers.includes(alike(given)) }),
    };
}

/** @param {HTMLElement} box @returns {Ask} */
function tracing(box) {
    const { stdout, line } = box.dataset;
    const quiet = { autocapitalize: 'off', spellcheck: 'false' };
    const prints = make('textarea', { rows: '4', 'aria-label': 'What it prints', class: 'code', ...quiet });
    const fault = make('input', { type: 'number', min: '1', 'aria-label': 'The line that rustc points to' });
    const [yes, no] = [true, false].map(value => make('input', { type: 'radio', name: box.id, value: String(value) }));
    if (!yes || !no) throw new Error();
    const rows = [
        make('li', {}, make('label', {}, yes, make('span', {}, 'It compiles, and prints:')), prints),
        make('li', {}, make('label', {}, no, make('span', {}, 'It does not compile; rustc points to line:')), fault),
    ];
    prints.addEventListener('input', () => (yes.checked = true));
    fault.addEventListener('input', () => (no.checked = true));
    return {
        fields: [make('ul', { class: 'choices' }, ...rows)],
        given: () => (yes.checked ? { prints: prints.value } : no.checked && fault.value ? { line: fault.value } : undefined),
        give: given => {
            yes.checked = given?.prints !== undefined;
            no.checked = given?.line !== undefined;
            prints.value = given?.prints ?? '';
            fault.value = given?.line ?? '';
        },
        judge: given => {
            if (given.line !== undefined) {
                const hint = line === undefined ? 'It compiles.' : 'It does not compile, but rustc points elsewhere.';
                return { right: given.line === line, hint };
            }
            if (stdout === undefined) return { right: false, hint: 'It does not compile.' };
            const [said, real] = [lines(given.prints), lines(stdout)];
            const differs = real.findIndex((text, at) => text !== said[at]);
            const right = differs < 0 && said.length === real.length;
            return { right, hint: `Line ${differs < 0 ? real.length + 1 : differs + 1} is another.` };
        },
    };
}

/** @type {Record<string, (box: HTMLElement) => Ask>} */
const ASKS = { one: choices, several: choices, short: words, code: words, tracing };

/** On a quiz, when it is started again, and when an answer was checked. */
const [AGAIN, CHECKED] = ['book-quiz-again', 'book-quiz-checked'];

/** A copy of a page brings forms along that nothing drives: what stood in one, stands in its place again. @param {HTMLElement} box */
function takeBack(box) {
    const form = box.querySelector(':scope > form');
    const [legend, ...parts] = form?.firstElementChild?.children ?? [];
    if (!form || !legend) return;
    const own = parts.filter(part => !part.matches('.words') && !part.querySelector('textarea'));
    form.replaceWith(make('p', { class: 'number' }, ...legend.childNodes), ...own);
}

class BookQuiz extends HTMLElement {
    // What was checked is said where it was checked; beside it, the count would be said as well.
    #count = make('span', { class: 'count' });
    #status = make('span', { class: 'status', role: 'status' });
    #again = button('Start this section again', '', () => this.#startAgain());

    connectedCallback() {
        if (this.#again.isConnected) return;
        this.querySelector(':scope > .controls')?.remove();
        const boxes = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(':scope > .question')]);
        for (const box of boxes) {
            try {
                takeBack(box);
                this.#ask(box);
            } catch (error) {
                report(box, `This question cannot be asked: ${error instanceof Error ? error.message : error}.`);
            }
        }
        this.append(make('div', { class: 'controls' }, this.#again, this.#count, this.#status));
        this.#tell();
        this.addEventListener(CHECKED, () => this.#tell());
    }

    /** How many questions are answered right. */
    #tell() {
        const all = questions(this);
        this.#count.textContent = `${all.filter(question => recall(question)?.right).length} of ${all.length} answered right`;
        this.#status.textContent = '';
        allow(this.#again, all.some(recall));
    }

    #startAgain() {
        if (this.#again.ariaDisabled === 'true') return;
        for (const question of questions(this)) remember(question);
        this.dispatchEvent(new Event(AGAIN));
        this.#tell();
        this.#status.textContent = 'The answers of this section are forgotten.';
    }

    /** @param {HTMLElement} box */
    #ask(box) {
        const ask = ASKS[box.dataset.form ?? '']?.(box);
        const [number, prompt, answer] = ['.number', '.prompt', 'details.answer'].map(part => box.querySelector(`:scope > ${part}`));
        if (!ask || !number || !prompt || !(answer instanceof HTMLDetailsElement)) throw new Error('a part is missing');
        prompt.id = `${box.id}-prompt`;
        // What stands between the prompt and the answer, such as a program, stays between.
        const between = [...box.children].filter(part => ![number, prompt, answer, ...ask.fields].includes(part));
        const fieldset = make('fieldset', { 'aria-describedby': prompt.id }, make('legend', {}, ...number.childNodes));
        const check = make('button', { type: 'submit', class: 'button' }, 'Check');
        const result = make('span', { class: 'result', role: 'status' });
        const form = make('form', { autocomplete: 'off' }, fieldset, make('div', { class: 'controls' }, check, result));
        fieldset.append(prompt, ...between, ...ask.fields);
        number.remove();
        box.prepend(form);

        /** @param {string} sign @param {string} words */
        const say = (sign, words) =>
            result.replaceChildren(make('span', { 'aria-hidden': 'true' }, sign), sign && ' ', words);
        /** @param {boolean} right @param {string} [more] */
        const tell = (right, more = '') => {
            box.dataset.state = right ? 'right' : 'wrong';
            say(right ? '✓' : '✗', right ? 'Right.' : `Not right.${more}`);
            answer.dataset.state = 'tried';
        };
        const ready = () => {
            delete box.dataset.state;
            say('', '');
            allow(check, ask.given() !== undefined);
        };

        form.addEventListener('submit', event => {
            event.preventDefault();
            const given = ask.given();
            if (given === undefined) return say('', 'Pick or write an answer first.');
            const { right, hint } = ask.judge(given);
            tell(right, `${hint ? ` ${hint}` : ''} Try again, or open the answer.`);
            answer.open = right;
            remember(box, { given, right });
            this.dispatchEvent(new Event(CHECKED));
        });
        form.addEventListener('input', ready);
        form.addEventListener('keydown', event => {
            const target = /** @type {HTMLElement} */ (event.target);
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || target.localName !== 'textarea') return;
            form.requestSubmit();
        });

        const restore = (opened = false) => {
            const kept = recall(box);
            ready();
            answer.dataset.state = opened ? 'tried' : 'untried';
            answer.open = opened; // not if it was right: nothing moves while the page loads
            if (!kept) return;
            ask.give(kept.given);
            allow(check, true);
            tell(kept.right);
        };
        restore(answer.open); // by a reader who was there before this module
        this.addEventListener(AGAIN, () => {
            form.reset();
            restore();
        });
    }
}

customElements.define('book-quiz', BookQuiz);
