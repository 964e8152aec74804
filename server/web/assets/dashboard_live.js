// The live events of the account. Views poll if the server keeps no journal or is not reachable.

import { controlUrl, whenReplaced } from './dashboard_api.js';
import { el, gather, openAnew, sentence } from './dashboard_dom.js';

const EVENTS_MS = 200;
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

/** Subscribes only to event types that have a listener. */
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
    enter('live');
    tellAll(); // events since the page was made, or since the connection was lost, were missed
  });
  source.addEventListener('error', () => {
    enter('off');
    if (source.readyState !== EventSource.CLOSED) return; // the browser reconnects
    setTimeout(connect, RETRY_MS);
    tellAll();
  });
}

/** Calls `f(event)` for each event of these types, and `f()` if some may have been missed, until `signal`. */
export function listen(types, f, signal) {
  const one = { types, f };
  listeners.add(one);
  attach();
  signal.addEventListener('abort', () => {
    listeners.delete(one);
    attach();
  });
}

/** What is shown is not there any more: it can be read, but not used. */
function markStale(view, notice, since) {
  const stale = since !== undefined;
  view.toggleAttribute('data-stale', stale);
  for (const one of view.children) one.inert = stale && one !== notice && !one.querySelector('h1, [data-testid="back"]');
  if (stale) notice.append(` You see the state of ${since.toLocaleTimeString()}. `);
}

const putNotice = (view, notice) => view.querySelector('h1')?.closest('.view > *').after(notice);

/** Says that the server has another database. The next view is of a new page, and so is this one after the button. */
function showReplaced(since) {
  const view = document.querySelector('main > .view');
  if (!view?.querySelector('h1') || document.querySelector('main[aria-busy]')) {
    openAnew(); // nothing is shown yet
    return;
  }
  if (view.querySelector('[data-replaced]')) return;
  const notice = el('div.notice.bad', { role: 'alert', 'data-replaced': true, 'data-testid': 'replaced' },
    'The database was replaced.');
  for (const one of view.querySelectorAll('[data-testid="failed"]')) one.remove();
  putNotice(view, notice);
  markStale(view, notice, since);
  notice.append(el('div.actions', {}, el('button.small', { type: 'button', 'data-testid': 'reload',
    onclick: () => openAnew() }, 'Show what is there now')));
  window.addEventListener('hashchange', () => openAnew(), { capture: true });
}

whenReplaced(showReplaced);

/**
 * Runs `load` soon after each relevant event of these types, until `signal`. Returns a function that runs it at once.
 * An error is shown below the heading of the view until `load` succeeds; the content stays.
 */
export function keepFresh(view, types, load, signal, concerns = () => true) {
  const problem = el('p.notice.bad', { role: 'alert', 'data-testid': 'failed' });
  let loaded = new Date();
  const run = async () => {
    try {
      await load();
      loaded = new Date();
      problem.remove();
      markStale(view, problem);
    } catch (error) {
      if (signal.aborted || error.code === 'replaced') return;
      const gone = error.status === 404;
      problem.textContent = sentence(gone ? `${error.message}. It was deleted.` : error.message);
      if (!problem.isConnected) putNotice(view, problem);
      markStale(view, problem, gone ? loaded : undefined);
    }
  };
  const soon = gather(run, EVENTS_MS, signal);
  listen(types, (event) => {
    if (!event || concerns(event)) soon();
  }, signal);
  return run;
}

/** For `keepFresh`: of the requests, only those that may have changed what is under this path of the control API. */
export const changes = (path) => ({ method, path: target }) => !method || target.startsWith(`/_mock${path}`);

/** Calls `f` soon after each event of these types, and after some may have been missed, as long as the page is open. */
export function always(types, f) {
  const { signal } = new AbortController();
  listen(types, gather(f, EVENTS_MS, signal), signal);
}

/** True if events come. */
export const isLive = () => state === 'live';

export function watchState(f) {
  watchers.add(f);
  f(state);
}
