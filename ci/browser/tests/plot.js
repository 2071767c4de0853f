// Plots: what is drawn can be read, in each width and theme, and is what was measured.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { PAGES, WIDTHS, browser, plant } from '../site.js';
import { faultsOf } from '../check-page.js';
import { on } from '../use.js';

/** Plots of every shape, as the preprocessor writes them: tools/mdbook-listing/tests/html.rs holds them to it. */
const SHAPES = '<h1 id="plots">Plots</h1>' + readFileSync(fileURLToPath(new URL('../fixture/plots.html', import.meta.url)), 'utf8');

/** A page of the book, and the record of the plot on it. */
const BOOK = 'threads/threads-and-ownership.html';
const RECORD = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../../listings/threads/spawn-cost/measure.json', import.meta.url)), 'utf8'),
);

/** What nobody can read: a text that leaves its picture, lies upon another or upon a mark, or is too small. */
const unread = () => {
    const faults = [];
    for (const svg of document.querySelectorAll('figure.plot > svg')) {
        if (!svg.checkVisibility()) continue;
        const frame = svg.getBoundingClientRect();
        const name = svg.querySelector('title')?.textContent;
        const texts = [...svg.querySelectorAll('text')].map(text => ({ text, box: text.getBoundingClientRect() }));
        /** @param {DOMRect} a @param {DOMRect} b how far one may reach into the other: boxes are higher than letters @param {number} by */
        const meet = (a, b, by) =>
            a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;
        if (!texts.length) faults.push(`${name}: no text`);
        for (const [at, { text, box }] of texts.entries()) {
            const said = `${name}: "${text.textContent}"`;
            if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
                faults.push(`${said} leaves its picture`);
            }
            if (parseFloat(getComputedStyle(text).fontSize) * (frame.width / /** @type {SVGSVGElement} */ (svg).viewBox.baseVal.width) < 11.5) {
                faults.push(`${said} is too small`);
            }
            for (const other of texts.slice(at + 1)) {
                if (meet(box, other.box, 3)) faults.push(`${said} lies upon "${other.text.textContent}"`);
            }
            // A line passes behind a text, which has a rim; a mark would not be seen.
            for (const mark of svg.querySelectorAll('polygon, circle')) {
                if (meet(box, mark.getBoundingClientRect(), 3)) faults.push(`${said} lies upon a mark`);
            }
        }
        for (const mark of svg.querySelectorAll('polygon, circle, rect, polyline')) {
            const box = mark.getBoundingClientRect();
            if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
                faults.push(`${name}: a mark leaves its picture`);
            }
        }
    }
    return faults;
};

/** How many pictures there are, and how many are shown. */
const shown = () => {
    const all = [...document.querySelectorAll('figure.plot')];
    return all.map(plot => [...plot.querySelectorAll(':scope > svg')].filter(svg => svg.checkVisibility()).map(svg => svg.classList[0]));
};

