// GET /_mock/events: server-sent events.

import assert from 'node:assert/strict';
import http from 'node:http';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { within } from '../lib/limits.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer({ args: ['--log-level', 'error'] });
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** Reads an event stream like a browser. */
class Stream {
  constructor(of = server) {
    this.server = of;
    this.events = [];
    this.comments = [];
    this.text = '';
    this.waiters = new Set();
  }

  async open(account, { last, headers = {} } = {}) {
    const path = `/_mock/events${account ? `?account=${account.id}` : ''}`;
    const all = {
      Accept: 'text/event-stream',
      ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }),
      ...headers,
    };
    this.response = await within(new Promise((done, fail) => {
      this.request = http.request(this.server.url, { path, headers: all, agent: false }, done);
      this.request.on('error', fail);
      this.request.end();
    }), () => 'the stream to open');
    this.response.setEncoding('utf8').on('data', (part) => this.take(part));
    this.response.on('error', () => {});
    this.closed = new Promise((done) => { this.response.on('close', done); });
    this.request.on('error', () => {});
    await this.until(() => this.comments.length, 'the first comment');
    return this;
  }

  take(part) {
    this.text += part;
    for (let end; (end = this.text.indexOf('\n\n')) >= 0;) {
      const block = this.text.slice(0, end).split('\n');
      this.text = this.text.slice(end + 2);
      const event = {};
      for (const line of block) {
        const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line);
        if (name === '') this.comments.push(value);
        else event[name] = value;
      }
      if (event.data) this.events.push({ ...event, id: Number(event.id), data: JSON.parse(event.data) });
    }
    for (const waiter of [...this.waiters]) waiter();
  }

  async until(holds, what) {
    const come = new Promise((done) => {
      const look = () => {
        if (!holds()) return;
        this.waiters.delete(look);
        done();
      };
      this.waiters.add(look);
      look();
    });
    await within(come, () => `${what}; so far ${JSON.stringify(this.events.map((e) => [e.event, e.data.id]))}`);
  }

  async got(n, type) {
    const of = () => this.events.filter((e) => type === undefined || e.event === type);
    await this.until(() => of().length >= n, `${n} events ${type ?? ''}`);
    return of();
  }

  close() { this.request.destroy(); }
}

