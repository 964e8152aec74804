// A receiver of callbacks in the test process. It records and verifies requests and sends programmed responses.

import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { createHash } from 'node:crypto';
import { contract as sharedContract } from './contract.js';
import { checkPlatformJson } from './json-order.js';
import { within } from './limits.js';

/** base64(SHA1(S || B || S)), over the exact bytes. */
export function sign(secret, body) {
  return createHash('sha1').update(secret).update(body).update(secret).digest('base64');
}

/** No response; the connection stays open. */
export const HANG = Object.freeze({ hang: true });
/** The connection is closed without a response. */
export const CLOSE = Object.freeze({ close: true });
export const redirect = (location, status = 302) => ({ status, headers: { Location: location } });

export class Sink {
  /** `account`: its secrets sign the callbacks. `check`: check bodies against the document, and signatures. */
  constructor({ account, check = true, contract = undefined, tls = undefined } = {}) {
    this.account = account;
    this.check = check;
    this.contract = contract;
    this.requests = [];
    this.programs = new Map();
    this.waiters = new Set();
    this.held = new Set();
    const handler = (request, response) => this.receive(request, response);
    this.server = tls ? https.createServer(tls, handler) : http.createServer(handler);
    this.scheme = tls ? 'https' : 'http';
    // a failed test must not keep the test process alive; tests that wait use within()
    this.server.unref();
    this.server.on('connection', (socket) => socket.unref());
    this.open = 0;
    this.mostOpen = 0;
  }

  async start() {
    await new Promise((done, fail) => {
      this.server.on('error', fail);
      this.server.listen(0, '127.0.0.1', done);
    });
    this.url = `${this.scheme}://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  /** Closes the receiver. By default, all received requests must have been valid. */
  async stop({ clean = this.check } = {}) {
    for (const response of this.held) response.destroy();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    if (clean) this.assertClean();
  }

  assertClean() {
    const bad = this.requests.filter((r) => r.problem || r.signature !== 'valid');
    assert.equal(
      bad.length,
      0,
      bad.map((r) => `${r.method} ${r.path}: signature ${r.signature}; ${r.problem ?? ''}`).join('\n'),
    );
  }

  /** Sets the responses, in order; the last one repeats. A response is a status or
   *  {status, headers, body, delay (ms), until (promise), hang, close}. `path` limits them to one path. */
  answer(answers, path = '*') {
    this.programs.set(path, [...answers]);
  }

  receive(request, response) {
    const at = Date.now();
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    response.on('close', () => { this.open--; });
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const entry = this.record(request, raw, at);
      this.requests.push(entry);
      for (const waiter of [...this.waiters]) waiter();
      this.reply(entry, response);
    });
  }

  record(request, raw, at) {
    const entry = {
      at,
      method: request.method,
      path: request.url,
      headers: request.headers,
      raw,
      text: raw.toString('utf8'),
      body: undefined,
      problem: undefined,
    };
    try {
      entry.body = JSON.parse(entry.text);
    } catch (error) {
      entry.problem = `no JSON: ${error.message}`;
    }
    const attributes = entry.body?.data?.attributes;
    entry.invoice = entry.body?.data?.id;
    entry.status = attributes?.status;
    entry.signature = this.verify(entry, attributes);
    if (this.check && !entry.problem) {
      try {
        (this.contract ?? sharedContract()).checkCallback(entry.headers, raw);
        checkPlatformJson(entry.text);
      } catch (error) {
        entry.problem = error.message;
      }
    }
    return entry;
  }

  verify(entry, attributes) {
    const given = entry.headers['x-signature'];
    if (given === undefined) return 'missing';
    const account = this.account;
    if (!account) return 'unknown';
    const secret = attributes?.test_mode === false ? account.secret_live_key : account.secret_key;
    return given === sign(secret, entry.raw) ? 'valid' : 'invalid';
  }

  async reply(entry, response) {
    const program = this.programs.get(entry.path) ?? this.programs.get('*') ?? [200];
    const next = program.length > 1 ? program.shift() : program[0];
    const answer = typeof next === 'number' ? { status: next } : next;
    this.held.add(response);
    response.on('close', () => this.held.delete(response));
    if (answer.hang) return;
    if (answer.close) {
      response.destroy();
      return;
    }
    if (answer.delay) await new Promise((done) => setTimeout(done, answer.delay));
    if (answer.until) await answer.until;
    if (response.destroyed) return;
    entry.answeredAt = Date.now();
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body ?? '');
  }

  /** The received requests of one invoice, path or status. */
  of({ invoice, path, status } = {}) {
    return this.requests.filter((r) => (invoice === undefined || r.invoice === invoice)
      && (path === undefined || r.path === path) && (status === undefined || r.status === status));
  }

  /** Waits for `count` requests of this kind and returns them. */
  async got(count, filter = {}) {
    const enough = new Promise((done) => {
      const look = () => {
        if (this.of(filter).length < count) return;
        this.waiters.delete(look);
        done();
      };
      this.waiters.add(look);
      look();
    });
    await within(enough, () => `${count} callbacks for ${JSON.stringify(filter)}; so far ${
      JSON.stringify(this.requests.map((r) => [r.invoice, r.status, r.path]))}`);
    return this.of(filter);
  }
}

export const startSink = (options) => new Sink(options).start();
