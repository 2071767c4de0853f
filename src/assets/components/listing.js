// A listing's code: a button that copies it without its line numbers, links that light the lines they speak of, and the
// whole program to take away: into the Playground, if it needs std alone, or as a Cargo project. Both only on a click.
// Without this module the code is there to select, and a link lights its lines by `:target`.

import { button, make } from '../dom.js';

/**
 * @param {HTMLElement} pre
 * @param {string} what
 */
function copyButton(pre, what) {
    const status = make('span', { class: 'visually-hidden', role: 'status' });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const copy = button('Copy', '', async () => {
        const code = pre.querySelector('code') ?? pre;
        let said = 'Copied';
        try {
            await navigator.clipboard.writeText(code.textContent ?? '');
        } catch {
            // No permission, or no secure origin: select it, so that one key stroke is left to do.
            getSelection()?.selectAllChildren(code);
            said = 'Ctrl+C';
        }
        copy.textContent = said;
        status.textContent = said === 'Copied' ? 'Copied' : 'The code is selected: press Ctrl+C to copy it';
        clearTimeout(timer);
        timer = setTimeout(() => {
            copy.textContent = 'Copy';
            status.textContent = '';
        }, 2000);
    });
    copy.classList.add('copy');
    copy.setAttribute('aria-label', `Copy ${what}`);
    return /** @type {const} */ ([copy, status]);
}

/** @param {HTMLElement} box a figure, or a details */
function addCopy(box) {
    const pre = /** @type {HTMLElement | null} */ (box.querySelector(':scope > pre.code'));
    if (!pre || box.querySelector(':scope > .copy')) return;
    // Beside the caption, and not inside the code: there it would lie upon the first line, or scroll away with it.
    const label = pre.getAttribute('aria-label') ?? box.querySelector('.title')?.textContent ?? 'the code';
    const head = box.querySelector(':scope > figcaption');
    const [copy, status] = copyButton(pre, label);
    if (head) head.append(copy, status);
    else box.append(copy, status);
}

/**
 * Buttons below the whole program.
 * @param {HTMLElement} figure
 * @param {string} manifest its Cargo.toml
 */
function addTakeaway(figure, manifest) {
    const slug = figure.dataset.slug ?? 'listing';
    const box = figure.querySelector(':scope > details.whole') ?? figure;
    const code = box.querySelector(':scope > pre.code code');
    if (!code || box.querySelector(':scope > .takeaway')) return;
    const program = () => `${code.textContent?.trimEnd()}\n`;
    const row = make('div', { class: 'controls takeaway' });
    if (figure.dataset.stdOnly !== undefined) {
        const { edition } = /edition = "(?<edition>\d+)"/.exec(manifest)?.groups ?? {};
        const play = button('Open in the Playground', '↗', () => {
            const query = new URLSearchParams({ version: 'stable', mode: 'debug', edition: edition ?? '2024', code: program() });
            open(`https://play.rust-lang.org/?${query}`, '_blank', 'noopener');
        });
        play.title = 'Another site: play.rust-lang.org';
        row.append(play);
    }
    const save = button('Download as a Cargo project', '↓', async () => {
        const { downloadZip } = await import('../vendor/client-zip/index.js');
        const files = { 'Cargo.toml': manifest, 'src/main.rs': program() };
        const zip = downloadZip(Object.entries(files).map(([name, input]) => ({ name: `${slug}/${name}`, input })));
        const link = make('a', { href: URL.createObjectURL(await zip.blob()), download: `${slug}.zip` });
        link.click();
        // Not before the browser has taken it.
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
    row.append(save);
    box.append(row);
}

/** @param {HTMLElement} element */
export function enhance(element) {
    if (element.matches('a.listing-link')) {
        const light = (/** @type {boolean} */ on) => {
            const id = decodeURIComponent(new URL(/** @type {HTMLAnchorElement} */ (element).href).hash.slice(1));
            for (const lines of document.querySelectorAll(`.anchor[id="${CSS.escape(id)}"]`)) {
                lines.classList.toggle('lit', on);
            }
        };
        for (const event of ['pointerenter', 'focus']) element.addEventListener(event, () => light(true));
        for (const event of ['pointerleave', 'blur']) element.addEventListener(event, () => light(false));
        return;
    }
    addCopy(element);
    for (const whole of element.querySelectorAll('details')) addCopy(whole);
    if (element.dataset.manifest) addTakeaway(element, element.dataset.manifest);
}
