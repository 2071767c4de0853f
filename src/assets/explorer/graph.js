// A recorded schedule graph: every state that a program can reach, and every step between them. Pure data, no page.
// The format is described in tools/interleave/src/graph.rs.

/** The version of the format that is understood here. */
export const VERSION = 1;

/**
 * @typedef {object} Label what a task is about to do
 * @property {string} text
 * @property {number} line
 * @property {number} object its number, or -1
 */

/**
 * @typedef {object} Outcome
 * @property {'ok' | 'panic' | 'deadlock' | 'exit' | 'race' | 'bound'} kind
 * @property {string} text what the program prints
 * @property {string} why
 * @property {string} count
 * @property {boolean} fails
 * @property {string} schedule a shortest one that ends so
 */

/**
 * @typedef {object} GraphJson
 * @property {number} version
 * @property {{ letter: string, name: string | null, line: number }[]} tasks
 * @property {{ name: string, kind: string, line: number }[]} objects
 * @property {Label[]} labels
 * @property {[text: string, heldBy: string][]} values
 * @property {string[]} outputs
 * @property {Outcome[]} outcomes
 * @property {number[][]} states
 * @property {number[][][]} edges
 * @property {string[]} seen
 */

/**
 * @typedef {object} Step
 * @property {number} task
 * @property {number} alternative
 * @property {number} from
 * @property {number} to
 * @property {string | undefined} seen
 */

const NOT_YET = -1;
const OVER = -2;

/**
 * What must be there: a graph that lacks it is broken.
 * @template T
 * @param {readonly T[]} list
 * @param {number | undefined} at
 * @returns {T}
 */
function nth(list, at) {
    const item = at === undefined ? undefined : list[at];
    if (item === undefined) throw new Error('they are incomplete');
    return item;
}

export class Graph {
    /** @type {GraphJson} */ #json;
    /** What each state looks like: a number for each slot. @type {number[][]} */ #looks = [];
    /** @type {Step[][]} */ #steps = [];
    /** @type {bigint[]} */ #total = [];
    /** @type {bigint[]} */ #failing = [];

