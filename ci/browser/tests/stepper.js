// A stepper: by mouse, by keyboard, by slider and by address; each step says what its row of the table says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { faultsOf } from '../check-page.js';
import { ROOT, WIDTHS, browser, plant } from '../site.js';
import { on, tabTo } from '../use.js';

/** @typedef {import('playwright-core').Page} Page */

// What the directive makes of a listing: tools/book/tests/trace.rs keeps it so.
const FIGURE = readFileSync(new URL('../fixture/stepper.html', import.meta.url), 'utf8');
const GENERATOR = plant(`<h1 id="h">Title</h1>${FIGURE}`);
const SPINNER = 'concepts/the-spinner.html';

/** A stepper, loaded. @param {Page} page @param {string} [address] */
async function parts(page, address = 'step=averager') {
    const stepper = page.locator(`book-stepper[data-address="${address}"]`);
    await stepper.scrollIntoViewIfNeeded();
    await stepper.locator('.widget').waitFor();
    const button = (/** @type {string} */ name) => stepper.getByRole('button', { name });
    return {
        stepper,
        said: stepper.getByRole('status'),
        slider: stepper.getByRole('slider'),
        forward: button('Forward'),
        back: button('Back'),
        restart: button('Restart'),
        at: async () => Number(await stepper.getByRole('slider').inputValue()),
    };
}

/** What the stepper shows now, and what the table says. @param {import('playwright-core').Locator} stepper */
const shown = stepper =>
    stepper.evaluate(element => {
        const at = Number(element.querySelector('input')?.value);
        const rows = [...(element.querySelector('tbody')?.rows ?? [])];
        const row = /** @type {HTMLTableRowElement} */ (rows[at]);
        const texts = (/** @type {ParentNode} */ from, /** @type {string} */ selector) => [...from.querySelectorAll(selector)].map(it => it.textContent);
        const [, who, line, value, to] = [...row.cells].map(cell => cell.textContent);
        return {
            at,
            shows: { widget: texts(element, '.column.state .says'), table: texts(row, '.state samp') },
            printed: {
                widget: element.querySelector('pre.output .so-far')?.textContent ?? '',
                table: rows.slice(0, at + 1).map(row => row.querySelector('.printed')?.textContent ?? '').join(''),
            },
            lit: { widget: texts(element, '.line.stepped').length && element.querySelector('.line.stepped')?.getAttribute('data-line'), table: line || 0 },
            arrow: { widget: element.querySelector('.lane > .label')?.textContent ?? '', table: to ? `${who} → ${to} ${value}` : '' },
            said: element.querySelector('.said')?.textContent ?? '',
            words: { who, line, value, to },
        };
    });

/** @param {import('playwright-core').Locator} stepper */
async function assertShown(stepper) {
    const { at, shows, printed, lit, arrow, said, words } = await shown(stepper);
    for (const [what, { widget, table }] of Object.entries({ shows, printed, lit, arrow })) {
        assert.deepEqual(widget, table, `${what} at step ${at}`);
    }
    if (!at) assert.match(said, /^Before the first step/);
    else {
        assert.ok(said.startsWith(`Step ${at}: ${words.who}, line ${words.line}`), said);
        if (words.to) assert.ok(said.includes(`hands “${words.value}” to ${words.to}`), said);
    }
    return at;
}

