// The invoices or payouts of the account, newest first, with search, filters and pages.

import { get, query } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { elsewhere, firstSteps } from './dashboard_first.js';
import { KINDS, linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { rememberList, returnTo } from './dashboard_memory.js';
import { counted, field, filterForm, money, number, options, pager, tag, time } from './dashboard_parts.js';
import { statusNames } from './dashboard_statuses.js';
import { steadyList } from './dashboard_steady.js';

const PAGE = 50;
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
  return el('li', {}, el('a.row', link,
    el('span.what', {}, el('b', {}, one.reference_id), el('span.quiet', {}, one.description || id)),
    el('span.quiet.service', {}, one.service ?? 'no service yet', one.test_mode ? null : ' · live'),
    el('span.amount', {}, money(one.amount, one.currency)),
    el('span.status', {}, tag(status, { 'data-testid': 'status' }),
      resolution === 'ok' ? null : el('span.quiet', {}, resolution),
      one.failing_callbacks > 0 && el('span.tag.bad', { 'data-testid': 'failing-callbacks' },
        counted(one.failing_callbacks, 'callback'), ' failing')),
    el('span.quiet.when', {}, time(one.created * 1000))));
}

const empty = (kind, filtered) => [el('p.empty', { 'data-testid': 'empty' }, filtered ? kind.nothing
  : [kind.none, ', or ', el('a', { href: kind.order.make }, 'make one'), '.']),
filtered || kind !== KINDS.invoices ? null : [elsewhere(), firstSteps()]];

/** The filters; `change(values)` is called after a change. */
function filters(kind, values, change) {
  const search = el('input', {
    type: 'search', maxlength: 100, value: values.search, placeholder: 'id, reference, description, customer',
    'data-search': true, 'data-testid': 'search',
  });
  const status = el('select', { 'data-testid': 'filter-status' },
    options([['', 'any'], ...statusNames(kind.noun).map((one) => [one])], values.status));
  const currency = el('input', {
    value: values.currency, maxlength: 8, placeholder: 'any', 'data-testid': 'filter-currency',
  });
  const mode = el('select', { 'data-testid': 'filter-mode' }, options(MODES, values.test_mode));
  const changed = () => change({
    search: search.value.trim(),
    status: status.value,
    currency: currency.value.trim().toUpperCase(),
    test_mode: mode.value,
  });
  return filterForm(changed, field('Search', search), field('Status', status), field('Currency', currency),
    field('Mode', mode));
}

async function showList(kind, view, { values: given, signal }) {
  let values = given;
  let fresh = true;
  const count = el('span.quiet', { 'data-testid': 'total' });
  const list = el('ul.rows', { 'data-testid': 'invoices' });
  const foot = el('div', {});
  const steady = steadyList(list, { keyOf: ({ id }) => id, make: row }, signal);
  const show = ({ items, total, next }, whole) => {
    const filtered = Object.entries(values).some(([name, value]) => value && name !== 'after');
    count.textContent = `${number(total)}${total === 1_000_000 ? ' and more' : ''} in all`;
    steady.show(items, fresh);
    rememberList(kind.title, items.map(({ id }) => id));
    fill(foot, whole ? [items.length ? [] : empty(kind, filtered || values.after), pager(kind.view, values, next)]
      : el('p.quiet', { role: 'status' }, 'looking further back …'));
  };
  const load = async () => {
    const asked = values;
    const page = await find(kind, asked, signal, (part) => asked === values && show(part, false));
    if (!page || asked !== values) return;
    show(page, true);
    fresh = false;
  };
  const reload = keepFresh(view, ['transition', 'callback', 'account'], load, signal);
  const form = filters(kind, values, (next) => {
    values = next;
    fresh = true;
    history.replaceState(null, '', `#/${kind.view}${query(values)}`);
    reload();
  });
  view.append(el('div.line', {}, el('h1', {}, kind.title), count, steady.pause,
    el('a.button', { href: kind.order.make, 'data-testid': 'new' }, kind.order.title)), form, steady.newer, list, foot);
  await load();
  returnTo(list, signal);
}

export const showInvoices = (view, at) => showList(KINDS.invoices, view, at);
export const showPayouts = (view, at) => showList(KINDS.payouts, view, at);
