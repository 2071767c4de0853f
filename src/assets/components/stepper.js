// <book-stepper>: a recorded run, one transfer of control a step, forwards and backwards. Its data is its table, a row a
// step, which stands on the page from the start: so what is shown and what the table says cannot differ. The program is
// taken from the page's listing, or from the copy that stands in the element, or in one above, where the page has none.
// The position stands in the address, `#step=SLUG:CASE=7`, once the reader has moved.
// What a step says, and what a column shows, has the room of the longest from the start: nothing moves from step to step.

import { allow, button, hash, make } from '../dom.js';
import { report } from '../page.js';
import { copyOfProgram } from '../program.js';

/**
 * @typedef {object} Step
 * @property {number | undefined} from the column that has control; none at the start
 * @property {number | undefined} to the column that it hands something to
 * @property {string} line
 * @property {HTMLElement} value
 * @property {string} printed what has been printed so far
 * @property {HTMLElement[]} shows what each column shows, in order, as the children of an element
 * @property {boolean[]} changed whether that is another than the step before showed; of a column of state
 * @property {number | undefined} holder the column that has control afterwards
 * @property {string} said all of it in words
 */

/** @typedef {{ name: string, isCode: boolean, box: HTMLElement, says: HTMLElement, stack: HTMLElement }} Column */

/** How many lines of the program are in view. */
const IN_VIEW = 9;

/** @param {string | undefined} text */
const number = text => (text === undefined ? undefined : Number(text));

const quoted = (/** @type {string} */ text) => `“${text}”`;

/** Copies of what an element holds. @param {Element} element */
const inside = element => [...element.childNodes].map(node => node.cloneNode(true));

/** Hidden copies of all that comes to stand in one place: lying on one another, they keep it the room of the largest.
 * @param {'p' | 'span' | 'pre' | 'samp'} name @param {HTMLElement[]} contents */
function rooms(name, contents) {
    const different = new Map(contents.map(content => [content.innerHTML, content])).values();
    return [...different].map(content => make(name, { class: 'room', 'aria-hidden': 'true' }, ...inside(content)));
}

/** What a column of state shows, and where its cursor is. @param {HTMLElement} shown */
function inWords(shown) {
    const cursor = shown.querySelector('.cursor');
    const text = shown.textContent?.trimEnd();
    const words = text ? quoted(text) : 'nothing';
    if (!cursor) return words;
    let before = '';
    for (let node = cursor.previousSibling; node; node = node.previousSibling) before = node.textContent + before;
    return `${words}, the cursor in column ${before.length - before.lastIndexOf('\n')}`;
}

class BookStepper extends HTMLElement {
    /** @type {Column[]} */ #columns = [];
    /** @type {Step[]} */ #steps = [];
    #at = 0;
    /** @type {HTMLElement | undefined} */ #widget;
    #back = button('Back', '←', () => this.#move(this.#at - 1));
    #forward = button('Forward', '→', () => this.#move(this.#at + 1));
    #restart = button('Restart', '↺', () => this.#move(0));
    #slider = make('input', { type: 'range', min: '0', 'aria-label': 'Step' });
    #count = make('span', { class: 'count', 'aria-hidden': 'true' });
    #said = make('p', { class: 'said', role: 'status' });
    #lane = make('div', { class: 'lane stack', 'aria-hidden': 'true' });
    /** @type {HTMLElement[]} */ #labels = [];
    /** @type {HTMLElement | undefined} */ #code;
    /** @type {HTMLElement | undefined} */ #printed;