describe('a stepper', { concurrency: 2 }, () => {
    for (const [address, key, last] of /** @type {const} */ ([
        [GENERATOR, 'step=averager', 5],
        [SPINNER, 'step=spin-screen:done', 5],
        [SPINNER, 'step=spin-screen:erased', 5],
    ])) {
        test(`of ${key} says at each step what the table says, by mouse`, () =>
            on(address, async page => {
                const { stepper, forward, back, restart, at } = await parts(page, key);
                for (let step = 0; step < last; step++) {
                    assert.equal(await assertShown(stepper), step);
                    await forward.click();
                }
                assert.equal(await assertShown(stepper), last);
                await forward.click({ force: true }); // it goes no further
                assert.equal(await at(), last);
                for (let step = last; step > 0; step--) {
                    assert.equal(await assertShown(stepper), step);
                    await back.click();
                }
                assert.equal(await assertShown(stepper), 0);
                await forward.click();
                await forward.click();
                await restart.click();
                assert.equal(await assertShown(stepper), 0);
            }));
    }

    test('is driven by the keyboard, keeps the focus, and says what cannot be done', () =>
        on(GENERATOR, async page => {
            const { stepper, forward, back, restart, at } = await parts(page);
            assert.equal(await back.getAttribute('aria-disabled'), 'true');
            assert.equal(await restart.getAttribute('aria-disabled'), 'true');
            await tabTo(forward);
            for (const [key, expected] of /** @type {const} */ ([
                ['Enter', 1],
                ['Space', 2],
                ['ArrowRight', 3],
                ['ArrowLeft', 2],
                ['End', 5],
                ['ArrowRight', 5],
                ['Home', 0],
                ['ArrowLeft', 0],
                ['End', 5],
            ])) {
                await page.keyboard.press(key);
                assert.equal(await assertShown(stepper), expected, key);
                assert.equal(await forward.evaluate(element => element === document.activeElement), true, `${key} lost the focus`);
            }
            assert.equal(await forward.getAttribute('aria-disabled'), 'true');
            assert.equal(await back.getAttribute('aria-disabled'), 'false');
            await page.keyboard.press('Shift+Tab');
            await page.keyboard.press('Enter');
            assert.equal(await at(), 4);
            await page.keyboard.press('Shift+Tab');
            await page.keyboard.press('Enter');
            assert.equal(await assertShown(stepper), 0);
            assert.match(page.url(), /planted-\d+\.html#step=averager=0$/, 'an arrow key turned the page');
        }));

    test('is driven by its slider', () =>
        on(GENERATOR, async page => {
            const { stepper, slider } = await parts(page);
            await tabTo(slider);
            for (const [key, expected] of /** @type {const} */ ([['ArrowRight', 1], ['End', 5], ['ArrowLeft', 4], ['Home', 0]])) {
                await page.keyboard.press(key);
                assert.equal(await assertShown(stepper), expected, key);
                assert.equal(await slider.getAttribute('aria-valuetext'), `${expected} of 5`);
            }
            const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await slider.boundingBox());
            await page.mouse.click(box.x + box.width - 2, box.y + box.height / 2);
            assert.equal(await assertShown(stepper), 5);
        }));

    test('marks who has control and what has changed, and draws the arrow from one to the other', () =>
        on(GENERATOR, async page => {
            const { stepper, forward } = await parts(page);
            const holds = stepper.locator('.column.holds .task');
            const changed = stepper.locator('.column.changed');
            const centre = (/** @type {string} */ name) =>
                stepper.locator('.column', { hasText: name }).evaluate(box => box.getBoundingClientRect().left + box.clientWidth / 2);
            const arrow = () =>
                stepper.locator('.arrow').evaluate(element => {
                    const { left, right } = element.getBoundingClientRect();
                    return element.classList.contains('right') ? [left, right] : [right, left];
                });
            const assertFromTo = async (/** @type {string} */ from, /** @type {string} */ to) => {
                const [start, end] = await arrow();
                assert.ok(Math.abs((start ?? 0) - (await centre(from))) < 4, `the arrow does not start at ${from}`);
                assert.ok(Math.abs((end ?? 0) - (await centre(to))) < 4, `the arrow does not end at ${to}`);
            };
            await forward.click();
            assert.equal(await holds.innerText(), 'generator');
            assert.equal(await changed.count(), 0);
            await assertFromTo('caller', 'generator');
            await forward.click();
            assert.equal(await holds.innerText(), 'caller');
            assert.match(await changed.innerText(), /stored state\s+Averager \{ sum: 3, count: 1 \}/);
            await assertFromTo('generator', 'caller');
            await page.setViewportSize({ width: 1000, height: 900 });
            await page.waitForTimeout(100);
            await assertFromTo('generator', 'caller');
            await forward.click();
            assert.match(await stepper.getByRole('status').innerText(), /printed: “mean 3”\.$/);
        }));

    test('stands in the address, and goes where the address says', async () => {
        await on(GENERATOR, async page => {
            const { stepper, forward, at } = await parts(page);
            assert.equal(new URL(page.url()).hash, '', 'nobody has moved yet');
            await forward.click();
            assert.equal(new URL(page.url()).hash, '#step=averager=1');
            await page.evaluate(() => (location.hash = '#step=averager=4'));
            await page.locator('book-stepper input[aria-valuetext^="4"]').waitFor();
            assert.equal(await assertShown(stepper), 4);
            for (const other of ['#step=averager=6', '#step=averager=-1', '#step=averager=x', '#step=averager:all=1', '#h']) {
                await page.evaluate(hash => (location.hash = hash), other);
                await page.waitForTimeout(50);
                assert.equal(await at(), 4, other);
            }
        });
        // It lies far down the page, and is loaded and brought into view all the same.
        await on(`${SPINNER}#step=spin-screen:erased=4`, async page => {
            const stepper = page.locator('book-stepper[data-address="step=spin-screen:erased"]');
            await stepper.locator('.widget').waitFor();
            assert.equal(await assertShown(stepper), 4);
            await page.waitForFunction(() => {
                const box = document.querySelector('book-stepper[data-address$=erased]')?.getBoundingClientRect();
                return box && box.top < innerHeight && box.bottom > 0;
            });
        });
    });

    test('lights its line in the listing of the page, too, and shows it in its own copy', () =>
        on(SPINNER, async page => {
            const { stepper, forward } = await parts(page, 'step=spin-screen:done');
            await forward.click();
            const { lit } = await shown(stepper);
            assert.ok((await page.locator(`figure.listing[data-slug=spin-screen] .line.stepped[data-line="${lit.table}"]`).count()) > 0);
            const inView = await stepper.locator('.line.stepped').evaluate(line => {
                const box = /** @type {Element} */ (line.closest('pre')).getBoundingClientRect();
                const { top, bottom } = line.getBoundingClientRect();
                return top >= box.top && bottom <= box.bottom;
            });
            assert.ok(inView, 'the line is scrolled out of its box');
            const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(it => it.id));
            assert.equal(new Set(ids).size, ids.length, 'an id is there twice');
        }));

    test('takes the program from the one above, where that has brought it', () => {
        const second = FIGURE.replace(/<details class="whole">[^]*?<\/details>/, '').replace('step=averager"', 'step=averager:again"');
        return on(plant(`<h1 id="h">Title</h1>${FIGURE}${second.replace(/ id="[^"]*"/, '')}`), async page => {
            const first = await parts(page);
            await first.forward.click();
            await first.forward.click();
            const again = await parts(page, 'step=averager:again');
            await again.forward.click();
            assert.equal(await assertShown(again.stepper), 1);
            assert.equal(await first.at(), 2);
            assert.equal(await again.stepper.locator('.widget pre.code .line').count(), FIGURE.match(/class="line"/g)?.length);
        });
    });

    test('keeps its table, and says why, where the table is none of a trace', async () => {
        for (const [fault, from, to, expected] of /** @type {const} */ ([
            ['a column that does not exist', 'data-to="1"', 'data-to="7"', /step 1 does not fit its columns/],
            ['control for a state', 'data-from="1"', 'data-from="2"', /step 2 does not fit its columns/],
            ['a step from nowhere', ' data-from="1"', '', /step 2 does not fit its columns/],
            ['a state too few', '&quot;stored state&quot;,&quot;state&quot;', '&quot;stored state&quot;,&quot;code&quot;', /step 0 does not fit its columns/],
            ['columns that are no JSON', 'data-columns="[', 'data-columns="{', /cannot be shown/],
            ['no columns', /data-columns="[^"]*"/, '', /it has no columns/],
            ['no steps', /<tr data-from[^]*<\/tbody>/, '</tbody>', /it has no step/],
            ['no table', /<div class="table-wrapper"[^]*?<\/div>/, '', /there is no table of its steps/],
        ])) {
            const html = FIGURE.replace(from, to);
            assert.notEqual(html, FIGURE, fault);
            await on(plant(`<h1 id="h">Title</h1>${html}`), async page => {
                const alert = page.locator('book-stepper').getByRole('alert');
                await alert.waitFor();
                assert.match(await alert.innerText(), expected, fault);
                assert.equal(await page.locator('.widget').count(), 0, fault);
                const table = page.locator('book-stepper table');
                if (fault !== 'no table') assert.equal(await table.isVisible(), true, fault);
            });
        }
    });

    test('and says so when its module does not come', () =>
        on(GENERATOR, async page => {
            await page.route('**/components/stepper.js', route => route.abort());
            await page.reload();
            await page.locator('book-stepper .component-error').waitFor();
            assert.equal(await page.locator('book-stepper table').isVisible(), true);
            const room = await page.locator('book-stepper').evaluate(element => getComputedStyle(element).minHeight);
            assert.equal(Number.parseFloat(room) || 0, 0, 'room is kept for what never comes');
        }, { faulty: true }));

    test('is plain where its style does not come, and works', () =>
        on(GENERATOR, async page => {
            await page.route('**/components/stepper.css', route => route.abort());
            await page.reload();
            const { stepper, forward } = await parts(page);
            await forward.click();
            assert.equal(await assertShown(stepper), 1);
            assert.equal(await stepper.locator('.room').first().isVisible(), false);
        }, { faulty: true }));

    test('leaves the light of another alone, in its own program and in the listing of the page', () =>
        on(SPINNER, async page => {
            const one = await parts(page, 'step=spin-screen:done');
            await one.forward.click();
            await one.forward.click();
            const listing = page.locator('figure.listing[data-slug=spin-screen] .line.stepped');
            const line = await listing.first().getAttribute('data-line');
            const other = await parts(page, 'step=spin-screen:erased');
            await other.forward.click();
            assert.equal((await shown(one.stepper)).lit.widget, line, 'the first has lost its light');
            for (let step = 1; step < 5; step++) await other.forward.click();
            // Whoever has moved last has the listing.
            const last = String((await shown(other.stepper)).lit.table);
            assert.notEqual(last, line);
            assert.deepEqual([...new Set(await listing.evaluateAll(all => all.map(it => it.getAttribute('data-line'))))], [last]);
            await other.restart.click();
            assert.equal(await listing.count(), 0);
            await assertShown(one.stepper);
        }));

    test('has its light where the address leads, whatever comes after it', () =>
        on(`${SPINNER}#step=spin-screen:done=3`, async page => {
            await parts(page, 'step=spin-screen:erased');
            await parts(page, 'step=spin-screen:done');
            assert.ok((await page.locator('figure.listing[data-slug=spin-screen] .line.stepped').count()) > 0, 'the second has put it out');
        }));

    test('is there though the address is none that can be decoded', () =>
        on(`${GENERATOR}#100%`, async page => {
            const { stepper, forward } = await parts(page);
            assert.equal(await stepper.getByRole('alert').count(), 0);
            await forward.click();
            assert.equal(await assertShown(stepper), 1);
        }));

    test('has the keys after a click anywhere in it', () =>
        on(GENERATOR, async page => {
            const { at, said, stepper } = await parts(page);
            const places = { said, column: stepper.locator('.column .says').last(), lane: stepper.locator('.picture'), count: stepper.locator('.count') };
            for (const [place, locator] of Object.entries(places)) {
                const before = await at();
                await locator.click({ position: { x: 4, y: 4 } });
                await page.keyboard.press('ArrowRight');
                assert.equal(await at(), before + 1, place);
            }
            assert.match(page.url(), /planted-\d+\.html#/, 'an arrow key turned the page');
        }));

    test('takes its place before it is there, and keeps it from step to step', async () => {
        for (const [address, width] of /** @type {const} */ ([[GENERATOR, 360], [GENERATOR, 1280], [SPINNER, 360], [SPINNER, 700], [SPINNER, 1280]])) {
            await on(
                address,
                async page => {
                    /** @type {() => void} */
                    let go = () => {};
                    const held = new Promise(resolve => (go = () => resolve(undefined)));
                    await page.route('**/components/stepper.js', async route => (await held, route.continue()));
                    await page.reload();
                    await page.evaluate(() => document.fonts.ready);
                    const stepper = page.locator('book-stepper').first();
                    await stepper.scrollIntoViewIfNeeded();
                    assert.equal(await stepper.locator('table').isVisible(), true, 'while the module is slow, there is nothing');
                    const parts = () =>
                        stepper.evaluate(element =>
                            [element, ...element.querySelectorAll('.widget > *')].map(it => {
                                const { top, height } = it.getBoundingClientRect();
                                return [Math.round(top - element.getBoundingClientRect().top), Math.round(height)];
                            }),
                        );
                    const [kept] = await parts();
                    go();
                    await stepper.locator('.widget').waitFor();
                    const first = await parts();
                    assert.deepEqual(first[0], kept, `${address}, ${width}: the text below moves when it comes`);
                    for (let step = 1; step <= 5; step++) {
                        await stepper.getByRole('button', { name: 'Forward' }).click();
                        assert.deepEqual(await parts(), first, `${address}, ${width}: something moves at step ${step}`);
                    }
                },
                { viewport: { width, height: 800 } },
            );
        }
    });

    test('is made anew in a copy', () =>
        on(GENERATOR, async page => {
            const { forward } = await parts(page);
            await forward.click();
            // As a page does that was saved, and as cloneNode does.
            await page.evaluate(() => {
                const copy = document.createElement('div');
                copy.innerHTML = document.querySelector('figure.stepper')?.outerHTML ?? '';
                document.querySelector('main')?.append(copy, /** @type {Element} */ (document.querySelector('figure.stepper')).cloneNode(true));
            });
            for (const copy of (await page.locator('book-stepper').all()).slice(1)) {
                assert.equal(await copy.locator('.widget').count(), 1);
                assert.equal(await copy.locator('table').count(), 1);
                assert.equal(await copy.locator('pre.code').count(), 2, 'the program, in the widget and folded');
                const before = Number(await copy.getByRole('slider').inputValue());
                assert.equal(before, 1, 'the address says where');
                await copy.getByRole('button', { name: 'Forward' }).click();
                assert.equal(await assertShown(copy), 2);
            }
        }));

    test('shows its cursor, its arrow, its change and its line in forced colours', async () => {
        const context = await browser.newContext({ viewport: WIDTHS.desk, forcedColors: 'active' });
        const page = await context.newPage();
        await page.goto(`${ROOT}${SPINNER}#step=spin-screen:done=2`);
        const stepper = page.locator('book-stepper').first();
        await stepper.locator('.widget').waitFor();
        const style = (/** @type {string} */ selector, pseudo = '') =>
            stepper.locator(selector).first().evaluate((element, pseudo) => {
                const { backgroundColor, color, outlineStyle, clipPath, borderTopStyle } = getComputedStyle(element, pseudo || null);
                return { backgroundColor, color, outlineStyle, clipPath, borderTopStyle };
            }, pseudo);
        const paper = (await style('.column.state')).backgroundColor;
        const cursor = await style('.column.state .says .cursor');
        assert.notEqual(cursor.backgroundColor, paper, 'the cursor is not to be seen');
        assert.notEqual(cursor.backgroundColor, cursor.color);
        const head = await style('.arrow', '::after');
        assert.match(head.clipPath, /^polygon/, 'the head of the arrow is a square');
        assert.equal(head.borderTopStyle, 'none', 'a transparent border is drawn');
        assert.notEqual(head.backgroundColor, paper, 'the arrow has no head');
        assert.equal((await style('.column.changed')).outlineStyle, 'solid');
        assert.equal((await style('.line.stepped')).outlineStyle, 'solid');
        await context.close();
    });

    test('is loaded when it is near, and not before', () =>
        on(plant(`<h1 id="h">Title</h1><div style="height: 4000px"></div>${FIGURE}`), async page => {
            await page.waitForTimeout(300);
            const asked = () => page.evaluate(() => performance.getEntriesByType('resource').filter(it => it.name.includes('stepper')).length);
            assert.equal(await asked(), 0);
            await parts(page);
            assert.equal(await asked(), 2);
        }));
});

