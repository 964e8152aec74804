// The parts that several views share.

import { copyText } from './clipboard.js';
import { query } from './dashboard_api.js';
import { el, sentence } from './dashboard_dom.js';
import { clearErrors, showErrors } from './dashboard_errors.js';
import { statusOf } from './dashboard_statuses.js';

const TYPING_MS = 250;

/** The tones of other states than invoice statuses: of callbacks, refunds and signatures. */
const TONES = {
  done: 'good', valid: 'good',
  failed: 'bad', dropped: 'bad', invalid: 'bad', missing: 'bad',
  pending: 'wait', queued: 'wait', sending: 'wait',
};

function toneOf(name) {
  const status = statusOf(name);
  if (!status) return TONES[name] ?? 'quiet';
  if (status.failure || status.money === 'charged_back') return 'bad';
  if (!status.final) return 'wait';
  return ['refunded', 'canceled'].includes(status.money) ? 'quiet' : 'good';
}

/** "process_failed" -> "process failed" */
export const words = (name) => name.replaceAll('_', ' ');

/** A coloured tag with a status or another state. */
export const tag = (name, more = {}) => el('span', { class: `tag ${toneOf(name)}`, ...more }, words(name));

export const code = (status, good = status >= 200 && status < 400) =>
  el('span', { class: `tag ${good ? 'good' : 'bad'}` }, String(status ?? 'none'));

/** Of a callback, no other answer counts. */
export const isAccepted = (status) => status === 200;

export const answerCode = (status) => code(status, isAccepted(status));

const two = (n) => String(n).padStart(2, '0');

/** Milliseconds as local time. */
export function time(ms, { fine = false } = {}) {
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const iso = at.toISOString();
  const fraction = fine ? `.${String(at.getMilliseconds()).padStart(3, '0')}` : '';
  return el('time', { datetime: iso, title: iso }, `${day} ${clock}${fraction}`);
}

/** The currencies of the catalogue that do not show two decimals: "JPY 0 KWD 3". */
const DECIMALS = new Map(Array.from((document.body.dataset.decimals ?? '').matchAll(/(\w+) (\d)/g),
  ([, currency, decimals]) => [currency, Number(decimals)]));
const amounts = new Map();

/** Formats an amount, given as a number or text, with the decimals of the currency. */
export function figure(amount, currency) {
  const decimals = DECIMALS.get(currency) ?? 2;
  if (!amounts.has(decimals)) {
    amounts.set(decimals, new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: 8 }));
  }
  return amounts.get(decimals).format(amount);
}
export const money = (amount, currency) => `${figure(amount, currency)} ${currency ?? ''}`.trim();

/** "20.00 of 61.50 USD" if only a part of an invoice or payout was paid, otherwise undefined. */
export function partPaid({ processed_amount: paid, payment_amount: payment, payout_amount: payout, currency }) {
  const whole = payment ?? payout;
  return paid !== null && Number(paid) < Number(whole) ? `${figure(paid, currency)} of ${money(whole, currency)}` : undefined;
}

/** 1, 'hit' -> "1 hit"; 2 -> "2 hits". */
export const counted = (n, word) => `${number(n)} ${word}${n === 1 ? '' : 's'}`;
export const number = (n) => n.toLocaleString('en');

export function toast(message, bad = false) {
  const one = el('p', { class: bad ? 'toast bad' : 'toast' }, message);
  document.querySelector('.toasts').append(one);
  setTimeout(() => one.remove(), bad ? 10_000 : 4000);
}

/** Shows the error of an action. */
export const complain = (error) => toast(sentence(error.message), true);

export async function copy(content, what = 'Copied') {
  await copyText(content);
  toast(what);
}

const isSeen = (one) => one.getClientRects().length > 0;

/**
 * Returns a function that moves the focus to what is next, if it was on this element and the element is gone or hidden:
 * another button or link of the same group, otherwise the heading of the view.
 */
function keepFocus(one) {
  if (document.activeElement !== one) return () => {};
  const groups = [];
  for (let at = one.parentElement; at && !at.matches('.view, body'); at = at.parentElement) groups.push(at);
  return () => {
    const active = document.activeElement;
    if (isSeen(one) || ![one, document.body, null].includes(active)) return;
    const others = groups.filter((group) => group.isConnected).map((group) =>
      [...group.querySelectorAll('button, a[href], summary')].find((other) => isSeen(other) && !other.closest('[inert]')));
    const heading = document.querySelector('main h1');
    heading?.setAttribute('tabindex', '-1');
    (others.find(Boolean) ?? heading)?.focus();
  };
}

