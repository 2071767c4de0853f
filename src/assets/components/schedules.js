// <schedule-explorer>: the reader decides who moves. The table of outcomes, and a failing schedule step by step, are on
// the page from the start; the explorer is made of the graph that stands in the page (<script type="application/json"
// class="graph">). The first explorer of a page opens when it comes near, the others when they are asked to.
// Attributes: data-name (SLUG or SLUG:CASE, as a terminal wants it), data-slug, data-open, data-address.
//
// The address `#schedule=NAME=SCHEDULE` opens an explorer at the end of that schedule.

import { allow, button, hash, make } from '../dom.js';
import { Graph } from '../explorer/graph.js';
import { path } from '../explorer/path.js';
import { report } from '../page.js';
import { copyOfProgram } from '../program.js';

/** @typedef {import('../explorer/graph.js').Step} Step */
/** @typedef {import('../explorer/graph.js').Outcome} Outcome */

/** @param {bigint | number} number */
const grouped = number => number.toLocaleString('en');

/** What a program printed, for the eye. @param {string} text */
const printed = text => text.replace(/\n$/, '');

/** @param {Outcome} outcome */
function ending({ kind, text, why }) {
    if (kind === 'ok') return printed(text) ? `prints ${printed(text)}` : 'prints nothing';
    if (kind === 'panic' || kind === 'exit') return why;
    return `${{ deadlock: 'deadlock', race: 'data race', bound: 'no end' }[kind]}: ${why}`;
}

/** @param {bigint} total @param {bigint} failing */
function counted(total, failing) {
    const [all, some] = [grouped(total), grouped(failing)];
    if (total === 1n) return `From here one schedule is left, and it ${failing ? 'fails' : 'does not fail'}.`;
    if (failing === 0n) return `From here there are ${all} schedules, and none fails.`;
    if (failing === total) return `From here there are ${all} schedules, and all fail.`;
    return `From here ${some} of ${all} schedules ${failing === 1n ? 'fails' : 'fail'}.`;
}

class ScheduleExplorer extends HTMLElement {
    /** @type {Graph | undefined} */ #graph;
    /** Steps taken, and after them those taken back. @type {Step[]} */ #way = [];
    /** How many are taken. */ #now = 0;
    /** The outcome that the reader wants, by its number. */ #goal = -1;
    /** The state before, to tell what is new. */ #shown = 0;
    /** Whether the address led here. */ #addressed = false;

