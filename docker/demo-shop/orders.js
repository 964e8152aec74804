// The shop's orders. A real shop keeps them in its database, behind the same functions.
//
// The platform reports changes by callback, and an invoice can be read. Callbacks may arrive twice, late or out of
// order, so a callback counts only if it is newer than the known state. If that is unclear, the shop reads the invoice.

import { randomUUID } from 'node:crypto';
import { CURRENCY, amountOf, centsOf } from './catalogue.js';
import { isKnown, meaningOf } from './status.js';

const MOST_ORDERS = 1000;
const MOST_CHANGES = 50;

export class Orders {
  #byId = new Map();
  #file;
  #changed;

  /** `file` is that of orders_file.js; `changed(order)` is called after every change. */
  constructor(file, changed) {
    this.#file = file;
    this.#changed = changed;
    for (const order of file.orders) this.#add(order);
  }

  #add(order) {
    this.#byId.set(order.id, order);
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= MOST_ORDERS) break;
      this.#byId.delete(id); // the oldest order
    }
  }

  /** Every change of an order is written before it counts. A callback that cannot be written is not answered 200. */
  #change(order, changes) {
    this.#file.write({ ...order, ...changes });
    Object.assign(order, changes);
  }

  /**
   * Stores an order before the platform is called. Its id is the reference of its invoice. `token` comes from the form
   * of the product's page: a second click sends it again, and gets the order of the first click.
   */
  open(product, quantity, service, token) {
    const earlier = token && this.list().find((order) => order.token === token);
    if (earlier) return earlier;
    const order = {
      id: randomUUID(),
      token,
      product: product.id,
      quantity,
      service,
      cents: product.cents * quantity,
      made: Date.now(),
      status: 'new',
      resolution: undefined,
      invoice: undefined, // the id of the invoice
      page: undefined, // the URL of the payment page
      updated: 0, // the platform's time of the known state
      received: 0, // cents
      refunded: 0, // cents
      shipments: 0,
      refunds: 0, // number of refunds started here
      version: 0, // number of changes
      changes: [],
    };
    this.#file.write(order);
    this.#add(order);
    return order;
  }

  get(id) { return this.#byId.get(id); }

  /** The orders, newest first. */
  list() { return [...this.#byId.values()].reverse(); }

  keepPage(order, page) {
    this.#change(order, { page });
  }

  /**
   * Compares an invoice from a callback with its order: "news", "known", "old" or "unclear". Unclear are two changes
   * within one second, an unknown status and an unexpected amount; the shop then reads the invoice.
   */
  judge(order, invoice) {
    const { updated, status, resolution } = invoice.attributes;
    if (!isOf(order, invoice) || !isKnown(status)) return 'unclear';
    if (updated < order.updated) return 'old';
    if (updated > order.updated) return 'news';
    return status === order.status && resolution === order.resolution ? 'known' : 'unclear';
  }

  /** Applies an invoice that arrived `by` callback, response or read. Throws if it does not belong to this order. */
  take(order, invoice, by) {
    if (!isOf(order, invoice) || !isKnown(invoice.attributes.status)) {
      throw new Error(`the platform's ${invoice.id} does not match order ${order.id}`);
    }
    const { updated, status, resolution, processed_amount: received, refunded_amount: refunded } = invoice.attributes;
    const same = order.invoice !== undefined && status === order.status && resolution === order.resolution;
    const change = { at: Date.now(), status, resolution, by };
    this.#change(order, {
      invoice: invoice.id,
      status,
      resolution,
      updated,
      received: centsOf(received ?? 0),
      refunded: centsOf(refunded ?? 0),
      // ships once, in the same write as the payment
      shipments: meaningOf(invoice.attributes).ships ? 1 : order.shipments,
      version: order.version + 1,
      changes: same ? order.changes : [...order.changes, change].slice(-MOST_CHANGES),
    });
    if (!same) this.#changed(order);
  }

  /** Records the start of a refund and returns its number. */
  beginRefund(order) {
    // a failed refund has used its reference; after a lost response, the same reference is sent again
    if (order.refunds === 0 || order.status === 'refund_failed' || order.status === 'partially_refunded')
      this.#change(order, { refunds: order.refunds + 1 });
    return order.refunds;
  }
}

/** Whether an invoice belongs to this order, with the exact amount. */
function isOf(order, { id, attributes }) {
  return attributes.reference_id === order.id
    && (order.invoice === undefined || order.invoice === id)
    && attributes.currency === CURRENCY
    && attributes.amount === Number(amountOf(order.cents));
}
