// The account's clock: freeze it, set it, advance it by a time or to the next event.

import { call, get } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { numberIn } from './dashboard_errors.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { button, counted, field, form, options, tag, time, toast, words } from './dashboard_parts.js';

const TICK_MS = 500;
const SHOWN = 200; // events of an advance in the list
const UNITS = [['1', 'seconds'], ['60', 'minutes'], ['3600', 'hours'], ['86400', 'days']];

function event(one) {
  const what = one.kind === 'transition' ? [words(one.from), ' → ', tag(one.to)]
    : [`callback ${one.callback}, attempt ${one.attempt} `, tag(one.result)];
  return el('li', { 'data-testid': 'advanced' },
    time(one.at * 1000), el('a', { href: linkTo(one.invoice) }, one.invoice), el('span', {}, what));
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
  const much = el('input', {
    name: 'seconds', type: 'number', min: 0, step: 1, value: 60, 'data-search': true, 'data-testid': 'advance-by',
  });
  const unit = el('select', { 'data-testid': 'advance-unit' }, options(UNITS, '1'));
  const seconds = () => {
    const given = numberIn(much.value);
    return typeof given === 'number' ? Math.round(given * Number(unit.value)) : given;
  };
  const go = button('Advance', () => advance({ seconds: seconds() }),
    { class: 'main', 'data-testid': 'advance' });
  const next = button('To the next event', () => advance({ next: true }), { 'data-testid': 'next' });
  view.append(el('h1', {}, 'Clock'),
    el('section.card', { 'aria-label': 'Now' }, el('div.line', {}, now, mode), el('div.actions', {}, freeze, run)),
    form('Advance', go, {}, el('h2', {}, 'Advance'), el('div.fields', {}, field('By', much), field('Unit', unit)),
      el('div.actions', {}, go, next)),
    el('section.card', { 'aria-label': 'Events' }, el('h2', {}, 'Events of the last advance'), none, log));
  const timer = setInterval(tick, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  keepFresh(view, ['clock', 'account'], load, signal);
  await load();
}
