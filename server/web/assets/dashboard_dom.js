// Creates and replaces elements. Strings become text nodes, never markup.

const isShown = (value) => value !== null && value !== undefined && value !== false;

/**
 * el('button.main', {type: 'button', onclick: f, 'data-key': 'a'}, 'Text', otherElement). Attributes that are null,
 * undefined or false are omitted; true sets an empty attribute. Children that are null or false are omitted.
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (isShown(value)) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(isShown));
  return element;
}

/** Replaces the children of `parent`. Elements with the same data-key keep the focus and stay open. */
export function fill(parent, ...children) {
  const active = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const open = new Set([...parent.querySelectorAll('details[data-key][open]')].map((one) => one.dataset.key));
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const one of parent.querySelectorAll('[data-key]')) {
    if (open.has(one.dataset.key)) one.open = true;
    if (one.dataset.key === active) one.focus({ preventScroll: true });
  }
}

/** Makes `children` the children of `parent`. One that is in its place already is not moved, so what it scrolls stays. */
export function arrange(parent, ...children) {
  const wanted = children.flat(Infinity).filter(Boolean);
  for (const one of [...parent.childNodes]) if (!wanted.includes(one)) one.remove();
  let next = parent.firstChild;
  for (const one of wanted) {
    if (one === next) next = next.nextSibling;
    else parent.insertBefore(one, next);
  }
}

const ANEW = 'milkypay-mock-anew';

/** Loads the page anew, and its heading gets the focus, as that of another view does. */
export function openAnew(url) {
  sessionStorage.setItem(ANEW, 'true');
  if (url) location.assign(url);
  else location.reload();
}

/** True once after `openAnew`. */
export function isAnew() {
  const was = sessionStorage.getItem(ANEW) !== null;
  sessionStorage.removeItem(ANEW);
  return was;
}

/** A message that begins with a capital letter. */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const isSeen = (one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
};

/** What a person reads: what has the focus, what is open, or the first line in the window. */
function readIn(root) {
  const { activeElement: active } = document;
  const lists = [root.contains(active) ? [active] : [], root.querySelectorAll('details[open]'), root.querySelectorAll('li')];
  return lists.flatMap((list) => [...list]).find(isSeen);
}

/** Runs `change`, which may add something above, and keeps what is read where it is in the window. */
export function inPlace(root, change) {
  const read = readIn(root);
  const before = read?.getBoundingClientRect().top;
  change();
  if (read?.isConnected) window.scrollBy(0, read.getBoundingClientRect().top - before);
}

/**
 * Reuses the elements of items that never change, so they stay open, scrolled and selected. keep(items, keyOf, make)
 * returns a Map from key to element and remembers the elements of the last call only.
 */
export function keeper() {
  let kept = new Map();
  return (items, keyOf, make) => {
    kept = new Map(items.map((item) => [keyOf(item), kept.get(keyOf(item)) ?? make(item)]));
    return kept;
  };
}

/** Calls `f` once, `ms` after the first call of a burst; never twice at a time, and not after `signal`. */
export function gather(f, ms, signal) {
  let timer, running = false, again = false;
  const run = async () => {
    timer = undefined;
    running = true;
    again = false;
    try {
      await f();
    } finally {
      running = false;
      if (again) ask();
    }
  };
  const ask = () => {
    if (signal.aborted) return;
    if (running) again = true;
    else timer ??= setTimeout(run, ms);
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  return ask;
}
