// Every page, in both themes, on a phone and on a desk.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FILES, PAGES, WIDTHS, browser } from '../site.js';
import { faultsOf, met } from '../check-page.js';
import { AXE } from '../exceptions.js';

// Loaded once in each width, in one theme, and then seen in the other: all four, for the price of two loads.
const VIEWS = /** @type {const} */ ([
    { width: 'desk', theme: 'light', options: { casts: true, then: 'dark' } },
    { width: 'phone', theme: 'dark', options: { then: 'light' } },
]);

describe('pages', { concurrency: 2 }, () => {
    /** @type {import('playwright-core').BrowserContext[]} */
    let contexts = [];
    before(async () => {
        contexts = await Promise.all(
            VIEWS.map(({ width, theme }) => browser.newContext({ viewport: WIDTHS[width], colorScheme: theme })),
        );
    });
    after(() => Promise.all(contexts.map(context => context.close())));

    for (const address of [...PAGES, '_fixture/components.html']) {
        test(address, async () => {
            /** @type {Map<string, string[]>} a fault, and where it shows */
            const found = new Map();
            for (const [i, { width, theme, options }] of VIEWS.entries()) {
                const context = /** @type {import('playwright-core').BrowserContext} */ (contexts[i]);
                for (const fault of new Set(await faultsOf(context, address, options))) {
                    found.set(fault, [...(found.get(fault) ?? []), `${width}, ${theme}`]);
                }
            }
            const lines = [...found].map(([fault, where]) => `\n  ${fault} [${where.join('; ')}]`);
            assert.ok(!lines.length, `${lines.length} faults:${lines.join('')}`);
        });
    }
});

describe('the lists', () => {
    test('of pages has every file of the site', () => {
        const strays = FILES.filter(name => !PAGES.includes(name) && name !== 'toc.html');
        assert.deepEqual(strays, [], 'pages that no table of contents leads to');
    });

    test('of exceptions has none that nothing needs', () => {
        assert.deepEqual(AXE.filter(exception => !met.has(exception)), [], 'remove them from exceptions.js');
    });
});
