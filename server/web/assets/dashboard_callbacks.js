// The callbacks of all invoices: what failed in the same way, the list with its filters, and sending them again.

import { call, get, query } from './dashboard_api.js';
import { deliveryTag } from './dashboard_delivery.js';
import { el, fill, keeper } from './dashboard_dom.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { rememberList, returnTo } from './dashboard_memory.js';
import { button, code, counted, field, filterForm, number, options, pager, time, toast, words } from './dashboard_parts.js';
import { statusNames } from './dashboard_statuses.js';
import { steadyList } from './dashboard_steady.js';
import { callbackList } from './dashboard_timeline.js';
import { endOf, startOf, timeField } from './dashboard_times.js';

const PAGE = 50;
const STEP = 1000; // callbacks that a call sends again
const STATES = [['', 'any'], ['failing', 'failing: retrying or failed'], ['retrying'], ['failed'], ['queued'],
  ['sending'], ['done'], ['dropped']];

/* ------------------------------------------------------------------ sending again */

/** Sends all that match again, a step at a time, because a call sends a limited number. */
async function resendAll(filters) {
  let resent = 0, skipped = 0, after;
  do {
    const step = await call('POST', '/callbacks/resend', {}, { ...filters, after, limit: STEP });
    resent += step.resent;
    skipped += step.skipped;
    after = step.next;
  } while (after);
  toast(`${counted(resent, 'callback')} sent again${skipped ? `, ${number(skipped)} in progress skipped` : ''}`);
}

/* ------------------------------------------------------------------ failures */

/** What a group has in common, as filters. */
const filtersOf = ({ url, code: answered, error }) =>
  ({ state: 'failing', url, code: answered ? String(answered) : 'none', error: error ?? undefined });

/** "from to to", or one time if they are shown alike. */
const span = (first, last) => [time(first),
  Math.floor(first / 1000) === Math.floor(last / 1000) ? null : [' to ', time(last)]];

const failureRow = (one) => el('li.line.entry', { 'data-testid': 'failure' },
  el('b', {}, counted(one.count, 'callback')),
  one.code || !one.error ? code(one.code) : null,
  one.error && el('span.bad', {}, one.error),
  el('code.path', {}, one.url),
  el('span.quiet', {}, one.retrying ? `${number(one.retrying)} will be retried` : 'given up'),
  el('span.quiet', {}, span(one.first, one.last)),
  el('span.actions', {},
    el('a.button.small', { href: `#/callbacks${query(filtersOf(one))}`, 'data-key': `show-${one.newest}`,
      'data-testid': 'show-failure' }, 'Show'),
    button('Resend all', () => resendAll(filtersOf(one)),
      { class: 'small', 'data-key': `resend-${one.newest}`, 'data-testid': 'resend-failure' })));

const failureCard = ({ items, total }) => (items.length ? el('section.card', { 'data-testid': 'failures' },
  el('h2', {}, `${counted(total, 'callback')} failing`),
  el('ul.failures', {}, items.map(failureRow))) : null);

/* ------------------------------------------------------------------ the list */

function summaryOf(one) {
  const last = one.attempts.at(-1);
  return [
    el('span.status', {}, deliveryTag(one, { 'data-testid': 'callback-state' })),
    el('span.what', {}, el('b', {}, one.reference_id ?? 'made by hand'), el('span.quiet', {}, one.url)),
    el('span.reported', {}, words(one.transition)),
    el('span.answer', {}, last && (last.code || !last.error) ? [code(last.code), ' '] : null,
      last?.error && el('span.bad', {}, last.error)),
    el('span.when', {}, time(one.queued)),
  ];
}

/** An opened callback: its invoice, and its attempts with their bytes. */
async function openCallback(body, one) {
  const keep = body.keep ??= keeper();
  const whole = await get(`/callbacks/${one.id}`);
  const about = one.invoice
    ? ['Invoice ', el('a', { href: linkTo(one.invoice), 'data-testid': 'to-invoice' }, one.reference_id)]
    : 'Made by hand, without an invoice of this account';
  fill(body, el('p', {}, about), callbackList({ callbacks: [whole] }, keep));
}

function row(one) {
  const body = el('div.stack', {});
  const summary = el('summary', { 'data-row': true, 'data-key': one.id }, summaryOf(one));
  const details = el('details.delivery', { 'data-key': `open-${one.id}`, 'data-testid': 'delivery',
    'data-callback': one.id }, summary, body);
  details.addEventListener('toggle', () => {
    if (details.open) openCallback(body, details.item).catch((error) => fill(body, el('p.bad', {}, error.message)));
  });
  details.item = one;
  return el('li', {}, details);
}

