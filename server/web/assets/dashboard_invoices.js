// The invoices of the account, or its payouts, newest first: searched, filtered, a page at a time.

import { ApiError, get, query } from './dashboard_api.js';
import { el, fill, gather } from './dashboard_dom.js';
import { KINDS, linkTo } from './dashboard_kinds.js';
import { listen } from './dashboard_live.js';
import { field, money, number, options, tag, time } from './dashboard_parts.js';

const PAGE = 50;
const TYPING_MS = 250;
const EVENTS_MS = 200;
const MODES = [['', 'any'], ['true', 'test'], ['false', 'live']];

/**
 * A page of what fits. The server looks at a part of the rows per call, so a search goes on until a page is full;
 * `each(items)` shows what there is so far.
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

function row({ id, reference_id: reference, status, resolution, amount, currency, service, description, test_mode: test, created }) {
  return el('li', {}, el('a.row', { href: linkTo(id), 'data-row': true, 'data-key': id, 'data-testid': 'invoice', 'data-status': status },
    el('span.what', {}, el('b', {}, reference), el('span.quiet', {}, description || id)),
    el('span.quiet.service', {}, service ?? 'no service yet', test ? null : ' · live'),
    el('span.amount', {}, money(amount, currency)),
    el('span.status', {}, tag(status, { 'data-testid': 'status' }), resolution === 'ok' ? null : el('span.quiet', {}, resolution)),
    el('span.quiet.when', {}, time(created * 1000))));
}

function pager(kind, values, next) {
  return el('nav.pager', { 'aria-label': 'Pages' },
    values.after && el('a', { href: `#/${kind.view}${query({ ...values, after: undefined })}`, 'data-testid': 'newest' }, 'Newest'),
    next && el('a', { href: `#/${kind.view}${query({ ...values, after: next })}`, 'data-testid': 'older' }, 'Older'));
}

const empty = (kind, filtered) => el('p.empty', { 'data-testid': 'empty' }, filtered ? kind.nothing
  : [kind.none, ', or ', el('a', { href: kind.order.make }, 'make one'), '.']);

/** The filters; `change(values)` is called when somebody has set them. */
function filters(kind, values, change) {
  let typing;
  const search = el('input', { type: 'search', maxlength: 100, value: values.search, 'data-search': true, 'data-testid': 'search',
    placeholder: 'id, reference, description, customer' });
  const status = el('select', { 'data-testid': 'filter-status' }, options([['', 'any'], ...kind.statuses.map((one) => [one])], values.status));
  const currency = el('input', { value: values.currency, maxlength: 8, 'data-testid': 'filter-currency', placeholder: 'any' });
  const mode = el('select', { 'data-testid': 'filter-mode' }, options(MODES, values.test_mode));
  const tell = () => {
    clearTimeout(typing);
    change({ search: search.value.trim(), status: status.value, currency: currency.value.trim().toUpperCase(), test_mode: mode.value });
  };
  const later = () => {
    clearTimeout(typing);
    typing = setTimeout(tell, TYPING_MS);
  };
  search.addEventListener('input', later);
  currency.addEventListener('input', later);
  status.addEventListener('change', tell);
  mode.addEventListener('change', tell);
  return el('form.filters', { role: 'search', onsubmit: (event) => {
    event.preventDefault();
    tell();
  } }, field('Search', search), field('Status', status), field('Currency', currency), field('Mode', mode));
}

async function showList(kind, view, { values: given, signal }) {
  let values = given;
  const count = el('span.quiet', { 'data-testid': 'total' });
  const list = el('ul.rows', { 'data-testid': 'invoices' });
  const foot = el('div', {});
  const show = ({ items, total, next }, whole) => {
    const filtered = Object.entries(values).some(([name, value]) => value && name !== 'after');
    count.textContent = `${number(total)}${total === 1_000_000 ? ' and more' : ''} in all`;
    fill(list, items.map(row));
    fill(foot, whole ? [items.length ? null : empty(kind, filtered || values.after), pager(kind, values, next)]
      : el('p.quiet', { role: 'status' }, 'looking further back …'));
  };
  const load = async () => {
    const asked = values;
    const page = await find(kind, asked, signal, (part) => asked === values && show(part, false));
    if (page && asked === values) show(page, true);
  };
  const reload = gather(() => load().catch((error) => {
    if (error instanceof ApiError) fill(foot, el('p.notice.bad', { role: 'alert' }, error.message));
  }), EVENTS_MS, signal);
  const form = filters(kind, values, (next) => {
    values = next;
    history.replaceState(null, '', `#/${kind.view}${query(values)}`);
    load().catch((error) => fill(foot, el('p.notice.bad', { role: 'alert' }, error.message)));
  });
  view.append(el('div.line', {}, el('h1', {}, kind.title), count,
    el('a.button', { href: kind.order.make, 'data-testid': 'new' }, kind.order.title)),
    form, list, foot);
  listen(['transition', 'account'], reload, signal);
  await load();
}

export const showInvoices = (view, at) => showList(KINDS.invoices, view, at);
export const showPayouts = (view, at) => showList(KINDS.payouts, view, at);