describe('content', () => {
  test('requests, transitions, callbacks and clocks of the account, with their request', async () => {
    const api = await demo.newAccount();
    const sink = await startSink({ account: api.account });
    const stream = await new Stream().open(api.account);
    assert.match(stream.response.headers['content-type'], /^text\/event-stream/);
    assert.equal(stream.response.headers['cache-control'], 'no-store');
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, hold);
    const [callback] = await stream.got(1, 'callback');
    const [request] = await stream.got(1, 'request');
    const [transition] = await stream.got(1, 'transition');
    assert.deepEqual(
      [
        transition.data.id,
        transition.data.invoice,
        transition.data.from,
        transition.data.to,
        transition.data.resolution,
      ],
      [id, id, 'created', 'process_pending', 'ok'],
    );
    assert.deepEqual(
      [request.data.method, request.data.path, request.data.status, request.data.invoice, request.data.kind],
      ['POST', '/payment-invoices', 201, id, 'api'],
    );
    assert.deepEqual(
      [
        callback.data.invoice,
        callback.data.transition,
        callback.data.attempt,
        callback.data.code,
        callback.data.error,
        callback.data.state,
      ],
      [id, 'process_pending', 1, 200, null, 'done'],
    );
    assert.equal(transition.data.request, request.data.id);
    assert.equal(callback.data.request, request.data.id);
    await api.freeze();
    const [clock] = await stream.got(1, 'clock');
    assert.equal(clock.data.mode, 'frozen');
    await api.advance(60);
    const clocks = await stream.got(2, 'clock');
    assert.equal(clocks[1].data.now, clock.data.now + 60);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { name: 'Another' })).expect(200);
    const [account] = await stream.got(1, 'account');
    assert.deepEqual([account.data.id, account.data.change], [api.account.id, 'changed']);
    const ids = stream.events.map((e) => e.id);
    assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
    stream.close();
    await sink.stop();
  });

  test('only the own account; the demo account also gets events of all accounts and of calls without one', async () => {
    const api = await demo.newAccount();
    const other = await demo.newAccount();
    const stream = await new Stream().open(api.account);
    const own = await new Stream().open();
    await other.made({}, hold);
    const path = `/nowhere/${Date.now()}`;
    (await api.send('GET', path, { check: false })).expect(404);
    const fresh = await demo.newAccount();
    const { id } = await api.made({}, hold);
    await stream.got(2);
    assert.deepEqual([...new Set(stream.events.map((e) => e.data.invoice))], [id]);
    await own.until(() => own.events.some((e) => e.data.path === path && e.data.unmatched), 'the call to nowhere');
    await own.until(
      () =>
        own.events.some((e) => e.event === 'account' && e.data.id === fresh.account.id && e.data.change === 'created'),
      'the account',
    );
    stream.close();
    own.close();
  });

  test('no secrets', async () => {
    const api = await demo.newAccount();
    const stream = await new Stream().open(api.account);
    await api.private('GET', '/payment-services?card_number=4111111111111111&token=tokentoken');
    const [request] = await stream.got(1, 'request');
    assert.ok(!JSON.stringify(request).includes('4111111111111111') && !JSON.stringify(request).includes('tokentoken'));
    stream.close();
  });

  test('a changed and a restored service are changes of the account', async () => {
    const api = await demo.newAccount();
    const stream = await new Stream().open(api.account);
    (await api.control('PUT', '/services/paypal_eur_hpp', { fee_fix: -1 })).expect(422);
    (await api.control('PUT', '/services/paypal_eur_hpp', { fee_fix: 1 })).expect(200);
    (await api.control('DELETE', '/services/paypal_eur_hpp')).expect(200);
    const changes = (await stream.got(2, 'account')).map((e) => e.data.change);
    assert.deepEqual(changes, ['changed', 'changed']);
    stream.close();
  });

  test('reset and deletion are events; the stream ends with its account', async () => {
    const api = await demo.newAccount();
    const stream = await new Stream().open(api.account);
    (await api.control('POST', '/reset')).expect(200);
    await stream.got(1, 'account');
    (await demo.send('DELETE', `/_mock/accounts/${api.account.id}`)).expect(200);
    const accounts = await stream.got(2, 'account');
    assert.deepEqual(accounts.map((e) => e.data.change), ['reset', 'deleted']);
    await within(stream.closed, () => 'the stream to end');
    assert.ok(stream.response.complete);
  });
});

test('fault hits are events; a stream outlives a reset and a restore of its account', async () => {
  const api = await demo.newAccount();
  const stream = await new Stream().open(api.account);
  const { id } = (await api.control('POST', '/faults', { on: 'api', fault: 'status', status: 500, times: 1 })).expect(
    201,
  ).json;
  (await api.services({}, { check: false })).expect(500);
  const [hit] = await stream.got(1, 'fault');
  assert.deepEqual([hit.data.id, hit.data.on, hit.data.fault], [id, 'api', 'status']);
  const made = await api.made({}, hold);
  (await api.control('POST', '/snapshots/one')).expect(201);
  (await api.control('POST', '/reset')).expect(200);
  const again = await api.made({}, hold);
  (await api.control('POST', '/snapshots/one/restore')).expect(200);
  (await api.transition(made.id, { status: 'processed' })).expect(200);
  const transitions = await stream.got(3, 'transition');
  assert.deepEqual(transitions.map((e) => e.data.invoice), [made.id, again.id, made.id]);
  assert.deepEqual((await stream.got(2, 'account')).map((e) => e.data.change), ['reset', 'restored']);
  stream.close();
});

