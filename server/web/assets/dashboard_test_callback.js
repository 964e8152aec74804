// "Send a test callback": an invoice whose callbacks go to a URL, so that they are signed and retried as all others are.

import { newReference, platform, readErrors } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { FormError } from './dashboard_errors.js';
import { linkTo } from './dashboard_kinds.js';
import { button, field, form, options } from './dashboard_parts.js';

const ORDER = { service: 'payment_card_usd_hpp', currency: 'USD', amount: 100, test_mode: true, description: 'Test callback' };
const REPORTS = [['processed@0', 'processed'], ['process_failed:insufficient_funds@0', 'process failed: insufficient funds'],
  ['process_pending', 'process pending'], ['processed@0,refunded@0', 'processed, then refunded'],
  ['processed@0,charged_back@0', 'processed, then charged back']];

export function testCallback() {
  const url = el('input', {
    name: 'callback_url', type: 'url', maxlength: 2048, placeholder: 'http://127.0.0.1:9000/callback', 'data-testid': 'test-url',
  });
  const outcome = el('select', { 'data-testid': 'test-outcome' }, options(REPORTS));
  const send = button('Send', async () => {
    if (!url.value.trim()) throw new Error('callback_url: must not be empty');
    const attributes = { ...ORDER, reference_id: newReference(), callback_url: url.value.trim() };
    const { status, json } = await platform('POST', '/payment-invoices', {
      body: { data: { type: 'payment-invoices', attributes } },
      headers: { 'X-Mock-Outcome': outcome.value },
    });
    if (status !== 201) throw new FormError(`The platform answered ${status}.`, readErrors(json.errors));
    location.hash = linkTo(json.data.id); // it shows each attempt
  }, { class: 'main', 'data-testid': 'test-send' });
  return form('Send a test callback', send, {}, el('h2', {}, 'Send a test callback'),
    el('div.fields', {}, field('URL', url, 'An invoice of 100 USD is made for it, with callbacks as in the real course.'),
      field('Report', outcome)),
    el('div.actions', {}, send));
}
