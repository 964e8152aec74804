// The services of the account: limits, fees and availability, with search, filters and pages.

import { get, query } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { KINDS } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { counted, field, filterForm, number, options, pager } from './dashboard_parts.js';

const PAGE = 50;
const STATES = {
  usable: { label: 'usable', fits: ({ usable }) => usable },
  unusable: { label: 'not usable', fits: ({ usable }) => !usable },
  changed: { label: 'changed or added', fits: ({ changed }) => changed },
  fields: { label: 'with fields', fits: ({ fields }) => fields.length > 0 },
};

/** The kind of ?kind=payout, else payments. */
export const kindNamed = (noun) => Object.values(KINDS).find((kind) => kind.noun === noun) ?? KINDS.invoices;

/** The link to a service, to the list without a code, and to the form of a new one with the code "+". */
export const linkToService = ({ noun }, code = '', values = {}) =>
  `#/services${code && `/${code}`}${query({ kind: noun === 'payment' ? '' : noun, ...values })}`;

const FIGURE = new Intl.NumberFormat('en', { maximumFractionDigits: 8 });

export const limits = (one) => `${FIGURE.format(one.amount_min)} – ${FIGURE.format(one.amount_max)} ${one.currency}`;

/** "2.5 % + 0.25, at least 1", "no fee" */
export function fees({ fee_rate: rate, fee_fix: fix, fee_min: least, fee_max: most }) {
  const parts = [rate && `${FIGURE.format(rate)} %`, fix && FIGURE.format(fix)].filter(Boolean);
  const bounds = [least && `at least ${FIGURE.format(least)}`, most && `at most ${FIGURE.format(most)}`].filter(Boolean);
  return [parts.join(' + ') || (least ? '0' : 'no fee'), ...bounds].join(', ');
}

/** Whether invoices may use the service, and whether the account has changed or added it. */
export const marks = ({ usable, available, changed, added }) => [
  el('span', { class: `tag ${usable ? 'good' : 'bad'}`, 'data-testid': 'usable' },
    usable ? 'usable' : available ? 'disabled' : 'unavailable'),
  changed && el('span.tag.wait', { 'data-testid': 'changed' }, added ? 'added' : 'changed'),
];

function row(kind, one) {
  const link = { href: linkToService(kind, one.service), 'data-row': true, 'data-key': one.service,
    'data-testid': 'service', 'data-service': one.service };
  return el('li', {}, el('a.row.offer', link,
    el('span.what', {}, el('b', {}, one.service), el('span.quiet', {}, one.method, one.flow && ` · ${one.flow}`,
      one.fields.length > 0 && ` · ${counted(one.fields.length, 'field')}`)),
    el('span.limits', {}, limits(one)),
    el('span.quiet.fees', {}, fees(one)),
    el('span.status', {}, marks(one))));
}

/** The services that match the search and the filters. */
function matching(items, { search = '', method, currency, state }) {
  const sought = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((one) => (!method || one.method === method) && (!currency || one.currency === currency)
    && (STATES[state]?.fits(one) ?? true)
    && sought.every((word) => `${one.service} ${one.method} ${one.id} ${one.currency}`.toLowerCase().includes(word)));
}

/** A select of all values of a member; `update(items)` renews them. */
function chooser(member, chosen, testid) {
  const select = el('select', { 'data-testid': testid });
  let shown;
  const update = (items) => {
    const values = [...new Set([...items.map((one) => one[member]), chosen].filter(Boolean))].sort();
    if (values.join() === shown) return;
    shown = values.join();
    select.replaceChildren(...options([['', 'any'], ...values.map((value) => [value])], select.value || chosen || ''));
  };
  return { select, update };
}

/** The filters; `change(values)` is called after a change. */
function filters(values, change) {
  const search = el('input', { type: 'search', maxlength: 100, value: values.search, placeholder: 'code, method, id',
    'data-search': true, 'data-testid': 'search' });
  const method = chooser('method', values.method, 'filter-method');
  const currency = chooser('currency', values.currency, 'filter-currency');
  const state = el('select', { 'data-testid': 'filter-state' },
    options([['', 'any'], ...Object.entries(STATES).map(([name, { label }]) => [name, label])], values.state ?? ''));
  const changed = () => change({ search: search.value.trim(), method: method.select.value,
    currency: currency.select.value, state: state.value });
  const form = filterForm(changed, field('Search', search), field('Method', method.select),
    field('Currency', currency.select), field('State', state));
  return { form, update: (items) => [method, currency].forEach((one) => one.update(items)) };
}

/** The tabs for payments and payouts. They are links, so each list has a URL. */
const choice = (kind) => el('nav.tabs', { 'aria-label': 'Type' }, Object.values(KINDS).map((one) =>
  el('a', { href: linkToService(one), 'aria-current': one === kind && 'true', 'data-testid': `of-${one.noun}` },
    one.noun === 'payment' ? 'Payments' : 'Payouts')));

export async function showServices(view, { values: given, signal }) {
  const kind = kindNamed(given.kind);
  let { kind: ignored, ...values } = given, items = [];
  const count = el('span.quiet', { role: 'status', 'data-testid': 'total' });
  const list = el('ul.rows', { 'data-testid': 'services' });
  const foot = el('div', {});
  const show = () => {
    const found = matching(items, values);
    const start = Number(values.after) || 0, end = start + PAGE;
    count.textContent = `${found.length === items.length ? '' : `${number(found.length)} of `}${counted(items.length, 'service')}`;
    fill(list, found.slice(start, end).map((one) => row(kind, one)));
    fill(foot, found.length > start ? null : el('p.empty', { 'data-testid': 'empty' }, 'No service matches.'),
      pager('services', { kind: given.kind, ...values }, found.length > end && end, ['First', 'More']));
  };
  const choices = filters(values, (next) => {
    values = next;
    history.replaceState(null, '', linkToService(kind, '', values));
    show();
  });
  const load = async () => {
    const all = await get('/services', { kind: kind.noun });
    if (signal.aborted) return;
    ({ items } = all);
    choices.update(items);
    show();
  };
  view.append(el('div.line', {}, el('h1', {}, 'Services'), count, choice(kind),
    el('a.button', { href: linkToService(kind, '+'), 'data-testid': 'add' }, 'Add a service')), choices.form, list, foot);
  keepFresh(view, ['account'], load, signal);
  await load();
}
