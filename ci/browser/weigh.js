// node weigh.js PAGE…: what each page of the built site (BOOK_SITE) transfers, compressed, before the first click and
// after everything has come near; how far things move meanwhile; and how long a step takes in the largest explorer. JSON, for
// ci/bench.sh. No test: times depend on the machine.

import { gzipSync } from 'node:zlib';
import { ORIGIN, ROOT, WIDTHS, browser, close } from './site.js';

/** What a server compresses; the rest is compressed already. */
const TEXT = /^(text\/|application\/json|image\/svg)/;
const STEPS = 25;

/** @param {string} address */
async function weigh(address) {
    const context = await browser.newContext({ viewport: WIDTHS.desk, colorScheme: 'light' });
    const page = await context.newPage();
    const weight = { requests: 0, bytes: 0, fonts: 0, elsewhere: 0 };
    /** @type {Promise<void>[]} */
    const pending = [];
    page.on('response', response =>
        pending.push(
            (async () => {
                const type = response.headers()['content-type'] ?? '';
                const body = await response.body().catch(() => Buffer.alloc(0));
                const bytes = TEXT.test(type) ? gzipSync(body, { level: 9 }).length : body.length;
                weight.requests += 1;
                weight.bytes += bytes;
                if (response.url().endsWith('.woff2') || type.includes('font')) weight.fonts += bytes;
                if (!response.url().startsWith(ORIGIN)) weight.elsewhere += 1;
            })(),
        ),
    );
    await page.addInitScript(() => {
        const w = /** @type {any} */ (window);
        w.shift = 0;
        new PerformanceObserver(list => {
            for (const entry of /** @type {any[]} */ (list.getEntries())) if (!entry.hadRecentInput) w.shift += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
    });
    const settled = async () => {
        await page.waitForLoadState('networkidle');
        await Promise.all(pending);
        return { ...weight, shift: await page.evaluate(() => /** @type {any} */ (window).shift) };
    };
    await page.goto(ROOT + address);
    const loaded = await settled();
    await page.evaluate(async () => {
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
            scrollTo(0, y);
            await new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)));
        }
    });
    const scrolled = await settled();
    const step = await page.evaluate(firstSteps, STEPS);
    await context.close();
    return { page: address, loaded, scrolled, ...(step ?? {}) };
}

/**
 * In the page: milliseconds from a press to what it changes on the screen, in the explorer with the most states; opening
 * included for the first.
 * @param {number} steps
 */
async function firstSteps(steps) {
    const explorers = [...document.querySelectorAll('schedule-explorer')].map(explorer => ({
        explorer: /** @type {HTMLElement} */ (explorer),
        states: JSON.parse(explorer.querySelector('script.graph')?.textContent ?? '{"states":[]}').states.length,
    }));
    const [most] = explorers.sort((a, b) => b.states - a.states);
    // In stock mdBook's clothes there are none.
    if (!most || !customElements.get('schedule-explorer')) return undefined;
    const { explorer, states } = most;
    explorer.scrollIntoView();
    const painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    const timed = async (/** @type {() => void} */ press) => {
        await painted();
        const began = performance.now();
        press();
        explorer.getBoundingClientRect();
        const worked = performance.now() - began;
        await painted();
        return worked;
    };
    const button = (/** @type {string} */ selector) => /** @type {HTMLButtonElement | null} */ (explorer.querySelector(selector));
    while (!button('button')) await painted();
    const opens = button('.explorer') ? 0 : await timed(() => button('.controls button')?.click());
    const taken = [];
    for (let step = 0; step < steps; step += 1) {
        if (!button('.mover[aria-disabled=false]')) break;
        taken.push(await timed(() => button('.mover[aria-disabled=false]')?.click()));
    }
    return { explorer: explorer.dataset.name, states, opens, first: taken[0], steps: taken.sort((a, b) => a - b)[taken.length >> 1] };
}

const pages = process.argv.slice(2);
const weights = [];
for (const page of pages) weights.push(await weigh(page));
console.log(JSON.stringify(weights));
await close();