describe('a plot', { concurrency: 2 }, () => {
    for (const [place, address] of /** @type {const} */ ([['of every shape', plant(SHAPES)], ['in the book', BOOK]])) {
        for (const [width, picture] of /** @type {const} */ ([[360, 'narrow'], [390, 'narrow'], [560, 'wide'], [800, 'wide'], [1280, 'wide']])) {
            test(`${place} can be read at ${width} pixels`, () =>
                on(
                    address,
                    async page => {
                        const pictures = await page.evaluate(shown);
                        assert.ok(pictures.length > 0);
                        for (const one of pictures) assert.deepEqual(one, [picture]);
                        assert.deepEqual(await page.evaluate(unread), []);
                    },
                    { viewport: { width, height: 900 } },
                ));
        }
    }

    test('of every shape has no fault, in either width and theme', async () => {
        for (const [viewport, colorScheme, then] of /** @type {const} */ ([[WIDTHS.phone, 'dark', 'light'], [WIDTHS.desk, 'light', 'dark']])) {
            const context = await browser.newContext({ viewport, colorScheme });
            try {
                assert.deepEqual(await faultsOf(context, plant(SHAPES), { then }), []);
            } finally {
                await context.close();
            }
        }
    });

    test('takes its colours from the theme, and is told apart without them', () =>
        on(plant(SHAPES), async page => {
            const look = () =>
                page.evaluate(() => {
                    const of = (/** @type {string} */ selector, /** @type {'fill' | 'stroke'} */ what) => {
                        const element = document.querySelector(`figure.plot > svg.wide ${selector}`);
                        return element ? getComputedStyle(element)[what] : `no ${selector}`;
                    };
                    return [of('text.ink, text.quiet', 'fill'), of('.rule', 'stroke'), of('circle.series-a', 'fill'), of('polygon.series-b', 'fill'), of('polygon.series-c', 'fill')];
                });
            const day = await look();
            assert.equal(new Set(day).size, 5, `${day}`);
            await page.emulateMedia({ colorScheme: 'dark' });
            await page.locator('html.navy').waitFor();
            const night = await look();
            for (const [at, color] of day.entries()) assert.notEqual(night[at], color, `number ${at} is ${color} by day and at night`);
            // By shape and by pattern, in the plot of six.
            const six = page.locator('figure.plot').nth(3).locator('> svg.wide');
            const patterns = await six.locator('polyline[stroke-width="2"]').evaluateAll(lines => lines.map(line => line.getAttribute('stroke-dasharray')));
            assert.equal(patterns.length, 6);
            assert.equal(new Set(patterns).size, 6, `${patterns}`);
            const shapes = await page.locator('figure.plot').nth(3).locator('.key').evaluateAll(keys =>
                keys.map(key => [...key.querySelectorAll('circle, polygon')].map(mark => mark.getAttribute('points') ?? mark.localName).join()),
            );
            assert.equal(new Set(shapes).size, 6, `${shapes}`);
        }));

    test('has its name and what is to be seen, for those who do not see it', () =>
        on(BOOK, async page => {
            const plot = page.locator('#spawn-cost-plot');
            const title = await plot.locator('figcaption .title').innerText();
            const picture = page.getByRole('img', { name: title, exact: true });
            assert.equal(await picture.count(), 1);
            const said = await picture.locator('desc').textContent();
            for (const [x] of RECORD.series[0].points) assert.ok(said?.includes(x), x);
            const caption = await plot.locator('figcaption').innerText();
            for (const part of [RECORD.machine, RECORD.compiler, RECORD.date, String(RECORD.load), RECORD.statistic]) {
                assert.ok(caption.includes(part), `${part} is not in "${caption}"`);
            }
        }));

    test('has its numbers in a table, opened by keyboard', () =>
        on(BOOK, async page => {
            const details = page.locator('#spawn-cost-plot details');
            assert.equal(await details.locator('table').isVisible(), false);
            await details.locator('summary').focus();
            await page.keyboard.press('Enter');
            await details.locator('table').waitFor();
            const rows = await details.locator('tbody tr').evaluateAll(rows =>
                rows.map(row => [
                    row.querySelector('th')?.textContent,
                    ...(row.querySelector('td')?.textContent ?? '').replaceAll(',', '').split(/[^\d.]+/).filter(Boolean).map(Number),
                ]),
            );
            assert.deepEqual(rows, RECORD.series[0].points);
        }));

    test('stands on paper, with its numbers', () =>
        on(BOOK, async page => {
            await page.emulateMedia({ media: 'print' });
            const plot = page.locator('#spawn-cost-plot');
            assert.equal(await plot.locator('svg.wide').isVisible(), true);
            assert.equal(await plot.locator('svg.narrow').isVisible(), false);
            assert.equal(await plot.locator('td').first().isVisible(), true);
        }));

    test('reads well without JavaScript', () =>
        on(
            plant(SHAPES),
            async page => {
                assert.deepEqual(await page.evaluate(unread), []);
                assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false);
            },
            { javaScriptEnabled: false, viewport: WIDTHS.phone },
        ));

    test('that cannot be read is found out', () =>
        on(
            plant(
                '<figure class="plot"><svg class="wide" viewBox="0 0 640 100" font-size="8"><title>t</title>' +
                    '<text x="10" y="20">small and</text><text x="20" y="22">crowded</text><text x="630" y="60">beyond</text>' +
                    '<circle cx="24" cy="18" r="5"></circle></svg></figure>',
            ),
            async page => {
                const faults = (await page.evaluate(unread)).join('\n');
                for (const fault of ['"small and" is too small', '"small and" lies upon "crowded"', '"beyond" leaves', 'lies upon a mark']) {
                    assert.ok(faults.includes(fault), `${fault} in ${faults}`);
                }
            },
        ));

    test('is on a page of the book', () => assert.ok(PAGES.includes(BOOK)));
});
