// The shop's orders, in memory: a real shop keeps them in its database, behind the same few functions.
//
// The platform tells of a change by callback, and answers when it is asked. Callbacks may come twice, late, or in another
// order, so what one says counts only if it is newer than what is known; where that cannot be told, the platform is asked.

import { randomUUID } from 'node:crypto';
import { CURRENCY, amountOf } from './catalogue.js';
import { isKnown } from './status.js';

const MOST_ORDERS = 1000;
const MOST_CHANGES = 50;

export class Orders {
  #byId = new Map();
  #changed;

  /** `changed(order)` is called after every change. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** An order that is kept before the platform hears of it. Its id is the reference of its invoice. */
  open(product, quantity, service) {
    const order = {
      id: randomUUID(),
      product: product.id,
      quantity,
      service,
      cents: product.cents * quantity,
      made: Date.now(),
      status: 'new',
      resolution: undefined,
      invoice: undefined, // its id on the platform
      page: undefined, // where it is paid
      updated: 0, // the platform's time of what is known
      refunds: 0, // how many were begun here
      version: 0, // how often it changed
      changes: [],
    };
    this.#byId.set(order.id, order);
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= MOST_ORDERS) break;
      this.#byId.delete(id); // the oldest
    }
    return order;
  }

  get(id) { return this.#byId.get(id); }

  /** The newest first. */
  list() { return [...this.#byId.values()].reverse(); }

  /**
   * What an invoice that came by callback is to its order: "news", "known", "old", or "unclear", which only the platform
   * can tell: two changes within one second, a status that there is not, an amount that was not ordered.
   */
  judge(order, invoice) {
    const { updated, status, resolution } = invoice.attributes;
    if (!isOf(order, invoice) || !isKnown(status)) return 'unclear';
    if (updated < order.updated) return 'old';
    if (updated > order.updated) return 'news';
    return status === order.status && resolution === order.resolution ? 'known' : 'unclear';
  }

  /** The order is as this invoice says, which came `by` callback, answer or reading. Throws if it is not this order's. */
  take(order, invoice, by) {
    if (!isOf(order, invoice) || !isKnown(invoice.attributes.status)) {
      throw new Error(`the platform's ${invoice.id} does not fit order ${order.id}`);
    }
    const { updated, status, resolution } = invoice.attributes;
    const same = order.invoice !== undefined && status === order.status && resolution === order.resolution;
    Object.assign(order, { invoice: invoice.id, status, resolution, updated, version: order.version + 1 });
    if (same) return;
    order.changes = [...order.changes, { at: Date.now(), status, resolution, by }].slice(-MOST_CHANGES);
    this.#changed(order);
  }

  /** Notes a refund that is begun now and returns its number. */
  beginRefund(order) {
    // one that failed has used its reference up; one whose answer was lost is asked for again under the same
    if (order.refunds === 0 || order.status === 'refund_failed' || order.status === 'partially_refunded') order.refunds += 1;
    return order.refunds;
  }
}

/** Whether an invoice is this order's, down to the cent. */
function isOf(order, { id, attributes }) {
  return attributes.reference_id === order.id
    && (order.invoice === undefined || order.invoice === id)
    && attributes.currency === CURRENCY
    && attributes.amount === Number(amountOf(order.cents));
}
