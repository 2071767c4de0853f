// Questions, by mouse and by keyboard: wrong, right, kept, forgotten.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAGES, ROOT, WIDTHS, browser, plant } from '../site.js';
import { faultsOf } from '../check-page.js';
import { on } from '../use.js';

/** A question of each form; `name` tells the ids of one page from those of another. @param {string} name @param {string} digest */
const quiz = (name, digest = 'd1') => `
<h1 id="h">Questions</h1>
<div class="quiz"><book-quiz class="widget" data-quiz="x">
<div class="question" id="question-${name}-one" data-question="${name}-one" data-digest="${digest}" data-form="one"><p class="number">Question 1 of 5</p>
<div class="prompt"><p>Which one?</p></div><ul class="choices"><li>left</li><li data-right>right <code>b</code></li><li>up</li></ul>
<details class="answer"><summary>Answer</summary><ul class="right-ones"><li>right <code>b</code></li></ul><p>Because of one.</p></details></div>
<div class="question" id="question-${name}-several" data-question="${name}-several" data-digest="${digest}" data-form="several"><p class="number">Question 2 of 5</p>
<div class="prompt"><p>Which ones?</p></div><ul class="choices"><li data-right>prints <samp>1</samp></li><li>prints <samp>2</samp></li><li data-right>ends in a deadlock</li></ul>
<details class="answer"><summary>Answer</summary><p>Because of several.</p></details></div>
<div class="question" id="question-${name}-short" data-question="${name}-short" data-digest="${digest}" data-form="short" data-answers="[&quot;34,650&quot;,&quot;Many Ways&quot;]"><p class="number">Question 3 of 5</p>
<div class="prompt"><p>How many?</p></div><details class="answer"><summary>Answer</summary><p>Because of short.</p></details></div>
<div class="question" id="question-${name}-code" data-question="${name}-code" data-digest="${digest}" data-form="code" data-answers="[&quot;Mutex&quot;]"><p class="number">Question 4 of 5</p>
<div class="prompt"><p>Which type?</p></div><details class="answer"><summary>Answer</summary><p>Because of code.</p></details></div>
<div class="question" id="question-${name}-trace" data-question="${name}-trace" data-digest="${digest}" data-form="tracing" data-stdout="wait&#10;okit"><p class="number">Question 5 of 5</p>
<div class="prompt"><p>What does it print?</p></div><pre class="code" tabindex="0" role="region" aria-label="The program"><code class="nohighlight">fn main() {}</code></pre>
<details class="answer"><summary>Answer</summary><p>Because of trace.</p></details></div>
</book-quiz></div>`;

const REFUSED = `<h1 id="h">Questions</h1><div class="quiz"><book-quiz class="widget" data-quiz="y">
<div class="question" id="question-refused" data-question="refused" data-digest="d" data-form="tracing" data-line="7"><p class="number">Question 1 of 1</p>
<div class="prompt"><p>Does it compile?</p></div><details class="answer"><summary>Answer</summary><p>It does not.</p></details></div></book-quiz></div>`;

let count = 0;
/** A page of its own, and the name in its ids. */
const fresh = () => {
    const name = `q${++count}`;
    return { name, address: plant(quiz(name)) };
};

/** @param {import('playwright-core').Page} page @param {string} name */
async function question(page, name) {
    const box = page.locator(`#question-${name}`);
    await box.scrollIntoViewIfNeeded();
    await box.locator('form').waitFor();
    return {
        box,
        check: box.getByRole('button', { name: 'Check' }),
        result: box.locator('.controls [role=status]'),
        answer: box.locator('details.answer'),
        opened: () => box.locator('details.answer').evaluate(details => details.hasAttribute('open')),
    };
}

/** @param {import('playwright-core').Locator} locator */
const focused = locator => locator.evaluate(element => element === document.activeElement);

