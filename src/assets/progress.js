// What the reader has done, kept in this browser alone: the answers to questions, and how far each section is done. The
// table of contents shows it: ✓ where every question of a section is answered right, a dot where its end has been seen.
// Where a browser stores nothing, all this lasts as long as the page.

import { make } from './dom.js';

/** Of one host's books, this one. */
const ROOT = new URL('..', import.meta.url).pathname;

/** What is kept where the browser keeps nothing. @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key @returns {any} */
function load(key) {
    let text = memory.get(key);
    try {
        text ??= localStorage.getItem(ROOT + key) ?? undefined;
        return text && JSON.parse(text);
    } catch {
        return undefined; // storage is off, or what is there was not written by this book
    }
}

/** @param {string} key @param {unknown} value nothing to forget it */
function save(key, value) {
    const text = JSON.stringify(value);
    try {
        memory.delete(key);
        if (text === undefined) localStorage.removeItem(ROOT + key);
        else localStorage.setItem(ROOT + key, text);
    } catch {
        if (text !== undefined) memory.set(key, text);
    }
}

/**
 * What was last checked of a question.
 * @typedef {object} Answered
 * @property {string} digest of the question: an answer to another version of it is none
 * @property {unknown} given
 * @property {boolean} right
 */

/** @param {HTMLElement} question @returns {Answered | undefined} */
export function recall({ dataset: { question, digest } }) {
    const answered = load(`quiz ${question}`);
    return answered?.digest === digest ? answered : undefined;
}

/** @param {HTMLElement} question @param {{ given: unknown, right: boolean }} [answered] nothing to forget it */
export function remember({ dataset: { question, digest } }, answered) {
    save(`quiz ${question}`, answered && { digest, ...answered });
    if (!answered) ended = false;
    tell();
}

/** The questions of a page, or of a quiz: one that prints the whole book has several. @returns {HTMLElement[]} */
export const questions = (/** @type {ParentNode} */ within = document) => [
    ...within.querySelectorAll(/** @type {'div'} */ ('book-quiz .question')),
];

/** @param {string} path */
const pageOf = path => path.slice(ROOT.length) || 'index.html';

const here = pageOf(location.pathname);

/** Whether the end of this page has been seen. */
let ended = load('progress')?.[here] !== undefined;

/** Keeps how far this section is done, and shows it for all. */
function tell() {
    const links = [...document.querySelectorAll(/** @type {'a'} */ ('#mdbook-sidebar .chapter a[href]'))];
    const pages = new Map(links.filter(link => !link.hash).map(link => [pageOf(link.pathname), link]));
    const progress = load('progress') ?? {};
    if (pages.has(here)) {
        const all = questions();
        const done = all.length > 0 && all.every(question => recall(question)?.right);
        const state = done ? 'answered' : ended ? 'read' : undefined;
        if (progress[here] !== state) save('progress', Object.assign(progress, { [here]: state }));
    }
    for (const [page, link] of pages) {
        link.querySelector(':scope > .progress')?.remove();
        const says = { answered: ['✓', ', all questions answered'], read: ['·', ', read'] }[String(progress[page])];
        if (!says) continue;
        const [sign = '', words = ''] = says;
        const hidden = make('span', { class: 'visually-hidden' }, words);
        link.append(make('span', { class: 'progress' }, make('span', { 'aria-hidden': 'true' }, ` ${sign}`), hidden));
    }
}

/** Begins to look for the end of the page. */
export function follow() {
    tell();
    const last = document.querySelector('main > :last-child');
    if (!last || ended) return;
    const observer = new IntersectionObserver(([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        ended = true;
        tell();
    });
    observer.observe(last);
}
