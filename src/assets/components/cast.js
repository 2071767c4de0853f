// <book-cast>: a recorded terminal session. Its still is on the page from the start; the player, and the recording, are
// loaded when the reader presses Play. It never plays by itself, so there is nothing to hold back for reduced motion.
// Its recording is an asciicast, in the page (<script type="application/json" class="recording">, an array of the
// cast's lines) or in a file (data-src). Attributes: data-cols, data-rows, data-label; data-speed, for one that is slow.

import { button, make, signOf } from '../dom.js';
import { report } from '../page.js';

const PLAYER = new URL('../vendor/asciinema-player/', import.meta.url);

/**
 * What is used of asciinema-player 3.18.0.
 * @typedef {object} Player
 * @property {() => Promise<unknown>} play
 * @property {() => Promise<unknown>} pause
 * @property {(to: number) => Promise<unknown>} seek
 * @property {() => number} getCurrentTime
 * @property {() => void} dispose
 * @property {(event: 'play' | 'playing' | 'pause' | 'ended', handler: () => void) => void} addEventListener
 */

/** @type {Promise<{ create: (source: object, element: HTMLElement, options: object) => Player }> | undefined} */
let loading;

/** The player is a classic script that sets a global: loaded once a page. */
function loadPlayer() {
    loading ??= new Promise((resolve, reject) => {
        const style = document.createElement('link');
        style.rel = 'stylesheet';
        style.href = new URL('asciinema-player.css', PLAYER).href;
        const script = document.createElement('script');
        script.src = new URL('asciinema-player.min.js', PLAYER).href;
        const styled = new Promise((done, fail) => {
            style.onload = done;
            style.onerror = () => fail(new Error('the style of the player did not load'));
        });
        script.onerror = () => reject(new Error('the player did not load'));
        script.onload = () => styled.then(() => resolve(/** @type {any} */ (window).AsciinemaPlayer), reject);
        document.head.append(style, script);
    });
    // A reader whose connection came back may try again.
    loading.catch(() => (loading = undefined));
    return loading;
}

/**
 * In print.html, an address that was right on its own page leads nowhere: mdBook mends `href` and `src` only. What lies
 * in assets/ is found from here, because this module lies there too.
 * @param {string} source
 */
function addressOf(source) {
    const [, asset] = /^(?:\.\.?\/)*assets\/(.*)/.exec(source) ?? [];
    return asset === undefined ? new URL(source, document.baseURI).href : new URL(`../${asset}`, import.meta.url).href;
}

/**
 * The recording of an element, as the text of an asciicast.
 * @param {HTMLElement} element
 */
async function loadRecording(element) {
    const script = element.querySelector(':scope > script.recording');
    if (!script && !element.dataset.src) throw new Error('there is no recording');
    let text = script?.textContent ?? '';
    if (!script) {
        const answer = await fetch(addressOf(element.dataset.src ?? ''));
        if (!answer.ok) throw new Error(`the recording is not there (${answer.status})`);
        text = await answer.text();
    }
    try {
        const lines = script ? JSON.parse(text) : text.trim().split('\n').map(line => JSON.parse(line));
        const [{ version }] = lines;
        if (version !== 2 && version !== 3) throw new Error();
        return lines.map((/** @type {unknown} */ line) => JSON.stringify(line)).join('\n');
    } catch {
        throw new Error('the recording is not an asciicast');
    }
}

const theme = () =>
    getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'book-dark' : 'book-light';

class BookCast extends HTMLElement {
    /** @type {Player | undefined} */ #player;
    /** @type {string} */ #recording = '';
    /** @type {string} */ #theme = '';
    #stage = make('div', { class: 'stage', role: 'group' });
    #controls = make('div', { class: 'controls' });
    #play = button('Play', '', () => void this.#press());
    #still = button('Close', '', () => this.#close());
    /** @type {MutationObserver | undefined} */ #themes;

