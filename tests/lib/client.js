// A small HTTP client for the public, the private and the control API. It checks every response against
// schema/openapi.yaml, unless the request has `check: false`.

import assert from 'node:assert/strict';
import http from 'node:http';
import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import { contract } from './contract.js';
import { checkPlatformJson } from './json-order.js';
import { PATIENCE_MS, within } from './limits.js';

/** The demo account, which every server has. */
export const DEMO = Object.freeze({
  id: 'coma_Demo4DocsAccount',
  api_key: 'demoApiKeyForLocalDevelopmentAndCiOnly_0001',
  public_key: 'pk_test_ClSQHi2T9WXuFa76WcwwBB6rspRpg6ANM69cS9zNOJy',
  public_live_key: 'pk_live_demoPublicKeyForLiveModeLocalUseOnly_000001',
  secret_key: 'sk_test_demoSecretKeyForTestModeLocalUseOnly_000001',
  secret_live_key: 'sk_live_demoSecretKeyForLiveModeLocalUseOnly_000001',
});

// The longest request is a long poll of 60 s.
const REQUEST_LIMIT_MS = 60_000 + PATIENCE_MS;

export class Reply {
  constructor(status, headers, raw) {
    this.status = status;
    this.headers = headers;
    this.raw = raw;
  }

  get text() { return this.raw.toString('utf8'); }

  get json() {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      throw new Error(`the body is not JSON (${error.message}): ${this.text.slice(0, 1000)}`, { cause: error });
    }
  }

  get data() { return this.json.data; }

  /** Returns the response if it has this status; otherwise fails and shows the body. */
  expect(...statuses) {
    assert.ok(statuses.includes(this.status),
      `expected ${statuses.join(' or ')}, got ${this.status}: ${this.text.slice(0, 2000)}`);
    return this;
  }
}

export const basic = (login, password) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

/** Encodes {customer: {name: 'A'}} as PHP does: customer[name]=A. Also accepts an array of pairs. */
export function phpForm(fields) {
  const parts = [];
  const add = (name, value) => {
    if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) add(name ? `${name}[${key}]` : key, inner);
    } else {
      parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value)).replace(/%20/g, '+')}`);
    }
  };
  add('', fields);
  return parts.join('&');
}

export function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  if (!given.length) return '';
  return `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

export class Client {
  /** `server` comes from startServer(); `account` has id and keys. */
  constructor(server, account = DEMO, { check = true } = {}) {
    this.server = server;
    this.account = account;
    this.check = check;
    this.agent = new http.Agent({ keepAlive: true });
    this.controlHeaders = {};
  }

  with(account) {
    const other = new Client(this.server, account, { check: this.check });
    other.controlHeaders = this.controlHeaders;
    return other;
  }

  get auth() { return basic(this.account.id, this.account.api_key); }

  /** Sends a request. Options: headers, body (text or bytes), json (value), form (fields), check, auth. */
  async send(method, target, options = {}) {
    const { check = this.check, auth, json, form } = options;
    let { body } = options;
    const headers = { ...options.headers };
    const has = (name) => Object.keys(headers).some((key) => key.toLowerCase() === name);
    if (auth !== undefined && auth !== null) headers.Authorization = auth;
    if (json !== undefined) {
      body = JSON.stringify(json);
      if (!has('content-type')) headers['Content-Type'] = 'application/json';
    } else if (form !== undefined) {
      body = typeof form === 'string' ? form : phpForm(form);
      if (!has('content-type')) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    }
    if (body !== undefined && !has('content-length')) headers['Content-Length'] = Buffer.byteLength(body);
    const reply = await this.exchange(method, target, headers, body);
    this.server.check?.();
    if (check) {
      contract().checkReply(method, target, reply);
      const json = /^application\/json/.test(reply.headers['content-type'] ?? '');
      if (json && method !== 'HEAD' && !target.startsWith('/_mock')) checkPlatformJson(reply.text);
    }
    return reply;
  }

