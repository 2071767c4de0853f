// Checks the HTML of every page with the Nu Html Checker, the one behind validator.w3.org. `node validity.js [FILE…]`

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { SITE, give_up, needJava, needModules, needSite } from './need.js';
import { HTML } from './exceptions.js';

needModules();
needSite();
needJava();
const { default: jar } = await import('vnu-jar');
const files = process.argv.slice(2);
const { stdout, stderr, error } = spawnSync(
    'java',
    ['-jar', jar, '--stdout', '--format', 'json', '--exit-zero-always', '--skip-non-html', ...(files.length ? files : [SITE])],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
);
if (error || !stdout) give_up(`The HTML checker did not run: ${error ?? stderr}`);

/** @typedef {{ type: string, url: string, lastLine: number, message: string, extract?: string }} Message */
/** @type {{ messages: Message[] }} */
const { messages } = JSON.parse(stdout);
const met = new Set();
const faults = messages.filter(({ type, url, message, extract = '' }) => {
    if (type === 'info') return false;
    const exception = HTML.find(known => known.file.test(url) && known.message.test(message) && known.extract.test(extract));
    if (exception) met.add(exception);
    return !exception;
});
for (const { url, lastLine, message, extract = '' } of faults) {
    const file = path.relative(process.cwd(), decodeURIComponent(new URL(url).pathname));
    console.error(`${file}:${lastLine}: ${message}\n    ${extract.replace(/\s+/g, ' ')}`);
}
const stale = files.length ? [] : HTML.filter(known => !met.has(known));
for (const { message } of stale) console.error(`exceptions.js: nothing needs the exception for ${message} any more: remove it`);
console.log(`HTML: ${faults.length} faults, ${messages.length - faults.length} excepted or advice`);
process.exit(faults.length || stale.length ? 1 : 0);