    /** The still, which is the page's own. */
    get #picture() {
        return this.querySelector(':scope > pre');
    }

    connectedCallback() {
        if (this.#controls.isConnected) return;
        this.#stage.setAttribute('aria-label', this.dataset.label ?? 'Terminal recording');
        this.#say('idle');
        this.#still.setAttribute('aria-label', 'Close the recording and show its still');
        this.#still.hidden = true;
        // Play stays where the pointer is when Close comes.
        this.#controls.append(this.#still, this.#play);
        this.append(this.#controls);
    }

    disconnectedCallback() {
        this.#themes?.disconnect();
        this.#player?.dispose();
        this.#player = undefined;
    }

    /** `data-state` is what the styles and the tests read. @param {'idle'|'loading'|'playing'|'paused'|'ended'} state */
    #say(state) {
        this.dataset.state = state;
        const [sign, word] = /** @type {const} */ ({
            idle: ['▶', 'Play'],
            loading: ['…', 'Loading'],
            playing: ['■', 'Pause'],
            paused: ['▶', 'Play'],
            ended: ['▶', 'Again'],
        })[state];
        this.#play.replaceChildren(signOf(sign), word);
    }

    async #press() {
        const state = this.dataset.state;
        if (state === 'loading') return;
        try {
            if (!this.#player) {
                this.querySelector(':scope > .component-error')?.remove();
                this.#say('loading');
                const [, recording] = await Promise.all([loadPlayer(), loadRecording(this)]);
                this.#recording = recording;
                this.#picture?.setAttribute('hidden', '');
                this.prepend(this.#stage);
                const player = await this.#start(0);
                this.#themes = new MutationObserver(() => void this.#restyle());
                this.#themes.observe(document.documentElement, { attributeFilter: ['class'] });
                this.#still.hidden = false;
                await player.play();
            } else if (state === 'playing') {
                await this.#player.pause();
            } else {
                if (state === 'ended') await this.#player.seek(0);
                await this.#player.play();
            }
        } catch (error) {
            this.#close();
            report(this, `The recording cannot be played: ${error instanceof Error ? error.message : error}.`);
        }
    }

    /** @param {number} at seconds */
    async #start(at) {
        const { create } = await loadPlayer();
        this.#theme = theme();
        const player = create({ data: this.#recording }, this.#stage, {
            cols: Number(this.dataset.cols) || undefined,
            rows: Number(this.dataset.rows) || undefined,
            startAt: at,
            speed: Number(this.dataset.speed) || 1,
            theme: this.#theme,
            fit: false,
            controls: false,
            terminalFontSize: getComputedStyle(this).getPropertyValue('--cast-size'),
            terminalFontFamily: getComputedStyle(this).getPropertyValue('--face-code'),
            poster: at ? `npt:${at}` : undefined,
        });
        player.addEventListener('playing', () => this.#say('playing'));
        player.addEventListener('play', () => this.#say('playing'));
        player.addEventListener('pause', () => this.#say('paused'));
        player.addEventListener('ended', () => this.#say('ended'));
        this.#player = player;
        return player;
    }

    /** The player reads its colours once, when it is made: a new theme needs a new player, at the same second. */
    async #restyle() {
        if (!this.#player || theme() === this.#theme) return;
        const state = this.dataset.state;
        const at = this.#player.getCurrentTime();
        this.#player.dispose();
        this.#stage.replaceChildren();
        const player = await this.#start(at);
        if (state === 'playing') await player.play();
    }

    #close() {
        this.#themes?.disconnect();
        this.#player?.dispose();
        this.#player = undefined;
        this.#stage.replaceChildren();
        this.#stage.remove();
        this.#picture?.removeAttribute('hidden');
        const held = this.#still === document.activeElement;
        this.#still.hidden = true;
        this.#say('idle');
        if (held) this.#play.focus();
    }
}

customElements.define('book-cast', BookCast);
