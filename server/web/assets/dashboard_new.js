// A new invoice, ordered by the platform's own private API as a merchant's server does it.

import { get, platform, query } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { button, field } from './dashboard_parts.js';

const OUTCOMES = ['processed', 'process_failed:insufficient_funds', 'process_pending', 'expired', 'processed@10s', 'processed@1s,refunded@5s', 'processed@1s,charged_back@5s'];

/** A field per field of the service; what is in them makes `service_fields`. */
function ownFields(known) {
  return (known?.fields ?? []).map(({ key, required, example }) => field(`${key.replaceAll('_', ' ')}${required ? '' : ' (may be left out)'}`,
    el('input', { name: `service_fields.${key}`, id: `new-field-${key}`, placeholder: example, required, 'data-testid': `new-field-${key}` })));
}

/** {errors: {path: message}} beside the fields, or what else the platform says, on top. */
function showErrors(form, summary, { status, json }) {
  const byPath = Array.isArray(json.errors) ? {} : json.errors;
  const left = [];
  for (const [path, why] of Object.entries(byPath)) {
    const input = form.querySelector(`[name="${path}"]`);
    if (!input) left.push(`${path}: ${why}`);
    else {
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', `${input.id}-error`);
      input.parentElement.append(el('p.error', { id: `${input.id}-error` }, why));
    }
  }
  if (Array.isArray(json.errors)) left.push(...json.errors.map((one) => one.detail ?? one.title ?? one.status));
  summary.replaceChildren(el('p.notice.bad', { role: 'alert', tabindex: -1, 'data-testid': 'errors' }, `The platform answered ${status}. ${left.join(' ')}`));
  (form.querySelector('[aria-invalid]') ?? summary.firstChild).focus();
}

/** Cut off, or garbled: whether there is an invoice now is not known, as for a merchant. */
function showLost(summary, reference, error) {
  summary.replaceChildren(el('p.notice.bad', { role: 'alert', tabindex: -1, 'data-testid': 'errors' },
    `No good answer came (${error.message}). The order may stand all the same: `,
    el('a', { href: `#/invoices${query({ search: reference })}` }, 'look for its reference'), '.'));
  summary.firstChild.focus();
}

function clearErrors(form, summary) {
  summary.replaceChildren();
  for (const one of form.querySelectorAll('.error')) one.remove();
  for (const one of form.querySelectorAll('[aria-invalid]')) {
    one.removeAttribute('aria-invalid');
    one.removeAttribute('aria-describedby');
  }
}

/** crypto.randomUUID is only there on https and localhost. */
const newReference = () => `new-${Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

/** What the form says, as attributes; the JSON field may add or replace any. */
function attributesOf(form) {
  const values = Object.fromEntries(new FormData(form));
  const more = values.more.trim() ? JSON.parse(values.more) : {};
  const own = Object.entries(values).filter(([name]) => name.startsWith('service_fields.')).map(([name, value]) => [name.slice('service_fields.'.length), value]);
  const given = {
    reference_id: values.reference_id || newReference(),
    service: values.service,
    currency: values.currency,
    amount: values.amount,
    description: values.description || undefined,
    callback_url: values.callback_url || undefined,
    test_mode: values.test_mode === 'on',
    ...(own.length ? { service_fields: Object.fromEntries(own) } : {}),
  };
  return { ...given, ...more };
}

export async function showNew(view, { values, signal }) {
  const { items: all } = await get('/services');
  if (signal.aborted) return;
  const named = (name, attributes = {}, tag = 'input') => el(tag, { name, id: `new-${name}`, 'data-testid': `new-${name}`, ...attributes });
  const service = named('service', { list: 'services', value: values.service ?? 'payment_card_usd_hpp', required: true, 'data-search': true });
  const currency = named('currency', { value: values.currency ?? 'USD', maxlength: 8, required: true });
  const extra = el('div.fields', {});
  const choose = () => {
    const known = all.find((one) => one.service === service.value);
    if (known && !values.currency) currency.value = known.currency;
    fill(extra, ownFields(known));
  };
  service.addEventListener('change', choose);
  const summary = el('div', {});
  const send = button('Create', async () => {
    clearErrors(form, summary);
    const outcome = form.elements.outcome.value.trim();
    const attributes = attributesOf(form);
    let answer;
    try {
      answer = await platform('POST', '/payment-invoices', {
        body: { data: { type: 'payment-invoices', attributes } },
        headers: outcome ? { 'X-Mock-Outcome': outcome } : {},
      });
    } catch (error) {
      showLost(summary, attributes.reference_id, error);
      return;
    }
    if (answer.status === 201) location.hash = `#/invoices/${answer.json.data.id}`;
    else showErrors(form, summary, answer);
  }, { class: 'main', 'data-testid': 'create' });
  const form = el('form.card', { 'aria-label': 'New invoice', novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    send.click();
  } }, summary,
  el('div.fields', {},
    field('Service', service),
    field('Currency', currency),
    field('Amount', named('amount', { inputmode: 'decimal', value: values.amount ?? '100', required: true })),
    field('Outcome', named('outcome', { list: 'outcomes', placeholder: 'what the account does by default' }), 'STATUS[:RESOLUTION][@DELAY], …'),
    field('Reference', named('reference_id', { maxlength: 255, placeholder: 'a new one' })),
    field('Description', named('description', { maxlength: 1024 })),
    field('Callback URL', named('callback_url', { type: 'url', placeholder: 'the account\'s' }))),
  extra,
  el('label.check', {}, named('test_mode', { type: 'checkbox', checked: true }), ' Test mode'),
  field('Other attributes', named('more', { placeholder: '{"customer": {"reference_id": "c1"}, "metadata": {"cart": 5}}', spellcheck: 'false' }, 'textarea'), 'JSON; they win over the fields above.'),
  el('div.actions', {}, send),
  el('datalist', { id: 'services' }, all.filter((one) => one.usable).map((one) => el('option', { value: one.service }))),
  el('datalist', { id: 'outcomes' }, OUTCOMES.map((one) => el('option', { value: one }))));
  choose();
  view.append(el('h1', {}, 'New invoice'), form);
}