describe('a page with a stepper', { concurrency: 2 }, () => {
    /** @type {import('playwright-core').BrowserContext[]} */
    let contexts = [];
    before(async () => {
        contexts = await Promise.all([
            browser.newContext({ viewport: WIDTHS.desk, colorScheme: 'light' }),
            browser.newContext({ viewport: WIDTHS.phone, colorScheme: 'dark' }),
            browser.newContext({ viewport: WIDTHS.phone, javaScriptEnabled: false }),
        ]);
    });
    after(() => Promise.all(contexts.map(context => context.close())));

    // At its start, and in the middle, where an arrow is drawn, a line lit and a change shown.
    for (const address of [GENERATOR, `${GENERATOR}#step=averager=2`, `${GENERATOR}#step=averager=3`]) {
        test(`has no fault, light and dark, on a desk and a phone: ${address}`, async () => {
            const [desk, phone] = /** @type {[import('playwright-core').BrowserContext, import('playwright-core').BrowserContext]} */ (contexts);
            assert.deepEqual(await faultsOf(desk, address, { then: 'dark' }), []);
            assert.deepEqual(await faultsOf(phone, address, { then: 'light' }), []);
        });
    }

    test('has its table and its program without JavaScript', async () => {
        const page = await /** @type {import('playwright-core').BrowserContext} */ (contexts[2]).newPage();
        await page.goto(ROOT + GENERATOR);
        assert.equal(await page.locator('book-stepper tbody tr').count(), 6);
        assert.equal(await page.locator('book-stepper table').isVisible(), true);
        assert.match(await page.locator('book-stepper details.whole').innerText(), /The whole program/);
        await page.close();
    });

    test('prints its table and the program that stands nowhere else, each under one name, and keeps no room', () =>
        on(GENERATOR, async page => {
            const { stepper } = await parts(page);
            await page.emulateMedia({ media: 'print' });
            assert.equal(await stepper.locator('table').isVisible(), true);
            assert.equal(await stepper.locator('.picture').isVisible(), false);
            assert.equal(await stepper.getByText('All steps as a table').isVisible(), false);
            assert.equal(await stepper.locator('details.whole pre.code').isVisible(), true);
            const [box, last] = await Promise.all([stepper, stepper.locator('details.whole')].map(it => it.boundingBox()));
            assert.ok(box && last && box.y + box.height - (last.y + last.height) < 40, 'room is kept for the widget');
        }));

    test('leaves on paper no title without what it is the title of', () =>
        on(SPINNER, async page => {
            await page.emulateMedia({ media: 'print' });
            const alone = await page.locator('main summary').evaluateAll(all =>
                all.flatMap(summary => {
                    const parts = [...(summary.parentElement?.children ?? [])].filter(it => it !== summary);
                    const seen = (/** @type {Element} */ it) => it.checkVisibility();
                    return seen(summary) && !parts.some(seen) ? [summary.textContent] : [];
                }),
            );
            assert.deepEqual(alone, []);
        }));

    test('goes on paper over the end of a page sooner than it leaves half of it empty', () => {
        const lines = Array.from({ length: 40 }, (_, at) => `<span class="line" data-line="${at + 1}">line</span>`).join('\n');
        const figure = `<figure class="listing"><pre class="code"><code>${lines}</code></pre></figure>`;
        const half = '<div style="height: 650px"></div>';
        return on(plant(`<h1 id="h">Title</h1>${half}${figure}${half}`), async page => {
            const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
            assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 2);
        });
    });
});
