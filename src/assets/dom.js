// Making elements, for all components.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
}

/** What stands before a button's word, for the eye alone. @param {string} sign */
export const signOf = sign => make('span', { class: 'sign', 'aria-hidden': 'true' }, sign);

/**
 * A button; its sign is for the eye alone.
 * @param {string} word
 * @param {string} sign
 * @param {() => void} press
 */
export function button(word, sign, press) {
    const made = make('button', { type: 'button', class: 'button' }, ...(sign ? [signOf(sign)] : []), word);
    made.addEventListener('click', press);
    return made;
}

/**
 * A button that cannot be used now says so, and keeps the focus: a disabled one would lose it.
 * @param {HTMLButtonElement} button
 * @param {boolean} can
 */
export function allow(button, can) {
    button.setAttribute('aria-disabled', String(!can));
}

/** What the address points to: its fragment, or nothing where that is no text. */
export function hash() {
    try {
        return decodeURIComponent(location.hash.slice(1));
    } catch {
        return '';
    }
}
