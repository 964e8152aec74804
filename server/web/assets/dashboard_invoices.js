// The invoices or payouts of the account, newest first, with search, filters and pages.

import { get, query } from './dashboard_api.js';
import { choice, chosenBar, matchingSaver } from './dashboard_chosen.js';
import { el, fill } from './dashboard_dom.js';
import { elsewhere, firstSteps } from './dashboard_first.js';
import { KINDS, linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { rememberList, returnTo } from './dashboard_memory.js';
import { counted, field, filterForm, money, number, options, pager, partPaid, tag, time } from './dashboard_parts.js';
import { statusNames } from './dashboard_statuses.js';
import { steadyList } from './dashboard_steady.js';
import { endOf, startOf, timeField } from './dashboard_times.js';

const PAGE = 50;
const MOST = 1_000_000; // counted by the server
const STATUSES = [['', 'any'], ['failed', 'any failure'], ['pending', 'any that is not final']];
const CALLBACKS = [['', 'any'], ['failing'], ['retrying'], ['failed'], ['queued'], ['sending'], ['done'], ['dropped']];
const MODES = [['', 'any'], ['true', 'test'], ['false', 'live']];

/**
 * Loads a page of matching items. A call searches only a part of the rows, so calls repeat until the page is full;
 * `each(items)` shows the items found so far.
 */
async function find(kind, values, signal, each) {
  const items = [];
  let { after } = values;
  for (;;) {
    const { limit = PAGE, ...filters } = values;
    const page = await get(`/${kind.type}`, { ...filters, after, limit: limit - items.length });
    if (signal.aborted) return undefined;
    items.push(...page.items);
    if (!page.next || items.length >= limit) return { ...page, items };
    after = page.next;
    each({ ...page, items });
  }
}

function row(one) {
  const { id, status, resolution } = one;
  const link = { href: linkTo(id), 'data-row': true, 'data-key': id, 'data-testid': 'invoice', 'data-status': status };
  return el('li.chooses', {}, choice(one), el('a.row', link,
    el('span.what', {}, el('b', {}, one.reference_id), el('span.quiet', {}, one.description || id)),
    el('span.quiet.service', {}, one.service ?? 'no service yet', one.test_mode ? null : ' · live'),
    el('span.amount', {}, partPaid(one) ?? money(one.amount, one.currency)),
    el('span.status', {}, tag(status, { 'data-testid': 'status' }),
      resolution === 'ok' ? null : el('span.quiet', {}, resolution),
      one.failing_callbacks > 0 && el('span.tag.bad', { 'data-testid': 'failing-callbacks' },
        counted(one.failing_callbacks, 'callback'), ' failing')),
    el('span.quiet.when', {}, time(one.created * 1000))));
}

const empty = (kind, filtered) => [el('p.empty', { 'data-testid': 'empty' }, filtered ? kind.nothing
  : [kind.none, ', or ', el('a', { href: kind.order.make }, 'make one'), '.']),
filtered || kind !== KINDS.invoices ? null : [elsewhere(), firstSteps()]];

/** The search and the filters; `change(values)` is called after a change. */
function filters(kind, values, change) {
  const search = el('input', {
    type: 'search', maxlength: 500, value: values.q ?? values.search, 'data-search': true, 'data-testid': 'search',
    placeholder: 'id, reference, description, customer',
  });
  const text = (name, most) => el('input',
    { value: values[name], maxlength: most, placeholder: 'any', 'data-testid': `filter-${name}` });
  const choose = (testid, pairs, value) => el('select', { 'data-testid': testid }, options(pairs, value ?? ''));
  const status = choose('filter-status', [...STATUSES, ...statusNames(kind.noun).map((one) => [one])], values.status);
  const callback = choose('filter-callback', CALLBACKS, values.callback);
  const mode = choose('filter-mode', MODES, values.test_mode);
  const service = text('service', 100), currency = text('currency', 8);
  const from = timeField(values.from, 'filter-from'), to = timeField(values.to, 'filter-to');
  const changed = () => change({
    q: search.value.trim(),
    status: status.value,
    callback: callback.value,
    service: service.value.trim(),
    currency: currency.value.trim().toUpperCase(),
    test_mode: mode.value,
    from: startOf(from),
    to: endOf(to),
  });
  const isSet = ['service', 'currency', 'test_mode', 'from', 'to'].some((name) => values[name]);
  const help = el('span', {}, 'Words, or terms: ', el('code', {}, 'status:failed amount:>100 ref:order-1'), '. ',
    el('code', {}, 'created:'), ' takes days in UTC; the list shows your time. ',
    el('a', { href: '/_mock/docs/dashboard#search', 'data-testid': 'search-help' }, 'All terms'));
  return filterForm(changed, field('Search', search, help), field('Status', status), field('Callbacks', callback),
    el('details.more', { open: isSet, 'data-testid': 'more-filters' }, el('summary', {}, 'More filters'),
      el('div.fields', {}, field('Service', service), field('Currency', currency), field('Mode', mode),
        field('Created from', from, '', 'time'), field('Created to', to, '', 'time'))));
}

/** Counts all that match. A call checks only a part of the rows. */
async function countMatching(kind, values, isWanted) {
  const { after, limit, ...rest } = values; // eslint-disable-line no-unused-vars
  let matching = 0, next;
  do {
    const part = await get(`/${kind.type}`, { ...rest, count: 'true', after: next });
    matching += part.matching;
    ({ next } = part);
  } while (next && isWanted());
  return matching;
}

async function showList(kind, view, { values: given, signal }) {
  let values = given;
  let fresh = true;
  const count = el('span.quiet', { 'data-testid': 'total' });
  const list = el('ul.rows', { 'data-testid': 'invoices' });
  const foot = el('div', {});
  const isFiltered = () => Object.entries(values).some(([name, value]) => value && !['after', 'limit'].includes(name));
  const chosen = chosenBar(kind, list, signal);
  const saver = matchingSaver(kind, () => values);
  const steady = steadyList(list, { keyOf: ({ id }) => id, make: row }, signal);
  const showNothing = () => { // what is shown answers another search
    count.textContent = '';
    steady.show([], true);
    chosen.show();
    saver.show(0);
    fill(foot);
  };
  const show = ({ items, total, next }, whole) => {
    const filtered = isFiltered();
    const all = `${number(total)}${total === MOST ? ' and more' : ''}`;
    if (!filtered) count.textContent = `${all} in all`;
    else if (whole && !next && !values.after) count.textContent = `${number(items.length)} of ${all} match`;
    else if (fresh) count.textContent = `of ${all}`; // until they are counted
    if (!filtered) saver.show(total);
    else if (fresh || !items.length) saver.show(items.length ? undefined : 0); // until they are counted
    steady.show(items, fresh);
    chosen.show();
    rememberList(kind.title, items, { path: `/${kind.type}`, values, next });
    fill(foot, whole ? [items.length ? [] : empty(kind, filtered || values.after), pager(kind.view, values, next)]
      : el('p.quiet', { role: 'status' }, 'looking further back …'));
  };
  const refused = (error, asked) => {
    if (fresh && asked === values) showNothing();
    throw error;
  };
  const load = async () => {
    const asked = values;
    const page = await find(kind, asked, signal, (part) => asked === values && show(part, false))
      .catch((error) => refused(error, asked));
    if (!page || asked !== values) return;
    show(page, true);
    fresh = false;
    if (!isFiltered() || (!page.next && !asked.after)) return;
    const isWanted = () => asked === values && !signal.aborted;
    const matching = await countMatching(kind, asked, isWanted);
    if (!isWanted()) return;
    count.textContent = `${number(matching)} of ${number(page.total)} match`;
    saver.show(matching);
  };
  const reload = keepFresh(view, ['transition', 'callback', 'account'], load, signal);
  const form = filters(kind, values, (next) => {
    values = next;
    fresh = true;
    history.replaceState(null, '', `#/${kind.view}${query(values)}`);
    reload();
  });
  view.append(el('div.line', {}, el('h1', {}, kind.title), count, steady.pause,
    el('a.button', { href: kind.order.make, 'data-testid': 'new' }, kind.order.title)), form, chosen.bar, chosen.resent, steady.newer,
    list, saver.bar, foot);
  await (isFiltered() ? reload() : load());
  returnTo(list, signal);
}

export const showInvoices = (view, at) => showList(KINDS.invoices, view, at);
export const showPayouts = (view, at) => showList(KINDS.payouts, view, at);
