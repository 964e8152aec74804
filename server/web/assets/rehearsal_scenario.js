// One scenario: its verdict in money, how to run it alone, and its steps.

import { el } from './dashboard_dom.js';
import { stepPanel } from './rehearsal_step.js';
import { timeline } from './rehearsal_timeline.js';

/** Copies a text; where the browser does not allow it, selects it for the reader to copy. */
async function copy(element, button) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    button.textContent = 'Copied';
  } catch {
    window.getSelection().selectAllChildren(element);
  }
}

function again(result) {
  const command = el('code', { 'data-testid': 'again' }, result.again);
  const button = el('button.small', { type: 'button', onclick: () => copy(command, button) }, 'Copy');
  return el('div.line', {}, el('span.quiet', {}, 'Run it alone:'), command, button);
}

const failure = ({ oracle, text, expected, observed }) => el('tr', {}, el('th', { scope: 'row' }, oracle, ': ', text),
  el('td', { 'data-label': 'Expected' }, expected), el('td.bad', { 'data-label': 'Observed' }, observed));

const failures = (result) => result.failures.length > 0 && el('table.failures', { 'data-testid': 'failures' },
  el('thead', {}, el('tr', {}, ['What failed', 'Expected', 'Observed'].map((name) => el('th', { scope: 'col' }, name)))),
  el('tbody', {}, result.failures.map(failure)));

const facts = ({ grade, rule, seed, took_ms, account, invoices, docs }) => [
  ['Grade', rule ? `${grade}, by ${rule}` : grade], ['Seed', seed], ['Took', `${(took_ms / 1000).toFixed(1)} s`], ['Account', account],
  ['Invoices', invoices.join(', ')], ['Documentation', docs]].filter(([, value]) => value !== '' && value !== null);

const accepted = ({ reason, until }) =>
  el('p', {}, el('b', {}, 'Accepted by the baseline', until ? ` until ${until}` : '', ': '), reason);

/** The cost in money, or the reason, and which hooks are missing. */
function verdict(result, tone) {
  const { costs, reason, needs, failures: failed } = result;
  const told = failed.some(({ text }) => text === reason) ? '' : reason;
  const parts = [costs && el('p.cost', { 'data-testid': 'costs' }, costs), told && el('p', {}, told),
    result.accepted && accepted(result.accepted),
    needs.length > 0 && el('p', {}, 'It needs in the settings file: ', needs.map((need, i) => [i > 0 && ', ', el('code', {}, need)]))]
    .filter(Boolean);
  return parts.length > 0 && el('div', { class: `notice ${tone}`, 'data-testid': 'verdict' }, parts);
}

/**
 * {element, at(), go(n)}. `tag` is the result's tag of the list; `moved(n)` is told each step that is shown; `back()`
 * leads to the list.
 */
export function scenario(result, tag, { moved, back }) {
  const steps = result.timeline;
  let now = 0;
  const go = (n) => {
    if (!steps.length) return;
    now = Math.max(0, Math.min(n, steps.length - 1));
    lanes.choose(now);
    panel.show(now);
    moved(now);
  };
  const lanes = timeline(steps, (n, pointed) => {
    go(n);
    if (pointed) panel.element.scrollIntoView({ block: 'nearest' });
  });
  const panel = stepPanel(steps, go);
  const head = el('header.stack', {},
    el('div.back', {}, el('button.small', { type: 'button', onclick: back }, '↑ Scenarios')),
    el('div.line', {}, el('h2', { 'data-testid': 'name' }, `${result.id} `, result.name), tag.cloneNode(true)),
    verdict(result, tag.classList[1]), failures(result), again(result),
    el('dl.facts', {}, facts(result).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value))))));
  const element = el('article.stack', {}, head, steps.length > 0 && el('div.replay', {}, lanes.element, panel.element));
  return { element, at: () => now, go };
}
