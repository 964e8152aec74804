// Remembers the last list of the tab: its address, its rows, where it was scrolled and which row had the focus. From an
// item one gets back to it, and to the items before and after.

import { el } from './dashboard_dom.js';

const STORED = 'milkypay-mock-list';

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED)) ?? {};
  } catch {
    return {}; // another version's
  }
}

const write = (list) => sessionStorage.setItem(STORED, JSON.stringify(list));

/** Remembers the ids of the items of the shown list in their order. */
export function rememberList(title, ids) {
  const { hash, left } = read();
  write({ title, hash: location.hash, ids, left: hash === location.hash ? left : undefined });
}

/** Scrolls a list back to where it was left, and remembers it again when it is left. */
export function returnTo(list, signal) {
  const hash = location.hash;
  const { left, ...known } = read();
  if (left && known.hash === hash) {
    window.scrollTo(0, left.scroll);
    list.querySelector(`[data-row][data-key="${CSS.escape(left.row ?? '')}"]`)?.focus({ preventScroll: true });
    write(known);
  }
  signal.addEventListener('abort', () => {
    const row = list.contains(document.activeElement) ? document.activeElement.closest('li')
      ?.querySelector('[data-row]')?.dataset.key : undefined;
    write({ ...read(), left: { scroll: window.scrollY, row } });
  });
}

/** The links from an item to its list and to its neighbours there; `home` {hash, title} if it came from no list. */
export function wayBack(id, home, linkTo) {
  const { hash, title, ids = [] } = read();
  const at = ids.indexOf(id);
  const back = at < 0 ? home : { hash, title };
  const step = (label, to, testid) => to && el('a', { href: linkTo(to), 'data-testid': testid }, label);
  return el('nav.line.way', { 'aria-label': 'List' },
    el('a', { href: back.hash, 'data-testid': 'back' }, back.title),
    at >= 0 && [step('Previous', ids[at - 1], 'previous'), step('Next', ids[at + 1], 'next')]);
}

/** The address of a view: the remembered one if one is elsewhere, otherwise its first page without filters. */
export function addressOf(view, shown) {
  const { hash } = read();
  return view !== shown && hash?.match(/^#\/([^/?]*)/)?.[1] === view ? hash : `#/${view}`;
}
