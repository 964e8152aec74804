// The steps of a scenario in lanes: who spoke to whom, and in which state shop and platform were.

import { el } from './dashboard_dom.js';

const LANES = ['shop', 'platform', 'payer'];
const UNITS = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

/** The tone of a state of the shop or of the platform. */
const TONES = {
  paid: 'good', processed: 'good',
  failed: 'bad', process_failed: 'bad', disputed: 'bad', charged_back: 'bad', partially_charged_back: 'bad', terminated: 'bad', expired: 'bad',
  pending: 'wait', process_pending: 'wait', part: 'warn', part_refunded: 'warn', refunded: 'warn', unknown: 'warn',
  partially_processed: 'warn', partially_refunded: 'warn',
};
export const toneOf = (state) => TONES[state] ?? 'quiet';

/** 1801 -> "+30 min 1 s": the two largest units. */
export function since(seconds) {
  const parts = [];
  let left = Math.max(0, Math.round(seconds));
  for (const [unit, size] of UNITS) {
    if (left >= size) parts.push(`${Math.floor(left / size)} ${unit}`);
    left %= size;
  }
  return `+${parts.slice(0, 2).join(' ') || '0 s'}`;
}

/** The times of the steps on the account's clock. What has none, as a call of the shop, was at the time before it. */
export function timesOf(steps) {
  let at = steps.find((step) => step.at !== null)?.at ?? 0;
  return steps.map((step) => {
    at = step.at ?? at;
    return at;
  });
}

/**
 * The states after each step: each stays until the next is told. The shop is asked at some steps only, because asking
 * takes time: `asked` is the index of the last one.
 */
export function statesOf(steps) {
  let shop = null, asked = null, platform = null;
  return steps.map((step, i) => {
    if (step.shop_state) [shop, asked] = [step.shop_state, i];
    platform = step.platform_state ?? platform;
    return { shop, asked, platform };
  });
}

/** True if the other side never answered. */
export const isUnanswered = ({ request, response }) => Boolean(request) && !response?.line && !response?.body;

/** The status code of a message's first line: "404", "HTTP/1.1 404 Not Found". */
const codeOf = (message) => Number(/\b[1-5]\d\d\b/.exec(message?.line ?? '')?.[0]);

function line(lane, state) {
  const tone = state ? toneOf(state) : '';
  return el('i', { class: `lane ${tone}`, 'data-lane': lane });
}

/** An arrow between two lanes, or a mark on one; nothing for what concerns the rehearsal alone. */
function mark(step) {
  const [from, to] = [step.from, step.to].map((name) => LANES.indexOf(name));
  if (from >= 0 && to >= 0 && from !== to) {
    return el('i', { class: `arrow from-${from} to-${to} ${from < to ? 'right' : 'left'}${isUnanswered(step) ? ' lost' : ''}` });
  }
  const at = Math.max(from, to);
  return at >= 0 && el('i', { class: `point at-${at}`, 'data-kind': step.kind });
}

const tag = (tone, text) => el('span', { class: `tag ${tone}` }, text);

/** What changed with the step, in words. */
function tags(step, before) {
  const code = codeOf(step.response);
  return [
    step.fault && tag('warn', step.fault),
    isUnanswered(step) && tag('bad', 'no response'),
    code >= 400 && tag('bad', String(code)),
    step.shop_state && step.shop_state !== before.shop && tag(toneOf(step.shop_state), `shop: ${step.shop_state}`),
    step.platform_state && step.platform_state !== before.platform && tag(toneOf(step.platform_state), `platform: ${step.platform_state}`),
  ];
}

const people = (step) => (step.from === step.to ? `${step.from}: ` : `${step.from} to ${step.to}: `);

/** {element, choose(n)}; `chosen(n, pointed)` is called when the reader picks a step; `pointed`: not by keys. */
export function timeline(steps, chosen) {
  const states = statesOf(steps), times = timesOf(steps);
  const rows = steps.map((step, i) => el('button.step', { type: 'button', 'data-kind': step.kind, tabindex: -1,
    'data-testid': 'step', onclick: () => chosen(i, true) },
  el('span.when', {}, times[i] !== times[i - 1] && since(times[i] - times[0])),
  el('span.lanes', { 'aria-hidden': 'true' }, line('shop', states[i].shop), line('platform', states[i].platform), line('payer'), mark(step)),
  el('span.said', {}, el('span.unseen', {}, people(step)), step.text, ' ', tags(step, states[i - 1] ?? {}))));
  const list = el('ol.steps', { 'aria-label': 'Steps', onkeydown: (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    chosen(rows.findIndex((row) => row.tabIndex === 0) + by);
  } }, rows.map((row) => el('li', {}, row)));
  const element = el('section.timeline', { 'aria-label': 'Timeline' },
    el('div.names', { 'aria-hidden': 'true' }, LANES.map((name) => el('span', {}, name))), list);
  return { element, choose: (n) => {
    const focused = list.contains(document.activeElement);
    for (const [i, row] of rows.entries()) {
      row.tabIndex = i === n ? 0 : -1;
      if (i === n) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    }
    if (focused) rows[n].focus();
  } };
}
