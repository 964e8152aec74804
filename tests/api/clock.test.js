import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { claims, Client, isoTime } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const pending = (api, attributes) => api.made(attributes, { headers: { 'X-Mock-Outcome': 'process_pending' } });
const advance = (api, body) => api.control('POST', '/clock/advance', body);
const status = async (api, id) => (await api.attributes(id)).status;

describe('the clock', () => {
  test('is real by default and follows the machine', async () => {
    const api = await demo.newAccount();
    const before = Math.floor(Date.now() / 1000);
    const clock = await api.clock();
    const after = Math.floor(Date.now() / 1000);
    assert.equal(clock.mode, 'real');
    assert.ok(clock.now >= before && clock.now <= after, `${before} <= ${clock.now} <= ${after}`);
  });

  test('stops when frozen, only for this account', async () => {
    const api = await demo.newFrozen();
    const other = await demo.newAccount();
    assert.deepEqual(await api.clock(), { mode: 'frozen', now: api.start });
    assert.equal((await other.clock()).mode, 'real');
    const one = await pending(api);
    const two = await pending(other);
    await other.reach(two.id, 'process_pending');
    assert.equal(one.attributes.created, api.start);
    assert.deepEqual(await api.clock(), { mode: 'frozen', now: api.start });
  });

  test('can be set forward, never back', async () => {
    const api = await demo.newFrozen();
    const { start } = api;
    assert.equal(
      (await api.control('PUT', '/clock', { mode: 'frozen', now: start + 1000 })).expect(200).json.now,
      start + 1000,
    );
    assert.equal((await pending(api)).attributes.created, start + 1000);
    for (const now of [start + 999, start, 0]) {
      const reply = (await api.control('PUT', '/clock', { mode: 'frozen', now })).expect(409);
      assert.equal(typeof reply.json.error.message, 'string');
    }
    (await advance(api, { to: start + 999 })).expect(409);
    assert.equal((await api.clock()).now, start + 1000);
    (await api.control('PUT', '/clock', { mode: 'frozen', now: start + 1000 })).expect(200);
  });

  test('continues from its frozen time when set to real', async () => {
    const api = await demo.newFrozen();
    await api.advance(5000);
    const clock = (await api.control('PUT', '/clock', { mode: 'real' }));
    clock.expect(200, 409);
    const { mode, now } = await api.clock();
    assert.ok(now >= api.start + 5000, 'time never goes back');
    if (clock.status === 200) assert.equal(mode, 'real');
  });

  test('a real clock continues from the time it was advanced to', async () => {
    const api = await demo.newAccount({ settle_after_ms: 1000 });
    const before = (await api.clock()).now;
    await api.advance(100_000);
    const { mode, now } = await api.clock();
    assert.equal(mode, 'real');
    assert.ok(now >= before + 100_000);
    const { id, attributes } = await api.made();
    assert.ok(attributes.created >= before + 100_000);
    await api.reach(id, 'processed');
  });

  test('invalid requests are refused', async () => {
    const api = await demo.newFrozen();
    for (const body of [
      {},
      { mode: 'stopped' },
      { mode: 'frozen', now: 'soon' },
      { mode: 'frozen', now: -1 },
      { mode: 'frozen', speed: 2 },
      [],
    ]) {
      (await api.control('PUT', '/clock', body)).expect(400, 422);
    }
    for (const body of [
      {},
      { seconds: -1 },
      { seconds: 'x' },
      { seconds: 1, to: api.start + 1 },
      { next: false },
      { seconds: 1, more: 1 },
      { to: 'x' },
      { seconds: 1, timeout: 'x' },
      { seconds: 1e30 },
    ]) {
      (await advance(api, body)).expect(400, 422);
    }
    assert.deepEqual(await api.clock(), { mode: 'frozen', now: api.start });
  });
});

