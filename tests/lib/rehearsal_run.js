// The result of a rehearsal, as `milkypay-mock rehearse` writes it, made up: each grade with each result, a shop that
// charges twice, and texts that try to break out of every report.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBinary, tempDir } from './server.js';

const BEGAN = 1_900_000_000;
export const NASTY = '</script><script>document.title = "broken"</script><!-- ]]> "\'&amp; \u2028 \u0000\u0001 \u{1F42E}';

const JSON_HEADERS = { 'Content-Type': 'application/json' };
const invoiceOf = (id, status) => JSON.stringify({ data: { type: 'payment-invoices', id, attributes: { status, amount: 100, currency: 'USD',
  reference_id: 'order-17' } } }).replaceAll('/', '\\/');

/** One entry of a timeline. States stay until another is told. */
const step = (at, real_ms, kind, from, to, text, more = {}) => ({
  at: BEGAN + at, real_ms, kind, from, to, text, fault: null,
  shop_state: null, platform_state: null, request: null, response: null, ...more });
const exchange = (line, body, code, reply, headers = JSON_HEADERS) => ({
  request: { line, headers: { Host: '127.0.0.1:40123', ...headers }, body },
  response: code === null ? null : { line: String(code), headers: JSON_HEADERS, body: reply },
});
const callback = (at, ms, id, status, more = {}) => step(at, ms, 'callback', 'platform', 'shop', `callback ${status}`, {
  ...exchange('POST /callback', invoiceOf(id, status), 200, 'OK', { ...JSON_HEADERS, 'X-Signature': 'sQy0hZc5nN0m3i2i8m6g1w3a0hU=' }), ...more });
const state = (at, ms, shop, platform) => step(at, ms, 'state', 'rehearsal', 'shop', `state of the order: ${shop}`, {
  ...exchange('GET /orders/17', '', 200, `{"status":"${shop}","fulfilments":${shop === 'paid' ? 1 : 0}}`), shop_state: shop, platform_state: platform });
const order = (at, ms, id, more = {}) => [
  step(at, ms, 'hook', 'payer', 'shop', 'opens an order of 100.00 USD', { at: null, ...exchange('POST /orders', '{"amount":"100.00"}', 303, ''), shop_state: 'unpaid' }),
  step(at, ms + 12, 'request', 'shop', 'platform', 'POST /payment-invoices', {
    ...exchange('POST /payment-invoices', '{"data":{"type":"payment-invoice","attributes":{"reference_id":"order-17","amount":100}}}', 201, invoiceOf(id, 'process_pending')),
    platform_state: 'process_pending', ...more }),
];
const pays = (at, ms) => step(at, ms, 'page', 'payer', 'platform', 'pays 100.00 USD with a card', {
  ...exchange('POST /hpp/cgi_17', 'action=pay', 303, '<!DOCTYPE html><title>Paid</title><h1>Payment received</h1>'), platform_state: 'processed' });
const returns = (at, ms) => step(at, ms, 'page', 'payer', 'shop', 'comes back to the return URL', exchange('GET /orders/17?status=processed', '', 200, '<h1>Thank you</h1>'));

const ordinary = (id, last = 'paid') => [...order(0, 0, id), pays(4, 60), callback(4, 80, id, 'processed'),
  returns(5, 120), state(5, 430, last, 'processed')];

/** Result of a scenario; `more` replaces members. */
const result = (id, group, name, more = {}) => ({
  id, group, name, grade: 'MUST', rule: 'P962', result: 'PASS', reason: '', needs: [], failures: [],
  costs: null, again: `milkypay-mock rehearse --only ${id} --seed 7 -- node shop.js`, docs: `/_mock/docs/rehearse-scenarios#${id.toLowerCase()}`, seed: 7, took_ms: 812,
  account: `coma_${id}`, invoices: [`cpi_${id}`], timeline: ordinary(`cpi_${id}`), ...more });
const fails = (oracle, text, expected, observed) => ({ oracle, text, expected, observed });

const lost = [
  step(0, 0, 'fault', 'rehearsal', 'platform', 'the next creation is made, and its reply is lost'),
  ...order(0, 4, 'cpi_D1', { fault: 'commit_then_reset', response: null }),
  step(1, 1030, 'request', 'shop', 'platform', 'POST /payment-invoices', exchange('POST /payment-invoices',
    '{"data":{"type":"payment-invoice","attributes":{"reference_id":"order-17-b","amount":100}}}', 201, invoiceOf('cpi_D1b', 'process_pending'))),
  pays(4, 1100), callback(4, 1120, 'cpi_D1b', 'processed'),
  step(9, 1180, 'page', 'payer', 'platform', 'pays the first page too, which is still open', { ...exchange('POST /hpp/cgi_16', 'action=pay', 303, '') }),
  callback(9, 1200, 'cpi_D1', 'processed'), returns(10, 1250), state(10, 1560, 'paid', 'processed')];

const forged = [...order(0, 0, 'cpi_A1'), step(0, 30, 'fault', 'rehearsal', 'platform', 'the next callback has a wrong signature'),
  callback(3, 60, 'cpi_A1', 'processed', { fault: 'bad_signature', shop_state: 'paid' }), state(3, 400, 'paid', 'process_pending')];

