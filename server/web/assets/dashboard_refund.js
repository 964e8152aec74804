// "Refund": money back through the platform's own private API, as a merchant's server asks for it.

import { platform } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { button, field, money, options } from './dashboard_parts.js';

const OUTCOMES = [['', 'as planned'], ['refunded@0', 'succeeds at once'], ['refund_failed@0', 'fails at once'], ['refund_pending', 'stays pending']];

/** What the platform says against it, in one line. */
function refusal({ status, json: { errors } }) {
  const said = Array.isArray(errors) ? errors.map((one) => one.detail ?? one.status) : Object.values(errors);
  return new Error(`The platform answered ${status}. ${said.join(' ')}`);
}

export function refunder(id, refunded) {
  const amount = el('input', { inputmode: 'decimal', maxlength: 24, 'data-testid': 'refund-amount' });
  const outcome = el('select', { 'data-testid': 'refund-outcome' }, options(OUTCOMES));
  const left = el('strong', { 'data-testid': 'refund-left' });
  const go = button('Refund', async () => {
    const attributes = { reference_id: crypto.randomUUID(), ...(amount.value.trim() ? { amount: amount.value.trim() } : {}) };
    const reply = await platform('POST', `/payment-invoices/${id}/refund`, {
      body: { data: { type: 'refund', id, attributes } },
      headers: outcome.value ? { 'X-Mock-Outcome': outcome.value } : {},
    });
    if (reply.status !== 200) throw refusal(reply);
    amount.value = '';
    await refunded();
  }, { class: 'main', 'data-testid': 'refund' });
  const form = el('form.card', { hidden: true, 'aria-label': 'Refund', onsubmit: (event) => {
    event.preventDefault();
    go.click();
  } }, el('h2', {}, 'Refund'), el('p', {}, 'Left: ', left), field('Refund amount', amount), field('Outcome', outcome), go);
  amount.placeholder = 'all that is left';
  return {
    form,
    update(state) {
      form.hidden = !state.may_become.includes('refund_pending') || !state.left;
      left.textContent = typeof state.left === 'number' ? money(state.left, state.attributes.currency) : ''; // of payouts nothing is said
    },
  };
}
