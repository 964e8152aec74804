// "Refund": refunds with the platform's private API, as a merchant's server does.

import { newReference, platform, readErrors } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { FormError } from './dashboard_errors.js';
import { button, field, form, money, options } from './dashboard_parts.js';

const OUTCOMES = [['', 'as planned'], ['refunded@0', 'succeeds at once'], ['refund_failed@0', 'fails at once'],
  ['refund_pending', 'stays pending']];

export function refunder(id, refunded) {
  const amount = el('input', {
    name: 'amount', inputmode: 'decimal', maxlength: 24, placeholder: 'all that is left', 'data-testid': 'refund-amount',
  });
  const outcome = el('select', { name: 'outcome', 'data-testid': 'refund-outcome' }, options(OUTCOMES));
  let rest; // required in the profile 2025
  const left = el('strong', { 'data-testid': 'refund-left' });
  const go = button('Refund', async () => {
    const attributes = { reference_id: newReference(), amount: amount.value.trim() || rest };
    const reply = await platform('POST', `/payment-invoices/${id}/refund`, {
      body: { data: { type: 'refund', id, attributes } },
      headers: outcome.value ? { 'X-Mock-Outcome': outcome.value } : {},
    });
    if (![200, 201].includes(reply.status)) {
      throw new FormError(`The platform answered ${reply.status}.`, readErrors(reply.json.errors));
    }
    amount.value = '';
    await refunded();
  }, { class: 'main', 'data-testid': 'refund' });
  const shown = form('Refund', go, { hidden: true }, el('h2', {}, 'Refund'), el('p', {}, 'Left: ', left),
    field('Refund amount', amount), field('Outcome', outcome), go);
  return {
    form: shown,
    update({ may_become: next, left: amountLeft, attributes: { currency, status } }) {
      const busy = !next.includes('refund_pending') || status === 'refunding';
      shown.hidden = busy || !amountLeft; // a payout has no `left`
      rest = amountLeft;
      left.textContent = shown.hidden ? '' : money(amountLeft, currency);
    },
  };
}