const late = [...order(0, 0, 'cpi_E2'), step(1, 20, 'clock', 'rehearsal', 'platform', 'the clock goes on by 1801 s'),
  callback(1801, 70, 'cpi_E2', 'process_failed', { platform_state: 'process_failed', shop_state: 'failed' }), returns(1802, 100), state(1802, 420, 'failed', 'process_failed')];

export const RESULTS = [
  result('A1', 'trust', 'A callback with a wrong signature', { result: 'FAIL', reason: 'paid without money: the callback was forged', timeline: forged,
    costs: 'anybody who knows the callback URL gets goods for 100.00 USD and pays nothing', failures: [
      fails('O2', 'paid by a forged callback', 'unpaid or pending', 'paid'), fails('O5', 'a forged callback was answered by 200', '400, 401 or 403', '200')] }),
  result('A2', 'trust', 'A callback without a signature'),
  result('A6', 'trust', 'A callback with an unknown status', { grade: 'SHOULD', rule: null, result: 'WARN', reason: 'answered by 500 in all attempts',
    costs: 'the callback of 100.00 USD is sent again for three days', failures: [fails('O5', 'a genuine callback was never answered by 200', '200', '500, 500, 500')] }),
  result('B1', 'once', 'The same callback twice, one after the other'),
  result('B2', 'once', 'The same callback twice at the same instant', { result: 'NOT TESTED', reason: 'the settings have no hook "state"', needs: ['state'], timeline: [] }),
  result('C1', 'order', 'The callbacks arrive in the wrong order', { grade: 'SHOULD', rule: null }),
  result('C8', 'order', 'The shop restarts between callback and return', { result: 'ERROR', timeline: ordinary('cpi_C8', 'unknown'),
    reason: 'the control run failed: the order stayed "unpaid" after an ordinary purchase' }),
  result('D1', 'creation', 'The reply of a creation is lost', { result: 'FAIL', reason: 'one order has two invoices that were paid', timeline: lost, invoices: ['cpi_D1', 'cpi_D1b'],
    costs: 'the customer pays 200.00 USD for an order of 100.00 USD', failures: [fails('O6', 'two payable invoices for one order', '1', '2: cpi_D1, cpi_D1b')] }),
  result('D6', 'creation', `A shop that answers ${NASTY}`, { reason: NASTY, timeline: [...ordinary('cpi_D6').slice(0, 3),
    step(4, 90, 'callback', 'platform', 'shop', NASTY, exchange('POST /callback', NASTY, 200, NASTY, { 'X-Signature': NASTY })), state(5, 400, 'paid', 'processed')] }),
  result('E2', 'outcome', 'The invoice expires while the payer is on its page', { timeline: late }),
  result('F4', 'after', 'A refund fails', { grade: 'INFO', rule: null }),
];

const WORDS = { PASS: 'hold', WARN: 'hold', FAIL: 'fail', 'NOT TESTED': 'not_tested', ERROR: 'error', ACCEPTED: 'accepted' };
const NAMES = ['pass', 'fail', 'warn', 'accepted', 'not_tested', 'error'];

/** A run with these results. */
export function runOf(results) {
  const must = results.filter(({ grade }) => grade === 'MUST');
  const count = (word) => must.filter(({ result: one }) => WORDS[one] === word).length;
  const counts = Object.fromEntries(NAMES.map((name) =>
    [name, results.filter(({ result: one }) => one.toLowerCase().replace(' ', '_') === name).length]));
  counts.must = must.length;
  for (const word of ['hold', 'fail', 'accepted', 'not_tested', 'error']) counts[`must_${word}`] = count(word);
  counts.must_warn = must.filter(({ result }) => result === 'WARN').length;
  const parts = [`${count('hold')} of ${must.length} MUST hold`, `${count('fail')} fail`, `${count('not_tested')} not tested`,
    count('accepted') && `${count('accepted')} accepted`, counts.must_warn && `${counts.must_warn} with a warning`, counts.error && `${counts.error} error`].filter(Boolean);
  return { mock: '0.1.0', scenarios: 1, seed: 7, began: BEGAN, took_ms: 41_200, counts, line: parts.join(', '),
    controls: [], results };
}

export const RUN = runOf(RESULTS);

/** Runs `rehearse --render` with a run: {code, stderr, folder}. `text`: the file instead of it. */
export async function render(run, options = {}) {
  const { text = JSON.stringify(run), args = [], env = {}, folder = join(tempDir(), 'deep', 'report') } = options;
  const file = join(tempDir(), 'rehearsal-result.json');
  writeFileSync(file, text);
  const report = folder ? ['--report', folder] : [];
  const ended = await runBinary(['rehearse', '--render', file, ...report, ...args], { env: { GITHUB_STEP_SUMMARY: '', ...env } });
  return { ...ended, folder, file };
}

/** The files of the report, and what the program said: {html, junit, summary, result, folder, code, stdout}. */
export async function rendered(run, options) {
  const { code, stdout, stderr, folder } = await render(run, options);
  assert.equal(stderr, '');
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  return { folder, code, stdout, html: read('rehearsal.html'), junit: read('rehearsal-junit.xml'), summary: read('rehearsal-summary.md'),
    result: JSON.parse(read('rehearsal-result.json')) };
}
