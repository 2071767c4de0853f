// The steps so far as a picture that is a table: a lane for each task, time downwards, a band while a task has a lock.

import { make } from '../dom.js';

/** @typedef {import('./graph.js').Graph} Graph */
/** @typedef {import('./graph.js').Step} Step */

/**
 * @param {Graph} graph
 * @param {Step[]} way the steps taken, and after them those taken back
 * @param {number} now how many of them are taken
 * @param {(now: number) => void} go called with how many steps are to be taken
 */
export function path(graph, way, now, go) {
    const stripes = graph.tasks.map(({ letter }) => stripesOf(graph, way, letter));
    const heads = graph.tasks.map(({ letter }) =>
        make('th', { scope: 'col' }, make('span', { class: `task task-${letter}` }, letter)),
    );
    const head = make('tr', {}, make('th', { scope: 'col' }, 'step'), ...heads, make('th', { scope: 'col' }, 'then'));
    const rows = way.map((step, at) => {
        const number = make('button', { type: 'button', title: `Go to step ${at + 1}`, 'data-step': String(at + 1) }, String(at + 1));
        number.addEventListener('click', () => go(at + 1));
        const cells = stripes.map((held, task) => cell(graph, step, task, held));
        const then = effects(graph, step);
        const row = make(
            'tr',
            at < now ? {} : { class: 'taken-back' },
            make('th', { scope: 'row' }, number),
            ...cells,
            make('td', { class: 'then' }, then.join(', ')),
        );
        if (at + 1 === now) row.setAttribute('aria-current', 'step');
        return row;
    });
    return make(
        'table',
        {},
        make('caption', { class: 'visually-hidden' }, 'The steps, a column for each task'),
        make('thead', {}, head),
        make('tbody', {}, ...rows),
    );
}

/** What a step changes, in words. @param {Graph} graph @param {Step} step */
function effects(graph, step) {
    const letter = graph.tasks[step.task]?.letter ?? '';
    const effects = graph.objects.flatMap(({ name }, object) => {
        const [before, after] = [graph.value(step.from, object), graph.value(step.to, object)];
        if (!after || after === before) return [];
        if (after[0] !== before?.[0]) return [`${name} = ${after[0] || '()'}`];
        return after[1].includes(letter) ? [`${letter} has ${name}`] : [];
    });
    if (step.seen === undefined && graph.steps(step.from).some(one => one.task === step.task && one !== step)) {
        effects.unshift(graph.way(step));
    }
    return effects;
}

/**
 * The objects that a task has at some time, in the order in which it takes them: each has a stripe of its own.
 * @param {Graph} graph
 * @param {Step[]} way
 * @param {string} letter
 */
function stripesOf(graph, way, letter) {
    const states = [way[0]?.from ?? 0, ...way.map(step => step.to)];
    return [...new Set(states.flatMap(state => graph.held(state, letter)))];
}

/**
 * What a task does in a step, and what it has meanwhile.
 * @param {Graph} graph
 * @param {Step} step
 * @param {number} task
 * @param {number[]} stripes
 */
function cell(graph, step, task, stripes) {
    const letter = graph.tasks[task]?.letter ?? '';
    const [before, after] = [graph.held(step.from, letter), graph.held(step.to, letter)];
    const made = make('td', { class: `task-${letter}` });
    made.style.setProperty('--bands', String(stripes.length));
    for (const [at, object] of stripes.entries()) {
        const had = before.includes(object);
        const has = after.includes(object);
        if (!had && !has) continue;
        const part = had && has ? 'whole' : has ? 'begins' : 'ends';
        // For the eye: the last column says it in words.
        const title = `${letter} has ${graph.objects[object]?.name}`;
        const band = make('span', { class: 'band', 'data-part': part, 'aria-hidden': 'true', title });
        band.style.setProperty('--at', String(at));
        made.append(band);
    }
    if (task === step.task) {
        const doing = graph.doing(step);
        made.append(make('span', { class: 'does' }, step.seen === undefined ? doing : `${doing} → ${step.seen}`));
    }
    return made;
}