describe('advance', () => {
  test('by seconds and to a time', async () => {
    const api = await demo.newFrozen();
    assert.deepEqual(await api.advance({ seconds: 0 }), { now: api.start, complete: true, events: [] });
    assert.deepEqual(await api.advance({ seconds: 90 }), { now: api.start + 90, complete: true, events: [] });
    assert.deepEqual(await api.advance({ to: api.start + 100 }), { now: api.start + 100, complete: true, events: [] });
    assert.deepEqual(await api.advance({ to: api.start + 100 }), { now: api.start + 100, complete: true, events: [] });
    assert.equal((await api.clock()).now, api.start + 100);
  });

  test('lists the events in order, each with its time', async () => {
    const api = await demo.newFrozen();
    const late = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@30s' } });
    const early = await api.made({}, { headers: { 'X-Mock-Outcome': 'process_failed:declined@10s' } });
    const chain = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@20s,refunded@20s' } });
    const { events, now } = await api.advance(60);
    assert.equal(now, api.start + 60);
    const seen = events.map(({ at, kind, invoice, from, to }) => [at - api.start, kind, invoice, from, to]);
    assert.deepEqual(seen, [
      [10, 'transition', early.id, 'process_pending', 'process_failed'],
      [20, 'transition', chain.id, 'process_pending', 'processed'],
      [30, 'transition', late.id, 'process_pending', 'processed'],
      [40, 'transition', chain.id, 'processed', 'refunded'],
    ]);
    assert.equal((await api.attributes(early.id)).updated, api.start + 10);
    assert.equal((await api.attributes(late.id)).processed, api.start + 30);
  });

  test('next advances to the next due event only', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@10s,refunded@20s' } });
    const first = await api.advance({ next: true });
    assert.equal(first.now, api.start + 10);
    assert.deepEqual(first.events.map((e) => e.to), ['processed']);
    assert.equal(await status(api, id), 'processed');
    const second = await api.advance({ next: true });
    assert.equal(second.now, api.start + 30);
    assert.deepEqual(second.events.map((e) => e.to), ['refunded']);
  });

  test('next without a due event does not change the time', async () => {
    const api = await demo.newFrozen();
    const reply = await advance(api, { next: true });
    reply.expect(200, 408, 409);
    assert.equal((await api.clock()).now, api.start);
  });

  test('a long advance neither skips nor reorders events', async () => {
    const api = await demo.newFrozen();
    const made = [];
    for (let i = 0; i < 30; i++) {
      made.push((await api.made({}, { headers: { 'X-Mock-Outcome': `processed@${(i * 7) % 30 + 1}s` } })).id);
    }
    const { events } = await api.advance(100);
    assert.deepEqual(events.map((e) => e.at), Array.from({ length: 30 }, (_, i) => api.start + i + 1));
    for (const [i, id] of made.entries()) {
      assert.equal((await api.attributes(id)).processed, api.start + (i * 7) % 30 + 1);
    }
  });

  test('of the demo account by 1801 s on a real clock: expired, with its callback', async () => {
    const fresh = await startServer();
    const sink = await startSink();
    try {
      const api = new Client(fresh);
      sink.account = api.account;
      const { id } = await pending(api, { callback_url: `${sink.url}/c` });
      await sink.got(1, { status: 'process_pending' });
      await api.advance(1801);
      const [callback] = await sink.got(1, { status: 'process_failed' });
      assert.equal(callback.body.data.attributes.resolution, 'expired');
      assert.deepEqual(
        [(await api.attributes(id)).status, (await api.attributes(id)).resolution],
        ['process_failed', 'expired'],
      );
      await sink.stop();
    } finally {
      await fresh.stop();
    }
  });
});

describe('expiry', () => {
  test('is at created + 1800 s by default', async () => {
    const api = await demo.newFrozen();
    const { id, attributes } = await pending(api);
    assert.equal(claims(attributes.flow_data.metadata.token).claims.exp, api.start + 1800);
    await api.advance(1799);
    assert.equal(await status(api, id), 'process_pending');
    const { events } = await api.advance(1);
    assert.deepEqual(
      events.map(({ at, from, to }) => [at, from, to]),
      [[api.start + 1800, 'process_pending', 'process_failed']],
    );
    const a = await api.attributes(id);
    assert.deepEqual(
      [a.status, a.resolution, a.updated, a.processed, a.payload],
      ['process_failed', 'expired', api.start + 1800, null, null],
    );
    assert.equal((await api.getPublic(id)).data.resolution, 'EXPIRED');
  });

  test('is at `expires` if given, or after the account\'s lifetime', async () => {
    const api = await demo.newFrozen({ lifetime_s: 900 });
    const short = await pending(api);
    const long = await pending(api, { expires: isoTime(api.start + 7200) });
    await api.advance(899);
    assert.equal(await status(api, short.id), 'process_pending');
    await api.advance(1);
    assert.equal(await status(api, short.id), 'process_failed');
    await api.advance(7200 - 900 - 1);
    assert.equal(await status(api, long.id), 'process_pending');
    await api.advance(1);
    assert.equal(await status(api, long.id), 'process_failed');
  });

  test('has its due time, however far the clock jumps', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    await api.advance(100_000);
    assert.equal((await api.attributes(id)).updated, api.start + 1800);
  });

  test('sends a callback', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    await api.idle();
    const { events } = await api.advance(1800);
    assert.deepEqual(events.map(({ at, kind, to, result }) => [at - api.start, kind, to ?? result]),
      [[1800, 'transition', 'process_failed'], [1800, 'callback', 'done']]);
    const [last] = sink.of({ invoice: id, status: 'process_failed' });
    assert.deepEqual(
      [last.body.data.attributes.resolution, last.body.data.attributes.updated],
      ['expired', api.start + 1800],
    );
    assert.equal(sink.requests.length, 2);
    await sink.stop();
  });

  test('does not apply to settled invoices', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made();
    await api.advance(2);
    assert.deepEqual((await api.advance(100_000)).events, []);
    assert.equal(await status(api, id), 'processed');
  });

  test('settling and expiry in the same second: the earlier one counts', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@1799999ms' } });
    await api.advance(1800);
    assert.equal(await status(api, id), 'processed');
  });
});

