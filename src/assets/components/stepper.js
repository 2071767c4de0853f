// <book-stepper>: a recorded run, one transfer of control a step, forwards and backwards. Its data is its table, a row a
// step, which stands on the page from the start: so what is shown and what the table says cannot differ. The program is
// taken from the page's listing, or from the copy that stands in the element, or in one above, where the page has none.
// The position stands in the address, `#step=SLUG:CASE=7`, once the reader has moved.

import { allow, button, make } from '../dom.js';
import { report } from '../page.js';

/**
 * @typedef {object} Step
 * @property {number | undefined} from the column that has control; none at the start
 * @property {number | undefined} to the column that it hands something to
 * @property {string} line
 * @property {HTMLElement} value
 * @property {HTMLElement[]} shows what each column of state shows, in order
 * @property {string} printed what has been printed so far
 */

/** @typedef {{ name: string, isCode: boolean, mark: HTMLElement, box: HTMLElement, says: HTMLElement }} Column */

/** @param {string | undefined} text */
const number = text => (text === undefined ? undefined : Number(text));

const quoted = (/** @type {string} */ text) => `“${text}”`;

/** What a column of state shows, and where its cursor is. @param {HTMLElement | undefined} shown */
function inWords(shown) {
    const cursor = shown?.querySelector('.cursor');
    const text = shown?.textContent?.trimEnd();
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
    #lane = make('div', { class: 'lane', 'aria-hidden': 'true' });
    /** @type {HTMLElement | undefined} */ #code;
    /** @type {HTMLElement | undefined} */ #printed;

    connectedCallback() {
        if (this.#widget) return;
        try {
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
        let printed = '';
        this.#steps = [...body.rows].map((row, at) => {
            const from = number(row.dataset.from);
            const to = number(row.dataset.to);
            const value = /** @type {HTMLElement | null} */ (row.querySelector('.value'));
            const shows = /** @type {HTMLElement[]} */ ([...row.querySelectorAll('.state > samp')]);
            const isCode = from !== undefined && columns[from]?.[1] === 'code';
            if (!value || shows.length !== states || isCode === (at === 0) || (to !== undefined && !columns[to])) {
                throw new Error(`step ${at} does not fit its columns`);
            }
            printed += row.querySelector('.printed')?.textContent ?? '';
            return { from, to, line: row.cells[2]?.textContent ?? '', value, shows, printed };
        });
        if (this.#steps.length < 2) throw new Error('it has no step');

        let code = 0;
        this.#columns = columns.map(([name, kind]) => {
            const isCode = kind === 'code';
            const mark = make('span', { class: isCode ? `task task-${'abcdef'[code++ % 6]}` : 'state-name' }, name);
            const says = isCode ? make('span', { class: 'says' }) : make('pre', { class: 'says' });
            return { name, isCode, mark, says, box: make('div', { class: `column ${kind}` }, mark, says) };
        });
    }

    /** The widget, not yet on the page: until it is whole, the table stays as it is. */
    #build() {
        const last = this.#steps.length - 1;
        this.#slider.max = String(last);
        this.#slider.addEventListener('input', () => this.#move(this.#slider.valueAsNumber));
        // Each region of a page has a name of its own.
        const title = this.parentElement?.querySelector('.title')?.textContent ?? 'Step by step';
        if (this.#steps.at(-1)?.printed) {
            const label = `${title}: printed so far`;
            this.#printed = make('pre', { class: 'output', tabindex: '0', role: 'region', 'aria-label': label }, make('samp'));
        }
        this.#code = this.#program();
        this.#code?.setAttribute('aria-label', `${title}: the program, the line of this step lit`);

        const picture = make('div', { class: 'picture' }, this.#lane, ...this.#columns.map(column => column.box));
        picture.style.setProperty('--columns', this.#columns.map(column => (column.isCode ? 'minmax(9rem, 1fr)' : 'minmax(14rem, 2.4fr)')).join(' '));
        const widget = make('div', { class: 'widget', role: 'group', 'aria-label': title });
        widget.append(
            make('div', { class: 'controls' }, this.#restart, this.#back, this.#forward, this.#slider, this.#count),
            this.#said,
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
        this.querySelector(':scope > details.whole')?.remove();
        this.prepend(widget);
        widget.append(folded);
        addEventListener('hashchange', this.#follow);
        this.#light(''); // there is a place to scroll to only now
        this.#draw();
    }

    /** A copy of the whole program, to be lit here; nothing, where the page has none. */
    #program() {
        const { slug = '' } = this.dataset;
        const own = this.querySelector(':scope > details.whole');
        const listings = [...document.querySelectorAll(`:is(figure.listing, book-stepper)[data-slug="${CSS.escape(slug)}"] pre.code`)];
        const lines = (/** @type {Element} */ pre) => pre.querySelectorAll('.line').length;
        const [whole] = own ? own.getElementsByTagName('pre') : listings.sort((one, other) => lines(other) - lines(one));
        if (!whole) return undefined;
        const copy = /** @type {HTMLElement} */ (whole.cloneNode(true));
        for (const element of copy.querySelectorAll('[id]')) element.removeAttribute('id');
        return copy;
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
    }

    /** The address says where to be. */
    #follow = () => {
        const hash = decodeURIComponent(location.hash.slice(1));
        const start = `${this.dataset.address}=`;
        if (!hash.startsWith(start)) return;
        const to = Number(hash.slice(start.length));
        if (!Number.isInteger(to) || to < 0 || to >= this.#steps.length) return;
        this.#at = to;
        this.#show();
        this.scrollIntoView({ block: 'nearest' });
    };

    #show() {
        const step = /** @type {Step} */ (this.#steps[this.#at]);
        const before = this.#steps[this.#at - 1];
        const last = this.#steps.length - 1;
        allow(this.#back, this.#at > 0);
        allow(this.#restart, this.#at > 0);
        allow(this.#forward, this.#at < last);
        this.#slider.value = String(this.#at);
        this.#slider.setAttribute('aria-valuetext', `${this.#at} of ${last}`);
        this.#count.textContent = `${this.#at} of ${last}`;

        const holder = step.to !== undefined && this.#columns[step.to]?.isCode ? step.to : step.from;
        /** @type {string[]} */
        const changed = [];
        let state = 0;
        for (const [index, column] of this.#columns.entries()) {
            const { name, isCode, box, says } = column;
            box.classList.toggle('holds', index === holder);
            if (isCode) {
                const lines = this.#steps.slice(1, this.#at + 1).filter(({ from }) => from === index);
                const line = lines.at(-1)?.line;
                says.textContent = `${line ? `line ${line}` : '–'}${index === holder ? ', has control' : ''}`;
                continue;
            }
            const shown = step.shows[state];
            const other = before !== undefined && before.shows[state]?.innerHTML !== shown?.innerHTML;
            state++;
            says.innerHTML = shown?.innerHTML ?? '';
            box.classList.toggle('changed', other);
            if (other) changed.push(`${name} shows ${inWords(shown)}`);
        }
        const news = step.printed.slice(before?.printed.length ?? 0);
        if (news) changed.push(`printed: ${quoted(news.trim())}`);
        const samp = this.#printed?.querySelector('samp');
        if (samp) samp.textContent = step.printed;
        this.#said.textContent = [this.#sentence(step), ...changed].join('; ') + '.';
        this.#light(step.line);
        this.#draw();
    }

    /** @param {Step} step */
    #sentence({ from, to, line, value }) {
        if (from === undefined) return 'Before the first step';
        const what = value.textContent?.trim() && quoted(value.textContent);
        const start = `Step ${this.#at}: ${this.#columns[from]?.name}, line ${line}`;
        if (to !== undefined) return `${start}, hands ${what || 'control'} to ${this.#columns[to]?.name}`;
        return value.textContent ? `${start}: ${value.textContent}` : start;
    }

    /** Lights a line in the copy of the program, and where the page has it. @param {string} line */
    #light(line) {
        const slug = CSS.escape(this.dataset.slug ?? '');
        for (const old of document.querySelectorAll('.line.stepped')) old.classList.remove('stepped');
        // Before the first step nothing is lit, and the line of the first is in view.
        const near = line || this.#steps[1]?.line;
        if (line) for (const lit of document.querySelectorAll(`figure.listing[data-slug="${slug}"] .line[data-line="${line}"]`)) lit.classList.add('stepped');
        const own = /** @type {HTMLElement | null | undefined} */ (this.#code?.querySelector(`.line[data-line="${near}"]`));
        if (!own || !this.#code) return;
        if (line) own.classList.add('stepped');
        // In its own box alone: the page stays where it is.
        const [box, lit] = [this.#code.getBoundingClientRect(), own.getBoundingClientRect()];
        this.#code.scrollTop += (lit.top + lit.bottom - box.top - box.bottom) / 2;
    }

    /** The arrow, from column to column, with what is handed over. */
    #draw() {
        const step = this.#steps[this.#at];
        this.#lane.replaceChildren();
        const [from, to] = [step?.from, step?.to].map(at => (at === undefined ? undefined : this.#columns[at]));
        if (!step || !from || !to) return;
        const middle = (/** @type {Column} */ { box }) => box.offsetLeft - this.#lane.offsetLeft + box.offsetWidth / 2;
        const [start, end] = [middle(from), middle(to)];
        const label = make('span', { class: 'label' }, make('span', { class: 'ends' }, `${from.name} → ${to.name} `), ...[...step.value.childNodes].map(node => node.cloneNode(true)));
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
