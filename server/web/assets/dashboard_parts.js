// What several views are made of.

import { el } from './dashboard_dom.js';

const KINDS = {
  good: ['processed', 'partially_processed', 'verified', 'done', 'valid'],
  bad: ['process_failed', 'expired', 'refund_failed', 'terminated', 'failed', 'dropped', 'invalid', 'missing', 'charged_back', 'partially_charged_back'],
  wait: ['created', 'process_pending', 'refund_pending', 'pending', 'queued', 'sending'],
};
const kindOf = new Map(Object.entries(KINDS).flatMap(([kind, words]) => words.map((word) => [word, kind])));

/** A status as a word in its colour. */
export const tag = (word, more = {}) => el('span.tag', { class: `tag ${kindOf.get(word) ?? 'quiet'}`, ...more }, word.replaceAll('_', ' '));

export const code = (status) => el('span', { class: `tag ${status >= 200 && status < 400 ? 'good' : 'bad'}` }, String(status ?? 'none'));

const two = (n) => String(n).padStart(2, '0');

/** Milliseconds as local time. */
export function time(ms, { fine = false } = {}) {
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const iso = at.toISOString();
  return el('time', { datetime: iso, title: iso }, `${day} ${clock}${fine ? `.${String(at.getMilliseconds()).padStart(3, '0')}` : ''}`);
}

const AMOUNT = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 8 });

/** An amount, a number or its text, set out for reading. */
export const money = (amount, currency) => `${AMOUNT.format(amount)} ${currency ?? ''}`.trim();

/** 1, 'hit' -> "1 hit"; 2 -> "2 hits". */
export const counted = (n, word) => `${number(n)} ${word}${n === 1 ? '' : 's'}`;
export const number = (n) => n.toLocaleString('en');

export function toast(message, bad = false) {
  const one = el('p', { class: bad ? 'toast bad' : 'toast' }, message);
  document.querySelector('.toasts').append(one);
  setTimeout(() => one.remove(), bad ? 10_000 : 4000);
}

/** What an action threw, where it can be seen. */
export const complain = (error) => toast(error.message, true);

/** Without https, and not at localhost, browsers have no clipboard but this one. */
function copySelected(content) {
  const before = document.activeElement;
  const area = el('textarea', { readonly: true }, content);
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus();
  if (!done) throw new Error('The browser lets nothing be copied.');
}

export async function copy(content, what = 'Copied') {
  if (navigator.clipboard) await navigator.clipboard.writeText(content);
  else copySelected(content);
  toast(what);
}

/** A button that runs `action`, once at a time, and says what went wrong. */
export function button(label, action, attributes = {}) {
  const one = el('button', { type: 'button', ...attributes, onclick: async () => {
    if (one.getAttribute('aria-busy')) return;
    one.setAttribute('aria-busy', 'true');
    try {
      await action();
    } catch (error) {
      complain(error);
    } finally {
      one.removeAttribute('aria-busy');
    }
  } }, label);
  return one;
}

export const copyButton = (content, label = 'Copy', attributes = {}) => button(label, () => copy(content), { class: 'small', ...attributes });

/** [[term, value], ...] without those whose value is not there. */
export const facts = (rows) => el('dl.facts', {}, rows.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
  .map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))));

/** JSON set out, anything else as it came. */
export function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const NAME = /[^ ]/;

/** Headers and body of one side of an exchange, raw. */
export function message(title, headers, body, testid) {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`).join('\n');
  return el('section.message', { 'data-testid': testid },
    el('div.line', {}, el('h4', {}, title), body ? copyButton(body, 'Copy body') : null),
    lines && el('pre', { tabindex: 0, 'aria-label': `${title}: headers` }, lines),
    NAME.test(body ?? '') ? el('pre', { tabindex: 0, 'aria-label': `${title}: body` }, pretty(body)) : el('p.quiet', {}, 'no body'));
}

/** A labelled field; `input` gets the id. */
export function field(label, input, hint) {
  input.id ||= `field-${label.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  if (hint) input.setAttribute('aria-describedby', `${input.id}-hint`);
  return el('div.field', {}, el('label', { for: input.id }, label), input, hint && el('p.quiet', { id: `${input.id}-hint` }, hint));
}

export const options = (pairs, chosen) => pairs.map(([value, label]) => el('option', { value, selected: value === chosen }, label ?? value));

/** A select of statuses and the like; its value survives new options when it is still among them. */
export function setOptions(select, pairs) {
  const { value } = select;
  select.replaceChildren(...options(pairs, value));
}

export const STATUSES = ['created', 'expired', 'process_pending', 'processed', 'process_failed', 'verified', 'refund_pending', 'partially_refunded',
  'refunded', 'refund_failed', 'charged_back', 'partially_charged_back', 'partially_processed', 'terminated'];
export const FAILURES = ['process_failed', 'expired', 'refund_failed', 'terminated'];