  async exchange(method, target, headers, body) {
    const once = () => new Promise((done, fail) => {
      const request = http.request(this.server.url, { method, path: target, headers, agent: this.agent });
      request.on('response', (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => done(new Reply(response.statusCode, response.headers, Buffer.concat(chunks))));
        response.on('error', fail);
        response.on('aborted', () => fail(new Error(`${method} ${target}: the response was cut off`)));
      });
      request.on('error', (error) => {
        // the server has just closed the kept connection: no error
        if (request.reusedSocket && error.code === 'ECONNRESET') error.stale = true;
        fail(error);
      });
      if (body !== undefined) request.write(body);
      request.end();
    });
    for (;;) {
      try {
        return await within(once(), () => `the answer to ${method} ${target}`, REQUEST_LIMIT_MS);
      } catch (error) {
        if (error.stale) continue;
        this.server.check?.();
        throw error;
      }
    }
  }

  // ---- private API

  private(method, target, options = {}) { return this.send(method, target, { auth: this.auth, ...options }); }

  create(attributes, options = {}) {
    return this.private('POST', '/payment-invoices',
      { json: { data: { type: 'payment-invoices', attributes } }, ...options });
  }

  /** Creates an invoice from valid defaults, expects 201 and returns `data`. */
  async made(attributes = {}, options = {}) {
    const reply = await this.create(invoice(attributes), options);
    return reply.expect(201).data;
  }

  get(id, options) { return this.private('GET', `/payment-invoices/${id}`, options); }

  async attributes(id) { return (await this.get(id)).expect(200).data.attributes; }

  list(parameters = {}, options = {}) {
    return this.private('GET', `/payment-invoices${query(parameters)}`, options);
  }

  services(parameters = {}, options = {}) {
    return this.private('GET', `/payment-services${query(parameters)}`, options);
  }

  service(id, options) { return this.private('GET', `/payment-services/${id}`, options); }

  // ---- public API

  prerequest(body, options = {}) {
    return this.send('POST', '/public-api/payment-prerequest',
      { json: { public_key: this.account.public_key, ...body }, ...options });
  }

  createPublic(body, options = {}) {
    return this.send('POST', '/public-api/payment-invoices',
      { json: { public_key: this.account.public_key, ...body }, ...options });
  }

  async madePublic(body = {}, options = {}) {
    return (await this.createPublic(invoice(body), options)).expect(201).data;
  }

  getPublic(id, options) { return this.send('GET', `/public-api/payment-invoices/${id}`, options); }

  createForm(fields, options = {}) {
    return this.send('POST', '/public-api/payment-invoices/process',
      { form: { public_key: this.account.public_key, ...fields }, ...options });
  }

  // ---- control API

  /** A call under /_mock for this client's account. */
  control(method, path, json, { parameters = {}, ...options } = {}) {
    const target = `/_mock${path}${query({ account: this.account.id, ...parameters })}`;
    return this.send(method, target, { json, ...options, headers: { ...this.controlHeaders, ...options.headers } });
  }

  /** POST /_mock/accounts: creates an account and returns a client for it. */
  async newAccount(settings = {}) {
    const reply = await this.send('POST', '/_mock/accounts', { json: settings, headers: this.controlHeaders });
    return this.with(reply.expect(201).json);
  }

  /** A new account whose clock stands at `start`. */
  async newFrozen(settings) {
    const api = await this.newAccount(settings);
    api.start = await api.freeze();
    return api;
  }

  async clock() { return (await this.control('GET', '/clock')).expect(200).json; }

  /** Freezes the account's clock and returns its time. */
  async freeze(now) {
    const body = now === undefined ? { mode: 'frozen' } : { mode: 'frozen', now };
    return (await this.control('PUT', '/clock', body)).expect(200).json.now;
  }

  /** POST /_mock/clock/advance; a number means seconds. Expects 200 and `complete`. */
  async advance(how) {
    const reply = await this.control('POST', '/clock/advance', typeof how === 'number' ? { seconds: how } : how);
    const result = reply.expect(200).json;
    assert.equal(result.complete, true, `advance did not complete: ${reply.text}`);
    return result;
  }

  outcomes(...outcomes) { return this.control('POST', '/outcomes', { outcomes }); }

  transition(id, body) { return this.control('POST', `/payment-invoices/${id}/transition`, body); }

  pay(id, body) { return this.control('POST', `/payment-invoices/${id}/pay`, body); }

  /** The items of a timeline that the database keeps: no calls, and not which call caused an item. */
  async lasting(id) {
    const { items } = await this.timeline(id);
    return items.filter(({ kind }) => kind === 'transition' || kind === 'callback')
      .map((item) => ({ ...item, request: null }));
  }

  async timeline(id) {
    const reply = await this.control('GET', `/payment-invoices/${id}/timeline`);
    return reply.expect(200).json;
  }

  wait(parameters, options = {}) { return this.control('GET', '/wait', undefined, { parameters, ...options }); }

  /** Waits until the invoice has or had this status, and returns its data. */
  async reach(id, status) {
    const reply = await this.wait({ invoice: id, status, timeout: '60s' });
    return reply.expect(200).data;
  }

  /** Waits until nothing is in flight and nothing is due. */
  async idle(parameters = {}) {
    return (await this.wait({ idle: 'true', timeout: '60s', ...parameters })).expect(200).json;
  }

  async callbacks(parameters = {}) {
    const reply = await this.control('GET', '/callbacks', undefined, { parameters });
    return reply.expect(200).json.items;
  }

  async callback(id) { return (await this.control('GET', `/callbacks/${id}`)).expect(200).json; }
}

/** A valid invoice for the private and the public API, with changes; `undefined` removes a field. */
export function invoice(changes = {}) {
  const all = {
    reference_id: randomUUID(),
    service: 'payment_card_usd_hpp',
    currency: 'USD',
    amount: 100,
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The claims of a flow token. */
export function claims(token) {
  const [head, body, signature] = token.split('.');
  return {
    header: Buffer.from(head, 'base64url').toString(),
    payload: Buffer.from(body, 'base64url').toString(),
    claims: JSON.parse(Buffer.from(body, 'base64url').toString()),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Unix seconds in the format of `expires`. */
export const isoTime = (unix) => new Date(unix * 1000).toISOString().replace(/\.\d+Z$/, '+00:00');

/** Sends bytes over a plain socket and returns the response: {raw, status, headers, body}.
 *  Reads until the server closes the connection, or until `until(raw)` returns true. */
export async function rawExchange(server, bytes, { until = () => false, finish = false } = {}) {
  const socket = connect({ host: server.host, port: server.port });
  const chunks = [];
  let failure;
  const ended = new Promise((done) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (until(Buffer.concat(chunks).toString('latin1'))) done();
    });
    socket.on('error', (error) => { failure = error; });
    socket.on('close', done);
  });
  socket.write(bytes);
  if (finish) socket.end();
  await within(ended, () => `the server to answer ${JSON.stringify(String(bytes).slice(0, 80))}`)
    .finally(() => socket.destroy());
  server.check?.();
  const raw = Buffer.concat(chunks).toString('latin1');
  const split = raw.indexOf('\r\n\r\n');
  const [statusLine, ...lines] = (split < 0 ? raw : raw.slice(0, split)).split('\r\n');
  return {
    raw,
    error: failure,
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]),
    headers: Object.fromEntries(lines.filter(Boolean).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    })),
    body: split < 0 ? '' : raw.slice(split + 4),
  };
}
