// Callbacks that failed in the same way, and sending them again.

import { query } from './dashboard_api.js';
import { outcome } from './dashboard_delivery.js';
import { el } from './dashboard_dom.js';
import { button, counted, number, time } from './dashboard_parts.js';

/** What a group has in common, beside the filters that found it. */
const filtersOf = ({ url, code: answered, error }, filters) =>
  ({ ...filters, url, code: answered ? String(answered) : 'none', error: error ?? undefined });

/** "from to to", or one time if they are shown alike. */
const span = (first, last) => [time(first),
  Math.floor(first / 1000) === Math.floor(last / 1000) ? null : [' to ', time(last)]];

const failureRow = (one, filters, resend) => el('li.line.entry', { 'data-testid': 'failure' },
  el('b', {}, counted(one.count, 'callback')),
  el('span.answer', {}, ...outcome(one, one.answer)),
  el('code.path', {}, one.url),
  el('span.quiet', {}, one.retrying ? `${number(one.retrying)} will be retried` : 'given up'),
  el('span.quiet', {}, 'queued ', span(one.first, one.last)),
  el('span.quiet', { 'data-testid': 'tried' }, 'last tried ', time(one.tried)),
  el('span.actions', {},
    el('a.button.small', { href: `#/callbacks${query(filtersOf(one, filters))}`, 'data-key': `show-${one.newest}`,
      'data-testid': 'show-failure' }, 'Show'),
    button('Resend all', () => resend(filtersOf(one, filters)),
      { class: 'small', 'data-key': `resend-${one.newest}`, 'data-testid': 'resend-failure' })));

/**
 * The groups of what `filters` find, or null if there are none; `resend(filters)` sends again. One group that is all
 * that matches has its own button only.
 */
export function failureCard({ items, total }, filters, resend) {
  if (!items.length) return null;
  const isNarrow = Object.keys(filters).some((name) => name !== 'state');
  const all = isNarrow && items.length === 1 ? null : button(`Resend all ${number(total)}`, () => resend(filters),
    { class: 'button small', 'data-key': 'resend-failing', 'data-testid': 'resend-failing' });
  return el('section.card', { 'data-testid': 'failures' },
    el('div.line', {}, el('h2', {}, `${counted(total, 'callback')} failing`,
      isNarrow && el('span.quiet', {}, ', of those that match')), all),
    el('ul.lines', {}, items.map((one) => failureRow(one, filters, resend))));
}
