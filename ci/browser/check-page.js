// Opens one page as a reader would, and returns everything that is wrong with it.

import axe from 'axe-core';
import { ORIGIN, ROOT } from './site.js';
import { AXE } from './exceptions.js';

/** Exceptions that were met. @type {Set<import('./exceptions.js').AxeException>} */
export const met = new Set();

export const MOST_SHIFT = 0.02;

/** Counts what moves while the page loads, and what it says to the console before anyone listens. */
const watch = () => {
    const w = /** @type {any} */ (window);
    w.print = () => {}; // print.html opens the dialogue on load
    w.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of /** @type {any[]} */ (list.getEntries())) if (!entry.hadRecentInput) w.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
};

/** What reaches beyond the page's width: mdBook hides it from scrollWidth by `overflow-x: hidden` on the body. */
export const sideways = () => {
    const width = document.documentElement.clientWidth;
    const out = [];
    if (document.documentElement.scrollWidth > width) out.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} > ${width}`);
    for (const element of document.querySelectorAll('#mdbook-content *, #mdbook-menu-bar *')) {
        const box = element.getBoundingClientRect();
        if (!box.width || (box.right <= width + 1 && box.left >= -1)) continue;
        let holder = element.parentElement;
        while (holder && !['auto', 'scroll'].includes(getComputedStyle(holder).overflowX)) holder = holder.parentElement;
        if (holder && holder.closest('main, .theme-popup')) continue;
        if (element.closest('.visually-hidden, .stage')) continue;
        out.push(`beyond the page's width, at ${Math.round(box.left)} to ${Math.round(box.right)}: ${element.outerHTML.slice(0, 90)}`);
        if (out.length > 3) break;
    }
    return out;
};

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} address below the site's root
 * @param {{ casts?: boolean, then?: 'light' | 'dark' }} [options] casts: play each recording to its end; then: the theme
 *     to change to for a second look, which spares a second load
 * @returns {Promise<string[]>} the faults
 */
export async function faultsOf(context, address, options = {}) {
    /** @type {string[]} */
    const faults = [];
    const page = await context.newPage();
    let pending = 0;
    page.on('console', message => {
        if (!['error', 'warning'].includes(message.type())) return;
        faults.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', error => faults.push(`uncaught: ${error.message}`));
    page.on('request', request => {
        pending++;
        if (!request.url().startsWith(ORIGIN) && !/^(data|blob):/.test(request.url())) faults.push(`another host: ${request.url()}`);
    });
    page.on('requestfinished', () => pending--);
    page.on('requestfailed', request => {
        pending--;
        faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on('response', response => {
        if (response.status() >= 400) faults.push(`status ${response.status()}: ${response.url()}`);
    });
    const quiet = async () => {
        for (let calm = 0; calm < 3; calm = pending ? 0 : calm + 1) await page.waitForTimeout(20);
    };

    try {
        await page.addInitScript(watch);
        await page.goto(ROOT + address, { waitUntil: 'load' });
        await quiet();
        const shift = await page.evaluate(() => /** @type {any} */ (window).shift);
        if (shift >= MOST_SHIFT) faults.push(`layout shift of ${shift.toFixed(3)} on load`);

        // Every component comes near once.
        await page.evaluate(async () => {
            for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
                scrollTo(0, y);
                await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
            }
            scrollTo(0, 0);
        });
        await quiet();
        faults.push(...(await look(page)));
        if (options.casts) faults.push(...(await playAll(page)));
        if (options.then) {
            // The system's theme changes, mdBook follows. Colours that fade would be measured half-way: no motion.
            await page.emulateMedia({ colorScheme: options.then, reducedMotion: 'reduce' });
            await page.locator(options.then === 'dark' ? 'html.navy' : 'html.light').waitFor();
            await quiet();
            faults.push(...(await look(page)).map(fault => `${fault} (${options.then})`));
        }
        for (const text of await page.locator('.component-error').allInnerTexts()) faults.push(`a component says: ${text}`);
        await quiet();
    } catch (error) {
        faults.push(String(error));
    } finally {
        await page.close();
    }
    return faults;
}

/** What can be seen to be wrong. @param {import('playwright-core').Page} page */
async function look(page) {
    const faults = await page.evaluate(sideways);
    for (const { id, faulty, help, nodes } of await axeViolations(page)) {
        const [first] = faulty;
        if (first) faults.push(`axe ${id}: ${help}: ${faulty.length} of ${nodes}, first: ${first}`);
    }
    return faults;
}

/** @param {import('playwright-core').Page} page */
async function axeViolations(page) {
    if (await page.evaluate(() => !(/** @type {any} */ (window).axe))) await page.evaluate(axe.source);
    const { violations, excepted } = await page.evaluate(async exceptions => {
        const { violations } = await /** @type {any} */ (window).axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'],
        });
        /** @type {number[]} */
        const excepted = [];
        const found = violations.map((/** @type {any} */ violation) => ({
            id: violation.id,
            help: violation.help,
            nodes: violation.nodes.length,
            faulty: violation.nodes
                .filter((/** @type {any} */ node) => {
                    const element = document.querySelector(node.target[0]);
                    const index = exceptions.findIndex(
                        ({ rule, selector }) => rule === violation.id && element?.matches(selector),
                    );
                    if (index >= 0) excepted.push(index);
                    return index < 0;
                })
                .map((/** @type {any} */ node) => `${node.html.slice(0, 120)} (${node.any[0]?.message ?? node.all[0]?.message ?? ''})`),
        }));
        return { violations: found, excepted };
    }, AXE);
    for (const index of excepted) met.add(/** @type {import('./exceptions.js').AxeException} */ (AXE[index]));
    return /** @type {{ id: string, help: string, nodes: number, faulty: string[] }[]} */ (violations);
}

/** @param {import('playwright-core').Page} page */
async function playAll(page) {
    const faults = [];
    for (const cast of await page.locator('book-cast').all()) {
        const name = (await cast.getAttribute('data-src')) ?? (await cast.getAttribute('data-label'));
        // Fast, so that the tests are: the terminal passes through the same states.
        await cast.evaluate(element => (element.dataset.speed = '8'));
        await cast.scrollIntoViewIfNeeded();
        try {
            await cast.getByRole('button', { name: 'Play' }).click({ timeout: 5000 });
            await page.waitForFunction(
                element => element?.getAttribute('data-state') === 'ended' || element?.querySelector('.component-error'),
                await cast.elementHandle(),
                { timeout: 20000 },
            );
            if (await cast.locator('.component-error').count()) continue; // reported with the others
            const screen = (await cast.locator('.ap-term-text').innerText()).trim();
            if (!screen) faults.push(`${name}: the terminal is empty at its end`);
        } catch (error) {
            faults.push(`${name}: does not reach its end: ${String(error).split('\n')[0]}`);
        }
    }
    return faults;
}
