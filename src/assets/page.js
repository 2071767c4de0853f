// What every page needs, and the list of what some need. No bundler: the browser loads a component's module when the
// first of its elements comes near the view, and a page without such elements loads nothing more than this file and
// progress.js, with the little that makes elements.
//
// To add a component: write components/NAME.js and give it a line in COMPONENTS. Its HTML must read well before, and
// without, the module. The module either defines a custom element, or exports `enhance(element)`, which is called once
// for each element that comes near. Styles of what the module alone makes stand in components/NAME.css, and are loaded
// with it. A component that fails leaves the page as it was, and says so with `report`.

import { hash } from './dom.js';
import { follow } from './progress.js';

/**
 * @typedef {object} Component
 * @property {string} selector the elements it enhances
 * @property {() => Promise<object>} load its module
 * @property {string} [style] its style sheet, beside this file
 */

/** @type {Component[]} */
const COMPONENTS = [
    {
        selector: 'figure.listing, figure.fails, details.python, a.listing-link',
        load: () => import('./components/listing.js'),
    },
    { selector: 'book-cast', load: () => import('./components/cast.js') },
    {
        selector: 'schedule-explorer',
        load: () => import('./components/schedules.js'),
        style: 'components/schedules.css',
    },
    { selector: 'book-quiz', load: () => import('./components/quiz.js'), style: 'components/quiz.css' },
    {
        selector: 'book-stepper',
        load: () => import('./components/stepper.js'),
        style: 'components/stepper.css',
    },
];

/** @type {Map<string, Promise<unknown>>} */
const styles = new Map();

/** Loads a style sheet, once a page. Without it a widget is plain, and works. @param {string} name */
function loadStyle(name) {
    const loading =
        styles.get(name) ??
        new Promise(resolve => {
            const link = document.createElement('link');
            link.rel = 'stylesheet';
            link.href = new URL(name, import.meta.url).href;
            link.onload = resolve;
            link.onerror = resolve;
            document.head.append(link);
        });
    styles.set(name, loading);
    return loading;
}

/** How far from the view an element is near. */
const NEAR = '100px';

/**
 * Puts a message where a widget would have been; what the page shows without it stays.
 * @param {HTMLElement} element
 * @param {string} message
 */
export function report(element, message) {
    const old = element.querySelector(':scope > .component-error');
    const note = old ?? document.createElement('p');
    note.className = 'component-error';
    note.setAttribute('role', 'alert');
    note.textContent = message;
    element.dataset.failed = '';
    if (!old) element.append(note);
}

/** @param {HTMLElement} element */
async function enhance(element) {
    for (const { selector, load, style } of COMPONENTS) {
        if (!element.matches(selector)) continue;
        try {
            if (style) await loadStyle(style);
            const module = /** @type {{ enhance?: (element: HTMLElement) => void }} */ (await load());
            module.enhance?.(element);
            // Whoever clicks into a widget has its keys.
            const widget = element.matches('.widget') ? element : element.querySelector('.widget');
            if (!widget?.hasAttribute('tabindex')) widget?.setAttribute('tabindex', '-1');
        } catch (error) {
            // A link or a listing reads as well without its module: only a widget leaves a gap to explain.
            if (element.localName.includes('-')) report(element, 'This part of the page did not load. To try again, load the page again.');
            console.error(error);
        }
    }
}

