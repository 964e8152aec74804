// Builds and replaces elements. Texts are always texts: nothing here reads markup.

const isShown = (value) => value !== null && value !== undefined && value !== false;

/**
 * el('button.main', {type: 'button', onclick: f, 'data-key': 'a'}, 'Text', otherElement). An attribute of null,
 * undefined or false is left out, true is the bare attribute; children that are null or false are left out.
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

/** Replaces what is in `parent`; whoever has a data-key keeps the focus, and stays open, across it. */
export function fill(parent, ...children) {
  const active = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const open = new Set([...parent.querySelectorAll('details[data-key][open]')].map((one) => one.dataset.key));
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const one of parent.querySelectorAll('[data-key]')) {
    if (open.has(one.dataset.key)) one.open = true;
    if (one.dataset.key === active) one.focus({ preventScroll: true });
  }
}

/**
 * Elements of things that never change are made once: keep(items, keyOf, make) gives those of before again, in a Map by
 * key, and so what somebody opened, scrolled or selected in them stays. Remembers the last call's only.
 */
export function keeper() {
  let kept = new Map();
  return (items, keyOf, make) => {
    kept = new Map(items.map((item) => [keyOf(item), kept.get(keyOf(item)) ?? make(item)]));
    return kept;
  };
}

/** Calls `f` once, `ms` after the first of a burst of calls; never two at a time; not after `signal`. */
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
