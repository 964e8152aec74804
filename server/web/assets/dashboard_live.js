// The account's events as they happen. When the server keeps no journal, or is away, the views look again by themselves.

import { controlUrl } from './dashboard_api.js';

const RETRY_MS = 3000;
const TYPES = ['request', 'transition', 'callback', 'fault', 'clock', 'account'];
const listeners = new Set();
const watchers = new Set();
let source;
let state = 'connecting';

function enter(next) {
  state = next;
  for (const watcher of watchers) watcher(state);
}

function tellAll() {
  for (const { f } of listeners) f();
}

/** Only what somebody listens to is asked of the browser: others cost nothing. */
function attach() {
  if (!source) return;
  const wanted = new Set([...listeners].flatMap(({ types }) => types));
  for (const type of TYPES) {
    source.removeEventListener(type, onEvent);
    if (wanted.has(type)) source.addEventListener(type, onEvent);
  }
}

function onEvent(event) {
  let data;
  for (const { types, f } of listeners) {
    if (types.includes(event.type)) f(data ??= JSON.parse(event.data));
  }
}

export function connect() {
  source = new EventSource(controlUrl('/events'));
  attach();
  source.addEventListener('open', () => {
    const lost = state === 'off';
    enter('live');
    if (lost) tellAll(); // what happened meanwhile is not told again for certain
  });
  source.addEventListener('error', () => {
    enter('off');
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again itself
    setTimeout(connect, RETRY_MS);
    tellAll();
  });
}

/** `f(event)` for each event of these types, and `f()` when some may have been missed; until `signal`. */
export function listen(types, f, signal) {
  const one = { types, f };
  listeners.add(one);
  attach();
  signal.addEventListener('abort', () => {
    listeners.delete(one);
    attach();
  });
}

export function watchState(f) {
  watchers.add(f);
  f(state);
}
