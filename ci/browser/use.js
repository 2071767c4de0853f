// A page in use: what all tests of components begin with.

import assert from 'node:assert/strict';
import { ROOT, WIDTHS, browser } from './site.js';

/**
 * Opens a page for `use`, and closes it again. What the page throws, or says to the console, is a fault.
 * @param {string} address below the site's root
 * @param {(page: import('playwright-core').Page) => Promise<void>} use
 * @param {{ off?: boolean, faulty?: boolean } & import('playwright-core').BrowserContextOptions} [options] off: storage
 *     throws; faulty: faults are expected
 */
export async function on(address, use, { off, faulty, ...options } = {}) {
    const context = await browser.newContext({ viewport: WIDTHS.desk, colorScheme: 'light', ...options });
    /** @type {string[]} */
    const faults = [];
    try {
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        page.on('pageerror', error => faults.push(error.message));
        page.on('console', message => {
            if (['error', 'warning'].includes(message.type())) faults.push(message.text());
        });
        if (off) {
            await page.addInitScript(() => {
                Object.defineProperty(window, 'localStorage', { get: () => { throw new Error('storage is off'); } });
            });
        }
        await page.goto(ROOT + address);
        await page.evaluate(() => document.fonts.ready);
        await use(page);
        if (!faulty) assert.deepEqual(faults, []);
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