describe('resuming', () => {
  test('after Last-Event-ID, without gaps or repeats', async () => {
    const api = await demo.newAccount();
    const first = await new Stream().open(api.account);
    for (let i = 0; i < 5; i++) await api.made({}, hold);
    const seen = await first.got(10);
    first.close();
    for (let i = 0; i < 5; i++) await api.made({}, hold);
    const second = await new Stream().open(api.account, { last: seen[3].id });
    const rest = await second.got(16);
    assert.deepEqual(rest.slice(0, 6).map((e) => e.id), seen.slice(4, 10).map((e) => e.id));
    assert.ok(rest.every((e, i) => i === 0 || e.id > rest[i - 1].id));
    second.close();
  });

  test('without it only new events; with 0 or an unknown id all kept events', async () => {
    const api = await demo.newAccount();
    await api.made({}, hold);
    const fresh = await new Stream().open(api.account);
    await api.services();
    const [only] = await fresh.got(1);
    assert.equal(only.data.path, '/payment-services');
    for (const last of [0, 999999999]) {
      const all = await new Stream().open(api.account, { last });
      const events = await all.got(4);
      assert.deepEqual(events.map((e) => e.event), ['account', 'transition', 'request', 'request']);
      all.close();
    }
    fresh.close();
    (await demo.send('GET', '/_mock/events', { headers: { 'Last-Event-ID': 'x' } })).expect(422);
  });

  test('events removed by a reset or DELETE are not sent again', async () => {
    const api = await demo.newAccount();
    await api.made({}, hold);
    (await api.control('DELETE', '/requests')).expect(200);
    const stream = await new Stream().open(api.account, { last: 0 });
    await api.services();
    const [first] = await stream.got(1);
    assert.equal(first.data.path, '/payment-services');
    stream.close();
  });
});

describe('limits', () => {
  test('at most 100 streams; closing one frees its place', async () => {
    const other = await startServer({ args: ['--log-level', 'error'] });
    const client = new Client(other);
    const streams = [];
    for (let i = 0; i < 100; i++) streams.push(await new Stream(other).open());
    const refused = (await client.send('GET', '/_mock/events')).expect(409);
    assert.equal(refused.json.error.code, 'too_many_streams');
    await client.services();
    await Promise.all(streams.map((s) => s.got(1)));
    const left = streams.pop();
    left.close();
    await within(left.closed, () => 'the socket to close');
    streams.push(await new Stream(other).open());
    (await client.send('GET', '/_mock/events')).expect(409);
    for (const stream of streams) stream.close();
    await other.stop();
  });

  test('a client that does not read is disconnected, and does not block others', async () => {
    const small = await startServer({ args: ['--journal', '100', '--log-level', 'error'] });
    const client = new Client(small);
    const socket = connect({ host: small.host, port: small.port });
    socket.on('error', () => {});
    const opened = new Promise((done) => { socket.once('data', done); });
    socket.write('GET /_mock/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await within(opened, () => 'the stream to open');
    socket.pause();
    const path = `/nowhere/${'x'.repeat(980)}`;
    for (let sent = 0; sent < 12_000;) {
      const batch = Array.from({ length: 200 }, () => client.send('GET', path, { check: false }));
      for (const reply of await Promise.all(batch)) reply.expect(404);
      sent += batch.length;
    }
    const closed = new Promise((done) => { socket.on('close', done); });
    let received = 0;
    socket.on('data', (part) => { received += part.length; });
    socket.resume();
    await within(closed, () => 'the slow stream to be closed');
    assert.ok(received < 12_000 * 1200, 'not all of it came');
    await small.stop();
  });

  test('open streams do not delay the exit of the server', async () => {
    const other = await startServer();
    const stream = await new Stream(other).open();
    await other.stop();
    await within(stream.closed, () => 'the stream to end');
  });

  test('HEAD has no body and does not count as a stream', async () => {
    const reply = (await demo.send('HEAD', '/_mock/events')).expect(200);
    assert.equal(reply.raw.length, 0);
  });
});
