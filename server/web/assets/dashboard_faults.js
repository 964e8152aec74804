// The faults of the account for calls, pages and callbacks, and how often each was applied.

import { call, get } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { numberIn } from './dashboard_errors.js';
import { changes, keepFresh } from './dashboard_live.js';
import { button, counted, field, form, options, setOptions, suggestions, sure, words } from './dashboard_parts.js';
import { statusNames } from './dashboard_statuses.js';

const LIMIT = 1000;
const PLACES = [['callback', 'callbacks'], ['api', 'API calls'], ['page', 'payment pages']];

/** What each fault does, by the place where it applies. */
const CALL_FAULTS = {
  status: 'Your shop gets an error of the platform. Nothing is executed.',
  delay: 'Your shop waits for the response.',
  reset: 'Your shop gets no response, and the connection is reset. Nothing is executed.',
  empty: 'Your shop gets no response, and the connection is closed. Nothing is executed.',
  garbage: 'Your shop gets 200 with a body that is not JSON.',
  truncate: 'Your shop gets the start of the body, then the connection ends.',
  slow: 'Your shop gets the body a few bytes at a time.',
  commit_then_reset: 'The call is executed, but your shop sees a reset connection: it must look for the order.',
  commit_then_timeout: 'The call is executed, but your shop waits in vain for the response.',
};
const PAGE_FAULTS = {
  status: 'The payer sees an error page. Nothing is executed.',
  delay: 'The payer waits for the page.',
  reset: 'The payer\'s browser gets no page, and the connection is reset. Nothing is executed.',
  empty: 'The payer\'s browser gets no page, and the connection is closed. Nothing is executed.',
  garbage: 'The payer sees a text that is no page.',
  truncate: 'The payer\'s browser gets the start of the page, then the connection ends.',
  slow: 'The payer\'s browser gets the page a few bytes at a time.',
  commit_then_reset: 'The payment is executed, but the payer\'s browser sees a reset connection: your shop learns of it by '
    + 'the callback.',
  commit_then_timeout: 'The payment is executed, but the payer waits in vain for the next page.',
};
const CALLBACK_FAULTS = {
  drop: 'Your shop never gets the callback and must ask for the status.',
  duplicate: 'Your shop gets the same callback twice.',
  duplicate_at_once: 'Your shop gets the same callback twice at the same instant.',
  overlap: 'Your shop gets the retry while it is still answering the first attempt.',
  delay: 'Your shop gets the callback late.',
  reorder: 'Your shop gets the callback after the next one.',
  before_response: 'Your shop gets the callback before the response to the call that caused it.',
  before_return: 'Your shop gets the callback before the payer comes back.',
  after_return: 'Your shop gets the callback after the payer has come back.',
  bad_signature: 'Your shop gets a wrong signature and must reject the callback.',
  wrong_secret: 'Your shop gets a callback signed with another secret and must reject it.',
  no_signature: 'Your shop gets a callback without a signature and must reject it.',
  truncate: 'Your shop gets half of the body.',
  reencoded: 'Your shop gets slashes without their escapes, so the signature does not match.',
  wrong_amount: 'Your shop gets another amount than it ordered, signed correctly.',
  unknown_status: 'Your shop gets a status that it does not know, signed correctly.',
};
const FAULTS = { callback: CALLBACK_FAULTS, api: CALL_FAULTS, page: PAGE_FAULTS };

/** The additional fields of a fault: [name, label, initial value]. */
const PARAMETERS = {
  status: [['status', 'Code', '503'], ['retry_after', 'Retry-After, s', '']],
  delay: [['delay', 'Delay: a duration, a range or lognormal', '100ms-900ms'], ['median', 'Median, if lognormal', ''],
    ['sigma', 'Sigma, if lognormal', '']],
  overlap: [['delay', 'Retry after: a duration, a range or lognormal', '0'], ['median', 'Median, if lognormal', ''],
    ['sigma', 'Sigma, if lognormal', '']],
  after_return: [['hold', 'At the latest after', '60s']],
  truncate: [['bytes', 'Bytes', '']],
  slow: [['bytes_per_s', 'Bytes per second', '100']],
  commit_then_timeout: [['hold', 'Hold', '60s']],
};
const NUMBERS = ['status', 'retry_after', 'bytes', 'bytes_per_s', 'sigma', 'times', 'after', 'probability'];
const MATCHES = { callback: ['transition'], api: ['method', 'path'], page: ['method', 'path'] };
const MATCH_INPUTS = {
  transition: { list: 'fault-transitions', placeholder: 'any' },
  method: { list: 'fault-methods', placeholder: 'any' },
  path: { placeholder: '/payment-invoices*' },
};

