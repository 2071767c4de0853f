// Says what is missing, and how to get it, before anything fails in a stranger way.

import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The built site: BOOK_SITE, or target/html of this checkout. */
export const SITE = path.resolve(process.env.BOOK_SITE ?? path.join(here, '../../target/html'));

/** @param {string} what */
export function give_up(what) {
    console.error(`\n${what}\n`);
    process.exit(1);
}

export function needModules() {
    if (!existsSync(path.join(here, 'node_modules/playwright-core'))) {
        give_up('ci/browser has no node_modules. Install them: npm ci --prefix ci/browser');
    }
}

export function needSite() {
    if (!existsSync(path.join(SITE, 'index.html'))) {
        give_up(`There is no built book in ${SITE}. Build it (cargo book build), or name another by BOOK_SITE.`);
    }
}

/** @returns {string} the browser's path */
export function needChromium() {
    const names = process.env.BOOK_CHROMIUM
        ? [process.env.BOOK_CHROMIUM]
        : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
    const found = names.find(name => existsSync(name));
    if (!found) {
        give_up(
            `No Chromium at ${names.join(', ')}. Install it (Debian: apt-get install chromium), ` +
                'or name one by BOOK_CHROMIUM.',
        );
    }
    return /** @type {string} */ (found);
}

export function needJava() {
    if (spawnSync('java', ['-version']).status !== 0) {
        give_up('The HTML checker runs on Java. Install it (Debian: apt-get install default-jre-headless).');
    }
}

// node need.js: before tsc, which cannot say this itself
if (process.argv[1] === fileURLToPath(import.meta.url)) needModules();
