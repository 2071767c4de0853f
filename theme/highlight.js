// Stands where mdBook puts highlight.js, and does nothing: code is coloured when the book is built, by spans of the
// classes tok-*. mdBook's book.js calls these two functions on every page.
window.hljs = {
    configure() {},
    highlightBlock() {},
};
