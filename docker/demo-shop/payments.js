// The payment of an order.

import { CURRENCY, amountOf, productOf } from './catalogue.js';
import { meaningOf } from './status.js';

const READINGS = 3;
const REST_MS = 1000;

export class Payments {
  #orders;
  #platform;
  #urls;
  #log;
  #read = new WeakMap(); // order -> the time of the last read
  #refunding = new Map(); // order -> the refund that has no response yet

  /** `urls`: {returns(order), callback}. */
  constructor(orders, platform, urls, log) {
    this.#orders = orders;
    this.#platform = platform;
    this.#urls = urls;
    this.#log = log;
  }

  /** Creates the invoice if there is none yet, and returns the URL of the payment page. */
  async start(order) {
    if (order.page) return order.page;
    const back = this.#urls.returns(order);
    const seen = order.version;
    const invoice = await this.#platform.create({
      reference_id: order.id,
      service: order.service,
      currency: CURRENCY,
      amount: amountOf(order.cents),
      description: `${order.quantity} x ${productOf(order.product).name}`,
      return_urls: { success: back, fail: back, pending: back },
      callback_url: this.#urls.callback,
    });
    // the first callback may arrive before the response, and is then newer
    if (order.version === seen) this.#orders.take(order, invoice, 'answer');
    this.#orders.keepPage(order, this.#platform.paymentPage(invoice));
    return order.page;
  }

  /** Reads the order from the platform. Reads again if a callback arrived in the meantime. */
  async reread(order) {
    for (let reading = 1; reading <= READINGS; reading += 1) {
      const seen = order.version;
      const invoice = order.invoice
        ? await this.#platform.read(order.invoice)
        : await this.#platform.find(order.id);
      if (!invoice) return;
      if (order.version === seen) {
        this.#orders.take(order, invoice, 'reading');
        return;
      }
    }
  }

  /** Before an open order is shown: a callback may be late or lost. Reads at most once per second. */
  async refresh(order, now = Date.now()) {
    if (!order.invoice || !meaningOf(order).open || now - (this.#read.get(order) ?? 0) < REST_MS) return;
    this.#read.set(order, now);
    await this.reread(order);
  }

  /** Reads every order that may still change: callbacks may have been lost, and responses too. */
  async reconcile() {
    for (const order of this.#orders.list().filter((each) => !meaningOf(each).final)) {
      await this.reread(order).catch((error) => this.#log(`order ${order.id} is not reconciled: ${error.message}`));
    }
  }

  /** Refunds an amount, or with 0 all that is left, once, however often the button is pressed. */
  refund(order, cents) {
    if (!this.#refunding.has(order)) {
      this.#refunding.set(order, this.#refundOnce(order, cents).finally(() => this.#refunding.delete(order)));
    }
    return this.#refunding.get(order);
  }

  async #refundOnce(order, cents) {
    const reference = `${order.id}-refund-${this.#orders.beginRefund(order)}`;
    const seen = order.version;
    const invoice = await this.#platform.refund(order.invoice, reference, cents ? amountOf(cents) : undefined);
    if (order.version === seen) this.#orders.take(order, invoice, 'answer');
  }

  /** Applies a genuine callback unless it is old; reads the invoice if it is unclear. Returns the judgement. */
  async hear(order, invoice) {
    const judgement = this.#orders.judge(order, invoice);
    if (judgement === 'news') this.#orders.take(order, invoice, 'callback');
    if (judgement === 'unclear') await this.reread(order);
    return judgement;
  }
}
