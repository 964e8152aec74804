// A small shop that takes payments with MilkyPay. It reads the same variables as a real one: MILKYPAY_URL and the keys.

import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export class Shop {
  #environment;
  #receiver;
  orders = new Map(); // reference -> {invoice, status, resolution, updated}
  shipped = [];

  constructor(environment) { this.#environment = environment; }

  async start() {
    this.#receiver = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      response.writeHead(this.#callback(body, request.headers['x-signature'])).end();
    });
    await once(this.#receiver.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  stop() { this.#receiver.close(); }

  /** Creates the invoice of an order once, even if a response is lost. */
  async checkout(reference, amount, tries = 3) {
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

  async refund(reference, amount) {
    const { invoice } = this.orders.get(reference);
    const { status } = await this.#send('POST', `/payment-invoices/${invoice}/refund`,
      { data: { type: 'refund', id: invoice, attributes: { amount } } });
    return status === 200;
  }

  #remember(reference, invoice) {
    this.orders.set(reference, { updated: 0, ...this.orders.get(reference), invoice });
    return invoice;
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
  #callback(body, signature = '') {
    const secret = this.#environment.MILKYPAY_SECRET_KEY;
    const expected = Buffer.from(createHash('sha1').update(secret).update(body).update(secret).digest('base64'));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 403;

    const { id, attributes: { reference_id: reference, status, resolution, updated } } = JSON.parse(body).data;
    const known = this.orders.get(reference) ?? { updated: 0 };
    if (updated < known.updated) return 200; // older than what the shop knows
    if (status === 'processed' && known.status !== 'processed') this.shipped.push(reference);
    this.orders.set(reference, { invoice: id, status, resolution, updated });
    return 200;
  }
}
