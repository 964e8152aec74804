// Creates an invoice or payout with the platform's private API, as a merchant's server does.

import { get, newReference, platform, query, readErrors } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { FormError, clearErrors, parseJson, showNotice } from './dashboard_errors.js';
import { KINDS, linkTo } from './dashboard_kinds.js';
import { isLive, listen } from './dashboard_live.js';
import { button, complain, field, form as formOf, options, suggestions, words } from './dashboard_parts.js';

/** "account_number" -> "Account number" */
const labelOf = (key) => words(key.charAt(0).toUpperCase() + key.slice(1));

/** One input for each field of the service. */
const ownFields = (order, known) => (known?.fields ?? []).map(({ key, required, example }) =>
  field(labelOf(key), el('input', {
    name: `${order.fields}.${key}`,
    id: `new-field-${key}`,
    placeholder: example ?? (required ? null : 'optional'),
    required,
    'data-testid': `new-field-${key}`,
  })));

const STORED = 'milkypay-mock-new-';

/**
 * Keeps what is in the form as long as the tab is open, and fills it in again, unless the address has
 * its values, which are `given`. `choose()` makes the fields of the service.
 */
function remember(kind, form, choose, given) {
  const key = STORED + kind.view;
  const inputs = () => [...form.elements].filter(({ name }) => name);
  const restore = (kept) => {
    for (const one of inputs()) {
      if (!(one.name in kept)) continue;
      if (one.type === 'checkbox') one.checked = kept[one.name];
      else one.value = kept[one.name];
    }
  };
  const kept = given ? {} : JSON.parse(sessionStorage.getItem(key) ?? '{}');
  restore({ service: kept.service ?? form.elements.service.value });
  choose();
  restore(kept);
  const keep = () => sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(
    inputs().map((one) => [one.name, one.type === 'checkbox' ? one.checked : one.value]))));
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
}

const forget = (kind) => sessionStorage.removeItem(STORED + kind.view);

/** After a lost or invalid response it is unknown whether the order exists, as for a merchant. */
function showLost(kind, form, reference, error) {
  form.lost = reference;
  showNotice(form, `No valid response (${error.message}). The order may exist: `,
    el('a', { href: `#/${kind.view}${query({ search: reference })}` }, 'search for its reference'), '.');
}

/** The server is back, and knows whether there is such an order. */
async function findLost(kind, form) {
  const reference = form.lost;
  if (!reference || !isLive()) return;
  const { items: [found] } = await get(`/${kind.type}`, { search: reference, limit: 1 });
  if (form.lost !== reference) return;
  clearErrors(form);
  if (found) showNotice(form, 'The order exists although its response was lost: ', el('a', { href: linkTo(found.id) }, reference), '.');
}

/**
 * The attributes from the form; the name "a.b" means b in a. Empty values are omitted, except for required fields of
 * the service. The JSON field adds or replaces attributes.
 */
function attributesOf(form) {
  const { more, outcome, ...values } = Object.fromEntries(new FormData(form));
  const given = { reference_id: newReference(), test_mode: false };
  for (const [name, value] of Object.entries(values)) {
    const [key, inner] = name.split('.');
    if (!value && !(inner && form.elements[name].required)) continue;
    given[key] = inner ? { ...given[key], [inner]: value } : value;
  }
  if (given.test_mode) given.test_mode = true;
  if (given.options) given.options = { auto_process: given.options.auto_process === 'true' };
  return { ...given, ...parseJson('more', more) };
}

/** Creates the invoice or payout and opens it. */
async function send(kind, form) {
  const outcome = form.elements.outcome.value.trim();
  const attributes = attributesOf(form);
  let answer;
  form.lost = undefined;
  try {
    answer = await platform('POST', `/${kind.type}`, {
      body: { data: { type: kind.type, attributes } },
      headers: outcome ? { 'X-Mock-Outcome': outcome } : {},
    });
  } catch (error) {
    showLost(kind, form, attributes.reference_id, error);
    return;
  }
  if (answer.status !== 201) {
    throw new FormError(`The platform answered ${answer.status}.`, readErrors(answer.json.errors));
  }
  forget(kind);
  location.hash = linkTo(answer.json.data.id);
}

/** The tabs for invoice and payout. They are links, so each form has a URL. */
const choice = (kind) => el('nav.tabs', { 'aria-label': 'Type' }, Object.values(KINDS).map((one) => {
  const { make, title } = one.order;
  return el('a', { href: make, 'aria-current': one === kind && 'true', 'data-testid': `make-${one.view}` }, title);
}));

export async function showNew(view, { values, signal }) {
  const kind = KINDS[values.kind] ?? KINDS.invoices;
  const { order } = kind;
  const { items: all } = await get('/services', { kind: kind.noun });
  if (signal.aborted) return;
  const named = (name, attributes = {}, ...children) => el(attributes.tag ?? 'input',
    { name, id: `new-${name}`, 'data-testid': `new-${name}`, ...attributes, tag: null }, ...children);
  const service = named('service', {
    list: 'services', value: values.service ?? order.service, required: true, 'data-search': true,
  });
  const currency = named('currency', { value: values.currency ?? 'USD', maxlength: 8, required: true });
  const extra = el('div.fields', {});
  const choose = () => {
    const known = all.find((one) => one.service === service.value);
    if (known && !values.currency) currency.value = known.currency;
    fill(extra, ownFields(order, known));
  };
  service.addEventListener('change', choose);
  const create = button('Create', () => send(kind, form), { class: 'main', 'data-testid': 'create' });
  const other = named('more', {
    tag: 'textarea', placeholder: '{"customer": {"reference_id": "c1"}, "metadata": {"cart": 5}}', spellcheck: 'false',
  });
  const form = formOf(order.title, create, {},
  el('div.fields', {},
    field('Service', service),
    field('Currency', currency),
    field('Amount', named('amount', { inputmode: 'decimal', value: values.amount ?? '100', required: true })),
    order.starts && field('Starts', named('options.auto_process', { tag: 'select' }, options(order.starts))),
    field('Outcome', named('outcome', { list: 'outcomes', placeholder: 'the account\'s default' }),
      'For example process_failed:declined@5s'),
    field('Reference', named('reference_id', { maxlength: 255, placeholder: 'a new one' })),
    field('Description', named('description', { maxlength: 1024 })),
    field('Callback URL', named('callback_url', { type: 'url', placeholder: 'the account\'s' }))),
  extra,
  el('label.check', {}, named('test_mode', { type: 'checkbox', checked: true }), ' Test mode'),
  field('Other attributes', other, 'As JSON. They override the fields above.'),
  el('div.actions', {}, create),
  suggestions('services', all.filter((one) => one.usable).map((one) => one.service)),
  suggestions('outcomes', order.outcomes));
  remember(kind, form, choose, Object.keys(values).some((name) => name !== 'kind'));
  listen([], () => findLost(kind, form).catch(complain), signal);
  view.append(el('div.line', {}, el('h1', {}, order.title), choice(kind)), form);
}
