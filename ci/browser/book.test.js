// One file for node's runner, so that all tests share one browser. Nothing is awaited between the registrations: else
// the runner takes what it has for everything, and closes the browser.

import { after } from 'node:test';
import { close } from './site.js';
import './tests/pages.js';
import './tests/components.js';
import './tests/stepper.js';
import './tests/plain.js';
import './tests/schedules.js';
import './tests/plot.js';
import './tests/quiz.js';
import './tests/faults.js';

after(close);
