// A check that cannot fail is no check: each fault, planted, has to be found.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WIDTHS, browser, plant } from '../site.js';
import { faultsOf } from '../check-page.js';

const TEXT = '<h1 id="planted">Planted</h1><p>Nothing is wrong with this paragraph.</p>';

/** @type {{ name: string, html: string, found: RegExp, head?: string, casts?: boolean, then?: 'dark' }[]} */
const PLANTED = [
    { name: 'an error on the console', html: '<script>console.error("oh")</script>', found: /console error: oh/ },
    { name: 'a warning on the console', html: '<script>console.warn("hm")</script>', found: /console warning: hm/ },
    { name: 'an exception', html: '<script>setTimeout(() => { throw new Error("thrown") })</script>', found: /uncaught: thrown/ },
    { name: 'a rejected promise', html: '<script>Promise.reject(new Error("late"))</script>', found: /uncaught: late/ },
    { name: 'a request to another host', html: '<img alt="" src="http://127.0.0.2:9/pixel.png">', found: /another host: http:\/\/127\.0\.0\.2/ },
    { name: 'a missing file', html: '<img alt="" src="missing.png">', found: /status 404: .*missing\.png/ },
    { name: 'something too wide', html: '<div style="width: 1500px; height: 1em; background: gray"></div>', found: /beyond the page's width/ },
    { name: 'something too wide in a hidden overflow', html: '<div style="overflow: hidden"><p style="width: 1500px">cut off</p></div>', found: /beyond the page's width/ },
    { name: 'faint text', html: '<p style="color: #999; background: #ddd">faint</p>', found: /axe color-contrast/ },
    { name: 'an image without a text', html: '<img src="../favicon.svg" width="16" height="16">', found: /axe image-alt/ },
    { name: 'a skipped level of heading', html: '<h4 id="deep">Deep</h4>', found: /axe heading-order/ },
    { name: 'a button without a name', html: '<button></button>', found: /axe button-name/ },
    { name: 'text that is faint in the other theme only', html: '<style>.navy .pale { color: #444 }</style><p class="pale">pale</p>', then: 'dark', found: /axe color-contrast.*\(dark\)/ },
    {
        name: 'what moves on load',
        html: '<script>setTimeout(() => document.querySelector("main").insertAdjacentHTML("afterbegin", "<div style=\'height: 300px\'></div>"), 20)</script>',
        found: /layout shift of/,
    },
    { name: 'a recording that is not given', html: '<book-cast></book-cast>', casts: true, found: /a component says: .*no recording/ },
    { name: 'a recording that is missing', html: '<book-cast data-src="none.cast"></book-cast>', casts: true, found: /a component says: .*not there \(404\)/ },
    { name: 'a recording that is none', html: '<book-cast data-src="../_fixture/components.html"></book-cast>', casts: true, found: /a component says: .*not an asciicast/ },
    { name: 'a recording that is cut off', html: '<book-cast data-src="cut.cast" data-cols="80" data-rows="6"></book-cast>', casts: true, found: /a component says: .*not an asciicast/ },
    { name: 'a recording that shows nothing', html: '<book-cast data-src="empty.cast" data-cols="80" data-rows="6"></book-cast>', casts: true, found: /empty at its end/ },
];

describe('a planted fault is found', { concurrency: 2 }, () => {
    /** @type {import('playwright-core').BrowserContext} */
    let context;
    before(async () => {
        context = await browser.newContext({ viewport: WIDTHS.desk, colorScheme: 'light' });
    });
    after(() => context.close());
    test('and a page without one has none', async () => {
        assert.deepEqual(await faultsOf(context, plant(TEXT), { casts: true }), []);
    });
    for (const { name, html, found, head, casts, then } of PLANTED) {
        test(name, async () => {
            const faults = await faultsOf(context, plant(TEXT + html, head), { casts, then });
            assert.ok(faults.some(fault => found.test(fault)), `not found among ${JSON.stringify(faults)}`);
        });
    }
});