    /** @param {unknown} value the parsed JSON */
    constructor(value) {
        const json = /** @type {GraphJson} */ (value);
        if (json?.version !== VERSION) {
            throw new Error(`they are of version ${json?.version}, and this page understands version ${VERSION}`);
        }
        this.#json = json;
        const slots = json.tasks.length + json.objects.length + 2;
        /** @type {number[]} */
        const parents = [];
        json.edges.forEach((edges, from) => {
            this.#steps.push(
                edges.map(edge => {
                    const [task, to, seen] = [nth(edge, 0), from + nth(edge, 1), edge[3]];
                    parents[to] ??= from;
                    const saw = seen === undefined ? undefined : nth(json.seen, seen);
                    return { task, alternative: edge[2] ?? 0, from, to, seen: saw };
                }),
            );
        });
        json.states.forEach((changes, state) => {
            const look = state === 0 ? Array(slots).fill(NOT_YET) : [...nth(this.#looks, parents[state])];
            for (let at = 0; at < changes.length; at += 2) look[nth(changes, at)] = nth(changes, at + 1);
            this.#looks.push(look);
        });
        this.#count();
    }

    get tasks() {
        return this.#json.tasks;
    }

    get objects() {
        return this.#json.objects;
    }

    get outcomes() {
        return this.#json.outcomes;
    }

    get size() {
        return this.#looks.length;
    }

    /** Whether some step can go in several ways. */
    get hasWays() {
        return this.#steps.some(steps => steps.some(({ alternative }) => alternative > 0));
    }

    /** The most lines that are ever printed. */
    get lines() {
        return Math.max(1, ...this.#json.outputs.map(text => text.replace(/\n$/, '').split('\n').length));
    }

    /** The steps that can be taken from a state. @param {number} state */
    steps(state) {
        return nth(this.#steps, state);
    }

    /** A task's next operation; `not yet` started; `over`. @param {number} state @param {number} task */
    task(state, task) {
        const label = this.#look(state, task);
        if (label === NOT_YET) return /** @type {const} */ ('not yet started');
        if (label === OVER) return /** @type {const} */ ('over');
        return nth(this.#json.labels, label);
    }

    /** What a task does in a step, in words. @param {Step} step */
    doing(step) {
        const label = this.task(step.from, step.task);
        return typeof label === 'object' ? label.text : label;
    }

    /**
     * What tells the ways of one step apart: what it sees, or whom it wakes.
     * @param {Step} step
     */
    way(step) {
        if (step.seen !== undefined) return step.seen;
        const woken = this.tasks.filter(
            (_, at) => at !== step.task && this.#look(step.from, at) !== this.#look(step.to, at),
        );
        return woken.length > 0 ? `wakes ${woken.map(({ letter }) => letter).join(' and ')}` : `way ${step.alternative}`;
    }

    /** What an object holds, and the letters of who has it; nothing if it is not made yet. @param {number} state @param {number} object */
    value(state, object) {
        const value = this.#look(state, this.tasks.length + object);
        return value < 0 ? undefined : nth(this.#json.values, value);
    }

    /** The objects that a task has. @param {number} state @param {string} letter */
    held(state, letter) {
        return [...this.objects.keys()].filter(object => this.value(state, object)?.[1].includes(letter));
    }

    /** @param {number} state */
    output(state) {
        const output = this.#look(state, this.tasks.length + this.objects.length);
        return output < 0 ? '' : nth(this.#json.outputs, output);
    }

    /** The outcome, where the program has ended. @param {number} state */
    outcome(state) {
        const outcome = this.#look(state, this.tasks.length + this.objects.length + 1);
        return outcome < 0 ? undefined : nth(this.#json.outcomes, outcome);
    }

    /** How many schedules there are from here on, and how many of them fail. @param {number} state */
    counts(state) {
        return { total: nth(this.#total, state), failing: nth(this.#failing, state) };
    }

    /** @param {number} state @param {number} slot */
    #look(state, slot) {
        return nth(nth(this.#looks, state), slot);
    }

    #count() {
        // Depth first, without recursion: a schedule may be long.
        const stack = [{ state: 0, next: 0 }];
        const met = new Set([0]);
        for (let top = stack.at(-1); top; top = stack.at(-1)) {
            const steps = this.steps(top.state);
            const step = this.#total[top.state] === undefined ? steps[top.next] : undefined;
            if (step) {
                top.next += 1;
                if (this.#total[step.to] !== undefined) continue;
                if (met.has(step.to)) throw new Error('they go in a circle');
                met.add(step.to);
                stack.push({ state: step.to, next: 0 });
                continue;
            }
            const outcome = this.outcome(top.state);
            if (!outcome && steps.length === 0) throw new Error('they are incomplete');
            this.#total[top.state] ??= outcome ? 1n : steps.reduce((sum, { to }) => sum + nth(this.#total, to), 0n);
            this.#failing[top.state] ??= outcome
                ? BigInt(outcome.fails)
                : steps.reduce((sum, { to }) => sum + nth(this.#failing, to), 0n);
            stack.pop();
        }
    }

    /**
     * A shortest way from a state to one where `wanted` holds; nothing if there is none.
     * @param {number} from
     * @param {(outcome: Outcome) => boolean} wanted
     * @returns {Step[] | undefined}
     */
    shortest(from, wanted) {
        /** @type {Map<number, Step | undefined>} */
        const found = new Map([[from, undefined]]);
        for (const state of found.keys()) {
            const outcome = this.outcome(state);
            if (outcome && wanted(outcome)) {
                const way = [];
                for (let step = found.get(state); step; step = found.get(step.from)) way.unshift(step);
                return way;
            }
            for (const step of this.steps(state)) if (!found.has(step.to)) found.set(step.to, step);
        }
        return undefined;
    }

    /**
     * Writes a way as a schedule: `a2b1:1a` is two steps of a, one of b in its alternative 1, one of a.
     * @param {Step[]} way
     */
    write(way) {
        let text = '';
        for (let at = 0; at < way.length; ) {
            const { task } = nth(way, at);
            let end = at;
            // A run ends with its first choice of an alternative.
            do end += 1;
            while (way[end]?.task === task && way[end - 1]?.alternative === 0);
            const alternative = nth(way, end - 1).alternative;
            text += nth(this.tasks, task).letter;
            if (end - at > 1 || alternative) text += end - at;
            if (alternative) text += `:${alternative}`;
            at = end;
        }
        return text;
    }

    /**
     * Reads a schedule: the way from the first state.
     * @param {string} text
     * @returns {Step[]}
     */
    read(text) {
        /** @type {Step[]} */
        const way = [];
        let state = 0;
        const runs = /([A-Za-z])(\d*)(?::(\d+))?/y;
        while (runs.lastIndex < text.length) {
            const at = runs.lastIndex;
            const run = runs.exec(text);
            const task = run ? this.tasks.findIndex(({ letter }) => letter === run[1]) : -1;
            if (!run || task < 0 || run[2] === '0') throw new Error(`“${text}” is no schedule of this program: see character ${at + 1}`);
            const count = Number(run[2] || 1);
            for (let turn = 1; turn <= count; turn += 1) {
                const alternative = turn === count ? Number(run[3] ?? 0) : 0;
                const step = this.steps(state).find(one => one.task === task && one.alternative === alternative);
                if (!step) throw new Error(`“${text}” cannot be followed: ${run[1]} cannot take step ${way.length + 1}`);
                way.push(step);
                state = step.to;
            }
        }
        return way;
    }
}