describe('a quiz', { concurrency: 2 }, () => {
    test('gives nothing away, says what is wrong, and explains what is right, by mouse', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const { box, check, result, answer, opened } = await question(page, `${name}-one`);
            assert.equal(await answer.isVisible(), false);
            assert.equal(await check.getAttribute('aria-disabled'), 'true');
            await check.click({ force: true });
            assert.match(await result.innerText(), /Pick or write an answer first/);
            await box.getByText('left').click();
            assert.equal(await check.getAttribute('aria-disabled'), 'false');
            await check.click();
            assert.match(await result.innerText(), /Not right\. Try again, or open the answer/);
            assert.equal(await answer.isVisible(), true);
            assert.equal(await opened(), false, 'the answer opens though it was not asked for');
            await box.getByText('right b').first().click();
            assert.equal(await result.innerText(), '', 'what is said of another pick stays');
            await check.click();
            assert.match(await result.innerText(), /Right\./);
            assert.equal(await opened(), true);
            const [list, why] = await Promise.all(['ul', 'p'].map(part => answer.locator(part).boundingBox()));
            assert.ok(list && why && list.y + list.height <= why.y, 'the right answer and its reasons lie beside each other');
            assert.match(await page.locator('book-quiz > .controls').innerText(), /1 of 5 answered right/);
        });
    });

    test('says how many of several are as they should be', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const { box, check, result } = await question(page, `${name}-several`);
            await box.getByRole('checkbox').first().check();
            await check.click();
            assert.match(await result.innerText(), /Not right\. 2 of 3 are marked as they should be/);
            await box.getByRole('checkbox').last().check();
            await check.click();
            assert.match(await result.innerText(), /Right\./);
        });
    });

    test('takes an answer however it is spaced, and minds its case in code only', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const cases = /** @type {const} */ ([
                ['short', '34650', true], ['short', ' 34,650 ', true], ['short', '3465', false], ['short', 'many   WAYS', true],
                ['code', 'Mutex ', true], ['code', 'mutex', false],
            ]);
            for (const [form, text, right] of cases) {
                const { box, check, result } = await question(page, `${name}-${form}`);
                await box.getByRole('textbox').fill(text);
                await check.click();
                assert.match(await result.innerText(), right ? /^✓ Right/ : /^✗ Not right/, text);
            }
        });
    });

    test('compares what a program prints, line by line', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const { box, check, result } = await question(page, `${name}-trace`);
            for (const [text, said] of /** @type {const} */ ([
                ['wait\nokay', /Line 2 is another/], ['wait\nokit\nmore', /Line 3 is another/], ['wait', /Line 2 is another/], ['', /Line 1 is another/],
                ['wait  \nokit\n\n', /Right/],
            ])) {
                await box.getByRole('textbox').fill(text);
                await check.click();
                assert.match(await result.innerText(), said);
                assert.equal(await box.getByRole('radio').first().isChecked(), true, 'what is written is not picked');
            }
            await box.getByRole('spinbutton').fill('1');
            assert.equal(await box.getByRole('radio').last().isChecked(), true);
            await check.click();
            assert.match(await result.innerText(), /Not right\. It compiles/);
        });
    });

    test('asks where a program is refused', () =>
        on(plant(REFUSED), async page => {
            const { box, check, result } = await question(page, 'refused');
            await box.getByRole('radio').first().check();
            await check.click();
            assert.match(await result.innerText(), /Not right\. It does not compile/);
            await box.getByRole('radio').last().check();
            assert.equal(await check.getAttribute('aria-disabled'), 'true');
            for (const [line, said] of /** @type {const} */ ([['6', /rustc points elsewhere/], ['7', /Right/]])) {
                await box.getByRole('spinbutton').fill(line);
                await check.click();
                assert.match(await result.innerText(), said);
            }
        }));

    test('is answered by keyboard, and Enter checks', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const one = await question(page, `${name}-one`);
            await one.box.getByRole('radio').first().focus();
            await page.keyboard.press('Space');
            await page.keyboard.press('Enter');
            assert.match(await one.result.innerText(), /Not right/);
            await page.keyboard.press('ArrowDown');
            assert.ok(page.url().endsWith(address), 'an arrow turned the page');
            await page.keyboard.press('Enter');
            assert.match(await one.result.innerText(), /Right\./);
            await page.keyboard.press('Tab');
            assert.ok(await focused(one.check), 'Tab does not lead to Check');
            await page.keyboard.press('Tab');
            assert.ok(await focused(one.answer.locator('summary')), 'Tab does not lead to the answer');
            await page.keyboard.press('Enter');
            assert.equal(await one.opened(), false, 'the answer does not close');

            const short = await question(page, `${name}-short`);
            await short.box.getByRole('textbox').focus();
            await page.keyboard.type('many ways?');
            assert.equal(await page.locator('#mdbook-help-container').isVisible(), false, 'a question mark opens the help');
            await page.keyboard.press('Backspace');
            await page.keyboard.press('Enter');
            assert.match(await short.result.innerText(), /Right\./);

            const trace = await question(page, `${name}-trace`);
            await trace.box.getByRole('radio').first().focus();
            await page.keyboard.press('Space');
            await page.keyboard.press('Tab');
            await page.keyboard.type('wait\nokit');
            assert.equal(await trace.result.innerText(), '', 'Enter in several lines is a line end');
            await page.keyboard.press('Control+Enter');
            assert.match(await trace.result.innerText(), /Right\./);

            const again = page.getByRole('button', { name: 'Start this section again' });
            await again.focus();
            await page.keyboard.press('Enter');
            assert.ok(await focused(again), 'the focus is lost');
            assert.equal(await again.getAttribute('aria-disabled'), 'true');
            assert.match(await page.locator('book-quiz > .controls [role=status]').innerText(), /are forgotten/);
        });
    });

    test('keeps what was checked, forgets it for another version of the question, and on demand for this page alone', () => {
        const { name, address } = fresh();
        const changed = plant(quiz(name, 'd2'));
        const other = fresh();
        return on(address, async page => {
            const one = await question(page, `${name}-one`);
            await one.box.getByRole('radio').nth(1).check();
            await one.check.click();
            await one.result.getByText('Right').waitFor();
            const trace = await question(page, `${name}-trace`);
            await trace.box.getByRole('radio').first().check();
            await trace.box.getByRole('textbox').fill('no');
            await trace.check.click();

            await page.goto(ROOT + other.address);
            const elsewhere = await question(page, `${other.name}-one`);
            assert.equal(await elsewhere.box.getByRole('radio', { checked: true }).count(), 0);
            await elsewhere.box.getByRole('radio').nth(1).check();
            await elsewhere.check.click();

            await page.goto(ROOT + address);
            await question(page, `${name}-one`);
            assert.equal(await one.box.getByRole('radio').nth(1).isChecked(), true);
            assert.match(await one.result.innerText(), /Right\./);
            assert.equal(await one.answer.isVisible(), true);
            assert.equal(await trace.box.getByRole('textbox').inputValue(), 'no');
            assert.match(await trace.result.innerText(), /Not right/);
            assert.equal(await trace.opened(), false);

            await page.goto(ROOT + changed);
            await question(page, `${name}-one`);
            assert.equal(await one.box.getByRole('radio', { checked: true }).count(), 0);
            assert.equal(await one.answer.isVisible(), false);

            await page.goto(ROOT + address);
            await question(page, `${name}-one`);
            await page.getByRole('button', { name: 'Start this section again' }).click();
            for (const { box, answer, result } of [one, trace]) {
                assert.equal(await box.getByRole('radio', { checked: true }).count(), 0);
                assert.equal(await answer.isVisible(), false);
                assert.equal(await result.innerText(), '');
            }
            assert.equal(await trace.box.getByRole('textbox').inputValue(), '');
            await page.reload();
            await question(page, `${name}-one`);
            assert.equal(await one.box.getByRole('radio', { checked: true }).count(), 0);
            await page.goto(ROOT + other.address);
            await question(page, `${other.name}-one`);
            assert.equal(await elsewhere.box.getByRole('radio').nth(1).isChecked(), true, 'the answers of another page are gone');
        });
    });

    test('works where the browser stores nothing', () => {
        const { name, address } = fresh();
        return on(
            address,
            async page => {
                const { box, check, result } = await question(page, `${name}-one`);
                await box.getByRole('radio').nth(1).check();
                await check.click();
                assert.match(await result.innerText(), /Right\./);
                assert.match(await page.locator('book-quiz > .controls').innerText(), /1 of 5/);
                await page.getByRole('button', { name: 'Start this section again' }).click();
                assert.equal(await box.getByRole('radio', { checked: true }).count(), 0);
            },
            { off: true, faulty: true },
        );
    });

    test('survives what another program has stored under its names', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            await page.evaluate(key => {
                const root = new URL('../', document.baseURI).pathname;
                localStorage.setItem(`${root}quiz ${key}`, '{broken');
                localStorage.setItem(`${root}progress`, '7 8');
            }, `${name}-one`);
            await page.reload();
            const { box, check, result } = await question(page, `${name}-one`);
            await box.getByRole('radio').nth(1).check();
            await check.click();
            assert.match(await result.innerText(), /Right\./);
        });
    });

    test('has no fault that can be seen, before and after it is answered, on a phone and on a desk, light and dark', async () => {
        for (const [viewport, colorScheme] of /** @type {const} */ ([[WIDTHS.phone, 'dark'], [WIDTHS.desk, 'light']])) {
            const context = await browser.newContext({ viewport, colorScheme });
            const { name, address } = fresh();
            assert.deepEqual(await faultsOf(context, address), []);
            const page = await context.newPage();
            await page.goto(ROOT + address);
            for (const form of ['one', 'several', 'trace']) {
                const { box, check } = await question(page, `${name}-${form}`);
                await box.locator('input').first().check();
                await check.click();
            }
            await page.close();
            assert.deepEqual(await faultsOf(context, address, { then: colorScheme === 'dark' ? 'light' : 'dark' }), []);
            await context.close();
        }
    });

    test('says so where a question lacks a part, and asks the others', () => {
        const { name, address } = fresh();
        const broken = plant(quiz(name).replace('<ul class="choices"><li>left</li><li data-right>right <code>b</code></li><li>up</li></ul>', ''));
        return on(broken, async page => {
            await page.locator('book-quiz').scrollIntoViewIfNeeded();
            await page.getByRole('alert').waitFor();
            assert.match(await page.getByRole('alert').innerText(), /This question cannot be asked: there are no choices/);
            assert.equal(await page.locator(`#question-${name}-one details.answer`).isVisible(), true);
            await question(page, `${name}-several`);
            assert.ok(address);
        });
    });

    test('shows its answers where its module does not come', async () => {
        const { name, address } = fresh();
        const context = await browser.newContext({ viewport: WIDTHS.desk });
        const page = await context.newPage();
        await page.route('**/components/quiz.js', route => route.abort());
        await page.goto(ROOT + address);
        await page.locator('book-quiz').scrollIntoViewIfNeeded();
        await page.getByRole('alert').waitFor();
        assert.equal(await page.locator(`#question-${name}-one details.answer`).isVisible(), true);
        const room = await page.locator(`#question-${name}-trace details.answer`).evaluate(box => Number.parseFloat(getComputedStyle(box).marginTop));
        assert.ok(room < 10, 'room is kept for a form that never comes');
        await context.close();
    });

    test('looks as it does without a script while its module is slow, and then leaves open what a reader has opened', async () => {
        const { name, address } = fresh();
        const context = await browser.newContext({ viewport: WIDTHS.desk });
        const page = await context.newPage();
        /** @type {() => void} */
        let go = () => {};
        const held = new Promise(resolve => (go = () => resolve(undefined)));
        await page.route('**/components/quiz.js', async route => (await held, route.continue()));
        await page.goto(ROOT + address);
        await page.locator('book-quiz').scrollIntoViewIfNeeded();
        const [one, several] = ['one', 'several'].map(form => page.locator(`#question-${name}-${form} details.answer`));
        await one?.getByText('Answer').click();
        assert.equal(await one?.getByText('Because of one.').isVisible(), true);
        assert.equal(await several?.isVisible(), true);
        go();
        await question(page, `${name}-one`);
        assert.equal(await one?.getByText('Because of one.').isVisible(), true, 'what was open is gone');
        assert.equal(await several?.isVisible(), false);
        await context.close();
    });

    test('says one thing when an answer is checked', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const { box, check, result } = await question(page, `${name}-one`);
            await box.getByRole('radio').first().check();
            await page.evaluate(() => {
                const w = /** @type {any} */ (window);
                w.said = [];
                for (const region of document.querySelectorAll('book-quiz [role=status], book-quiz [role=alert], book-quiz [aria-live]')) {
                    new MutationObserver(() => region.textContent && w.said.push(region.textContent)).observe(region, { childList: true, subtree: true, characterData: true });
                }
            });
            const said = () => page.evaluate(() => /** @type {any} */ (window).said.splice(0));
            await check.click();
            await result.getByText('Not right').waitFor();
            assert.deepEqual((await said()).length, 1);
            await page.getByRole('button', { name: 'Start this section again' }).click();
            assert.deepEqual(await said(), ['The answers of this section are forgotten.']);
            await box.getByRole('radio').nth(1).check();
            await check.click();
            await result.getByText('Right.').waitFor();
            assert.equal((await said()).length, 1);
        });
    });

    test('counts and starts again its own questions, where a page has several', () => {
        const [one, two] = [`q${++count}`, `q${++count}`];
        return on(plant(quiz(one) + quiz(two).replace(/<h1.*<\/h1>/, '')), async page => {
            for (const name of [one, two]) {
                const { box, check, result } = await question(page, `${name}-one`);
                await box.getByRole('radio').nth(1).check();
                await check.click();
                await result.getByText('Right.').waitFor();
            }
            const quizzes = page.locator('book-quiz');
            for (const at of [0, 1]) assert.match(await quizzes.nth(at).locator(':scope > .controls').innerText(), /1 of 5 answered right/);
            await quizzes.nth(1).getByRole('button', { name: 'Start this section again' }).click();
            const controls = quizzes.nth(0).locator(':scope > .controls');
            assert.match(await controls.innerText(), /1 of 5 answered right/);
            assert.doesNotMatch(await controls.innerText(), /forgotten/);
            const kept = await question(page, `${one}-one`);
            assert.equal(await kept.box.getByRole('radio').nth(1).isChecked(), true, 'the answers of another quiz are gone');
            assert.match(await kept.result.innerText(), /Right/);
            const gone = await question(page, `${two}-one`);
            assert.equal(await gone.box.getByRole('radio').nth(1).isChecked(), false);
            await page.reload();
            await question(page, `${one}-one`);
            assert.equal(await kept.box.getByRole('radio').nth(1).isChecked(), true);
            assert.equal(await gone.box.getByRole('radio').nth(1).isChecked(), false);
        });
    });

    test('is asked anew in a copy', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            await question(page, `${name}-one`);
            await page.evaluate(name => {
                const box = /** @type {Element} */ (document.querySelector('.quiz'));
                const html = box.outerHTML.replaceAll(name, `${name}-copy`);
                box.remove();
                document.querySelector('main')?.insertAdjacentHTML('beforeend', html);
            }, name);
            assert.equal(await page.getByRole('alert').count(), 0);
            assert.equal(await page.getByRole('button', { name: 'Start this section again' }).count(), 1);
            for (const [form, fill] of /** @type {const} */ ([['one', undefined], ['several', undefined], ['short', '34650'], ['code', 'Mutex'], ['trace', 'wait\nokit']])) {
                const { box, check, result } = await question(page, `${name}-copy-${form}`);
                if (fill) await box.getByRole('textbox').fill(fill);
                for (const input of await box.locator('li[data-right] input').all()) await input.check();
                await check.click();
                assert.match(await result.innerText(), /Right\./, form);
                assert.match(await box.locator('legend').innerText(), /^Question \d of 5$/);
            }
        });
    });

    test('reads well without JavaScript', () => {
        const { name, address } = fresh();
        return on(
            address,
            async page => {
                const box = page.locator(`#question-${name}-one`);
                assert.equal(await box.getByRole('listitem').first().isVisible(), true);
                await box.getByText('Answer').click();
                assert.equal(await box.getByText('Because of one.').isVisible(), true);
            },
            { javaScriptEnabled: false },
        );
    });

    test('is printed with its choices and without its answers', () => {
        const { name, address } = fresh();
        return on(address, async page => {
            const { box, check, answer } = await question(page, `${name}-one`);
            await box.getByRole('radio').nth(1).check();
            await check.click();
            await page.emulateMedia({ media: 'print' });
            assert.equal(await answer.isVisible(), false);
            assert.equal(await check.isVisible(), false);
            assert.equal(await box.getByText('left').isVisible(), true);
        });
    });

    test('is printed without room for what does not come, and without a row for buttons', () => {
        const { name, address } = fresh();
        return on(
            address,
            async page => {
                const low = async () => {
                    await page.emulateMedia({ media: 'print' });
                    const last = page.locator(`#question-${name}-trace`);
                    const [box, quiz] = [await last.boundingBox(), await page.locator('book-quiz').boundingBox()];
                    assert.ok(box && quiz && quiz.y + quiz.height - (box.y + box.height) < 30, 'an empty row comes last');
                    const border = await last.evaluate(it => getComputedStyle(it).borderBottomStyle);
                    assert.equal(border, 'none', 'a line is drawn below the last question');
                    await page.emulateMedia({ media: 'screen' });
                };
                await page.route('**/components/quiz.js', async route => {
                    await low();
                    await route.continue();
                });
                await page.reload();
                await question(page, `${name}-one`);
                await low();
            },
        );
    });
});

