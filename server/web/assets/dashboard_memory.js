// Remembers the last list of the tab: its address, its items, where it was scrolled and which row had the focus. An
// item has links back to it, and to the items before and after, also those of other pages.

import { get } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { complain } from './dashboard_parts.js';

const STORED = 'milkypay-mock-list';
const PAGE = 50;
const MOST = 1000; // remembered items

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED)) ?? {};
  } catch {
    return {}; // another version's
  }
}

const write = (list) => sessionStorage.setItem(STORED, JSON.stringify(list));

/** The invoices of rows, which are invoices themselves or belong to one. */
const invoicesOf = (items) => items.map((one) => ('invoice' in one ? one.invoice : one.id)).filter(Boolean);

/** The invoices of the pages before: the shown page follows the remembered ones, or is one of them. */
function before({ hash, earlier = [], ids = [], source }, after) {
  if (hash === location.hash) return earlier;
  return after && after === source?.next ? [...earlier, ...ids] : [];
}

/**
 * The remembered list, or the one before if that is shown again. A list that is aside has what belongs to one invoice:
 * the way up from the invoice is still the list before.
 */
function recall() {
  const known = read();
  return known.behind?.hash === location.hash ? known.behind : known;
}

/**
 * Remembers the shown list. `source` {path, values, next}: the call that lists it, and where the next page begins;
 * `aside`: it is of one invoice.
 */
export function rememberList(title, items, source, { aside = false } = {}) {
  const known = recall();
  const { hash, left, behind, ...list } = known;
  const isSame = hash === location.hash;
  write({
    title, source, hash: location.hash, ids: [...new Set(invoicesOf(items))],
    earlier: before(known, source?.values.after).slice(-MOST),
    left: isSame ? left : undefined,
    behind: aside ? behind ?? (isSame ? undefined : { ...list, hash, left }) : undefined,
  });
}

/**
 * Returns a function that tells where the view is scrolled. The browser scrolls before it tells that the address has
 * changed, so what it says then is of the next view.
 */
function watchScroll(signal) {
  let seen = window.scrollY, hash = location.hash, gone = false;
  const look = () => {
    if (gone) return;
    seen = window.scrollY;
    ({ hash } = location);
  };
  window.addEventListener('popstate', () => { gone = location.hash !== hash; }, { signal });
  for (const type of ['scroll', 'click', 'keydown']) window.addEventListener(type, look, { signal, capture: true });
  return () => seen;
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
  const scrolled = watchScroll(signal);
  signal.addEventListener('abort', () => {
    const row = list.contains(document.activeElement) ? document.activeElement.closest('li')
      ?.querySelector('[data-row]')?.dataset.key : undefined;
    write({ ...read(), left: { scroll: scrolled(), row } });
  });
}

/** Adds the next page to the remembered list. A call searches only a part of the rows, so calls repeat. */
async function addPage(list) {
  const { path, values } = list.source;
  const ids = new Set(list.ids);
  let { next } = list.source;
  while (next && ids.size === list.ids.length) {
    const page = await get(path, { ...values, after: next, limit: PAGE });
    for (const id of invoicesOf(page.items)) ids.add(id);
    ({ next } = page);
  }
  const longer = { ...list, ids: [...ids].slice(-MOST), source: { ...list.source, next } };
  write({ ...read(), ids: longer.ids, source: longer.source });
  return longer;
}

/** The links from an item to its list and to its neighbours there; `home` {hash, title} if it came from no list. */
export function wayBack(id, home, linkTo) {
  const nav = el('nav.line.way', { 'aria-label': 'List' });
  const step = (label, to, name) =>
    to && el('a', { href: linkTo(to), 'data-key': name, 'data-testid': name }, label);
  const show = (list) => {
    const ids = [...list.earlier ?? [], ...list.ids ?? []];
    const at = ids.indexOf(id);
    const back = at < 0 ? home : list;
    fill(nav, el('a', { href: back.hash, 'data-key': 'back', 'data-testid': 'back' }, back.title),
      at >= 0 && [step('Previous', ids[at - 1], 'previous'), step('Next', ids[at + 1], 'next')]);
    return at >= 0 && at === ids.length - 1 && list.source?.next;
  };
  const { behind, ...last } = read();
  const list = behind ?? last;
  if (show(list) && !behind) addPage(list).then(show).catch(complain);
  return nav;
}

/** The address of a view: the remembered one if one is elsewhere, otherwise its first page without filters. */
export function addressOf(view, shown) {
  const { hash } = read();
  return view !== shown && hash?.match(/^#\/([^/?]*)(\?|$)/)?.[1] === view ? hash : `#/${view}`;
}