function row(one, remove, change) {
  const { id, on, fault, hits, active, match = {}, ...rest } = one;
  const more = Object.entries({ ...match, ...rest }).map(([name, value]) => `${name} ${value}`).join(', ');
  return el('li.line.entry', { 'data-testid': 'fault', 'data-fault': id },
    el('b', {}, fault), el('span', {}, `on ${on}`), el('span.quiet', {}, more),
    el('span', { class: `tag ${hits ? 'bad' : 'quiet'}`, 'data-testid': 'hits' },
      counted(hits, 'hit'), active ? '' : ', used up'),
    el('span.actions', {},
      button('Change', () => change(one), {
        class: 'small', 'data-key': `change-${id}`, 'data-testid': 'change', 'aria-label': `Change ${fault} (${id})`,
      }),
      button('Remove', () => remove(id), {
        class: 'small', 'data-key': `remove-${id}`, 'data-testid': 'remove', 'aria-label': `Remove ${fault} (${id})`,
      })));
}

/** The form; `body()` returns the request body, and `load(fault)` fills in that of a fault. */
function maker() {
  const place = el('select', { 'data-testid': 'fault-on' }, options(PLACES, 'callback'));
  const name = el('select', { 'data-testid': 'fault-name', 'data-search': true });
  const hint = el('p.quiet', {});
  const extra = el('div.fields', {});
  const values = new Map();
  const input = (key, label, value = '', attributes = {}) => {
    const inner = [...MATCHES[place.value], 'invoice'].includes(key);
    const one = el('input', { name: inner ? `match.${key}` : key, value, maxlength: 255, 'data-testid': `fault-${key}`, ...attributes });
    values.set(key, one);
    return field(label, one);
  };
  const show = () => {
    const known = FAULTS[place.value];
    setOptions(name, Object.keys(known).map((key) => [key, words(key)]));
    hint.textContent = known[name.value];
    values.clear();
    const parameters = place.value === 'callback' && name.value === 'truncate' ? [] : PARAMETERS[name.value] ?? [];
    fill(extra,
      parameters.map((one) => input(...one)),
      input('times', 'Times', '', { placeholder: 'unlimited' }),
      input('after', 'Skip the first', '', { placeholder: '0' }),
      input('probability', 'Probability', '', { placeholder: '1' }),
      MATCHES[place.value].map((key) => input(key, `Only the ${key}`, '', MATCH_INPUTS[key])),
      input('invoice', 'Only the invoice', '', { placeholder: 'any' }));
  };
  place.addEventListener('change', show);
  name.addEventListener('change', show);
  show();
  const body = () => {
    const given = { on: place.value, fault: name.value };
    const match = {};
    for (const [key, { value }] of values) {
      const target = [...MATCHES[place.value], 'invoice'].includes(key) ? match : given;
      if (value.trim()) target[key] = NUMBERS.includes(key) ? numberIn(value) : value.trim();
    }
    return Object.keys(match).length ? { ...given, match } : given;
  };
  const load = ({ on, fault, match = {}, ...rest }) => {
    place.value = on;
    show();
    name.value = fault;
    show();
    for (const [key, one] of values) one.value = match[key] ?? rest[key] ?? '';
    name.focus();
  };
  const lists = [suggestions('fault-transitions', statusNames()), suggestions('fault-methods', ['GET', 'POST'])];
  return { parts: [el('div.fields', {}, field('Strikes', place), field('Fault', name)), hint, extra, lists], body, load };
}

export async function showFaults(view, { signal }) {
  const list = el('ul.rows', { 'data-testid': 'faults' });
  const none = el('p.empty', { 'data-testid': 'empty' }, 'No faults in this account.');
  let shownItems;
  const load = async () => {
    const { items } = await get('/faults', { limit: LIMIT });
    if (signal.aborted) return;
    if (JSON.stringify(items) === JSON.stringify(shownItems)) return; // a button that is being pressed stays
    shownItems = items;
    fill(list, items.map((one) => row(one, (id) => call('DELETE', `/faults/${id}`).then(load), (it) => {
      replace(it);
      put(it);
    })));
    none.hidden = items.length > 0;
    removeAll.hidden = !items.length;
    if (changing && !items.some(({ id }) => id === changing.id)) replace(undefined);
  };
  const { parts, body, load: put } = maker();
  let changing; // the fault that the form replaces
  const heading = el('h2', {}, 'New fault');
  const replace = (one) => {
    changing = one;
    heading.textContent = one ? `Change ${one.fault} (${one.id})` : 'New fault';
    shown.setAttribute('aria-label', heading.textContent);
    add.textContent = one ? 'Save' : 'Add';
    keep.hidden = !one;
  };
  const save = async () => {
    await call('POST', '/faults', body());
    if (changing) await call('DELETE', `/faults/${changing.id}`);
    replace(undefined);
    await load();
  };
  const add = button('Add', save,
    { class: 'main', 'data-testid': 'add-fault' });
  const keep = button('Cancel', () => replace(undefined), { hidden: true, 'data-testid': 'keep-fault' });
  const removeAll = button('Remove all', sure('Remove all faults of this account?', () => call('DELETE', '/faults').then(load)),
    { class: 'button', hidden: true, 'data-testid': 'remove-all' });
  const shown = form('New fault', add, {}, heading, parts, el('div.actions', {}, add, keep));
  view.append(el('div.line', {}, el('h1', {}, 'Faults'), removeAll), list, none, shown);
  keepFresh(view, ['fault', 'request', 'account'], load, signal, changes('/faults'));
  await load();
}
