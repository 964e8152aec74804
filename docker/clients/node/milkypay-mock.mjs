// The MilkyPay mock in tests: accounts, clocks, outcomes, waits, faults, sinks, signatures. Copy this file into your
// project. It needs Node 18 or later and no packages. server/docs/clients.md lists its operations.

import { createHash, timingSafeEqual } from 'node:crypto';

/** An error response of the mock, or a wait that timed out: `status`, the `code` of its error, and the `body`. */
export class MilkyPayError extends Error {
  constructor(what, status, { code, message }, body) {
    super([`${what}: ${status}`, code, message].filter(Boolean).join(' '));
    this.name = 'MilkyPayError';
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

/** Sends a request and reads the response. Throws a MilkyPayError for an error response, with the reason. */
async function send(url, method, path, headers, body) {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
  if (!response.ok) {
    const message = response.headers.get('x-mock-reason') ?? text;
    throw new MilkyPayError(`${method} ${path}`, response.status, json.error ?? { message }, json);
  }
  return json;
}

const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
};

/** A running mock. */
export class MilkyPayMock {
  #token;

  /** `url` has no path; its default is MILKYPAY_URL, which `milkypay-mock exec` sets. `token`: of --control-token. */
  constructor(url = process.env.MILKYPAY_URL ?? 'http://127.0.0.1:8080', { token } = {}) {
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  get publicApiUrl() { return `${this.url}/public-api`; }

  get dashboardUrl() { return `${this.url}/_mock/`; }

  health() { return this.request('GET', '/health'); }

  /** The account with this id; by default the demo account. */
  async account(id) {
    if (id === undefined) {
      const { items: [demo] } = await this.request('GET', '/accounts?limit=1');
      return new MilkyPayAccount(this, demo);
    }
    return new MilkyPayAccount(this, await this.request('GET', `/accounts/${encodeURIComponent(id)}`));
  }

  /** Creates an account with its own keys, invoices, clock, callbacks and faults. */
  async createAccount(settings = {}) {
    return new MilkyPayAccount(this, await this.request('POST', '/accounts', settings));
  }

  /** Any call of the control API; `path` is the part after /_mock. Throws a MilkyPayError for an error response. */
  request(method, path, body) {
    return send(this.url, method, `/_mock${path}`, this.#token && { 'X-Mock-Token': this.#token }, body);
  }
}

/** A merchant account of the mock. */
export class MilkyPayAccount {
  #mock;

  constructor(mock, { id, api_key: apiKey, public_key: publicKey, public_live_key: publicLiveKey, secret_key: secretKey,
    secret_live_key: secretLiveKey, settings }) {
    this.#mock = mock;
    Object.assign(this, { id, apiKey, publicKey, publicLiveKey, secretKey, secretLiveKey, settings });
  }

  /** The environment variables that `milkypay-mock exec` sets for a shop. */
  get environment() {
    return {
      MILKYPAY_URL: this.#mock.url,
      MILKYPAY_ACCOUNT_ID: this.id,
      MILKYPAY_API_KEY: this.apiKey,
      MILKYPAY_PUBLIC_KEY: this.publicKey,
      MILKYPAY_SECRET_KEY: this.secretKey,
    };
  }

  /** The value of the Authorization header for the private API. */
  get authorization() { return `Basic ${Buffer.from(`${this.id}:${this.apiKey}`).toString('base64')}`; }

  /** A call of the platform's private API with the account's login: what your shop sends. */
  api(method, path, body, headers = {}) {
    return send(this.#mock.url, method, path, { Authorization: this.authorization, ...headers }, body);
  }

  #call(method, path, body, parameters = {}) {
    return this.#mock.request(method, `${path}${query({ account: this.id, ...parameters })}`, body);
  }

  // ---- the account

  async update(settings) {
    ({ settings: this.settings } = await this.#mock.request('PATCH', `/accounts/${this.id}`, settings));
    return this.settings;
  }

  delete() { return this.#mock.request('DELETE', `/accounts/${this.id}`); }

  reset() { return this.#call('POST', '/reset'); }

  snapshot(name) { return this.#call('POST', `/snapshots/${encodeURIComponent(name)}`); }

  restore(name) { return this.#call('POST', `/snapshots/${encodeURIComponent(name)}/restore`); }

  // ---- the account's clock

  clock() { return this.#call('GET', '/clock'); }

  /** Stops the clock, at `now` (unix seconds) if given. */
  freeze(now) { return this.#call('PUT', '/clock', { mode: 'frozen', now }); }

  unfreeze() { return this.#call('PUT', '/clock', { mode: 'real' }); }

  /** Seconds, or {seconds}, {to}, {next: true}, with {timeout}. Returns when every due event is done. */
  advance(how) { return this.#call('POST', '/clock/advance', typeof how === 'number' ? { seconds: how } : how); }

  // ---- outcomes of invoices

  /** Outcomes for the next invoices, one each: "processed", "process_failed:declined@5s". */
  queueOutcomes(...outcomes) { return this.#call('POST', '/outcomes', { outcomes }); }

  invoice(id) { return this.#call('GET', `/payment-invoices/${id}`); }

  /** Pays like a payer, without a browser: {card_number, expiry, cvv, three_ds} or {cancel: true}. */
  pay(id, visit) { return this.#call('POST', `/payment-invoices/${id}/pay`, visit); }

  transition(id, change) { return this.#call('POST', `/payment-invoices/${id}/transition`, change); }

  timeline(id) { return this.#call('GET', `/payment-invoices/${id}/timeline`); }

  // ---- waits; a timeout throws a MilkyPayError with status 408 that describes the current state

  waitForStatus(invoice, status, { timeout } = {}) { return this.#wait({ invoice, status, timeout }); }

  /** `result`: delivered or failed; `transition`: only the callback that reports this status. */
  waitForCallback(invoice, { result = 'delivered', transition, timeout } = {}) {
    return this.#wait({ invoice, callback: result, transition, timeout });
  }

  /** Waits until this many requests arrived; the filters are those of requests(), or {sink, invoice}. */
  waitForRequests(count, { timeout, ...filter } = {}) { return this.#wait({ requests: count, timeout, ...filter }); }

  /** Waits until nothing is being sent and nothing is due. Call it before you close your receiver. */
  waitUntilIdle({ within, timeout } = {}) { return this.#wait({ idle: true, within, timeout }); }

  #wait(parameters) { return this.#call('GET', '/wait', undefined, parameters); }

  // ---- faults

  addFault(fault) { return this.#call('POST', '/faults', fault); }

  faults() { return this.#call('GET', '/faults'); }

  /** Removes all faults, or the fault with this id. */
  removeFaults(id) { return this.#call('DELETE', id === undefined ? '/faults' : `/faults/${id}`); }

  // ---- sinks: built-in receivers of callbacks

  sinkUrl(name) { return `${this.#mock.url}/_mock/sink/${encodeURIComponent(name)}?account=${this.id}`; }

  /** Statuses for the next callbacks; the last one repeats. */
  answerSink(name, ...responses) { return this.#call('PUT', `/sink/${encodeURIComponent(name)}`, { responses }); }

  /** What the sink received, oldest first. Filters: invoice, signature, order, limit, after. */
  sinkRequests(name, filter = {}) {
    return this.#call('GET', `/sink/${encodeURIComponent(name)}/requests`, undefined, filter);
  }

  // ---- what happened

  /** Filters: method, path, status, invoice, reference_id, from, to, kind, unmatched, limit, after. */
  requests(filter = {}) { return this.#call('GET', '/requests', undefined, filter); }

  /** Filters: invoice, state, limit, after. */
  callbacks(filter = {}) { return this.#call('GET', '/callbacks', undefined, filter); }

  resend(callback, { resign = false } = {}) { return this.#call('POST', `/callbacks/${callback}/resend`, { resign }); }

  // ---- signatures

  /** The signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body. */
  sign(body, secret = this.secretKey) {
    return createHash('sha1').update(secret).update(body).update(secret).digest('base64');
  }

  isGenuine(body, signature, secret = this.secretKey) {
    const [expected, given] = [Buffer.from(this.sign(body, secret)), Buffer.from(signature ?? '')];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  /** Checks {body or body_base64, signature, key}, and names the likely mistake if the signature is wrong. */
  verifySignature(check) { return this.#call('POST', '/verify-signature', check); }
  // ---- money

  /** The payments, refunds, chargebacks and payouts of a day, "YYYY-MM-DD". Options: timezone, format, limit, after. */
  report(date, options = {}) { return this.#call('GET', '/report', undefined, { date, ...options }); }
}
