// Callbacks with the raw request and response of each attempt.

import { call } from './dashboard_api.js';
import { message } from './dashboard_bytes.js';
import { answerLine, deliveryTag, outcome } from './dashboard_delivery.js';
import { arrange, el, fill, keeper } from './dashboard_dom.js';
import { comparer } from './dashboard_json.js';
import { button, time, words } from './dashboard_parts.js';

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
    verdict.textContent = valid ? `Valid: ${why}.` : `${why} Expected: ${expected}.`;
  }, { class: 'small', 'data-testid': 'check-signature' });
  return el('div.line', {}, check, verdict);
}

const keyOf = ({ callback, one }) => `${callback.id}/${one.number}`;

/** The answer comes first: why the receiver refused is what one looks for. */
function attempt({ callback, one }) {
  const hint = one.code && one.error;
  const end = { ...one, error: hint ? null : one.error };
  return el('details', { 'data-testid': 'attempt', 'data-attempt': keyOf({ callback, one }) },
    el('summary', {}, `Attempt ${one.number} `, one.response ? 'was answered ' : null, ...outcome(end, answerLine(one)), ' ',
      el('span.quiet', {}, `${one.took_ms} ms`), one.fault ? [' ', el('span.tag', {}, one.fault)] : null,
      ' ', time(one.at), hint && el('span.hint', {}, hint)),
    one.response ? message('Response', one.response, 'attempt-response') : el('p.quiet', {}, 'no response'),
    message('Request', one.request, 'attempt-request'),
    checker(one.request),
    callback.invoice ? comparer(callback.invoice, one.request.body) : null);
}

const resend = ({ id }, label, resign) => button(label, () => call('POST', `/callbacks/${id}/resend`, { resign }),
  { class: 'small', 'data-key': `${id}-${resign}`, 'data-testid': resign ? 'resend-signed' : 'resend' });

const headOf = (callback) => [el('b', {}, words(callback.transition)),
  deliveryTag(callback, { 'data-testid': 'callback-state' }), el('code', {}, callback.id),
  callback.due ? [el('span.quiet', {}, 'next '), time(callback.due * 1000)] : null];

function card(callback) {
  const head = el('div.line', {});
  const attempts = el('div.stack.attempts', {});
  const keep = keeper();
  const item = el('li', { 'data-testid': 'callback', 'data-callback': callback.id }, head,
    el('p.quiet', {}, callback.url), attempts,
    el('div.line', {}, resend(callback, 'Resend as sent', false), resend(callback, 'Resend with a new signature', true)));
  const update = (now) => {
    fill(head, headOf(now));
    arrange(attempts, [...keep(now.attempts.map((one) => ({ callback: now, one })), keyOf, attempt).values()]);
  };
  return { item, update };
}

/** The callbacks of a list; `update(callbacks)` renews them and leaves what is read as it is. */
export function callbackCards() {
  const list = el('ul.callbacks', {});
  const none = el('li.quiet', {}, 'No callbacks yet, or neither the invoice nor the account has a callback URL.');
  const keep = keeper();
  const update = (callbacks) => {
    const cards = keep(callbacks, ({ id }) => id, card);
    for (const one of callbacks) cards.get(one.id).update(one);
    arrange(list, callbacks.length ? [...cards.values()].map(({ item }) => item) : none);
  };
  return { list, update };
}
