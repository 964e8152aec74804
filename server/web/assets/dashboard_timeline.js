// The history of an invoice, the oldest first.

import { query } from './dashboard_api.js';
import { outcome } from './dashboard_delivery.js';
import { arrange, el, keeper } from './dashboard_dom.js';
import { button, code, number, tag, time, words } from './dashboard_parts.js';

const toRequest = (request, ...children) => el('a', { href: `#/requests${query({ id: request })}`, 'data-key': request }, ...children);

const visit = ({ request, method, path, status, times, last }) => [
  toRequest(request, el('code', {}, `${method} ${path}`)), ' ', code(status),
  times > 1 ? el('span.quiet', {}, ` asked ${number(times)} times, last `, time(last)) : null];

/** Opens an attempt in the list of callbacks below. */
function openAttempt(key) {
  const details = document.querySelector(`[data-attempt="${CSS.escape(key)}"]`);
  details.open = true;
  details.scrollIntoView({ block: 'nearest' });
  details.querySelector('summary').focus({ preventScroll: true });
}

function attemptOf({ callback, transition, attempt: which }) {
  const key = `${callback}/${which}`;
  return button(`${words(transition)}, attempt ${which}`, () => openAttempt(key), { class: 'link', 'data-key': `to-${key}` });
}

/** What caused a change: the call leads to the recorded request. */
const cause = ({ cause: by, request }) =>
  (request ? toRequest(request, `by ${by}`) : el('span.quiet', {}, `by ${by}`));

/** The label and the details of an item, by its kind. */
const ITEMS = {
  api: (item) => ['call', visit(item)],
  page: (item) => ['page', visit(item)],
  transition: (item) => ['status', [item.from ? [words(item.from), ' → '] : null, tag(item.to), ' ',
    item.resolution === 'ok' ? null : el('span.bad', {}, item.resolution), ' ', cause(item),
    item.refund ? [' ', el('code', {}, item.refund)] : null]],
  callback: (item) => ['callback', [attemptOf(item), ' ', item.resent ? [toRequest(item.request, 'by hand'), ' '] : null,
    ...outcome(item)]],
  fault: (item) => ['fault', [el('code', {}, item.fault), ` on ${item.on}`]],
};

/** A resend is a cause of its own; a retry has the cause of the attempt before. */
function markResent(items) {
  const causes = new Map();
  return items.map((item) => {
    if (item.kind !== 'callback') return item;
    const resent = causes.has(item.callback) && item.request !== null && causes.get(item.callback) !== item.request;
    causes.set(item.callback, item.request);
    return { ...item, resent };
  });
}

const isSame = (a, b) => a.method === 'GET' && ['kind', 'method', 'path', 'status'].every((name) => a[name] === b?.[name]);

/** Neighbours that are alike become one: a page that waits asks again and again. */
function fold(items) {
  const folded = [];
  for (const item of items) {
    const before = folded.at(-1);
    if (isSame(item, before)) Object.assign(before, { times: (before.times ?? 1) + 1, last: item.at });
    else folded.push({ ...item });
  }
  return folded;
}

/** Each item with a key. Items that are equal are numbered. */
function keyed(items) {
  const seen = new Map();
  return items.map((item) => {
    const text = JSON.stringify(item);
    seen.set(text, (seen.get(text) ?? 0) + 1);
    return { key: `${text} ${seen.get(text)}`, item };
  });
}

function row({ item }) {
  const [kind, what] = ITEMS[item.kind](item);
  return el('li', { 'data-testid': `timeline-${item.kind}` },
    time(item.at, { fine: true }), el('span.kind', {}, kind), el('span', {}, what));
}

/** The list; `update(items)` adds what is new and leaves the rest in place. */
export function timeline() {
  const list = el('ol.timeline', { 'data-testid': 'timeline' });
  const keep = keeper();
  return { list, update: (items) =>
    arrange(list, [...keep(keyed(fold(markResent(items))), ({ key }) => key, row).values()]) };
}
