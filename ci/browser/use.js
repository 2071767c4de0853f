// A page in use: what all tests of components begin with.

import assert from 'node:assert/strict';
import { ROOT, WIDTHS, browser } from './site.js';

/**
 * Opens a page for `use`, and closes it again. What the page says to the console, or throws, is a fault, unless `faults`
 * takes it.
 * @param {string} address below the site's root
 * @param {(page: import('playwright-core').Page) => Promise<void>} use
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @param {string[]} [faults]
 */
export async function on(address, use, options = {}, faults) {
    const context = await browser.newContext({ viewport: WIDTHS.desk, colorScheme: 'light', ...options });
    /** @type {string[]} */
    const found = faults ?? [];
    try {
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        page.on('pageerror', error => found.push(error.message));
        page.on('console', message => {
            if (['error', 'warning'].includes(message.type())) found.push(message.text());
        });
        await page.goto(ROOT + address);
        await use(page);
        if (!faults) assert.deepEqual(found, []);
    } finally {
        await context.close();
    }
}

/** Tab, until this has the focus. @param {import('playwright-core').Locator} locator */
export async function tabTo(locator) {
    const page = locator.page();
    for (let i = 0; i < 200; i++) {
        await page.keyboard.press('Tab');
        if (await locator.evaluate(element => element === document.activeElement)) return;
    }
    assert.fail(`no Tab reaches ${locator}`);
}
