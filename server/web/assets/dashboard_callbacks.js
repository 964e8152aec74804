// The callbacks of all invoices, newest first: what failed in the same way, the list with its filters, and sending
// them again.

import { get, query } from './dashboard_api.js';
import { callbackCards } from './dashboard_attempts.js';
import { deliveryTag, outcome } from './dashboard_delivery.js';
import { arrange, el, fill } from './dashboard_dom.js';
import { failureCard } from './dashboard_failures.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { rememberList, returnTo } from './dashboard_memory.js';
import { button, counted, field, filterForm, isAccepted, number, options, pager, time, words } from './dashboard_parts.js';
import { resender } from './dashboard_resend.js';
import { statusNames } from './dashboard_statuses.js';
import { steadyList } from './dashboard_steady.js';
import { endOf, startOf, timeField } from './dashboard_times.js';

const PAGE = 50;
const FAILING = ['failing', 'retrying', 'failed'];
const STATES = [['', 'any'], ['failing', 'failing: retrying or failed'], ['retrying'], ['failed'], ['queued'],
  ['sending'], ['done'], ['dropped']];

function summaryOf(one) {
  const last = one.attempts.at(-1);
  return [
    el('span.status', {}, deliveryTag(one, { 'data-testid': 'callback-state' })),
    el('span.what', {}, el('b', {}, one.reference_id ?? 'made by hand'), el('span.quiet', {}, one.url)),
    el('span.reported', {}, words(one.transition)),
    el('span.answer', {}, last ? outcome(last, isAccepted(last.code) ? null : one.answer) : null),
    el('span.when', {}, el('span.quiet', {}, last ? 'tried ' : 'queued '), time(last ? last.at : one.queued)),
  ];
}

/** An opened callback: its invoice, and its attempts with their bytes. */
async function openCallback(body, one) {
  const cards = body.cards ??= callbackCards();
  const whole = await get(`/callbacks/${one.id}`);
  const about = one.invoice
    ? ['Invoice ', el('a', { href: linkTo(one.invoice), 'data-testid': 'to-invoice' }, one.reference_id)]
    : 'Made by hand, without an invoice of this account';
  cards.update([whole]);
  arrange(body, body.about ??= el('p', {}, about), cards.list);
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
  const invoice = text('invoice', 'id or reference');
  const sent = el('input', { type: 'checkbox', checked: Boolean(values.id), 'data-testid': 'filter-id' });
  const from = timeField(values.from, 'filter-from');
  const to = timeField(values.to, 'filter-to');
  const changed = () => change({
    id: sent.checked ? values.id : '',
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
    field('Status', transition), field('Invoice', invoice), field('Queued from', from, '', 'time'), field('Queued to', to, '', 'time'),
    values.id ? el('label.check', {}, sent, ' Only the callbacks that were sent again') : '');
}

/** What is said of a list without rows. */
const nothing = (filtered) => el('p.empty', { 'data-testid': 'empty' },
  filtered ? 'No callback matches.' : 'No callbacks yet. They need a callback URL, of the order or of the account.');

/** A refused filter by the label that it has here. */
function inWords(error) {
  error.message = error.message.replace(/^code: /, 'answer: ');
  return error;
}

const NONE = { items: [], total: 0, next: null };

/** The filter names an invoice that the account does not have: nothing matches. */
function noInvoice(error) {
  if (error.code !== 'unknown_invoice') throw error;
  return NONE;
}

/** Loads a page. A call checks only a part of the callbacks, so calls repeat until the page is full. */
async function find(values, signal) {
  const items = [];
  let { after } = values, page;
  do {
    page = await get('/callbacks', { ...values, bodies: 'false', after, limit: PAGE - items.length }).catch(noInvoice);
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < PAGE && !signal.aborted);
  return { ...page, items };
}

/** The filters of what fails among all that match; null: the state that is asked for is no failure. */
function failingOf({ state = '', ...rest }) {
  if (state && !FAILING.includes(state)) return null;
  const given = Object.entries(rest).filter(([, value]) => value);
  return { ...Object.fromEntries(given), state: state || 'failing' };
}

const groupsOf = async (filters) => (filters ? get('/callbacks/failures', filters).catch(noInvoice) : NONE);

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
  const { place: resent, resend } = resender(signal);
  const again = button('', () => resend(matching()), { class: 'button', hidden: true, 'data-testid': 'resend-all' });
  const show = (page, groups, all) => {
    const filtered = isFiltered();
    count.textContent = filtered ? `${number(page.total)} of ${number(all)} match` : counted(all, 'callback');
    again.textContent = `Resend the ${number(page.total)} that match`;
    again.hidden = !filtered || page.total === 0;
    fill(failures, failureCard(groups, failingOf(matching()), resend));
    steady.show(page.items, fresh);
    fresh = false;
    fill(foot, page.items.length ? null : nothing(filtered), pager('callbacks', values, page.next));
    rememberList('Callbacks', page.items, { path: '/callbacks', values: { ...values, bodies: 'false' }, next: page.next });
  };
  const refused = (error, asked) => {
    if (fresh && asked === values) { // what is shown answers another search
      count.textContent = '';
      again.hidden = true;
      steady.show([], true);
      fill(failures);
      fill(foot);
    }
    throw inWords(error);
  };
  const load = async () => {
    const asked = values;
    const [page, groups, { total }] = await Promise.all([
      find(asked, signal), groupsOf(failingOf(matching())), get('/callbacks', { bodies: 'false', limit: 1 })])
      .catch((error) => refused(error, asked));
    if (!signal.aborted && asked === values) show(page, groups, total);
  };
  const reload = keepFresh(view, ['callback', 'account'], load, signal);
  const form = filters(values, (next) => {
    values = next;
    fresh = true;
    history.replaceState(null, '', `#/callbacks${query(values)}`);
    reload();
  });
  view.append(el('div.line', {}, el('h1', {}, 'Callbacks'), count, steady.pause, again), resent, failures, form, steady.newer,
    list, foot);
  await (isFiltered() ? reload() : load());
  returnTo(list, signal);
}
