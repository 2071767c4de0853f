// `npm run screenshots`: the pictures in README.md, of the built site: each in light and dark, and on a phone.

import { fileURLToPath } from 'node:url';
import { ROOT, browser, close } from './site.js';

const OUT = fileURLToPath(new URL('../../.github/images/', import.meta.url));

/**
 * @typedef {object} Picture
 * @property {string} name
 * @property {string} page
 * @property {string} of what is to be seen, a selector
 * @property {(page: import('playwright-core').Page) => Promise<void>} [first] what to do before
 */

/** @type {Picture[]} */
const PICTURES = [
    { name: 'listing', page: 'concepts/the-spinner.html', of: '#spin-frames' },
    {
        name: 'explorer',
        page: 'every-schedule.html#schedule=abba=ab',
        of: 'schedule-explorer[data-name=abba] .explorer',
        first: page => page.locator('schedule-explorer[data-name=abba]').getByRole('button', { name: 'Back' }).click(),
    },
    { name: 'stepper', page: 'concepts/the-spinner.html#step=spin-screen:done=2', of: 'book-stepper' },
    {
        name: 'quiz',
        page: 'threads/threads-and-ownership.html',
        of: 'book-quiz .question',
        first: async page => {
            await page.locator('book-quiz .question input').first().check();
            await page.locator('book-quiz .question').first().getByRole('button', { name: 'Check' }).click();
        },
    },
    { name: 'plot', page: 'threads/threads-and-ownership.html', of: 'figure.plot' },
    { name: 'cast', page: 'concepts/the-spinner.html', of: 'figure.cast' },
];

const LOOKS = {
    light: { viewport: { width: 1200, height: 900 }, colorScheme: /** @type {const} */ ('light') },
    dark: { viewport: { width: 1200, height: 900 }, colorScheme: /** @type {const} */ ('dark') },
    phone: { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ('light') },
};

for (const [look, options] of Object.entries(LOOKS)) {
    for (const { name, page: address, of, first } of PICTURES) {
        const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
        const page = await context.newPage();
        await page.goto(ROOT + address, { waitUntil: 'networkidle' });
        await page.locator(of).first().scrollIntoViewIfNeeded();
        await page.waitForTimeout(500);
        await first?.(page);
        await page.mouse.move(0, 0);
        await page.evaluate(() => document.fonts.ready);
        await page.locator(of).first().screenshot({ path: `${OUT}${name}-${look}.png` });
        await context.close();
    }
}
await close();
