// The money of a day: its payments, refunds, chargebacks and payouts, with sums by currency.

import { controlUrl, get, query } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { counted, facts, field, liveForm, money, number, pager, tag, words } from './dashboard_parts.js';

const PAGE = 50;
const TYPES = ['payments', 'refunds', 'chargebacks', 'payouts'];
const ZONES = ['UTC', ...Intl.supportedValuesOf?.('timeZone') ?? []];

/** The zone of the browser, in which the other views show times. */
const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';

/** The date in a zone that the browser knows, else in UTC. */
function dateAt(unix, zone) {
  const inZone = (timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(unix * 1000);
  try {
    return inZone(zone);
  } catch {
    return inZone('UTC');
  }
}

/** "2 · 120.40 USD, fee 3.20 USD" */
function sumText({ count, amount, fee }, currency) {
  return [number(count), ' · ', el('b', {}, money(amount, currency)),
    Number(fee) ? el('span.quiet', {}, ` fee ${money(fee, currency)}`) : null];
}

function sumCard({ currency, change, ...sums }) {
  const rows = TYPES.filter((type) => sums[type].count)
    .map((type) => [type[0].toUpperCase() + type.slice(1), el('span', { 'data-testid': type }, sumText(sums[type], currency))]);
  return el('section.card', { 'aria-label': currency, 'data-testid': 'sum' }, el('h2', {}, currency), facts([...rows,
    ['Balance change', el('b', { 'data-testid': 'active' }, money(change.active, currency))],
    ['Pending change', Number(change.pending) ? el('span', { 'data-testid': 'pending' }, money(change.pending, currency)) : null]]));
}

function row(one) {
  const link = { href: linkTo(one.id), 'data-row': true, 'data-key': `${one.at} ${one.id} ${one.type}`, 'data-testid': 'movement' };
  return el('li', {}, el('a.row', link,
    el('span.what', {}, el('b', {}, one.reference_id), el('span.quiet', {}, one.description || one.id)),
    el('span.quiet.service', {}, one.service ?? '', one.test_mode ? null : ' · live'),
    el('span.amount', {}, money(one.net, one.currency)),
    el('span.status', {}, el('span', { 'data-testid': 'type' }, one.type), tag(one.status)),
    el('span.quiet.when', {}, el('time', { datetime: one.time, title: one.time }, words(one.time.slice(0, 19).replace('T', ' '))))));
}

/** The date and the zone; `change(values)` is called after a change. */
function choice(values, change) {
  const date = el('input', { type: 'date', required: true, value: values.date, 'data-search': true, 'data-testid': 'date' });
  const zone = el('input', { value: values.timezone, list: 'zones', maxlength: 63, 'data-testid': 'zone' });
  const changed = () => change({ date: date.value, timezone: zone.value.trim() || 'UTC' });
  const form = liveForm(changed, field('Date', date), field('Time zone', zone));
  form.classList.add('pair');
  return [form,
    el('datalist', { id: 'zones' }, ZONES.map((value) => el('option', { value })))];
}

/** What the report is, in words. */
function about({ total, complete, date }) {
  return `${counted(total, 'row')}${complete ? '' : `; ${date} is not over`}`;
}

export async function showReport(view, { values: given, signal }) {
  const timezone = given.timezone ?? ownZone();
  let values = { ...given, timezone, date: given.date ?? dateAt((await get('/clock')).now, timezone) };
  const count = el('span.quiet', { 'data-testid': 'total' });
  const save = el('a.button', { download: true, 'data-testid': 'download' }, 'Download CSV');
  const sums = el('div.fields', { 'data-testid': 'sums' });
  const list = el('ul.rows', { 'data-testid': 'movements' });
  const foot = el('div', {});
  const load = async () => {
    const { date, timezone: zone, after } = values;
    save.href = controlUrl('/report', { date, timezone: zone, format: 'csv' });
    const report = await get('/report', { date, timezone: zone, after, limit: PAGE });
    if (signal.aborted || date !== values.date || zone !== values.timezone) return;
    count.textContent = about(report);
    fill(sums, report.sums.map(sumCard));
    fill(list, report.items.map(row));
    fill(foot, report.total ? null : el('p.empty', { 'data-testid': 'empty' }, 'No money moved on this day.'),
      pager('report', values, report.next, ['First', 'More']));
  };
  const reload = keepFresh(view, ['transition', 'clock', 'account'], load, signal);
  const form = choice(values, (next) => {
    values = next;
    history.replaceState(null, '', `#/report${query(values)}`);
    reload();
  });
  view.append(el('div.line', {}, el('h1', {}, 'Report'), count, save), ...form, sums, list, foot);
  await reload();
}
