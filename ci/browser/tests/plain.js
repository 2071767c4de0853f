// Without JavaScript: everything that was written is there to read.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sideways } from '../check-page.js';
import { PAGES, ROOT, WIDTHS, browser, plant } from '../site.js';

const READ = 'main :is(h1, p, pre.code, pre.output, pre.still, pre > code, figcaption, summary, td)';

/** Whatever of these nobody can see, though it stands in no closed <details>. @param {string} selector */
const unseen = selector =>
    [...document.querySelectorAll(selector)]
        .filter(element => {
            // A summary is seen though its own <details> is closed, but not one around that.
            const whole = element.localName === 'summary' ? element.parentElement : element;
            if (whole?.parentElement?.closest('details:not([open])')) return false;
            return !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || !element.getBoundingClientRect().height;
        })
        .filter(element => element.textContent?.trim())
        .map(element => element.outerHTML.slice(0, 100));

describe('without JavaScript', { concurrency: 2 }, () => {
    /** @type {import('playwright-core').BrowserContext} */
    let context;
    before(async () => {
        context = await browser.newContext({ javaScriptEnabled: false, viewport: WIDTHS.phone });
    });
    after(() => context.close());

    for (const address of [...PAGES, '_fixture/components.html']) {
        test(`${address} reads well`, async () => {
            const page = await context.newPage();
            try {
                await page.goto(ROOT + address);
                assert.deepEqual(await page.evaluate(unseen, READ), [], 'not to be seen');
                assert.deepEqual(await page.evaluate(sideways), []);
            } finally {
                await page.close();
            }
        });
    }

    test('code, output and stills are there', async () => {
        const page = await context.newPage();
        await page.goto(`${ROOT}_fixture/components.html`);
        for (const [selector, text] of /** @type {const} */ ([
            ['figure.listing > pre.code', 'fn frames()'],
            ['pre:has(> code.language-text)', 'bytes: 1020'],
            ['book-cast > pre', 'Computation done'],
            ['figure.fails > pre.output', 'error[E0373]'],
        ])) {
            assert.ok((await page.locator(selector).innerText()).includes(text), selector);
        }
        await page.close();
    });

    test('a link lights its lines', async () => {
        const page = await context.newPage();
        await page.goto(`${ROOT}_fixture/components.html`);
        const line = page.locator('.anchor[id="spin-frames.store"] .line').first();
        const dark = await line.evaluate(element => getComputedStyle(element).backgroundColor);
        await page.getByRole('link', { name: 'the store' }).click();
        assert.notEqual(await line.evaluate(element => getComputedStyle(element).backgroundColor), dark);
        await page.close();
    });

    test('and hidden code is found out', async () => {
        const page = await context.newPage();
        await page.goto(ROOT + plant('<h1 id="h">Title</h1><pre class="code" style="display: none"><code>fn main() {}</code></pre>'));
        assert.equal((await page.evaluate(unseen, READ)).length, 2);
        await page.close();
    });
});
