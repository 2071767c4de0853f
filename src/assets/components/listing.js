// A listing's code: a button that copies it without its line numbers, and links that light the lines they speak of.
// Without this module the code is there to select, and a link lights its lines by `:target`.

/**
 * @param {HTMLElement} pre
 * @param {string} what
 */
function copyButton(pre, what) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${what}`);
    const status = document.createElement('span');
    status.className = 'visually-hidden';
    status.setAttribute('role', 'status');

    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    button.addEventListener('click', async () => {
        const code = pre.querySelector('code') ?? pre;
        let said = 'Copied';
        try {
            await navigator.clipboard.writeText(code.textContent ?? '');
        } catch {
            // No permission, or no secure origin: select it, so that one key stroke is left to do.
            getSelection()?.selectAllChildren(code);
            said = 'Ctrl+C';
        }
        button.textContent = said;
        status.textContent = said === 'Copied' ? 'Copied' : 'The code is selected: press Ctrl+C to copy it';
        clearTimeout(timer);
        timer = setTimeout(() => {
            button.textContent = 'Copy';
            status.textContent = '';
        }, 2000);
    });
    return /** @type {const} */ ([button, status]);
}

/** @param {HTMLElement} box a figure, or a details */
function addCopy(box) {
    const pre = /** @type {HTMLElement | null} */ (box.querySelector(':scope > pre.code'));
    if (!pre || box.querySelector(':scope > .copy')) return;
    // Beside the caption, and not inside the code: there it would lie upon the first line, or scroll away with it.
    const label = pre.getAttribute('aria-label') ?? box.querySelector('.title')?.textContent ?? 'the code';
    const head = box.querySelector(':scope > figcaption');
    const [button, status] = copyButton(pre, label);
    if (head) head.append(button, status);
    else box.append(button, status);
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
}
