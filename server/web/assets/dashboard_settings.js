// The settings of an account as a form: all of them, each with what the shop will see of it.

import { call } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { numberIn, parseJson } from './dashboard_errors.js';
import { button, field, form, options, toast } from './dashboard_parts.js';

const STATUSES = ['active', 'new', 'inactive', 'moderation_requested', 'moderation_pending', 'archived'];
const YES = ['false', 'true'];

/** [name, kind, what it does]. Kinds: text, number, map, list, or the values to choose from. Not the profile. */
export const SETTINGS = [
  ['name', 'text', 'Payers see it on the payment page.'],
  ['description', 'text', 'In the prerequest.'],
  ['icon', 'text', 'In the prerequest.'],
  ['website', 'text', 'In the prerequest.'],
  ['status', STATUSES, 'Unless active, creations, refunds and starts of payouts are rejected with 403.'],
  ['outcome', 'text', 'What becomes of invoices without another plan, for example process_failed:declined@5s.'],
  ['settle_after_ms', 'number', 'Delay of an outcome without its own delay.'],
  ['lifetime_s', 'number', 'Invoices expire after this time, unless the order has expires.'],
  ['callback_url', 'text', 'Receives the callbacks of invoices without their own URL.'],
  ['first_callback_delay_ms', 'number', 'Delay from a response to its first callback.'],
  ['only_final', YES, 'If true, only final statuses are reported.'],
  ['retry_interval_s', 'number', 'Retry n starts n times this interval after the previous attempt.'],
  ['retry_limit', 'number', 'The most attempts of a callback.'],
  ['connect_timeout_ms', 'number', 'Your receiver must accept the connection within this time.'],
  ['read_timeout_ms', 'number', 'Your receiver must send its next byte within this time.'],
  ['total_timeout_ms', 'number', 'Your receiver must finish its response within this time.'],
  ['callback_headers', 'map', 'JSON. Header fields added to every callback.'],
  ['return_url', 'text', 'Payers return to it, unless the invoice has its own URL.'],
  ['auto_return', YES, 'If true, payers return without a result page.'],
  ['send_context', YES, 'If true, the return URL gets the id, status and amount of the invoice.'],
  ['attempt_limit', 'number', 'How often a payer may try to pay an invoice.'],
  ['merchant_url', 'text', 'Added to the metadata of every invoice.'],
  ['public_creation', YES, 'If false, creations through the public API are rejected with 403.'],
  ['required_fields', 'list', 'JSON. Orders without one of these fields are rejected with 422.'],
  ['strict_test_mode', YES, 'If true, live mode declines test cards and refuses test services.'],
  ['convert_currency', YES, 'If true, an invoice may have another currency than its service.'],
  ['payment_fee_shift_out', YES, 'If true, the payer pays the fee on top of the amount.'],
  ['opening_balances', 'map', 'JSON. The balances at the start, by currency.'],
  ['rate_limit', 'number', 'More calls in a second get 429 with Retry-After.'],
  ['ttl_s', 'number', 'The account is deleted when it is unused for this time.'],
];

const asText = (kind, value) => {
  if (value === null || value === undefined) return '';
  return ['map', 'list'].includes(kind) ? JSON.stringify(value) : String(value);
};

/** The value of an input, null if it is empty. The server judges it, also a number that is none. */
function readAs(name, kind, text) {
  if (!text) return null;
  if (kind === YES) return text === 'true';
  if (kind === 'map') return parseJson(name, text);
  if (kind === 'list') return parseJson(name, text, []);
  return kind === 'number' ? numberIn(text) : text;
}

function inputOf(prefix, name, kind, value) {
  const attributes = { id: `${prefix}-${name}`, name, 'data-testid': `setting-${name}` };
  const text = asText(kind, value);
  if (!Array.isArray(kind)) return el('input', { ...attributes, value: text, maxlength: 4096, spellcheck: 'false' });
  return el('select', attributes, options([...(text ? [] : [['', 'default']]), ...kind.map((one) => [one])], text));
}

/** Inputs of the settings but `without`; `edited()` is what differs from `settings`. */
export function settingInputs(prefix, settings, without = []) {
  const rows = SETTINGS.filter(([name]) => !without.includes(name)).map(([name, kind, what]) => {
    const input = inputOf(prefix, name, kind, settings[name]);
    return { name, kind, input, shown: input.value, part: field(name, input, what) };
  });
  return {
    parts: rows.map(({ part }) => part),
    edited: () => Object.fromEntries(rows.filter(({ input, shown }) => input.value !== shown)
      .map(({ name, kind, input }) => [name, readAs(name, kind, input.value.trim())])),
  };
}

/** The form that changes the settings of an account. `changed()` is called afterwards. */
export function settingsForm({ id, settings }, changed) {
  const { parts, edited } = settingInputs(id, settings);
  const save = button('Save settings', async () => {
    const members = edited();
    if (!Object.keys(members).length) {
      toast('Nothing has changed.');
      return;
    }
    await call('PATCH', `/accounts/${id}`, members);
    toast('The settings are changed.');
    await changed();
  }, { class: 'main', 'data-testid': 'save-settings' });
  return form('Settings', save, { class: 'stack' }, el('div.fields', {}, parts), el('div.actions', {}, save));
}