    #code = make('div', { class: 'source' });
    /** @type {Map<number, HTMLElement>} */ #lines = new Map();
    #shared = make('dl', { class: 'shared' });
    #output = make('samp');
    #tasks = make('div', { class: 'tasks', role: 'group', 'aria-label': 'Who moves next' });
    #ahead = make('p', { class: 'ahead' });
    #path = make('div', { class: 'path', tabindex: '0', role: 'region', });
    #said = make('p', { class: 'visually-hidden', role: 'status' });
    #wrong = make('p', { class: 'wrong', role: 'alert' });
    #schedule = make('input', {
        type: 'text',
        class: 'schedule',
        spellcheck: 'false',
        autocomplete: 'off',
        autocapitalize: 'off',
        placeholder: 'a2b1…',
    });
    #command = make('code');
    #restart = button('Restart', '↺', () => this.#now > 0 && this.#go(0));
    #back = button('Back', '←', () => this.#go(this.#now - 1));
    #forward = button('Forward', '→', () => this.#go(this.#now + 1));
    #failing = button('Show a failing schedule', '✗', () => this.#showFailing());
    #goals = make('select');

    connectedCallback() {
        if (this.#graph || this.hasAttribute('data-failed')) return;
        try {
            const text = this.querySelector(':scope > script.graph')?.textContent;
            if (!text) throw new Error('they are not in the page');
            this.#graph = new Graph(JSON.parse(text));
        } catch (error) {
            const why = error instanceof SyntaxError ? 'they cannot be read' : error instanceof Error ? error.message : error;
            report(this, `The schedules of ${this.dataset.name} cannot be shown: ${why}.`);
            return;
        }
        this.#linkOutcomes();
        addEventListener('hashchange', () => this.#followAddress());
        if (this.#inAddress() !== undefined) this.#followAddress();
        else if ('open' in this.dataset) this.#open();
        else this.#offer();
    }

    /** A row of buttons, where the explorer would stand. */
    #offer() {
        const row = make('div', { class: 'controls' });
        const offer = (/** @type {string} */ word, /** @type {string} */ sign, /** @type {() => void} */ then) => {
            const made = button(word, sign, () => {
                this.#open();
                then();
                // Who can move is where to go on; at an end, the way back.
                const next = this.querySelector('.mover[aria-disabled=false]') ?? this.#back;
                /** @type {HTMLElement} */ (next).focus();
            });
            made.setAttribute('aria-label', `${word}: ${this.#name}`);
            row.append(made);
        };
        offer('Step through it', '▶', () => {});
        if (this.#graph?.outcomes.some(({ fails }) => fails)) {
            offer('Show a failing schedule', '✗', () => this.#showFailing());
        }
        this.append(row);
    }

    #open() {
        const graph = this.#graph;
        if (!graph || this.querySelector('.explorer')) return;
        this.querySelector(':scope > .controls')?.remove();
        this.#build(graph);
        this.#show();
    }

    get #state() {
        return this.#way[this.#now - 1]?.to ?? 0;
    }

    get #written() {
        return this.#graph?.write(this.#way.slice(0, this.#now)) ?? '';
    }

    get #name() {
        return this.dataset.name ?? '';
    }

    /** @param {number} task */
    #letter(task) {
        return this.#graph?.tasks[task]?.letter ?? '';
    }

    // ---- The address ----

    /** The schedule that the address gives this explorer. */
    #inAddress() {
        const address = hash();
        const mine = `${this.dataset.address}=`;
        return address.startsWith(mine) ? address.slice(mine.length) : undefined;
    }

    #followAddress() {
        const schedule = this.#inAddress();
        // Back to the page as it was before an address led here.
        if (schedule === undefined && this.#addressed && !location.hash) this.#go(0, false);
        this.#addressed = schedule !== undefined;
        if (schedule === undefined) return;
        this.#open();
        if (schedule !== this.#written) this.#follow(schedule, false);
    }

    /** Each outcome's shortest schedule leads into the explorer. */
    #linkOutcomes() {
        for (const code of this.#outcomeRows().map(row => row.querySelector('td > code'))) {
            const schedule = code?.textContent;
            if (!code || !schedule) continue;
            const link = make('a', { href: `#${this.dataset.address}=${schedule}`, title: 'Go there, step by step' });
            code.replaceWith(link);
            link.append(code);
        }
    }

    #outcomeRows() {
        return [...(this.closest('figure')?.querySelectorAll('table.outcomes tbody tr') ?? [])];
    }

    // ---- Moving ----

    /** @param {number} task @param {number} [alternative] */
    #move(task, alternative) {
        const steps = this.#graph?.steps(this.#state).filter(step => step.task === task) ?? [];
        const step = steps.find(one => one.alternative === (alternative ?? one.alternative));
        if (!step) {
            const label = this.#graph?.task(this.#state, task);
            const why = typeof label === 'object' ? `waits: ${label.text}` : label === 'over' ? 'is over' : 'is not started yet';
            this.#said.textContent = `${this.#letter(task)} cannot move. It ${why}.`;
            return;
        }
        // Who goes the same way again keeps what lies ahead.
        if (this.#way[this.#now] !== step) this.#way = [...this.#way.slice(0, this.#now), step];
        this.#go(this.#now + 1);
    }

    /** Goes on to an end that fails; where none lies ahead, from the last place on the way from which one does. */
    #showFailing() {
        const fails = (/** @type {Outcome} */ outcome) => outcome.fails;
        for (let kept = this.#now; kept >= 0; kept -= 1) {
            const way = this.#graph?.shortest(this.#way[kept - 1]?.to ?? 0, fails);
            if (!way) continue;
            this.#way = [...this.#way.slice(0, kept), ...way];
            this.#go(this.#way.length);
            return;
        }
    }

    /** Goes to the end of a schedule. @param {string} text @param {boolean} [tell] */
    #follow(text, tell = true) {
        let problem = '';
        try {
            this.#way = this.#graph?.read(text.trim()) ?? [];
            this.#go(this.#way.length, tell);
        } catch (error) {
            problem = `${error instanceof Error ? error.message : error}.`;
        }
        this.#wrong.textContent = problem;
        this.#schedule.setAttribute('aria-invalid', String(problem !== ''));
    }

    /** @param {number} now how many steps are to be taken @param {boolean} [tell] the address */
    #go(now, tell = true) {
        if (now < 0 || now > this.#way.length) return;
        this.#now = now;
        this.#wrong.textContent = '';
        this.#schedule.removeAttribute('aria-invalid');
        this.#show();
        this.#say();
        if (!tell) return;
        const address = `#${this.dataset.address}=${this.#written}`;
        history.replaceState(history.state, '', now > 0 ? address : location.pathname + location.search);
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
        const target = /** @type {Element} */ (event.target);
        if (event.altKey || target.closest('input, select')) return;
        const undo = event.key.toLowerCase() === 'z';
        if ((event.ctrlKey || event.metaKey) && !undo) return;
        const task = this.#graph?.tasks.findIndex(({ letter }) => letter === event.key || letter === event.key.toLowerCase()) ?? -1;
        const scrolls = target.matches('pre, .path');
        if (event.ctrlKey || event.metaKey) this.#go(this.#now + (event.shiftKey ? 1 : -1));
        else if (task >= 0) this.#move(task);
        else if (event.key === 'Backspace') this.#go(this.#now - 1);
        else if (scrolls) return;
        else if (event.key === 'ArrowLeft') this.#go(this.#now - 1);
        else if (event.key === 'ArrowRight') this.#go(this.#now + 1);
        else if (event.key === 'Home') this.#go(0);
        else if (event.key === 'End') this.#go(this.#way.length);
        else return;
        event.preventDefault();
        event.stopPropagation();
    }

    // ---- What is shown ----

    /** @param {Graph} graph */
    #build(graph) {
        this.#copySource();
        this.#path.setAttribute('aria-label', `The steps so far, ${this.#name}`);
        this.style.setProperty('--tasks', String(graph.tasks.length));
        this.style.setProperty('--printed', String(graph.lines));
        this.#tasks.classList.toggle('has-ways', graph.hasWays);
        for (const [at, { letter, name }] of graph.tasks.entries()) {
            const move = make('button', { type: 'button', class: 'mover', 'aria-keyshortcuts': letter });
            move.append(
                make(
                    'span',
                    { class: 'who' },
                    make('span', { class: `task task-${letter}` }, letter),
                    name && name !== letter ? ` ${name}` : '',
                ),
                make('span', { class: 'what' }),
                make('span', { class: 'more' }),
            );
            move.addEventListener('click', () => this.#move(at));
            this.#tasks.append(make('div', { class: `lane task-${letter}` }, move, make('div', { class: 'ways' })));
        }
        this.#goals.append(
            make('option', { value: '-1' }, 'end as it will'),
            ...graph.outcomes.map((outcome, at) =>
                make('option', { value: String(at) }, outcome.kind === 'ok' ? ending(outcome).replace(/^prints/, 'print') : `end: ${ending(outcome)}`),
            ),
        );
        this.#goals.addEventListener('change', () => {
            this.#goal = Number(this.#goals.value);
            this.#show();
            this.#said.textContent = this.#ahead.textContent;
        });
        this.#failing.hidden = !graph.outcomes.some(outcome => outcome.fails);
        this.#schedule.addEventListener('change', () => this.#follow(this.#schedule.value));
        this.addEventListener('keydown', event => this.#key(event));

        const copy = button('Copy link', '', () => void this.#copy(copy));
        this.append(
            make(
                'section',
                { class: 'widget explorer', 'aria-label': `Schedules of ${this.#name}` },
                this.#code,
                this.#shared,
                this.#tasks,
                make(
                    'div',
                    { class: 'controls' },
                    this.#restart,
                    this.#back,
                    this.#forward,
                    this.#failing,
                    make('label', { class: 'goal' }, 'Make it ', this.#goals),
                ),
                this.#ahead,
                this.#path,
                make(
                    'div',
                    { class: 'share controls' },
                    make('label', {}, 'Schedule ', this.#schedule),
                    copy,
                    make('span', { class: 'command' }, 'In a terminal: ', this.#command),
                ),
                this.#wrong,
                this.#said,
            ),
        );
    }

    /** The program's text: the page has it already, as a listing or as a template. */
    #copySource() {
        const { slug = '' } = this.dataset;
        const template = document.querySelector(`template[data-source="${CSS.escape(slug)}"]`);
        const copy = copyOfProgram(slug, template instanceof HTMLTemplateElement ? template.content.querySelector('pre') : null);
        if (!copy) return;
        copy.setAttribute('aria-label', `The program of ${this.#name}, with each task at its next line`);
        copy.setAttribute('tabindex', '0');
        for (const line of copy.querySelectorAll('.line')) {
            const element = /** @type {HTMLElement} */ (line);
            this.#lines.set(Number(element.dataset.line), element);
        }
        this.#code.append(copy);
    }

    /** @param {HTMLButtonElement} copy */
    async #copy(copy) {
        const address = `${location.href.split('#')[0]}#${this.dataset.address}=${this.#written}`;
        try {
            await navigator.clipboard.writeText(address);
            copy.textContent = 'Copied';
            this.#said.textContent = 'The link is copied';
        } catch {
            this.#schedule.select();
            this.#said.textContent = 'No permission to copy: the schedule is selected';
        }
        setTimeout(() => (copy.textContent = 'Copy link'), 2000);
    }

    #show() {
        const graph = this.#graph;
        if (!graph) return;
        const state = this.#state;
        const outcome = graph.outcome(state);
        this.dataset.end = outcome ? (outcome.fails ? 'fails' : 'ends') : 'open';
        this.#showTasks(graph, state);
        this.#showShared(graph, state);
        this.#ahead.textContent = this.#lookAhead(graph, state);
        allow(this.#back, this.#now > 0);
        allow(this.#restart, this.#now > 0);
        allow(this.#forward, this.#now < this.#way.length);
        this.#schedule.value = this.#written;
        this.#command.textContent = `cargo book explore ${this.#name}${this.#now > 0 ? ` --schedule '${this.#written}'` : ''}`;
        const { activeElement } = document;
        const { step } = this.#path.contains(activeElement) ? /** @type {HTMLElement} */ (activeElement).dataset : {};
        this.#path.replaceChildren(path(graph, this.#way, this.#now, now => this.#go(now)));
        if (step) /** @type {HTMLElement | null} */ (this.#path.querySelector(`[data-step="${step}"]`))?.focus();
        const row = /** @type {HTMLElement | null} */ (this.#path.querySelector('[aria-current]'));
        this.#path.scrollTop = row ? row.offsetTop + row.offsetHeight - this.#path.clientHeight : 0;
        for (const [at, row] of this.#outcomeRows().entries()) {
            if (outcome && outcome === graph.outcomes[at]) row.setAttribute('aria-current', 'true');
            else row.removeAttribute('aria-current');
        }
        this.#shown = state;
    }

    /** @param {Graph} graph @param {number} state */
    #showTasks(graph, state) {
        const outcome = graph.outcome(state);
        const steps = graph.steps(state);
        for (const line of this.#lines.values()) {
            line.classList.remove('here');
            line.querySelector('.marks')?.remove();
        }
        /** The lines of those who can move. @type {number[]} */
        const live = [];
        for (const [at, lane] of [...this.#tasks.children].entries()) {
            const label = graph.task(state, at);
            const mine = steps.filter(step => step.task === at);
            const stands = typeof label === 'object';
            // After an end other than a deadlock, nobody waits any more.
            const waits = mine.length === 0 && stands && (!outcome || outcome.kind === 'deadlock');
            const move = /** @type {HTMLButtonElement} */ (lane.firstElementChild);
            allow(move, mine.length > 0);
            move.dataset.state = mine.length > 0 ? 'can' : waits ? 'waits' : 'over';
            const holder = waits && label.object >= 0 ? graph.value(state, label.object)?.[1] : '';
            const [what, more] = [...move.children].slice(1);
            if (!what || !more) continue;
            what.textContent = !stands ? label : waits ? `waits: ${label.text}` : label.text;
            more.textContent = stands ? `line ${label.line}${holder ? `, ${holder} has it` : ''}` : '';
            const ways = mine.length > 1 ? mine : [];
            if (lane.lastElementChild?.contains(document.activeElement)) move.focus();
            lane.lastElementChild?.replaceChildren(
                ...ways.map(step => {
                    const way = button(graph.way(step), step.seen === undefined ? '' : '→', () => this.#move(at, step.alternative));
                    way.setAttribute('aria-label', `${this.#letter(at)}: ${graph.doing(step)}, ${graph.way(step)}`);
                    return way;
                }),
            );
            if (!stands || (outcome && !waits)) continue;
            this.#mark(label.line, this.#letter(at), waits);
            if (mine.length > 0 || outcome) live.push(label.line);
        }
        this.#bringIntoView(live);
    }

    /** Scrolls the code, and not the page, so that lines are seen: all of them, or else the first. @param {number[]} lines */
    #bringIntoView(lines) {
        const box = this.#code.querySelector('pre');
        const first = this.#lines.get(Math.min(...lines));
        const last = this.#lines.get(Math.max(...lines));
        if (!box || !first || !last) return;
        const frame = box.getBoundingClientRect();
        const { top, height } = first.getBoundingClientRect();
        const end = last.getBoundingClientRect().bottom;
        if (top >= frame.top && end <= frame.bottom) return;
        const above = Math.max((frame.height - (end - top)) / 2, height);
        box.scrollTop += top - frame.top - above;
    }

    /** @param {number} line @param {string} letter @param {boolean} waits */
    #mark(line, letter, waits) {
        const element = this.#lines.get(line);
        if (!element) return;
        element.classList.add('here');
        let marks = element.querySelector('.marks');
        if (!marks) element.append((marks = make('span', { class: 'marks', 'aria-hidden': 'true' })));
        const title = `${letter} ${waits ? 'waits' : 'is'} here`;
        marks.append(make('span', { class: `task task-${letter}${waits ? ' waits' : ''}`, title }));
    }

    /** @param {Graph} graph @param {number} state */
    #showShared(graph, state) {
        const values = graph.objects.flatMap(({ name, kind }, at) => {
            const value = graph.value(state, at);
            if (!value) return [];
            const [text, held] = value;
            // A lock that holds nothing is free, or somebody's.
            const content = text && text !== '()' ? [make('code', {}, text)] : held ? [] : ['free'];
            const made = make('div', {}, make('dt', { title: kind }, name), make('dd', {}, ...content));
            for (const letter of held) {
                made.lastElementChild?.append(make('span', { class: `task task-${letter}`, title: `${letter} has it` }, letter));
            }
            if (value !== graph.value(this.#shown, at)) made.className = 'new';
            return [made];
        });
        this.#output.textContent = printed(graph.output(state)) || '–';
        const out = make('div', { class: 'printed' }, make('dt', {}, 'printed'), make('dd', {}, this.#output));
        if (graph.output(state) !== graph.output(this.#shown)) out.classList.add('new');
        this.#shared.replaceChildren(...values, out);
    }

    /** @param {Graph} graph @param {number} state */
    #lookAhead(graph, state) {
        const wanted = graph.outcomes[this.#goal];
        const outcome = graph.outcome(state);
        if (outcome) {
            const end = ending(outcome);
            const count = `${grouped(BigInt(outcome.count))} of ${grouped(graph.counts(0).total)} schedules end so`;
            // A task's letter stays as it is.
            const began = /^\w\b/.test(end) ? `The end: ${end}` : `${end[0]?.toUpperCase()}${end.slice(1)}`;
            const sentence = `${began}. ${outcome.fails ? `It fails; ${count}` : count}.`;
            if (!wanted) return sentence;
            if (wanted !== outcome) return `${sentence} That is not what you wanted: go back.`;
            const shortest = graph.shortest(0, one => one === wanted)?.length ?? this.#now;
            const best = this.#now === shortest ? 'no way is shorter' : `the shortest way takes ${shortest}`;
            return `${sentence} You made it, in ${this.#now} steps: ${best}.`;
        }
        const { total, failing } = graph.counts(state);
        const lost = wanted && !graph.shortest(state, one => one === wanted);
        return `${counted(total, failing)}${lost ? ' What you want cannot happen any more: go back.' : ''}`;
    }

    /** Says what happened. */
    #say() {
        const graph = this.#graph;
        const step = this.#way[this.#now - 1];
        if (!graph) return;
        const did = step ? `Step ${this.#now}: ${this.#letter(step.task)}, ${graph.doing(step)}.` : 'At the beginning.';
        const can = graph.tasks.filter((_, at) => graph.steps(this.#state).some(({ task }) => task === at));
        const next = can.length > 0 ? ` Who can move: ${can.map(({ letter }) => letter).join(', ')}.` : '';
        // Who waits for whom stands in the buttons, and in the sentence that is to be seen.
        const ahead = graph.outcome(this.#state)?.kind === 'deadlock' ? 'Deadlock: nobody can move. It fails.' : this.#ahead.textContent;
        this.#said.textContent = `${did} ${ahead}${next}`;
    }
}

customElements.define('schedule-explorer', ScheduleExplorer);
