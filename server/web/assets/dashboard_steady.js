// A live list that holds still while one reads it (WCAG 2.2.2): once it is scrolled, focused, opened, chosen from or
// paused, rows change in place, and new rows wait behind a button.

import { el, fill } from './dashboard_dom.js';
import { number } from './dashboard_parts.js';

let paused = false;

/** Replaces a row. The new one has the focus, and is chosen, if the old one was. */
function swap(old, next) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const box = next.querySelector('[data-choice]');
  if (box) box.checked = old.querySelector('[data-choice]').checked;
  old.replaceWith(next);
  if (focused) next.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  return next;
}

/**
 * `keyOf(item)` names an item, `make(item)` makes its row, and `renew(row, item)` returns the row of an item that has
 * changed: by default a new one. Returns {show, pause, newer, resume}; `show(items, fresh)` shows a page. It is `fresh`
 * if the person asked for it, and may then move.
 */
export function steadyList(list, { keyOf, make, renew = (row, item) => swap(row, make(item)) }, signal) {
  let rows = new Map(); // key -> {row, text}
  let latest;
  const button = el('button.main', { type: 'button', 'data-testid': 'show-new', hidden: true });
  const newer = el('div.newer', { role: 'status' }, button);

  const isRead = () => paused || window.scrollY > 0 || list.contains(document.activeElement)
    || list.querySelector('details[open], :checked') !== null;
  const rowOf = (item) => {
    const text = JSON.stringify(item);
    const known = rows.get(keyOf(item));
    if (!known) return { row: make(item), text };
    return known.text === text ? known : { row: renew(known.row, item), text };
  };
  const tell = (n, most) => {
    button.hidden = n === 0;
    button.textContent = `${number(n)}${most ? '+' : ''} new: show`;
  };
  const showAll = (items) => {
    rows = new Map(items.map((item) => [keyOf(item), rowOf(item)]));
    fill(list, [...rows.values()].map(({ row }) => row));
    tell(0);
  };
  const change = (items) => {
    const fresh = items.filter((item) => !rows.has(keyOf(item)));
    if (!paused) {
      for (const item of items) {
        if (rows.has(keyOf(item))) rows.set(keyOf(item), rowOf(item));
      }
    }
    tell(fresh.length, fresh.length === items.length);
  };
  const show = (items, fresh) => {
    latest = items;
    if (fresh || !rows.size || !items.length || !isRead()) showAll(items);
    else change(items);
  };
  const pause = el('button.small', { type: 'button', 'aria-pressed': String(paused), 'data-testid': 'pause',
    onclick: () => {
      paused = !paused;
      pause.setAttribute('aria-pressed', String(paused));
      if (!paused && latest) show(latest, false);
    } }, 'Pause');
  button.addEventListener('click', () => {
    showAll(latest);
    window.scrollTo(0, 0);
    (list.querySelector('[data-row]') ?? list).focus({ preventScroll: true });
  });
  signal.addEventListener('abort', () => newer.remove());
  return { show, pause, newer };
}