describe('advance and callbacks', () => {
  test('one call runs all retries, in order', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([500, 500, 200]);
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    await sink.got(1);
    const { events } = await api.advance(400);
    assert.deepEqual(events.map((e) => [e.at - api.start, e.kind, e.invoice, e.attempt, e.result]), [
      [60, 'callback', id, 2, 'failed'],
      [180, 'callback', id, 3, 'done'],
    ]);
    assert.equal(sink.requests.length, 3, 'answers only when all is done');
    assert.equal(new Set(events.map((e) => e.callback)).size, 1);
    assert.match(events[0].callback, /^cb_/);
    await sink.stop();
  });

  test('numbers both attempts of a duplicate', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account, check: false });
    (await api.control('POST', '/faults',
      { on: 'callback', match: { transition: 'processed' }, fault: 'duplicate' })).expect(201);
    await api.made({ callback_url: `${sink.url}/c` }, { headers: { 'X-Mock-Outcome': 'processed@10s' } });
    await api.idle();
    const { events } = await api.advance(10);
    assert.deepEqual(events.map((e) => [e.kind, e.attempt]), [
      ['transition', undefined],
      ['callback', 1],
      ['callback', 2],
    ]);
    await sink.stop();
  });

  test('settle, callback, retry and refund interleave by due time', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([200, 500, 200, 200]);
    const { id } = await api.made(
      { callback_url: `${sink.url}/c` },
      { headers: { 'X-Mock-Outcome': 'processed@10s,refunded@30s' } },
    );
    await api.idle();
    const { events } = await api.advance(100);
    assert.deepEqual(events.map((e) => [e.at - api.start, e.kind, e.to ?? e.result]), [
      [10, 'transition', 'processed'],
      [10, 'callback', 'failed'],
      [40, 'transition', 'refunded'],
      [40, 'callback', 'done'],
      [70, 'callback', 'done'],
    ]);
    assert.deepEqual(
      sink.of({ invoice: id }).map((r) => r.status),
      ['process_pending', 'processed', 'refunded', 'processed'],
    );
    await sink.stop();
  });

  test('waits for an attempt that is in flight', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    let release;
    sink.answer([{ status: 500, until: new Promise((done) => { release = done; }) }, 200]);
    await pending(api, { callback_url: `${sink.url}/c` });
    await sink.got(1);
    const running = api.advance(60);
    // the delay of the retry starts at the end of the attempt, so the retry cannot have started yet
    assert.equal(sink.requests.length, 1);
    release();
    const { events } = await running;
    assert.deepEqual(events.map((e) => [e.at - api.start, e.kind, e.result]).slice(-1), [[60, 'callback', 'done']]);
    assert.equal(sink.requests.length, 2);
    await sink.stop();
  });

  test('gives up after its timeout: complete is false', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([HANG]);
    await pending(api, { callback_url: `${sink.url}/c` });
    await sink.got(1);
    const reply = (await advance(api, { seconds: 60, timeout: '200ms' })).expect(200);
    assert.equal(reply.json.complete, false);
    await sink.stop();
  });

  test('time does not pass during an attempt on a frozen clock', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([{ delay: 1500 }]);
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    await api.wait({ invoice: id, callback: 'delivered', timeout: '60s' }).then((reply) => reply.expect(200));
    const { callback_logs, updated } = await api.attributes(id);
    assert.deepEqual(callback_logs, {
      [api.start]: { status: 'done', processed: api.start, response_code: 200, transaction_status: 'process_pending' },
    });
    assert.equal(updated, api.start);
    await sink.stop();
  });
});