function watchForComponents() {
    const observer = new IntersectionObserver(
        entries => {
            for (const { isIntersecting, target } of entries) {
                if (!isIntersecting) continue;
                observer.unobserve(target);
                void enhance(/** @type {HTMLElement} */ (target));
            }
        },
        { rootMargin: NEAR },
    );
    const all = COMPONENTS.map(component => component.selector).join(', ');
    for (const element of document.querySelectorAll(all)) observer.observe(element);

    // The address may point into an element that is far away, or inside a closed <details>: that one is near.
    const reveal = () => {
        const address = hash();
        // A widget's address is its name and what it is to show: `schedule=lost-update=a2b2`.
        const widget = document.querySelector(`[data-address="${CSS.escape(address.slice(0, address.lastIndexOf('=')))}"]`);
        const target = document.getElementById(address) ?? widget;
        const element = target?.closest(all);
        if (!element || !target) return;
        observer.unobserve(element);
        // Its place is made before anybody sees it, and gone to when it is there: nothing moves then.
        if (widget) /** @type {HTMLElement} */ (widget).dataset.open = '';
        const ready = enhance(/** @type {HTMLElement} */ (element));
        let opened = false;
        for (let box = target.closest('details'); box; box = box.parentElement?.closest('details') ?? null) {
            opened ||= !box.open;
            box.open = true;
        }
        if (target === widget) void ready.then(() => show(/** @type {HTMLElement} */ (widget)));
        else if (opened) target.scrollIntoView({ block: 'center' });
    };
    addEventListener('hashchange', reveal);
    // The same address once more is no change of it, and is meant as one.
    document.addEventListener('click', event => {
        const link = /** @type {Element} */ (event.target).closest('a');
        if (link?.hash && link.href === location.href) dispatchEvent(new HashChangeEvent('hashchange'));
    });
    reveal();
}

/** Goes to a widget, unless all of it is to be seen, and hands it the keys. @param {HTMLElement} widget */
function show(widget) {
    const { top, bottom } = widget.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) widget.scrollIntoView({ block: 'start' });
    const box = /** @type {HTMLElement} */ (widget.matches('.widget') ? widget : (widget.querySelector('.widget') ?? widget));
    box.focus({ preventScroll: true });
}

/** What scrolls sideways can be reached and scrolled by keyboard. */
function makeScrollersFocusable() {
    const observer = new ResizeObserver(entries => {
        for (const { target } of entries) {
            if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
            else target.removeAttribute('tabindex');
        }
    });
    for (const box of document.querySelectorAll('main pre:not([tabindex]), main .table-wrapper')) observer.observe(box);
}

/** Two themes, by their plain names; and what mdBook's own parts lack for keyboard and screen reader. */
function mendChrome() {
    for (const name of ['rust', 'coal', 'ayu']) document.getElementById(`mdbook-theme-${name}`)?.parentElement?.remove();
    const dark = document.getElementById('mdbook-theme-navy');
    if (dark) dark.textContent = 'Dark';

    document.getElementById('mdbook-menu-bar')?.setAttribute('role', 'banner');
    document.getElementById('mdbook-searchbar')?.setAttribute('aria-label', 'Search this book');
    document.getElementById('mdbook-searchbar')?.setAttribute('aria-describedby', 'mdbook-searchresults-header');

    // The button of the sidebar is a <label> for a hidden checkbox, which no keyboard reaches: a real one stands in for it.
    const label = document.getElementById('mdbook-sidebar-toggle');
    if (!label) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.id = 'sidebar-button';
    button.className = 'icon-button';
    button.title = 'Table of contents';
    button.setAttribute('aria-label', button.title);
    button.setAttribute('aria-controls', 'mdbook-sidebar');
    button.append(...[...label.children].map(child => child.cloneNode(true)));
    button.addEventListener('click', () => label.click());
    const root = document.documentElement;
    const tell = () => button.setAttribute('aria-expanded', String(root.classList.contains('sidebar-visible')));
    new MutationObserver(tell).observe(root, { attributeFilter: ['class'] });
    tell();
    label.hidden = true;
    label.after(button);
}

/** An arrow key scrolls the code or drives the widget that has the focus; mdBook would turn the page. */
function keepArrows() {
    document.querySelector('main')?.addEventListener('keydown', event => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        const target = /** @type {Element} */ (event.target);
        if (target.closest('pre, .table-wrapper, book-cast, .widget, input, select')) event.stopPropagation();
    });
}

mendChrome();
keepArrows();
makeScrollersFocusable();
watchForComponents();
follow();