    connectedCallback() {
        addEventListener('hashchange', this.#follow);
        if (this.#widget) return;
        try {
            // A copy of the element, or of the page, brings a widget along that nothing drives: its table is used again.
            const copied = this.querySelector(':scope > .widget');
            copied?.replaceWith(...copied.querySelectorAll(':scope > details'));
            this.#read();
            const widget = this.#build();
            this.#show();
            this.#put(widget);
            this.#follow();
        } catch (error) {
            report(this, `The stepper cannot be shown: ${error instanceof Error ? error.message : error}.`);
        }
    }

    disconnectedCallback() {
        removeEventListener('hashchange', this.#follow);
    }

    /** The table, as steps. */
    #read() {
        const body = /** @type {HTMLTableSectionElement | null} */ (this.querySelector('.table-wrapper tbody'));
        if (!body) throw new Error('there is no table of its steps');
        const columns = /** @type {[string, string][]} */ (JSON.parse(this.dataset.columns ?? '[]'));
        if (!columns.length) throw new Error('it has no columns');
        const states = columns.filter(([, kind]) => kind === 'state').length;
        let code = 0;
        this.#columns = columns.map(([name, kind]) => {
            const isCode = kind === 'code';
            const mark = make('span', { class: isCode ? `task task-${'abcdef'[code++ % 6]}` : 'state-name' }, name);
            const says = isCode ? make('span', { class: 'says' }) : make('pre', { class: 'says' });
            const stack = make('div', { class: 'stack' }, says);
            return { name, isCode, says, stack, box: make('div', { class: `column ${kind}` }, mark, stack) };
        });

        /** The line in which each column of code is. @type {string[]} */
        const lines = [];
        for (const [at, row] of [...body.rows].entries()) {
            const from = number(row.dataset.from);
            const to = number(row.dataset.to);
            const value = /** @type {HTMLElement | null} */ (row.querySelector('.value'));
            const cells = /** @type {HTMLElement[]} */ ([...row.querySelectorAll('.state > samp')]);
            const isCode = from !== undefined && columns[from]?.[1] === 'code';
            if (!value || cells.length !== states || isCode === (at === 0) || (to !== undefined && !columns[to])) {
                throw new Error(`step ${at} does not fit its columns`);
            }
            const line = row.cells[2]?.textContent ?? '';
            const news = row.querySelector('.printed')?.textContent ?? '';
            const before = this.#steps.at(-1);
            const holder = to !== undefined && this.#columns[to]?.isCode ? to : from;
            if (from !== undefined) lines[from] = line;
            const shows = this.#columns.map(({ isCode }, index) => {
                const where = lines[index] ? `line ${lines[index]}` : '–';
                if (isCode) return make('span', {}, index === holder ? `${where}, has control` : where);
                return /** @type {HTMLElement} */ (cells.shift());
            });
            const changed = this.#columns.map(
                ({ isCode }, index) => !isCode && before !== undefined && before.shows[index]?.innerHTML !== shows[index]?.innerHTML,
            );
            const words = this.#columns.flatMap(({ name }, index) => {
                const shown = shows[index];
                return changed[index] && shown ? [`${name} shows ${inWords(shown)}`] : [];
            });
            if (news) words.push(`printed: ${quoted(news.trim())}`);
            const said = `${[this.#sentence(at, from, to, line, value), ...words].join('; ')}.`;
            this.#steps.push({ from, to, line, value, shows, changed, holder, said, printed: (before?.printed ?? '') + news });
        }
        if (this.#steps.length < 2) throw new Error('it has no step');
    }

    /** What happens. @param {number} at @param {number | undefined} from @param {number | undefined} to @param {string} line @param {HTMLElement} value */
    #sentence(at, from, to, line, value) {
        if (from === undefined) return 'Before the first step';
        const what = value.textContent?.trim() && quoted(value.textContent);
        const start = `Step ${at}: ${this.#columns[from]?.name}, line ${line}`;
        if (to !== undefined) return `${start}, hands ${what || 'control'} to ${this.#columns[to]?.name}`;
        return value.textContent ? `${start}: ${value.textContent}` : start;
    }

    /** The widget, not yet on the page: until it is whole, the table stays as it is. */
    #build() {
        const last = this.#steps.length - 1;
        this.#slider.max = String(last);
        this.#slider.addEventListener('input', () => this.#move(this.#slider.valueAsNumber));
        // Each region of a page has a name of its own.
        const title = this.parentElement?.querySelector('.title')?.textContent ?? 'Step by step';
        const printed = this.#steps.at(-1)?.printed;
        if (printed) {
            const label = `${title}: printed so far`;
            const attributes = { class: 'output stack', tabindex: '0', role: 'region', 'aria-label': label };
            const room = rooms('samp', [make('samp', {}, printed)]);
            this.#printed = make('pre', attributes, make('samp', { class: 'so-far' }), ...room);
        }
        this.#code = copyOfProgram(this.dataset.slug ?? '', this.querySelector(':scope > details.whole pre'));
        this.#code?.setAttribute('aria-label', `${title}: the program, the line of this step lit`);
        this.#code?.style.setProperty('--lines', String(Math.min(IN_VIEW, this.#code.querySelectorAll('.line').length)));

        for (const [index, { isCode, stack }] of this.#columns.entries()) {
            stack.append(...rooms(isCode ? 'span' : 'pre', this.#steps.flatMap(({ shows }) => shows[index] ?? [])));
        }
        this.#labels = rooms('span', this.#steps.flatMap(step => this.#label(step) ?? []));
        const picture = make('div', { class: 'picture' }, this.#lane, ...this.#columns.map(column => column.box));
        picture.style.setProperty('--columns', this.#columns.map(column => (column.isCode ? 'minmax(9rem, 1fr)' : 'minmax(14rem, 2.4fr)')).join(' '));
        const sentences = rooms('p', this.#steps.map(({ said }) => make('p', {}, said)));
        const widget = make('div', { class: 'widget', role: 'group', 'aria-label': title });
        widget.append(
            make('div', { class: 'controls' }, this.#restart, this.#back, this.#forward, this.#slider, this.#count),
            make('div', { class: 'words stack' }, this.#said, ...sentences),
            picture,
            ...(this.#printed ? [this.#printed] : []),
            ...(this.#code ? [this.#code] : []),
        );
        widget.addEventListener('keydown', event => this.#press(event));
        new ResizeObserver(() => this.#draw()).observe(picture);
        return widget;
    }

    /** The widget comes in the place of the table, which is folded into it. @param {HTMLElement} widget */
    #put(widget) {
        this.#widget = widget;
        const table = /** @type {HTMLElement} */ (this.querySelector('.table-wrapper'));
        // A long table is folded already.
        const folds = table.closest('details');
        const folded = folds && this.contains(folds) ? folds : make('details', {}, make('summary', {}, 'All steps as a table'), table);
        this.prepend(widget);
        widget.append(folded);
        this.#light(); // there is a place to scroll to only now
        this.#draw();
    }

    /** @param {KeyboardEvent} event */
    #press(event) {
        const target = /** @type {Element} */ (event.target);
        // What scrolls, and the slider, have these keys for themselves.
        if (target.closest('pre, .table-wrapper, input') || event.altKey || event.ctrlKey || event.metaKey) return;
        const to = { ArrowLeft: this.#at - 1, ArrowRight: this.#at + 1, Home: 0, End: this.#steps.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        this.#move(to);
    }

    /** The reader goes to a step. @param {number} to */
    #move(to) {
        if (to < 0 || to >= this.#steps.length || to === this.#at) return;
        this.#at = to;
        history.replaceState(history.state, '', `#${this.dataset.address}=${to}`);
        this.#show();
        this.#lightPage();
    }

    /** The address says where to be; page.js brings it into view. */
    #follow = () => {
        const address = hash();
        const start = `${this.dataset.address}=`;
        if (!address.startsWith(start)) return;
        const to = Number(address.slice(start.length));
        if (!Number.isInteger(to) || to < 0 || to >= this.#steps.length) return;
        this.#at = to;
        this.#show();
        this.#lightPage();
    };

    #show() {
        const { shows, changed, holder, said, printed } = /** @type {Step} */ (this.#steps[this.#at]);
        const last = this.#steps.length - 1;
        allow(this.#back, this.#at > 0);
        allow(this.#restart, this.#at > 0);
        allow(this.#forward, this.#at < last);
        this.#slider.value = String(this.#at);
        this.#slider.setAttribute('aria-valuetext', `${this.#at} of ${last}`);
        this.#count.textContent = `${this.#at} of ${last}`;
        for (const [index, { box, says }] of this.#columns.entries()) {
            const shown = shows[index];
            box.classList.toggle('holds', index === holder);
            box.classList.toggle('changed', changed[index]);
            says.replaceChildren(...(shown ? inside(shown) : []));
        }
        const samp = this.#printed?.querySelector('.so-far');
        if (samp) samp.textContent = printed;
        this.#said.textContent = said;
        this.#light();
        this.#draw();
    }

    /** Lights the line of this step in the copy of the program. Before the first step nothing is lit, and the line of the
     * first is in view. */
    #light() {
        const { line } = /** @type {Step} */ (this.#steps[this.#at]);
        const at = (/** @type {string | undefined} */ line) => this.#code?.querySelector(`.line[data-line="${line}"]`);
        this.#code?.querySelector('.line.stepped')?.classList.remove('stepped');
        if (line) at(line)?.classList.add('stepped');
        const near = at(line || this.#steps[1]?.line);
        if (!near || !this.#code) return;
        // In its own box alone: the page stays where it is.
        const [box, lit] = [this.#code.getBoundingClientRect(), near.getBoundingClientRect()];
        this.#code.scrollTop += (lit.top + lit.bottom - box.top - box.bottom) / 2;
    }

    /** The same where the page has the program. Of several steppers through it, whoever has moved last has the light there. */
    #lightPage() {
        const { line } = /** @type {Step} */ (this.#steps[this.#at]);
        const lines = `figure.listing[data-slug="${CSS.escape(this.dataset.slug ?? '')}"] .line`;
        for (const old of document.querySelectorAll(`${lines}.stepped`)) old.classList.remove('stepped');
        if (line) for (const lit of document.querySelectorAll(`${lines}[data-line="${line}"]`)) lit.classList.add('stepped');
    }

    /** What stands over the arrow, or in its place; nothing where nothing is handed over. @param {Step} step */
    #label({ from, to, value }) {
        const [giver, taker] = [from, to].map(at => (at === undefined ? undefined : this.#columns[at]?.name));
        if (giver === undefined || taker === undefined) return undefined;
        return make('span', { class: 'label' }, make('span', { class: 'ends' }, `${giver} → ${taker} `), ...inside(value));
    }

    /** The arrow, from column to column, with what is handed over. */
    #draw() {
        const step = this.#steps[this.#at];
        this.#lane.replaceChildren(...this.#labels);
        const label = step && this.#label(step);
        const [from, to] = [step?.from, step?.to].map(at => (at === undefined ? undefined : this.#columns[at]));
        if (!label || !from || !to) return;
        const middle = (/** @type {Column} */ { box }) => box.offsetLeft - this.#lane.offsetLeft + box.offsetWidth / 2;
        const [start, end] = [middle(from), middle(to)];
        const arrow = make('span', { class: `arrow ${end > start ? 'right' : 'left'}` });
        arrow.style.left = `${Math.min(start, end)}px`;
        arrow.style.width = `${Math.abs(end - start)}px`;
        this.#lane.append(label, arrow);
        // Over the middle of the arrow, as far as the picture is wide enough.
        const left = (start + end - label.offsetWidth) / 2;
        label.style.left = `${Math.max(0, Math.min(left, this.#lane.offsetWidth - label.offsetWidth))}px`;
    }
}

customElements.define('book-stepper', BookStepper);