/** Changes a row in place: an opened one stays open. */
function renew(li, one) {
  const details = li.firstChild;
  details.item = one;
  details.firstChild.replaceChildren(...summaryOf(one));
  if (details.open) details.dispatchEvent(new Event('toggle'));
  return li;
}

/** The filters; `change(values)` is called after a change. */
function filters(values, change) {
  const text = (name, placeholder, more = {}) =>
    el('input', { value: values[name], maxlength: 1000, placeholder, 'data-testid': `filter-${name}`, ...more });
  const url = text('url', 'a part of it', { 'data-search': true });
  const state = el('select', { 'data-testid': 'filter-state' }, options(STATES, values.state ?? ''));
  const answer = text('code', '503, 5xx or none');
  const error = text('error', 'a part of it');
  const transition = el('select', { 'data-testid': 'filter-transition' },
    options([['', 'any'], ...statusNames().map((one) => [one, words(one)])], values.transition ?? ''));
  const invoice = text('invoice', 'cpi_…');
  const from = timeField(values.from, 'filter-from');
  const to = timeField(values.to, 'filter-to');
  const changed = () => change({
    state: state.value,
    code: answer.value.trim(),
    url: url.value.trim(),
    error: error.value.trim(),
    transition: transition.value,
    invoice: invoice.value.trim(),
    from: startOf(from),
    to: endOf(to),
  });
  return filterForm(changed, field('URL', url), field('State', state), field('Answer', answer), field('Error', error),
    field('Status', transition), field('Invoice', invoice), field('Queued from', from), field('Queued to', to));
}

/** What is said of a list without rows. */
const nothing = (filtered) => el('p.empty', { 'data-testid': 'empty' },
  filtered ? 'No callback matches.' : 'No callbacks yet. They need a callback URL, of the order or of the account.');

/** Loads a page. A call checks only a part of the callbacks, so calls repeat until the page is full. */
async function find(values, signal) {
  const items = [];
  let { after } = values, page;
  do {
    page = await get('/callbacks', { ...values, bodies: 'false', after, limit: PAGE - items.length });
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < PAGE && !signal.aborted);
  return { ...page, items };
}

export async function showCallbacks(view, { values: given, signal }) {
  let values = given;
  let fresh = true;
  const count = el('span.quiet', { 'data-testid': 'total' });
  const failures = el('div', {});
  const list = el('ul.rows.entries', { 'data-testid': 'deliveries' });
  const foot = el('div', {});
  const steady = steadyList(list, { keyOf: ({ id }) => id, make: row, renew }, signal);
  const matching = () => {
    const { after, ...rest } = values; // eslint-disable-line no-unused-vars
    return rest;
  };
  const isFiltered = () => Object.values(matching()).some(Boolean);
  const again = button('', () => resendAll(matching()), { class: 'button', hidden: true, 'data-testid': 'resend-all' });
  const show = (page, groups, all) => {
    const filtered = isFiltered();
    count.textContent = filtered ? `${number(page.total)} of ${number(all)} match` : counted(all, 'callback');
    again.textContent = `Resend the ${number(page.total)} that match`;
    again.hidden = !filtered || page.total === 0;
    fill(failures, failureCard(groups));
    steady.show(page.items, fresh);
    fresh = false;
    fill(foot, page.items.length ? null : nothing(filtered), pager('callbacks', values, page.next));
    rememberList('Callbacks', page.items, { path: '/callbacks', values: { ...values, bodies: 'false' }, next: page.next });
  };
  const load = async () => {
    const asked = values;
    const [page, groups, { total }] = await Promise.all([
      find(asked, signal), get('/callbacks/failures'), get('/callbacks', { bodies: 'false', limit: 1 })]);
    if (!signal.aborted && asked === values) show(page, groups, total);
  };
  const reload = keepFresh(view, ['callback', 'account'], load, signal);
  const form = filters(values, (next) => {
    values = next;
    fresh = true;
    history.replaceState(null, '', `#/callbacks${query(values)}`);
    reload();
  });
  view.append(el('div.line', {}, el('h1', {}, 'Callbacks'), count, steady.pause, again), failures, form, steady.newer,
    list, foot);
  await load();
  returnTo(list, signal);
}
