// One step: when, what was sent and answered, and in which state both sides were.

import { el } from './dashboard_dom.js';
import { indent } from './dashboard_indent.js';
import { isUnanswered, since, statesOf, timesOf, toneOf } from './rehearsal_timeline.js';

let raw = false; // the choice holds for all messages that are shown later

const head = ({ line, headers, header_lines: lines }) =>
  [line, ...(lines ?? Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`))].filter(Boolean).join('\n');

/** A message as it was sent; a JSON body can also be indented, which changes nothing but blanks. */
function message(title, part) {
  const body = part.body ?? '';
  const shown = el('span', { 'data-testid': 'body' });
  const block = el('pre', { tabindex: 0, role: 'group', 'aria-label': title }, el('span.quiet', {}, head(part)), body && '\n\n', shown);
  const choices = [['Indented', false], ['As sent', true]].map(([name, is]) => [is, el('button.small', { type: 'button', onclick: () => {
    raw = is;
    show();
  } }, name)]);
  const show = () => {
    shown.textContent = raw ? body : indent(body);
    for (const [is, button] of choices) button.setAttribute('aria-pressed', String(is === raw));
  };
  show();
  return el('section.message', { 'data-testid': title.toLowerCase() }, el('div.line', {}, el('h3', {}, title),
    indent(body) !== body && el('div.choices', {}, choices.map(([, button]) => button))), block);
}

const stateOf = (who, state, none, note) => el('div', {}, el('dt', {}, `${who} says`),
  el('dd', {}, el('span', { class: toneOf(state), 'data-testid': `${who.toLowerCase()}-state` }, state ?? none), note));

/** When the state of the shop was read, if that was at an earlier step. */
const readAt = (steps, asked, n) => asked !== null && asked !== n
  && el('span.quiet', { 'data-testid': 'shop-asked' }, ` (asked at step ${asked + 1}, ${steps[asked].real_ms} ms after the start)`);

const utc = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** {element, show(n)}; `go(n)` shows another step. */
export function stepPanel(steps, go) {
  const states = statesOf(steps), times = timesOf(steps);
  let now = 0;
  const previous = el('button', { type: 'button', 'data-testid': 'previous', onclick: () => go(now - 1) }, '← Previous');
  const next = el('button', { type: 'button', 'data-testid': 'next', onclick: () => go(now + 1) }, 'Next →');
  const count = el('span', { role: 'status', 'data-testid': 'count' });
  const place = el('div.stack', {});
  const element = el('section.detail', { 'aria-label': 'Step' }, el('div.line.mover', {}, previous, count, next), place);
  const show = (n) => {
    const step = steps[n], state = states[n];
    now = n;
    previous.setAttribute('aria-disabled', String(n === 0));
    next.setAttribute('aria-disabled', String(n === steps.length - 1));
    count.replaceChildren(`${n + 1} of ${steps.length}`, el('span.unseen', {}, `: ${step.text}`));
    place.replaceChildren(
      el('div', {}, el('h3', { 'data-testid': 'text' }, step.text),
        el('p.quiet', {}, `${step.from} to ${step.to}, ${since(times[n] - times[0])} on the account's clock (${utc(times[n])}), ${step.real_ms} ms after the start`)),
      el('dl.states', {}, stateOf('Shop', state.shop, 'not asked yet', readAt(steps, state.asked, n)),
        stateOf('Platform', state.platform, 'nothing yet')),
      ...[step.fault && el('p.notice', {}, el('span', {}, 'Fault: ', el('code', {}, step.fault))),
        step.request && message('Request', step.request),
        step.response && !isUnanswered(step) && message('Response', step.response),
        isUnanswered(step) && el('p.notice.bad', {}, 'There was no response.')].filter(Boolean));
  };
  return { element, show };
}
