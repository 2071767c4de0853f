// A listing's program, for the widgets that go through it.

/**
 * A copy of the whole program, to be marked and lit; nothing, where the page has none.
 * @param {string} slug
 * @param {Element | null} [own] what the widget has brought along, where no listing of the page shows the program
 */
export function copyOfProgram(slug, own) {
    const lines = (/** @type {Element} */ pre) => pre.querySelectorAll('.line').length;
    const shown = `:is(figure.listing, book-stepper)[data-slug="${CSS.escape(slug)}"] pre.code`;
    const [whole] = own ? [own] : [...document.querySelectorAll(shown)].sort((one, other) => lines(other) - lines(one));
    if (!whole) return undefined;
    const copy = /** @type {HTMLElement} */ (whole.cloneNode(true));
    for (const element of copy.querySelectorAll('[id]')) element.removeAttribute('id');
    for (const element of copy.querySelectorAll('.lit, .stepped')) element.classList.remove('lit', 'stepped');
    return copy;
}
