// The schedule explorer: what it shows is held against the table of outcomes beside it, and against the graph.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { faultsOf } from '../check-page.js';
import { SITE } from '../need.js';
import { ORIGIN, PAGES, PREFIX, ROOT, WIDTHS, browser, plant } from '../site.js';
import { on } from '../use.js';

const PAGE = 'every-schedule.html';

/** @param {import('playwright-core').Page} page @param {string} name */
async function opened(page, name) {
    const element = page.locator(`schedule-explorer[data-name="${name}"]`);
    await element.evaluate(explorer => {
        for (let fold = explorer.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true;
    });
    await element.scrollIntoViewIfNeeded();
    const open = element.getByRole('button', { name: 'Step through it' });
    await element.locator('button').first().waitFor();
    if (await open.count()) await open.click();
    await element.locator('.explorer').waitFor();
    return {
        element,
        mover: (/** @type {string} */ letter) => element.locator(`.lane.task-${letter} .mover`),
        button: (/** @type {string} */ word) => element.getByRole('button', { name: word, exact: true }),
        ahead: () => element.locator('.ahead').innerText(),
        said: () => element.locator('[role=status]').textContent(),
        schedule: () => element.locator('input.schedule').inputValue(),
        steps: () => element.locator('.path tbody tr:not(.taken-back)').count(),
        reached: () => page.locator(`figure.schedules:has([data-name="${name}"]) .outcomes tr[aria-current]`).innerText(),
    };
}

/** Everything an explorer shows now. @param {import('playwright-core').Locator} element */
const shown = element =>
    element.evaluate(explorer => ({
        movers: [...explorer.querySelectorAll('.mover')].map(mover => mover.textContent),
        values: explorer.querySelector('.shared')?.textContent,
        ahead: explorer.querySelector('.ahead')?.textContent,
        marks: [...explorer.querySelectorAll('.marks > *')].map(mark => /** @type {HTMLElement} */ (mark).title),
    }));

describe('the schedule explorer', { concurrency: 2 }, () => {
    test('walks the six schedules of a lost update, each to the end and the count that the table says', () =>
        on(PAGE, async page => {
            const { element, mover, button, ahead, reached } = await opened(page, 'lost-update');
            /** @type {Map<string, number>} */
            const ends = new Map();
            for (const schedule of ['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa']) {
                for (const letter of schedule) await mover(letter).click();
                while (await mover('m').isEnabled()) await mover('m').click();
                const end = await reached();
                ends.set(end, (ends.get(end) ?? 0) + 1);
                const [, says] = /prints (ledger: \d)/.exec(end) ?? [];
                assert.ok((await ahead()).startsWith(`Prints ${says}. `), await ahead());
                assert.equal(await element.locator('.shared samp').innerText(), says);
                await button('Restart').click();
            }
            for (const [end, count] of ends) assert.match(end, new RegExp(`\\b${count} of 6\\b`));
            assert.equal(ends.size, 2);
        }));

    test('shows the shortest deadlock of abba, who waits for whom, and how it came', () =>
        on(PAGE, async page => {
            const { element, mover, button, ahead, reached, schedule } = await opened(page, 'abba');
            assert.equal(await ahead(), 'From here 2 of 6 schedules fail.');
            await button('Show a failing schedule').click();
            assert.equal(await schedule(), 'ab');
            assert.match(await ahead(), /^Deadlock: a waits for cellar .*held by b.* It fails; 2 of 6 schedules end so\.$/);
            assert.match(await reached(), /deadlock.*2 of 6/s);
            assert.match(await mover('a').innerText(), /waits: lock cellar\s+line \d+, b has it/);
            assert.equal(await mover('a').getAttribute('aria-disabled'), 'true');
            assert.equal(await element.locator('.path .band[data-part=begins]').count(), 2);
            assert.equal(await element.locator('.source .marks .waits').count(), 3, 'main waits for both');
            await button('Back').click();
            assert.equal(await ahead(), 'From here 1 of 3 schedules fails.');
            assert.equal(await element.locator('.path .taken-back').count(), 1, 'what was taken back is still to be seen');
            await button('Forward').click();
            assert.match(await ahead(), /^Deadlock/);
        }));

    test('is driven by keys alone, undo and redo too, and says what happened', () =>
        on(PAGE, async page => {
            const { element, mover, said, schedule, steps } = await opened(page, 'lost-update');
            await mover('a').focus();
            for (const key of ['a', 'b', 'a']) await page.keyboard.press(key);
            assert.equal(await schedule(), 'aba');
            assert.match((await said()) ?? '', /^Step 3: a, store 1 in ledger\. From here .* Who can move: b\.$/);
            await page.keyboard.press('a');
            assert.match((await said()) ?? '', /^a cannot move\. It is over\.$/);
            const before = await shown(element);
            for (const [undo, redo] of /** @type {const} */ ([
                ['ArrowLeft', 'ArrowRight'],
                ['Backspace', 'ArrowRight'],
                ['Control+z', 'Control+Shift+z'],
            ])) {
                await page.keyboard.press(undo);
                assert.equal(await schedule(), 'ab', undo);
                await page.keyboard.press(redo);
                assert.deepEqual(await shown(element), before, redo);
            }
            await page.keyboard.press('Home');
            assert.equal(await steps(), 0);
            await page.keyboard.press('End');
            assert.equal(await schedule(), 'aba');
            assert.ok(page.url().includes(PAGE), 'an arrow turned the page');
            // Enter and Tab reach everything else.
            await page.keyboard.press('Home');
            await mover('b').focus();
            await page.keyboard.press('Enter');
            assert.equal(await schedule(), 'b');
            for (const name of ['Restart', 'Back', 'Forward', 'Show a failing schedule']) {
                await element.getByRole('button', { name }).focus();
                await page.keyboard.press('Enter');
            }
            assert.match((await said()) ?? '', /fails/);
            // What is typed stays where it is typed.
            await element.locator('input.schedule').fill('ab');
            await element.locator('input.schedule').press('Enter');
            assert.equal(await steps(), 2);
        }));

    test('keeps the schedule in the address, and goes where an address says', () =>
        on(PAGE, async page => {
            const first = await opened(page, 'abba');
            await first.mover('a').click();
            await first.mover('b').click();
            assert.equal(new URL(page.url()).hash, '#schedule=abba=ab');
            await page.goto('about:blank');
            await page.goto(`${ROOT}${PAGE}#schedule=philosophers=abcde`);
            const { ahead, element } = await opened(page, 'philosophers');
            await page.waitForFunction(name => document.querySelector(`[data-name="${name}"] .path tr`), 'philosophers');
            assert.match(await ahead(), /^Deadlock: /);
            assert.ok(await element.evaluate(e => e.getBoundingClientRect().top < innerHeight), 'it is to be seen');
            // By a link in a sentence.
            await page.getByRole('link', { name: 'each take its first' }).click();
            await page.waitForFunction(() => document.querySelector('[data-name="abba"] .path [aria-current]'));
            assert.match(await (await opened(page, 'abba')).ahead(), /^Deadlock: a waits/);
            // Another explorer, by a link in its table of outcomes.
            await page.locator('figure.schedules:has([data-name="lost-update"]) .outcomes a').last().click();
            const lost = await opened(page, 'lost-update');
            assert.match(await lost.ahead(), /^Prints ledger: 1\. It fails/);
            await lost.button('Restart').click();
            assert.equal(new URL(page.url()).hash, '');
        }));

    test('follows a schedule that is typed, and says where it cannot', () =>
        on(PAGE, async page => {
            const { element, schedule, steps } = await opened(page, 'abba');
            const input = element.locator('input.schedule');
            const wrong = element.locator('.wrong');
            for (const [text, problem] of /** @type {const} */ ([
                ['a!b', /see character 2/],
                ['z', /see character 1/],
                ['aba', /cannot be followed: a cannot take step 3/],
                ['a1:7', /cannot be followed/],
                ['a99999999999999999999', /cannot be followed/],
            ])) {
                await input.fill(text);
                await input.press('Enter');
                assert.match(await wrong.innerText(), problem);
                assert.equal(await input.inputValue(), text, 'what was typed is not lost');
            }
            await input.fill(' a4b4 ');
            await input.press('Enter');
            assert.equal(await wrong.innerText(), '');
            assert.equal(await schedule(), 'a4b4');
            assert.equal(await steps(), 8);
            assert.match(await element.locator('.command').innerText(), /cargo book explore abba --schedule 'a4b4'/);
        }));

    test('takes a goal, says when it is lost, and how many steps it took', () =>
        on(PAGE, async page => {
            const { element, mover, button, ahead } = await opened(page, 'lost-update');
            await element.locator('.goal select').selectOption({ label: 'print ledger: 1' });
            await mover('a').click();
            await mover('a').click();
            assert.match(await ahead(), /cannot happen any more: go back/);
            await button('Back').click();
            for (const letter of 'bab') await mover(letter).click();
            while (await mover('m').isEnabled()) await mover('m').click();
            assert.match(await ahead(), /You made it, in 6 steps: no way is shorter\.$/);
            await element.locator('.goal select').selectOption({ label: 'print ledger: 2' });
            assert.match(await ahead(), /not what you wanted: go back/);
        }));

    test('offers each way of a step that has several', () =>
        on(PAGE, async page => {
            const { element, mover, said } = await opened(page, 'litmus-sb');
            const ways = element.locator('.ways button');
            for (const letter of 'aabb') {
                if (await ways.count()) break;
                await mover(letter).click();
            }
            while (!(await ways.count())) await element.locator('.mover[aria-disabled=false]').first().click();
            const texts = (await ways.allInnerTexts()).map(text => text.replace('→', '').trim());
            assert.ok(texts.length > 1 && new Set(texts).size === texts.length, texts.join());
            await ways.last().click();
            assert.match(await element.locator('.path tr[aria-current] .does').innerText(), new RegExp(`→ ${texts.at(-1)}$`));
            assert.match((await said()) ?? '', /^Step/);
        }));

    test('keeps the focus and the keys where they were', () =>
        on(PAGE, async page => {
            const { element, mover, schedule } = await opened(page, 'lost-update');
            for (const letter of 'abab') await mover(letter).click();
            await element.locator('[data-step="2"]').focus();
            await page.keyboard.press('Enter');
            assert.equal(await page.evaluate(() => document.activeElement?.textContent), '2');
            await page.keyboard.press('ArrowLeft');
            assert.equal(await schedule(), 'a');
            // A click on any text of it gives it the keys; a link into it, too.
            await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
            await element.locator('.ahead').click();
            await page.keyboard.press('b');
            assert.equal(await schedule(), 'ab');
            await page.getByRole('link', { name: 'each take its first' }).click();
            await page.waitForFunction(() => document.activeElement?.closest('[data-name="abba"]'));
            await page.keyboard.press('ArrowLeft');
            assert.equal(new URL(page.url()).hash, '#schedule=abba=a');
            assert.ok(page.url().includes(PAGE));
        }));

    test('follows a link pressed twice, and goes back with the browser', () =>
        on(PAGE, async page => {
            const link = page.getByRole('link', { name: 'each take its first' });
            const { schedule, button } = await opened(page, 'abba');
            await link.click();
            await page.waitForURL(/#schedule=abba=ab$/);
            assert.equal(await schedule(), 'ab');
            await page.goBack();
            await page.waitForFunction(() => !document.querySelector('[data-name="abba"] .path [aria-current]'));
            await link.click();
            assert.equal(await schedule(), 'ab');
            await page.evaluate(() => scrollTo(0, 0));
            await link.click();
            await page.waitForFunction(() => scrollY > 500);
            await button('Restart').click();
            assert.equal(await schedule(), '');
            // One that stands at its beginning leaves the others' address alone.
            await link.click();
            const other = await opened(page, 'lost-update');
            await other.button('Restart').evaluate(button => /** @type {HTMLButtonElement} */ (button).click());
            assert.equal(new URL(page.url()).hash, '#schedule=abba=ab');
        }));

    test('keeps as much of the way as still leads to a failing end', () =>
        on(PAGE, async page => {
            const { mover, button, schedule } = await opened(page, 'lost-update');
            for (const letter of 'aab') await mover(letter).click();
            await button('Show a failing schedule').click();
            assert.equal(await schedule(), 'ababm2');
        }));

    test('bears an address that is no text', () =>
        on(`${PAGE}#100%`, async page => {
            const { mover, schedule } = await opened(page, 'lost-update');
            await mover('a').click();
            assert.equal(await schedule(), 'a');
        }));

    test('leaves its tables where the page has no modules', () =>
        on(
            'index.html',
            async page => {
                await page.route('**/assets/page.js', route => route.abort());
                await page.goto(`${ROOT}${PAGE}`);
                await page.locator('html:not(.js)').waitFor();
                assert.ok(await page.locator('[data-name="abba"] .steps').isVisible());
            },
            { faulty: true },
        ));

    test('goes back to a step that is pointed at', () =>
        on(PAGE, async page => {
            const { element, mover, schedule } = await opened(page, 'lost-update');
            for (const letter of 'abab') await mover(letter).click();
            await element.getByRole('button', { name: '2', exact: true }).click();
            assert.equal(await schedule(), 'ab');
            await element.getByRole('button', { name: '4', exact: true }).click();
            assert.equal(await schedule(), 'abab');
        }));

    test('copies a link that leads back', () =>
        on(
            PAGE,
            async page => {
                const { mover, button } = await opened(page, 'abba');
                await mover('b').click();
                await button('Copy link').click();
                await button('Copied').waitFor();
                const copied = await page.evaluate(() => navigator.clipboard.readText());
                assert.equal(copied, `${ROOT}${PAGE}#schedule=abba=b`);
            },
            { permissions: ['clipboard-read', 'clipboard-write'] },
        ));

    for (const address of PAGES) {
        const html = readFileSync(path.join(SITE, address), 'utf8');
        const names = [...html.matchAll(/<schedule-explorer data-name="([^"]*)"/g)].map(match => match[1] ?? '');
        if (address === 'print.html' || names.length === 0) continue;
        test(`counts as the table does, and survives 200 steps at random, in each explorer of ${address}`, () =>
            on(address, async page => {
                for (const name of names) {
                    await opened(page, name);
                    const faults = await page.evaluate(walk, { name, module: `${PREFIX}assets/explorer/graph.js` });
                    assert.deepEqual(faults, [], name);
                }
            }));
    }

    test('of an unknown version, broken or missing leaves its table and a message', async () => {
        const table = '<div class="fallback"><table><tr><td>step</td></tr></table></div>';
        const graph = (/** @type {unknown} */ value) =>
            `<script type="application/json" class="graph">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`;
        const whole = { version: 1, tasks: [], objects: [], labels: [], values: [], outputs: [], outcomes: [], seen: [] };
        for (const [inside, message] of /** @type {const} */ ([
            ['', /they are not in the page/],
            [graph('{"version": 1,'), /they cannot be read/],
            [graph({ version: 99 }), /they are of version 99, and this page understands version 1/],
            [graph({ ...whole, states: [[]], edges: [[[0, 0]]] }), /they go in a circle/],
            [graph({ ...whole, states: [[]], edges: [[]] }), /they are incomplete/],
            [graph({ ...whole, states: [[], []], edges: [[[0, 5]], []] }), /they are incomplete/],
        ])) {
            const address = plant(`<schedule-explorer data-name="abba" data-open>${table}${inside}</schedule-explorer>`);
            await on(address, async page => {
                assert.match(await page.getByRole('alert').innerText(), message);
                assert.ok(await page.locator('.fallback').isVisible());
            });
        }
    });

    test('loads its code only where it is used', () =>
        on('index.html', async page => {
            /** @type {string[]} */
            const asked = [];
            page.on('request', request => asked.push(request.url().slice(ORIGIN.length + PREFIX.length)));
            await page.goto(`${ROOT}index.html`, { waitUntil: 'networkidle' });
            assert.ok(!asked.some(name => name.includes('schedules') || name.includes('explorer')), asked.join());
        }));

    for (const [name, viewport] of Object.entries(WIDTHS)) {
        for (const schedule of ['philosophers=abcde', 'litmus-sb=ab']) {
            test(`is without fault at ${schedule}, on a ${name}, in light and in dark`, async () => {
                const context = await browser.newContext({ viewport, colorScheme: 'light' });
                try {
                    assert.deepEqual(await faultsOf(context, `${PAGE}#schedule=${schedule}`, { then: 'dark' }), []);
                } finally {
                    await context.close();
                }
            });
        }
    }

    test('without JavaScript is the outcomes and the shortest failing schedule', () =>
        on(
            PAGE,
            async page => {
                const figure = page.locator('figure.schedules:has([data-name="abba"])');
                assert.deepEqual(await figure.locator('.outcomes tbody tr').count(), 2);
                assert.ok(await figure.locator('.steps').isVisible());
                assert.equal(await figure.locator('.explorer').count(), 0);
            },
            { javaScriptEnabled: false },
        ));

    test('on paper is the outcomes and the shortest failing schedule', () =>
        on(PAGE, async page => {
            const { element } = await opened(page, 'abba');
            await page.emulateMedia({ media: 'print' });
            assert.equal(await element.locator('.explorer').isVisible(), false);
            assert.ok(await element.locator('.fallback .steps').isVisible());
        }));
});

/**
 * In the page: sums of the counts against the table's, then steps at random by the buttons.
 * @param {{ name: string, module: string }} what
 */
async function walk({ name, module }) {
    const { Graph } = /** @type {typeof import('../../../src/assets/explorer/graph.js')} */ (await import(module));
    /** @type {string[]} */
    const faults = [];
    const explorer = /** @type {HTMLElement} */ (document.querySelector(`schedule-explorer[data-name="${name}"]`));
    const graph = new Graph(JSON.parse(explorer.querySelector('script.graph')?.textContent ?? ''));
    const all = graph.outcomes.reduce((sum, { count }) => sum + BigInt(count), 0n);
    const failing = graph.outcomes.reduce((sum, { count, fails }) => sum + (fails ? BigInt(count) : 0n), 0n);
    const counts = graph.counts(0);
    if (counts.total !== all || counts.failing !== failing) faults.push(`${counts.failing} of ${counts.total}, not ${failing} of ${all}`);
    // Each outcome's shortest schedule leads there, and none is shorter.
    for (const outcome of graph.outcomes) {
        const way = graph.read(outcome.schedule);
        if (graph.outcome(way.at(-1)?.to ?? 0) !== outcome) faults.push(`${outcome.schedule} does not end so`);
        if (graph.shortest(0, one => one === outcome)?.length !== way.length) faults.push(`${outcome.schedule} is not shortest`);
        if (graph.write(way) !== outcome.schedule) faults.push(`${outcome.schedule} is written ${graph.write(way)}`);
    }
    let seed = 12345;
    const random = (/** @type {number} */ below) => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return Math.floor((seed / 2147483648) * below);
    };
    const buttons = (/** @type {string} */ selector) =>
        /** @type {HTMLButtonElement[]} */ ([...explorer.querySelectorAll(selector)]);
    const word = (/** @type {string} */ text) => buttons('.controls button').find(one => one.textContent?.includes(text));
    const input = /** @type {HTMLInputElement} */ (explorer.querySelector('input.schedule'));
    for (let step = 0; step < 200; step += 1) {
        const can = [...buttons('.mover[aria-disabled=false]'), ...buttons('.ways button')];
        const state = graph.read(input.value).at(-1)?.to ?? 0;
        const ahead = explorer.querySelector('.ahead')?.textContent ?? '';
        if (can.length === 0) {
            const outcome = graph.outcome(state);
            const row = explorer.closest('figure')?.querySelector('.outcomes tr[aria-current]')?.textContent ?? '';
            const count = BigInt(outcome?.count ?? 0).toLocaleString('en');
            if (!outcome || !row.includes(`${count} of `) || !ahead.includes(`${count} of `)) faults.push(`${input.value}: ${ahead}; ${row}`);
            word('Restart')?.click();
            continue;
        }
        const { failing } = graph.counts(state);
        if (failing > 0n && !ahead.includes(failing.toLocaleString('en')) && !ahead.includes('it fails')) faults.push(`${input.value}: ${ahead}`);
        can[random(can.length)]?.click();
        if (random(8) === 0) word('Back')?.click();
    }
    return faults;
}
