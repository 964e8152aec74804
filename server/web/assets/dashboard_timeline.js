// The history of an invoice, and its callbacks with the raw request and response of each attempt.

import { call } from './dashboard_api.js';
import { message } from './dashboard_bytes.js';
import { deliveryTag } from './dashboard_delivery.js';
import { el } from './dashboard_dom.js';
import { comparer } from './dashboard_json.js';
import { button, code, tag, time, words } from './dashboard_parts.js';

/** How an attempt ended: the receiver's status code, the error, or both. */
const outcome = ({ code: answered, error }) => [
  answered || !error ? code(answered) : null,
  answered && error ? ' ' : null,
  error ? el('span.bad', {}, error) : null,
];

const visit = ({ request, method, path, status }) =>
  [el('a', { href: `#/requests?id=${request}`, 'data-key': request }, el('code', {}, `${method} ${path}`)), ' ', code(status)];

/** Opens an attempt in the list of callbacks below. */
function openAttempt(key) {
  const details = document.querySelector(`[data-attempt="${CSS.escape(key)}"]`);
  details.open = true;
  details.scrollIntoView({ block: 'nearest' });
  details.querySelector('summary').focus({ preventScroll: true });
}

function attemptOf({ callback, transition, attempt: number }) {
  const key = `${callback}/${number}`;
  return button(`${words(transition)}, attempt ${number}`, () => openAttempt(key), { class: 'link', 'data-key': `to-${key}` });
}

/** The label and the details of an item, by its kind. */
const ITEMS = {
  api: (item) => ['call', visit(item)],
  page: (item) => ['page', visit(item)],
  transition: (item) => ['status', [item.from ? [words(item.from), ' → '] : null, tag(item.to), ' ',
    item.resolution === 'ok' ? null : el('span.bad', {}, item.resolution), ' ',
    el('span.quiet', {}, `by ${item.cause}`), item.refund ? [' ', el('code', {}, item.refund)] : null]],
  callback: (item) => ['callback', [attemptOf(item), ' ', ...outcome(item)]],
  fault: (item) => ['fault', [el('code', {}, item.fault), ` on ${item.on}`]],
};

export function timeline({ timeline: items }) {
  return el('ol.timeline', { 'data-testid': 'timeline' }, items.map((item) => {
    const [kind, what] = ITEMS[item.kind](item);
    return el('li', { 'data-testid': `timeline-${item.kind}` },
      time(item.at, { fine: true }), el('span.kind', {}, kind), el('span', {}, what));
  }));
}

function headerOf(headers, name) {
  const found = Object.keys(headers).find((one) => one.toLowerCase() === name);
  return found && headers[found];
}

/** Verifies the sent signature on request only, because `--strict` counts verifications. */
function checker({ headers, body }) {
  const signature = headerOf(headers, 'x-signature');
  const verdict = el('p', { role: 'status', 'data-testid': 'verdict' });
  if (!signature) return el('p.bad', { 'data-testid': 'verdict' }, 'Sent without a signature.');
  const check = button('Check signature', async () => {
    const { valid, expected, message: why } = await call('POST', '/verify-signature', { body, signature });
    verdict.className = valid ? 'good' : 'bad';
    verdict.textContent = valid ? 'The signature is valid.' : `${why} Expected: ${expected}.`;
  }, { class: 'small', 'data-testid': 'check-signature' });
  return el('div.line', {}, check, verdict);
}

const keyOf = ({ callback, one }) => `${callback.id}/${one.number}`;

function attempt({ callback, one }) {
  return el('details', { 'data-testid': 'attempt', 'data-attempt': keyOf({ callback, one }) },
    el('summary', {}, `Attempt ${one.number} `, ...outcome(one), ' ',
      el('span.quiet', {}, `${one.took_ms} ms`), one.fault ? [' ', el('span.tag', {}, one.fault)] : null,
      ' ', time(one.at)),
    message('Request', one.request, 'attempt-request'),
    checker(one.request),
    callback.invoice ? comparer(callback.invoice, one.request.body) : null,
    one.response ? message('Response', one.response, 'attempt-response')
      : el('p.quiet', {}, 'no response'));
}

const resend = ({ id }, label, resign) => button(label, () => call('POST', `/callbacks/${id}/resend`, { resign }),
  { class: 'small', 'data-key': `${id}-${resign}`, 'data-testid': resign ? 'resend-signed' : 'resend' });

const callbackItem = (callback, attempts) => el('li', { 'data-testid': 'callback', 'data-callback': callback.id },
  el('div.line', {}, el('b', {}, words(callback.transition)), deliveryTag(callback, { 'data-testid': 'callback-state' }),
    el('code', {}, callback.id), callback.due ? [el('span.quiet', {}, 'next '), time(callback.due * 1000)] : null),
  el('p.quiet', {}, callback.url),
  attempts,
  el('div.line', {}, resend(callback, 'Resend as sent', false), resend(callback, 'Resend with a new signature', true)));

/** `keep` reuses the elements of attempts; see dashboard_dom.js. */
export function callbackList({ callbacks }, keep) {
  if (!callbacks.length) {
    return el('p.quiet', {}, 'No callbacks yet, or neither the invoice nor the account has a callback URL.');
  }
  const all = callbacks.flatMap((callback) => callback.attempts.map((one) => ({ callback, one })));
  const kept = keep(all, keyOf, attempt);
  return el('ul.callbacks', {}, callbacks.map((callback) =>
    callbackItem(callback, callback.attempts.map((one) => kept.get(keyOf({ callback, one }))))));
}
