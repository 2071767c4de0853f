// `npm run screenshots`: the pictures in README.md, of the built site.

import { ROOT, browser, close } from './site.js';
import { fileURLToPath } from 'node:url';

const OUT = fileURLToPath(new URL('../../.github/images/', import.meta.url));

const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
const page = await context.newPage();
await page.goto(`${ROOT}concepts/the-spinner.html`);
await page.locator('#spin-frames').scrollIntoViewIfNeeded();
// Just above the listing, so that a picture shows prose, a listing and what it printed.
await page.evaluate(() => {
    const listing = document.getElementById('spin-frames');
    if (listing) scrollTo(0, listing.getBoundingClientRect().top + scrollY - 300);
});
await page.evaluate(() => document.fonts.ready);
await page.waitForSelector('#spin-frames .button');
await page.screenshot({ path: `${OUT}spinner.png` });
await close();
