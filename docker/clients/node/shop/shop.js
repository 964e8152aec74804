// A small shop that takes payments with MilkyPay. It reads the same variables as a real one: MILKYPAY_URL and the keys.

import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export class Shop {
  #environment;
  #receiver;
  #reading = Promise.resolve(); // the last read of an invoice
  orders = new Map(); // reference -> {amount, invoice, status, resolution}
  shipped = [];

  constructor(environment) { this.#environment = environment; }

  async start() {
    this.#receiver = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      response.writeHead(await this.#callback(body, request.headers['x-signature'])).end();
    });
    await once(this.#receiver.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  stop() { this.#receiver.close(); }

  /** Creates the invoice of an order once, even if a response is lost. */
  async checkout(reference, amount, tries = 3) {
    if (!this.orders.has(reference)) this.orders.set(reference, { amount }); // before a callback can arrive
    const { port } = this.#receiver.address();
    const attributes = { reference_id: reference, service: 'payment_card_usd_hpp', currency: 'USD', amount,
      test_mode: true, callback_url: `http://127.0.0.1:${port}/callback` };
    const made = await this.#send('POST', '/payment-invoices', { data: { type: 'payment-invoices', attributes } })
      .catch(() => ({ status: 0 })); // no response, or half of one
    if (made.data) return this.#remember(reference, made.data.id); // 201, or 409 with the earlier invoice
    if (made.status >= 400 && made.status < 500) throw new Error(`refused with ${made.status}`);

    // the invoice may exist all the same
    const filter = new URLSearchParams({ 'filter[reference_id]': reference });
    const { data: [found] } = await this.#send('GET', `/payment-invoices?${filter}`);
    if (found) return this.#remember(reference, found.id);
    if (tries === 1) throw new Error('MilkyPay does not respond');
    return this.checkout(reference, amount, tries - 1);
  }

  /** Whether MilkyPay accepts a refund of this amount. The same `id` refunds once, however often it is sent. */
  async refund(reference, id, amount) {
    const { invoice } = this.orders.get(reference);
    const { data } = await this.#send('POST', `/payment-invoices/${invoice}/refund`,
      { data: { type: 'refund', id: invoice, attributes: { reference_id: id, amount } } });
    return data !== undefined; // 200, or 409 with the earlier refund
  }

  #remember(reference, invoice) {
    this.orders.get(reference).invoice = invoice;
    return invoice;
  }

  /** Reads an order's invoice. One read follows the other, so that the last one is the newest. */
  refresh(reference) {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read(reference));
    return this.#reading;
  }

  async #read(reference) {
    const filter = new URLSearchParams({ 'filter[reference_id]': reference });
    const { data: [invoice] } = await this.#send('GET', `/payment-invoices?${filter}`);
    const order = this.orders.get(reference);
    if (invoice?.attributes.amount !== order.amount) return;
    const { status, resolution } = invoice.attributes;
    if (status === 'processed' && !this.shipped.includes(reference)) this.shipped.push(reference);
    Object.assign(order, { invoice: invoice.id, status, resolution });
  }

  async #send(method, path, body) {
    const { MILKYPAY_URL, MILKYPAY_ACCOUNT_ID, MILKYPAY_API_KEY } = this.#environment;
    const response = await fetch(MILKYPAY_URL + path, {
      method,
      headers: { Authorization: `Basic ${btoa(`${MILKYPAY_ACCOUNT_ID}:${MILKYPAY_API_KEY}`)}` },
      body: body && JSON.stringify(body),
    });
    return { ...await response.json(), status: response.status };
  }

  /** The status of the response to a callback. */
  async #callback(body, signature = '') {
    const secret = this.#environment.MILKYPAY_SECRET_KEY;
    const expected = Buffer.from(createHash('sha1').update(secret).update(body).update(secret).digest('base64'));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 403;

    // Callbacks arrive twice, late and out of order. The shop takes one as a hint, and reads the invoice.
    const { reference_id: reference } = JSON.parse(body).data.attributes;
    if (!this.orders.has(reference)) return 200; // not an order of this shop
    return this.refresh(reference).then(() => 200, () => 503); // after a 503 the callback comes again
  }
}
