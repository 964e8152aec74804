// The report of a rehearsal: a list of scenarios, and the one that is chosen, step by step. The address keeps both, as
// in #D1/4.

import { el } from './dashboard_dom.js';
import { scenario } from './rehearsal_scenario.js';

const { results } = JSON.parse(document.getElementById('run').textContent);
const place = document.getElementById('scenario');
const items = [...document.querySelectorAll('.scenarios a')];
const itemOf = (id) => items.find((item) => item.dataset.id === id);
let shown;

/** What the address says, or the first scenario that needs a look. */
function asked() {
  const [id, step] = decodeURIComponent(window.location.hash.slice(1)).split('/');
  const look = items.filter((item) => item.dataset.look).sort((a, b) => a.dataset.look - b.dataset.look);
  const first = look[0] ?? items[0];
  return { id: itemOf(id) ? id : first?.dataset.id, step: Number(step) || 0 };
}

function remember(id, step) {
  window.history.replaceState(null, '', `#${encodeURIComponent(id)}${step ? `/${step + 1}` : ''}`);
}

function show() {
  const { id, step } = asked();
  if (id === undefined) return;
  if (shown?.id !== id) {
    const item = itemOf(id);
    for (const one of items) one.toggleAttribute('aria-current', one === item);
    item.setAttribute('aria-current', 'true');
    const result = results.find((one) => one.id === id);
    const doing = { moved: (at) => remember(id, at), back: () => item.focus() };
    shown = { id, ...scenario(result, item.querySelector('.tag'), doing) };
    place.replaceChildren(shown.element);
  }
  shown.go(step - 1);
}

/* ------------------------------------------------------------------ the list */

function filterBy(result) {
  for (const item of items) item.parentElement.hidden = result !== undefined && item.dataset.result !== result;
  for (const group of document.querySelectorAll('.scenarios section')) group.hidden = !group.querySelector('li:not([hidden])');
}

/** A button for each result that occurs, with its number. */
function filters() {
  const found = [...new Set(items.map((item) => item.dataset.result))];
  const buttons = [undefined, ...found].map((result) => {
    const these = items.filter((item) => result === undefined || item.dataset.result === result);
    const button = el('button.small', { type: 'button', 'aria-pressed': String(result === undefined),
      'data-filter': result ?? '', onclick: () => {
        for (const one of buttons) one.setAttribute('aria-pressed', String(one === button));
        filterBy(result);
      } }, `${result ?? 'All'} ${these.length}`);
    return button;
  });
  return found.length > 1 ? buttons : [];
}

/* ------------------------------------------------------------------ keys */

/** Goes to the scenario before or after this one, among those that the list shows. */
function move(by) {
  const listed = items.filter((item) => !item.parentElement.hidden);
  const next = listed[listed.indexOf(itemOf(shown?.id)) + by];
  if (!next) return;
  window.location.hash = next.hash;
  next.scrollIntoView({ block: 'nearest' });
}

const KEYS = {
  ArrowLeft: () => shown?.go(shown.at() - 1),
  ArrowRight: () => shown?.go(shown.at() + 1),
  PageUp: () => move(-1),
  PageDown: () => move(1),
};

document.addEventListener('keydown', (event) => {
  const block = event.target.closest('pre');
  const scrolls = block && block.scrollWidth > block.clientWidth;
  const key = KEYS[event.key];
  if (!key || scrolls || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  key();
});

document.querySelector('.filters').append(...filters());
document.querySelector('.keys').hidden = false;
for (const item of items) item.addEventListener('click', () => { place.focus(); });
window.addEventListener('hashchange', show);
show();
