// Stops the mock. If the job failed or the mock found a problem, prints a report.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as container from './in_container.js';
import * as local from './in_process.js';
import { fail, input, quote, savedState, say, warn } from './runner.js';

const LINES = 200;
const FAILURES = 20;
const STRICT = 3; // the exit status of the mock if --strict found a problem

const tail = (text) => text.trimEnd().split('\n').slice(-LINES).join('\n');

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text) => text.replace(/&(amp|lt|gt|quot|apos|#x?[0-9a-fA-F]+);/g, (whole, name) => {
  if (!name.startsWith('#')) return ENTITIES[name];
  return String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
});

/** The failed cases of the mock's JUnit report: "NAME: MESSAGE". */
function failures(report) {
  return [...report.matchAll(/<testcase\b[^>]*?\bname="([^"]*)"[^>]*>([^]*?)<\/testcase>/g)]
    .map(([, name, inner]) => [name, /<failure\b[^>]*?\bmessage="([^"]*)"/.exec(inner)?.[1]])
    .filter(([, message]) => message !== undefined)
    .map((both) => unescaped(both.join(': ')));
}

function readReport(state) {
  try {
    return readFileSync(join(state.report, 'milkypay-junit.xml'), 'utf8');
  } catch {
    return '';
  }
}

async function stop(way, state) {
  const status = await way.stop(state);
  await way.fetchReport(state).catch((error) => warn(`no report: ${error.message}`));
  const failed = failures(readReport(state));
  for (const line of failed.slice(0, FAILURES)) warn(line);
  if (failed.length > FAILURES) warn(`and ${failed.length - FAILURES} more in milkypay-junit.xml`);
  if (status !== 0 || input('job-status') !== 'success') {
    quote('The log of the mock', tail(await way.log(state)));
    quote('The report of the mock', tail(readReport(state)));
  }
  if (status === STRICT) fail('the mock was strict, and found something wrong: see its log');
  else if (status !== 0) fail(`the mock ended with status ${status}`);
  else say('the MilkyPay mock has ended');
}

const state = savedState();
if (state) {
  const way = state.binary ? local : container;
  await stop(way, state).catch((error) => fail(error.stderr?.trim() || error.message));
  await way.remove(state).catch((error) => warn(error.message));
}
