// The built site behind a server on this machine, under the sub-path it will have (as GitHub Pages gives it), and the
// one browser that all tests share.

import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { SITE, needChromium, needModules, needSite } from './need.js';

needModules();
needSite();
const { chromium } = await import('playwright-core');

const FIXTURE = fileURLToPath(new URL('fixture/', import.meta.url));

const TYPES = /** @type {Record<string, string>} */ ({
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.woff2': 'font/woff2',
    '.cast': 'text/plain; charset=utf-8',
    '.txt': 'text/plain; charset=utf-8',
});

const read = (/** @type {string} */ name) => readFileSync(path.join(SITE, name), 'utf8');

/** The sub-path: the 404 page knows it, because it cannot use relative addresses. */
export const PREFIX = /<base href="([^"]*)"/.exec(read('404.html'))?.[1] ?? '/book/';

/** Every page of the table of contents, in order, and those that mdBook adds. */
export const PAGES = [
    ...new Set([
        'index.html',
        ...[...read('toc.html').matchAll(/<a href="([^"#]+\.html)"/g)].map(match => /** @type {string} */ (match[1])),
        ...(readdirSync(SITE).includes('print.html') ? ['print.html'] : []),
        '404.html',
    ]),
];

/** Every .html file of the site, whether or not something leads to it; but for redirects, which have no text. */
export const FILES = readdirSync(SITE, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.html') && !/<meta http-equiv="refresh"/i.test(read(name)))
    .map(name => name.split(path.sep).join('/'))
    .sort();

/** What stands in <main> on the pages under _fixture/: the parts a page can have, and planted faults. @type {Map<string, string>} */
const planted = new Map([['components.html', readFileSync(path.join(FIXTURE, 'components.html'), 'utf8')]]);

let count = 0;
/**
 * A page of the site, with this HTML for its text.
 * @param {string} html
 * @param {string} [head]
 * @returns {string} its address below the site's root
 */
export function plant(html, head = '') {
    const name = `planted-${++count}.html`;
    planted.set(name, html + `<!--head-->${head}`);
    return `_fixture/${name}`;
}

/** @param {string} name */
function plantedPage(name) {
    const [main = '', head = ''] = (planted.get(name) ?? '').split('<!--head-->');
    // The site's 404 page is the one with neighbours and a base: rebuilt here from the index, one folder down.
    const page = read('index.html')
        .replace(/((?:href|src)=")(?!https?:|#|\/)([^"]*")/g, '$1../$2')
        .replace('const path_to_root = "";', 'const path_to_root = "../";')
        .replace(/path_to_searchindex_js = "/, 'path_to_searchindex_js = "../');
    return page
        .replace(/<main>[^]*<\/main>/, () => `<main>${main}</main>`)
        .replace('</title>', () => `</title>${head}`);
}

const server = createServer(async (request, response) => {
    const send = (/** @type {number} */ status, /** @type {string | Buffer} */ body, type = '.html') => {
        response.writeHead(status, { 'content-type': TYPES[type] ?? 'application/octet-stream' }).end(body);
    };
    try {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        let name = decodeURIComponent(pathname);
        if (!name.startsWith(PREFIX)) return send(404, `not below ${PREFIX}`, '.txt');
        name = name.slice(PREFIX.length);
        if (name === '' || name.endsWith('/')) name += 'index.html';
        const [folder, file = ''] = name.split('/', 2);
        if (folder === '_fixture' && planted.has(file)) return send(200, plantedPage(file));
        const root = folder === '_fixture' ? FIXTURE : SITE;
        const full = path.join(root, folder === '_fixture' ? file : name);
        if (!full.startsWith(path.join(root, path.sep))) return send(403, 'outside of the site', '.txt');
        return send(200, await readFile(full), path.extname(full));
    } catch {
        return send(404, read('404.html'));
    }
});
await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)));

const port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
export const ORIGIN = `http://127.0.0.1:${port}`;
export const ROOT = ORIGIN + PREFIX;

export const browser = await chromium.launch({
    executablePath: needChromium(),
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
    ],
});

export async function close() {
    await browser.close();
    server.close();
    server.closeAllConnections();
}

export const WIDTHS = /** @type {const} */ ({
    phone: { width: 360, height: 800 },
    desk: { width: 1280, height: 900 },
});
