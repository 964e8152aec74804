// The faults of the account for calls, pages and callbacks, and how often each was applied.

import { call, get } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { keepFresh } from './dashboard_live.js';
import { button, counted, field, form, options, setOptions, suggestions, sure, words } from './dashboard_parts.js';
import { statusNames } from './dashboard_statuses.js';

const LIMIT = 1000;
const PLACES = [['callback', 'callbacks'], ['api', 'API calls'], ['page', 'payment pages']];

/** What each fault does, by the place where it applies. */
const CALL_FAULTS = {
  status: 'answers with an error of the platform',
  delay: 'the response is delayed',
  reset: 'the connection is reset',
  empty: 'the connection is closed without a response',
  garbage: '200 with a body that is not JSON',
  truncate: 'the body is cut off',
  slow: 'the body is sent slowly',
  commit_then_reset: 'the call is executed, then the connection is reset',
  commit_then_timeout: 'the call is executed, but the response never comes',
};
const CALLBACK_FAULTS = {
  drop: 'never sent',
  duplicate: 'sent twice',
  delay: 'sent late',
  reorder: 'sent after the next one',
  before_response: 'arrives before the response to the call that caused it',
  bad_signature: 'a wrong signature',
  wrong_secret: 'signed with another secret',
  no_signature: 'without a signature',
  truncate: 'half of the body',
  reencoded: 'slashes unescaped after signing',
  wrong_amount: 'another amount, signed correctly',
  unknown_status: 'an unknown status, signed correctly',
};
const faultsOf = (place) => (place === 'callback' ? CALLBACK_FAULTS : CALL_FAULTS);

/** The additional fields of a fault: [name, label, initial value]. */
const PARAMETERS = {
  status: [['status', 'Code', '503'], ['retry_after', 'Retry-After, s', '']],
  delay: [['delay', 'Delay', '100ms-900ms']],
  truncate: [['bytes', 'Bytes', '']],
  slow: [['bytes_per_s', 'Bytes per second', '100']],
  commit_then_timeout: [['hold', 'Hold', '60s']],
};
const NUMBERS = ['status', 'retry_after', 'bytes', 'bytes_per_s', 'times', 'after', 'probability'];
const MATCHES = { callback: ['transition'], api: ['method', 'path'], page: ['method', 'path'] };
const MATCH_INPUTS = {
  transition: { list: 'fault-transitions', placeholder: 'any' },
  method: { list: 'fault-methods', placeholder: 'any' },
  path: { placeholder: '/payment-invoices*' },
};

function row({ id, on, fault, hits, match = {}, ...rest }, remove) {
  const more = Object.entries({ ...match, ...rest }).map(([name, value]) => `${name} ${value}`).join(', ');
  return el('li.line.entry', { 'data-testid': 'fault', 'data-fault': id },
    el('b', {}, fault), el('span', {}, `on ${on}`), el('span.quiet', {}, more),
    el('span', { class: `tag ${hits ? 'bad' : 'quiet'}`, 'data-testid': 'hits' }, counted(hits, 'hit')),
    button('Remove', () => remove(id), {
      class: 'small', 'data-key': `remove-${id}`, 'data-testid': 'remove', 'aria-label': `Remove ${fault} (${id})`,
    }));
}

/** The form; `body()` returns the request body. */
function maker() {
  const place = el('select', { 'data-testid': 'fault-on' }, options(PLACES, 'callback'));
  const name = el('select', { 'data-testid': 'fault-name', 'data-search': true });
  const hint = el('p.quiet', {});
  const extra = el('div.fields', {});
  const values = new Map();
  const input = (key, label, value = '', attributes = {}) => {
    const one = el('input', { value, maxlength: 255, 'data-testid': `fault-${key}`, ...attributes });
    values.set(key, one);
    return field(label, one);
  };
  const show = () => {
    const known = faultsOf(place.value);
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
      if (value.trim()) target[key] = NUMBERS.includes(key) ? Number(value) : value.trim();
    }
    return Object.keys(match).length ? { ...given, match } : given;
  };
  const lists = [suggestions('fault-transitions', statusNames()), suggestions('fault-methods', ['GET', 'POST'])];
  return { parts: [el('div.fields', {}, field('Strikes', place), field('Fault', name)), hint, extra, lists], body };
}

export async function showFaults(view, { signal }) {
  const list = el('ul.rows', { 'data-testid': 'faults' });
  const none = el('p.empty', { 'data-testid': 'empty' }, 'No faults in this account.');
  const load = async () => {
    const { items } = await get('/faults', { limit: LIMIT });
    if (signal.aborted) return;
    fill(list, items.map((one) => row(one, (id) => call('DELETE', `/faults/${id}`).then(load))));
    none.hidden = items.length > 0;
  };
  const { parts, body } = maker();
  const add = button('Add', () => call('POST', '/faults', body()).then(load),
    { class: 'main', 'data-testid': 'add-fault' });
  const removeAll = button('Remove all', sure('Remove all faults of this account?', () => call('DELETE', '/faults').then(load)),
    { class: 'button', 'data-testid': 'remove-all' });
  view.append(el('div.line', {}, el('h1', {}, 'Faults'), removeAll), list, none,
    form('New fault', add, {}, el('h2', {}, 'New fault'), parts, el('div.actions', {}, add)));
  keepFresh(view, ['fault', 'account'], load, signal);
  await load();
}
