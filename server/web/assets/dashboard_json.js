// The whole JSON of an invoice in every form, and how the body of a callback differs from it.

import { get, text } from './dashboard_api.js';
import { block } from './dashboard_bytes.js';
import { el, fill } from './dashboard_dom.js';
import { indent } from './dashboard_indent.js';
import { kindOf } from './dashboard_kinds.js';
import { button, complain, copy, field, options } from './dashboard_parts.js';

const FORMS = [['private', 'Private API'], ['public', 'Public API'], ['callback', 'Callback']];
const LINES_MOST = 2000;

const documentOf = (id, values) => text(`/${kindOf(id).type}/${id}/document`, values);

/** The profiles of the server, which names them with each status. */
async function profiles() {
  const { items } = await get('/statuses');
  return [['', 'the account\'s'], ...items[0].profiles.map((name) => [name])];
}

/** The card, which loads when opened. `update()` loads again if it is open. */
export function jsonCard(id) {
  const form = el('select', { 'data-testid': 'json-as' }, options(FORMS, 'private'));
  const profile = el('select', { 'data-testid': 'json-profile' }, options([['', 'the account\'s']]));
  const place = el('div', {});
  let shown = '', whole;
  const load = async () => {
    const asked = whole = {};
    const body = await documentOf(id, { as: form.value, profile: profile.value });
    if (asked !== whole || body === shown) return;
    shown = body;
    fill(place, block('JSON', indent(body)));
  };
  const open = async () => {
    if (!box.open) return;
    if (profile.options.length === 1) profile.replaceChildren(...options(await profiles(), ''));
    await load();
  };
  const tell = (promise) => promise.catch(complain);
  for (const one of [form, profile]) one.addEventListener('change', () => tell(load()));
  const box = el('details', { 'data-testid': 'json', ontoggle: () => tell(open()) }, el('summary', {}, 'Whole JSON'),
    el('div.fields', {}, field('As', form), field('Profile', profile)),
    el('div.actions', {}, button('Copy JSON', () => copy(shown), { class: 'small', 'data-testid': 'copy-json' })), place);
  return { card: el('section.card', { 'aria-label': 'JSON' }, box), update: () => box.open && tell(load()) };
}

/* ------------------------------------------------------------------ differences */

/** [[' ', line], ['-', line of `before`], ['+', line of `after`], ...]: the longest common lines stay. */
export function differences(before, after) {
  const common = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i][j] = before[i] === after[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const lines = [];
  for (let i = 0, j = 0; i < before.length || j < after.length;) {
    if (i < before.length && j < after.length && before[i] === after[j]) lines.push([' ', before[i++], j++]);
    else if (j < after.length && (i === before.length || common[i][j + 1] > common[i + 1][j])) {
      lines.push(['+', after[j++]]);
    } else lines.push(['-', before[i++]]);
  }
  return lines;
}

const TAGS = { ' ': 'span', '-': 'del', '+': 'ins' };
const CONTEXT = 3; // lines around a change

/** The changed lines with those around them; ['…', ''] stands for what is left out. */
export function hunks(lines) {
  const around = (at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1);
  const near = lines.map((_, at) => around(at).some(([mark]) => mark !== ' '));
  return lines.flatMap((line, at) => (near[at] ? [line] : near[at - 1] || at === 0 ? [['…', '']] : []));
}

/** "Compare": how the body of an attempt differs from what a callback would report now. Pressed again, it closes. */
export function comparer(id, body) {
  const place = el('div', { role: 'status', 'data-testid': 'difference' });
  const compare = button('Compare with the invoice now', async () => {
    if (place.childElementCount) {
      fill(place);
      compare.setAttribute('aria-expanded', 'false');
      return;
    }
    const now = await documentOf(id, { as: 'callback' });
    const [before, after] = [body, now].map((one) => indent(one).split('\n'));
    if (before.length > LINES_MOST || after.length > LINES_MOST) throw new Error('The bodies are too long to compare.');
    const lines = differences(before, after);
    const same = lines.every(([mark]) => mark === ' ');
    fill(place, same ? el('p', {}, 'No differences: a callback would report the same now.') : [
      el('p.quiet', {}, '- this body, + a callback of now'),
      block('Difference', hunks(lines).map(([mark, line]) => el(TAGS[mark] ?? 'span', {}, `${mark} ${line}\n`)))]);
    compare.setAttribute('aria-expanded', 'true');
  }, { class: 'small', 'aria-expanded': 'false', 'data-testid': 'compare' });
  return el('div.stack', {}, el('div', {}, compare), place);
}
