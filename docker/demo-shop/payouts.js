// Payouts of the shop's takings to a card of its owner. The shop keeps no record of them: it shows the platform's.

import { CURRENCY, amountOf } from './catalogue.js';

export class Payouts {
  #platform;

  constructor(platform) {
    this.#platform = platform;
  }

  /** Pays once for each `token`, which comes from the form: it is the reference of the payout. */
  async pay(token, cents, card) {
    await this.#platform.create({
      reference_id: token,
      service: 'payment_card_usd',
      currency: CURRENCY,
      amount: amountOf(cents),
      fields: { card_number: card },
      options: { auto_process: true },
    }, 'payout-invoices');
  }

  /** The platform's status of the payout with this token, or "refused" if it made none. */
  async status(token) {
    const payout = await this.#platform.find(token, 'payout-invoices');
    return payout ? payout.attributes.status : 'refused';
  }

  /** The last payouts: [{made, amount, status}]. */
  async list() {
    return (await this.#platform.payouts())
      .map(({ attributes: { created, amount, status } }) => ({ made: created * 1000, amount, status }));
  }
}
