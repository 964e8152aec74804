// The dashboard. The fragment of the URL names the view, so every view has a link.
//   #/invoices?q=..&status=..   #/invoices/cpi_..   #/requests/req_..   #/sinks/shop   ...

import { account, forgetGiven, get } from './dashboard_api.js';
import { el, isAnew, sentence } from './dashboard_dom.js';
import { complain } from './dashboard_parts.js';
import { loadStatuses } from './dashboard_statuses.js';
import { startKeys } from './dashboard_keys.js';
import { always, connect, watchState } from './dashboard_live.js';
import { startClockChip } from './dashboard_clock_chip.js';
import { watchFailing } from './dashboard_delivery.js';
import { showInvoices, showPayouts } from './dashboard_invoices.js';
import { addressOf } from './dashboard_memory.js';

const restOf = () => import('./dashboard_views.js');

/** A view of that file, which is loaded when it is first shown. */
const later = (name) => async (...args) => (await restOf()).views[name](...args);

const VIEWS = {
  invoices: { list: showInvoices, one: later('showInvoice'), title: 'Invoices' },
  payouts: { list: showPayouts, one: later('showInvoice'), title: 'Payouts' },
  new: { list: later('showNew'), title: 'New' },
  callbacks: { list: later('showCallbacks'), title: 'Callbacks' },
  report: { list: later('showReport'), title: 'Report' },
  requests: { list: later('showRequests'), title: 'Requests' },
  sinks: { list: later('showSinks'), one: later('showSink'), title: 'Inbox' },
  faults: { list: later('showFaults'), title: 'Faults' },
  services: { list: later('showServices'), one: later('showService'), title: 'Services' },
  clock: { list: later('showClock'), title: 'Clock' },
  accounts: { list: later('showAccounts'), title: 'Accounts' },
};
const main = document.querySelector('main');
let leaving = new AbortController();

/** "#/invoices/cpi_1?a=b" -> {view: 'invoices', id: 'cpi_1', values: {a: 'b'}} */
function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...id] = path.split('/').map(decodeURIComponent);
  const values = Object.fromEntries(new URLSearchParams(query));
  return { view: VIEWS[view] ? view : 'invoices', id: id.join('/'), values };
}

/** Shown instead of a view that failed to load. */
function failed(error) {
  return [el('h1', {}, 'This view cannot be shown'),
    el('p.notice.bad', { role: 'alert', 'data-testid': 'failed' }, sentence(error.message)),
    el('p', {}, el('a', { href: '#/accounts' }, 'All accounts'))];
}

const ofAccount = document.querySelector('[data-testid="account"]');
let shownAs = '';

/** The title of the tab: what is shown, and of whom. */
function entitle() {
  document.title = [shownAs, ofAccount.textContent, 'MilkyPay mock'].filter(Boolean).join(' - ');
}

/** The account's name may change while the page is open. */
async function watchName() {
  const { settings: { name } } = await get(`/accounts/${account}`);
  ofAccount.textContent = name || account;
  entitle();
}

async function show({ focus = true } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { view, id, values } = route();
  const { list, one, title } = VIEWS[view];
  shownAs = id || title;
  entitle();
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    link.href = addressOf(link.dataset.view, id ? '' : view);
  }
  const shown = el('div.view', { 'data-testid': `view-${view}` });
  main.replaceChildren(shown);
  main.setAttribute('aria-busy', 'true');
  try {
    await loadStatuses();
    await (id && one ? one : list)(shown, { id, values, signal });
  } catch (error) {
    if (!signal.aborted) shown.replaceChildren(...failed(error));
  }
  if (signal.aborted) return; // the next view has started to load
  main.removeAttribute('aria-busy');
  if (!focus) return;
  const heading = shown.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  if (!shown.contains(document.activeElement)) heading?.focus();
}

const live = document.querySelector('.live');
watchState((state) => {
  live.hidden = false;
  live.dataset.state = state;
  live.textContent = { live: 'connected', off: 'not connected' }[state] ?? state;
});
document.querySelector('[data-skip]').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', () => show());
window.addEventListener('error', ({ message }) => complain({ message }));
window.addEventListener('unhandledrejection', ({ reason }) => complain(reason));
startKeys();
if (account) {
  always(['account'], () => watchName().catch(() => {})); // the view itself shows errors
  connect();
}
show({ focus: isAnew() }).then(() => {
  forgetGiven();
  restOf().catch(() => {}); // before it is needed; later() tells if it cannot be loaded
  if (!account) return;
  startClockChip(document.querySelector('[data-testid="clock-chip"]'));
  watchFailing(document.querySelector('[data-view="callbacks"]'));
});
