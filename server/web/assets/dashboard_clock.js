// The account's clock: freeze it, set it ahead, advance it by a time or to the next event.

import { account, call, get, getDated } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { numberIn } from './dashboard_errors.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { button, counted, field, form, options, sure, tag, time, toast, words } from './dashboard_parts.js';
import { startOf, timeField } from './dashboard_times.js';

const TICK_MS = 500;
const SHOWN = 200; // events of an advance in the list
const YEAR_S = 365 * 86_400;
const UNITS = [['1', 'seconds'], ['60', 'minutes'], ['3600', 'hours'], ['86400', 'days']];

function event(one) {
  const what = one.kind === 'transition' ? [words(one.from), ' → ', tag(one.to)]
    : [`callback ${one.callback}, attempt ${one.attempt} `, tag(one.result)];
  return el('li', { 'data-testid': 'advanced' },
    time(one.at * 1000), el('a', { href: linkTo(one.invoice) }, one.invoice), el('span', {}, what));
}

/** How many unpaid invoices expire until then, by the account's lifetime: later than they were created. */
async function expiring(target) {
  const { settings } = await get(`/accounts/${account}`);
  const values = { status: 'pending', count: 'true', limit: 1, to: (target - settings.lifetime_s) * 1000 };
  let n = 0, after;
  do {
    const page = await get('/payment-invoices', { ...values, after });
    n += page.matching;
    after = page.next;
  } while (after);
  return n;
}

/** What a jump to `target` needs a yes for, '' if for nothing: time does not go back. */
async function risks(now, target) {
  if (!(target > now)) return '';
  const n = await expiring(target);
  return [n && `${counted(n, 'open invoice')} may expire.`, target - now > YEAR_S && 'This is more than a year.']
    .filter(Boolean).join(' ');
}

export async function showClock(view, { signal }) {
  const now = el('p.big', { 'data-testid': 'now' });
  const mode = el('span', {});
  const log = el('ol.timeline.events', { 'data-testid': 'events' });
  const none = el('p.quiet', {}, 'Nothing yet: advance the clock.');
  const freeze = button('Freeze', () => set({ mode: 'frozen' }), { 'data-testid': 'freeze' });
  const run = button('Let it run', () => set({ mode: 'real' }), { 'data-testid': 'run' });
  let clock, seen;
  const tick = () => fill(now, time(clock.now * 1000 + (clock.mode === 'real' ? performance.now() - seen : 0)));
  const show = (next) => {
    clock = next;
    seen = performance.now();
    const [tone, word] = clock.mode === 'real' ? ['good', 'runs'] : ['wait', 'frozen'];
    fill(mode, el('span', { class: `tag ${tone}`, 'data-testid': 'mode' }, word));
    freeze.hidden = clock.mode === 'frozen';
    run.hidden = clock.mode === 'real';
    tick();
  };
  const load = async () => {
    const next = await get('/clock');
    if (!signal.aborted) show(next);
  };
  const set = async (body) => show(await call('PUT', '/clock', body));
  const advance = async (how) => {
    const { complete, events, events_total: total = events.length } = await call('POST', '/clock/advance', how);
    fill(log, events.slice(0, SHOWN).map(event));
    const more = total > SHOWN ? ` The first ${SHOWN} of them are shown.` : '';
    if (complete) toast(`${counted(total, 'event')}.${more}`);
    else toast('The advance did not finish within 30 seconds: advance again.', true);
    none.hidden = total > 0;
    await load();
  };
  const jump = async (how) => {
    const from = (await get('/clock')).now;
    const risk = await risks(from, how.to ?? from + how.seconds);
    await (risk ? sure(`${risk} The clock cannot go back. Advance it?`, () => advance(how))() : advance(how));
  };
  const much = el('input', {
    name: 'seconds', type: 'number', min: 0, step: 1, value: 60, 'data-search': true, 'data-testid': 'advance-by',
  });
  const unit = el('select', { 'data-testid': 'advance-unit' }, options(UNITS, '1'));
  const seconds = () => {
    const given = numberIn(much.value);
    return typeof given === 'number' ? Math.round(given * Number(unit.value)) : given;
  };
  const go = button('Advance', () => jump({ seconds: seconds() }),
    { class: 'main', 'data-testid': 'advance' });
  const at = timeField('', 'set-to');
  at.name = 'to';
  const put = button('Set', async () => {
    if (!at.value) throw new Error('to: This must be a time.');
    const to = Number(startOf(at)) / 1000;
    if (to < (await get('/clock')).now) throw new Error('to: This is before the account\'s time, which cannot go back.');
    await jump({ to });
  }, { class: 'main', 'data-testid': 'set' });
  const machine = button('Machine\'s time', async () => {
    const { json, date } = await getDated('/clock');
    if (json.now > date + 1) throw new Error('the account\'s time is ahead of the machine\'s, and cannot go back');
    const to = Math.max(json.now, date);
    await jump({ to });
  }, { 'data-testid': 'machine' });
  const next = button('To the next event', () => advance({ next: true }), { 'data-testid': 'next' });
  view.append(el('h1', {}, 'Clock'),
    el('section.card', { 'aria-label': 'Now' }, el('div.line', {}, now, mode), el('div.actions', {}, freeze, run)),
    form('Advance', go, {}, el('h2', {}, 'Advance'), el('div.fields', {}, field('By', much), field('Unit', unit)),
      el('div.actions', {}, go, next)),
    form('Set', put, {}, el('h2', {}, 'Set'), field('Set to', at,
      'Later than now: what is due until then happens. Only a reset of the account, in Accounts, sets its clock back.'),
      el('div.actions', {}, put, machine)),
    el('section.card', { 'aria-label': 'Events' }, el('h2', {}, 'Events of the last advance'), none, log));
  keepFresh(view, ['clock', 'account'], load, signal);
  await load();
  if (signal.aborted) return;
  const timer = setInterval(tick, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}