/** A button that runs `action`, once at a time, and shows its error: the button of a form at the form's fields. */
export function button(label, action, attributes = {}) {
  const one = el('button', { type: 'button', ...attributes, onclick: async () => {
    if (one.getAttribute('aria-busy')) return;
    one.setAttribute('aria-busy', 'true');
    const form = one.type === 'submit' ? one.form : null;
    const refocus = keepFocus(one);
    try {
      if (form) clearErrors(form);
      await action();
    } catch (error) {
      if (form?.isConnected) showErrors(form, error);
      else complain(error);
    } finally {
      one.removeAttribute('aria-busy');
      refocus();
    }
  } }, label);
  return one;
}

/** Asks for confirmation of an action that cannot be undone. `question` is a text, or a function that returns one. */
export const sure = (question, action) => async () => {
  if (confirm(typeof question === 'function' ? question() : question)) await action();
};

export const copyButton = (content, label = 'Copy', attributes = {}) =>
  button(label, () => copy(content), { class: 'small', ...attributes });

/** A form on a card; Enter in a field clicks `submit`, a button among its children. The server judges the values. */
export function form(label, submit, attributes, ...children) {
  submit.type = 'submit';
  return el('form.card', {
    'aria-label': label, novalidate: true, ...attributes, onsubmit: (event) => event.preventDefault(),
  }, ...children);
}

/** A form that calls `changed` at once after a choice, and after a pause in typing. */
export function liveForm(changed, ...fields) {
  let typing;
  const tell = () => {
    clearTimeout(typing);
    changed();
  };
  return el('form', {
    class: fields.length > 5 ? 'filters many' : 'filters',
    role: 'search',
    onsubmit: (event) => {
      event.preventDefault();
      tell();
    },
    oninput: ({ target }) => {
      clearTimeout(typing);
      if (target.matches('select, [type="checkbox"]')) tell();
      else typing = setTimeout(tell, TYPING_MS);
    },
  }, ...fields);
}

const isSet = (one) => (one.type === 'checkbox' ? one.checked : one.value !== '');

/** A form of filters, and a button that clears them while any is set. */
export function filterForm(changed, ...fields) {
  const inputs = () => [...form.querySelectorAll('input, select')];
  const show = () => { clear.hidden = !inputs().some(isSet); };
  const clear = el('button.small.clear', { type: 'button', 'data-testid': 'clear-filters', onclick: () => {
    for (const one of inputs()) {
      if (one.type === 'checkbox') one.checked = false;
      else one.value = '';
    }
    inputs()[0].focus();
    form.requestSubmit();
  } }, 'Clear filters');
  const form = liveForm(() => {
    show();
    changed();
  }, ...fields, clear);
  form.addEventListener('input', show);
  show();
  return form;
}

/** The links from a page of a list at `#/path` to the first page and to the next one. */
export function pager(path, values, next, [first, more] = ['Newest', 'Older']) {
  const link = (label, after, testid) =>
    el('a', { href: `#/${path}${query({ ...values, after })}`, 'data-testid': testid }, label);
  return el('nav.pager', { 'aria-label': 'Pages' },
    values.after && link(first, undefined, 'newest'), next && link(more, next, 'older'));
}

const isThere = (value) => value !== null && value !== undefined && value !== '' && value !== false;

/** A description list of [[term, value], ...]; entries without a value are omitted. */
export const facts = (rows) => el('dl.facts', {}, rows.filter(([, value]) => isThere(value))
  .map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))));

/** A labelled field; `input` gets the id. `kind` is its class, if it has one. */
export function field(label, input, hint, kind) {
  input.id ||= `field-${label.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  if (hint) input.setAttribute('aria-describedby', `${input.id}-hint`);
  return el(kind ? `div.field.${kind}` : 'div.field', {}, el('label', { for: input.id }, label), input,
    hint && el('p.quiet', { id: `${input.id}-hint` }, hint));
}

export const options = (pairs, chosen) =>
  pairs.map(([value, label]) => el('option', { value, selected: value === chosen }, label ?? value));

/** The suggestions for an input with `list: id`. */
export const suggestions = (id, values) => el('datalist', { id }, values.map((value) => el('option', { value })));

/** New options of a select; the selected value is kept if they contain it. */
export function setOptions(select, pairs, value = select.value) {
  select.replaceChildren(...options(pairs, value));
}
