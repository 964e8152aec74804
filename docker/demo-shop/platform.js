// The client of the platform's API, and what a response, or none, means.

import { setTimeout as pause } from 'node:timers/promises';

const ATTEMPTS = 3;
const PAUSE_MS = 200;

/** The platform rejected the call and did nothing. `errors` is that member of the body. */
export class Refused extends Error {
  constructor(what, status, errors) {
    super(`${what} was refused with ${status}: ${JSON.stringify(errors)}`);
    this.status = status;
    this.errors = errors;
  }
}

/** No response, or one that does not say whether anything was done. */
export class Unsure extends Error {}

export class Platform {
  #config;
  #headers;

  /** `config`: url, publicUrl, accountId, apiKey, publicKey, testMode, timeoutMs. */
  constructor(config) {
    this.#config = config;
    const login = Buffer.from(`${config.accountId}:${config.apiKey}`).toString('base64');
    this.#headers = { Authorization: `Basic ${login}`, 'Content-Type': 'application/json', Accept: 'application/json' };
  }

  get testMode() { return this.#config.testMode; }

  /** The services that a shopper can choose in this currency: [{code, name}]. */
  async services(currency) {
    const { data } = await this.#call('POST', '/public-api/payment-prerequest',
      { public_key: this.#config.publicKey, currency });
    return Object.values(data.services)
      .filter(({ fields }) => !fields.some(({ required }) => required)) // this shop has no form for service fields
      .map(({ code, method }) => ({ code, name: data.methods[method]?.name?.en ?? code }));
  }

  /**
   * The invoice with `attributes.reference_id`: created now, or by an earlier attempt whose response was lost. `type`:
   * payment-invoices, or payout-invoices.
   */
  create(attributes, type = 'payment-invoices') {
    const body = { data: { type, attributes: { ...attributes, test_mode: this.testMode } } };
    return this.#once(
      () => this.#invoice('POST', `/${type}`, body),
      () => this.find(attributes.reference_id, type),
    );
  }

  /** The current state of an invoice. */
  read(id) {
    return this.#invoice('GET', `/payment-invoices/${encodeURIComponent(id)}`);
  }

  /** The invoice with a reference, or undefined. */
  async find(reference, type = 'payment-invoices') {
    const {
      data: [invoice],
    } = await this.#call('GET', `/${type}?filter[reference_id]=${encodeURIComponent(reference)}`);
    return invoice;
  }

  /** The last payouts, newest first. */
  async payouts() {
    return (await this.#call('GET', '/payout-invoices')).data;
  }

  /** Refunds an amount of an invoice, or all that is left; never twice with one reference. Returns the invoice. */
  refund(id, reference, amount) {
    const body = { data: { type: 'refund', id, attributes: { reference_id: reference, amount } } };
    return this.#once(
      () => this.#invoice('POST', `/payment-invoices/${encodeURIComponent(id)}/refund`, body),
      async () => undefined, // no search needed: a repeated reference is a 409 with the invoice
    );
  }

  /** The URL of the payment page. Only the response of the creation always has it, but its form is fixed. */
  paymentPage({ id, attributes }) {
    const { url, publicUrl } = this.#config;
    const page = attributes.hpp_url ?? `${publicUrl}/redirect/hpp/?cpi=${encodeURIComponent(id)}`;
    return page.startsWith(`${url}/`) ? publicUrl + page.slice(url.length) : page;
  }

  /** For calls that must happen once: if `act` gets no clear response, `look` searches before the next attempt. */
  async #once(act, look) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Unsure)) throw error;
        const done = await look().catch(() => undefined);
        if (done) return done;
        if (attempt === ATTEMPTS) throw error;
        await pause(PAUSE_MS * attempt);
      }
    }
  }

  /** A call that returns an invoice. A 409 contains the existing invoice, which is as good. */
  async #invoice(method, path, body) {
    const { data } = await this.#call(method, path, body, [409]);
    if (!data?.id || !data.attributes) throw new Unsure(`${method} ${path} was answered without an invoice`);
    return data;
  }

  async #call(method, path, body, alsoGood = []) {
    const { status, json } = await this.#exchange(method, path, body);
    if (status === 200 || status === 201 || (alsoGood.includes(status) && json.data)) return json;
    // 401, 403, 404, 405, 409 and 422 mean that nothing was done; after a 400 or 5xx it is unknown
    if ([401, 403, 404, 405, 409, 422].includes(status)) throw new Refused(`${method} ${path}`, status, json.errors);
    throw new Unsure(`${method} ${path} was answered with ${status}`);
  }

  async #exchange(method, path, body) {
    try {
      const response = await fetch(this.#config.url + path, {
        method,
        headers: this.#headers,
        body: body && JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#config.timeoutMs),
      });
      return { status: response.status, json: await response.json() };
    } catch (cause) {
      throw new Unsure(`${method} ${path} got no answer: ${cause.cause?.code ?? cause.message}`, { cause });
    }
  }
}
