// What mdBook's own template does that we cannot mend from outside. Each exception names one fault at one place, and a
// test fails when an exception is no longer needed.

/** @typedef {{ rule: string, selector: string, reason: string }} AxeException */
/** @type {AxeException[]} */
export const AXE = [];

/** @typedef {{ file: RegExp, message: RegExp, extract: RegExp, reason: string }} HtmlException */
/** @type {HtmlException[]} */
export const HTML = [
    {
        file: /\.html$/,
        message: /^The “aria-(?:label|controls)” attribute must not be used on any “label” element/,
        extract: /id="mdbook-sidebar-toggle"/,
        reason: 'index.hbs: the button of the sidebar is a label; page.js puts a button in its place',
    },
    {
        file: /\/toc\.html$/,
        message: /missing a required instance of child element “title”/,
        extract: /<\/head>/,
        reason: 'toc.html.hbs: the frame that holds the contents without JavaScript has no title',
    },
    {
        file: /\/toc\.html$/,
        message: /^No “li” element in scope but a “li” end tag seen/,
        extract: /<\/li><\/li>/,
        reason: 'helpers/toc.rs: closes the item before a part title twice; browsers ignore the second',
    },
];