describe('progress', { concurrency: 2 }, () => {
    const SECTION = 'concepts/the-spinner.html';
    /** @param {import('playwright-core').Page} page */
    const marks = page => page.locator('#mdbook-sidebar .progress');
    const end = () => scrollTo(0, document.documentElement.scrollHeight);

    test('marks a section that was read to its end, and then one whose questions are answered, until it is started again', () =>
        on(SECTION, async page => {
            assert.equal(await marks(page).count(), 0);
            await page.evaluate(end);
            await marks(page).waitFor();
            assert.match((await page.locator('#mdbook-sidebar .chapter a', { has: page.locator('.progress') }).innerText()).replace(/\s+/g, ' '), /The spinner · ?, read/);
            await page.reload();
            await marks(page).waitFor();

            await page.locator('book-quiz').scrollIntoViewIfNeeded();
            await page.locator('book-quiz form').first().waitFor();
            const boxes = await page.locator('.question').all();
            assert.ok(boxes.length >= 3);
            for (const box of boxes) {
                const stdout = await box.getAttribute('data-stdout');
                if (stdout !== null) {
                    await box.getByRole('radio').first().check();
                    await box.getByRole('textbox').fill(stdout);
                }
                for (const input of await box.locator('li[data-right] input').all()) await input.check();
                assert.match(await marks(page).innerText(), /·/, 'marked before the last question');
                await box.getByRole('button', { name: 'Check' }).click();
            }
            assert.match(await marks(page).innerText(), /✓[^]*, all questions answered/);
            await page.goto(ROOT + 'every-schedule.html');
            assert.match(await marks(page).innerText(), /✓/, 'another page does not show it');
            await page.goto(ROOT + SECTION);
            await page.locator('book-quiz').scrollIntoViewIfNeeded();
            await page.getByRole('button', { name: 'Start this section again' }).click();
            assert.equal(await marks(page).count(), 0);
        }));

    test('costs every page no more than one small file', () =>
        on(PAGES[0] ?? '', async page => {
            const sizes = await page.evaluate(() => performance.getEntriesByType('resource')
                .filter(({ name }) => /progress\.js$|quiz\./.test(name))
                .map(entry => [entry.name.split('/').pop(), /** @type {any} */ (entry).decodedBodySize]));
            assert.deepEqual(sizes.map(([name]) => name), ['progress.js'], 'a page without questions loads them');
            assert.ok(Number(sizes[0]?.[1]) < 5000, `progress.js is ${sizes[0]?.[1]} bytes`);
        }));
});

describe('the book’s own questions', { concurrency: 2 }, () => {
    for (const address of PAGES.filter(name => /spinner|life|ownership|every-schedule/.test(name))) {
        test(`${address}: each can be answered right, and is not from the start`, () =>
            on(address, async page => {
                await page.locator('book-quiz').scrollIntoViewIfNeeded();
                await page.locator('book-quiz form').first().waitFor();
                for (const box of await page.locator('.question').all()) {
                    const { answers, stdout, line } = await box.evaluate(({ dataset }) => ({ ...dataset }));
                    const check = box.getByRole('button', { name: 'Check' });
                    assert.equal(await check.getAttribute('aria-disabled'), 'true');
                    if (answers) await box.getByRole('textbox').fill(JSON.parse(answers)[0]);
                    if (stdout) await box.getByRole('radio').first().check().then(() => box.getByRole('textbox').fill(stdout));
                    if (line) await box.getByRole('radio').last().check().then(() => box.getByRole('spinbutton').fill(line));
                    for (const input of await box.locator('li[data-right] input').all()) await input.check();
                    await check.click();
                    assert.match(await box.locator('.result').innerText(), /Right/);
                }
            }));
    }
});
