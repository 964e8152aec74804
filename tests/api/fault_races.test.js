// Faults whose point is the order of two events. Here the receiver decides it: it holds its answers until the test has
// seen what it waits for.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { within } from '../lib/limits.js';
import { BROWSER, forms, local, open, result, send } from '../lib/pages.js';
import { startServer, tempDir } from '../lib/server.js';
import { CLOSE, HANG, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const fault = async (api, body) => (await api.control('POST', '/faults', { on: 'callback', ...body })).expect(201).json;
const one = async (api, id, transition = 'process_pending') =>
  (await api.callbacks({ invoice: id })).find((callback) => callback.transition === transition);
const attempts = ({ attempts: all }) => all.map((a) => [a.number, a.code, a.fault]);

/** Waits until this many attempts of the invoice's first callback have ended, and returns the callback. */
const ended = (api, id, count) => within((async () => {
  for (;;) {
    const callback = await one(api, id);
    if (callback.attempts.length >= count) return callback;
  }
})(), () => `${count} attempts of ${id}`);

/** A promise to hold answers with, and its end. */
function gate() {
  let open;
  const until = new Promise((done) => { open = done; });
  return { until, open };
}

/** An account with a frozen clock and its receiver. */
async function scene() {
  const api = await demo.newAccount();
  await api.freeze();
  const sink = await startSink({ account: api.account, check: false });
  return { api, sink, callback_url: `${sink.url}/callback` };
}

describe('duplicate_at_once', () => {
  test('both arrive, the same, before either is answered; the next callback waits for both', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { fault: 'duplicate_at_once', times: 1 });
    const [first, second] = [gate(), gate()];
    sink.answer([{ status: 200, until: first.until }, { status: 200, until: second.until }, 200]);
    const { id } = await api.made({ callback_url }, hold);
    const both = await sink.got(2);
    assert.deepEqual(both.map((r) => r.answeredAt), [undefined, undefined]);
    assert.deepEqual(both[0].raw, both[1].raw);
    assert.deepEqual(both[0].headers, both[1].headers);
    assert.deepEqual(both.map((r) => r.signature), ['valid', 'valid']);
    (await api.transition(id, { status: 'processed' })).expect(200);
    first.open();
    assert.equal((await ended(api, id, 1)).state, 'sending');
    assert.equal(sink.requests.length, 2, 'the next one follows both');
    second.open();
    assert.deepEqual((await sink.got(3)).map((r) => r.status), ['process_pending', 'process_pending', 'processed']);
    await api.idle();
    const callback = await one(api, id);
    assert.equal(callback.state, 'done');
    assert.deepEqual(attempts(callback), [[1, 200, 'duplicate_at_once'], [2, 200, 'duplicate_at_once']]);
    await sink.stop();
  });

  test('one 200 is enough; two failures are one attempt, which is retried once', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { fault: 'duplicate_at_once', times: 3 });
    for (const answers of [[200, 500], [500, 200]]) {
      sink.answer([...answers, 200]);
      const { id } = await api.made({ callback_url }, hold);
      await api.idle();
      assert.equal((await one(api, id)).state, 'done');
    }
    sink.answer([500, CLOSE, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(2, { invoice: id });
    await api.idle({ within: '0' });
    assert.equal((await one(api, id)).state, 'queued');
    await api.advance(60);
    const got = await sink.got(3, { invoice: id });
    assert.deepEqual(got.map((r) => r.headers['retry-count']), [undefined, undefined, '1']);
    assert.deepEqual((await one(api, id)).attempts.map((a) => [a.number, a.fault]),
      [[1, 'duplicate_at_once'], [2, 'duplicate_at_once'], [3, undefined]]);
    await sink.stop();
  });

  test('after a crash, only what was not answered is sent again', async () => {
    const db = `${tempDir()}/db`;
    const sink = await startSink({ account: DEMO, check: false });
    const before = await startServer({ args: ['--db', db] });
    const api = new Client(before);
    await fault(api, { fault: 'duplicate_at_once', times: 1 });
    sink.answer([500, HANG, 200]);
    const { id } = await api.made({ callback_url: `${sink.url}/callback` }, hold);
    await sink.got(2);
    await ended(api, id, 1);
    await before.kill9();
    const again = await startServer({ args: ['--db', db] });
    const now = new Client(again);
    await sink.got(3);
    await now.wait({ invoice: id, callback: 'delivered' });
    assert.equal(sink.requests.length, 3);
    assert.deepEqual(attempts(await one(now, id)), [[1, 500, 'duplicate_at_once'], [2, 200, 'duplicate_at_once']]);
    await again.stop();
    await sink.stop();
  });
});

describe('overlap', () => {
  test('the retry arrives while the first attempt is being answered', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { fault: 'overlap', times: 1 });
    const [first, second] = [gate(), gate()];
    sink.answer([{ status: 200, until: first.until }, { status: 500, until: second.until }, 200]);
    const { id } = await api.made({ callback_url }, hold);
    const both = await sink.got(2);
    assert.deepEqual(both.map((r) => [r.answeredAt, r.headers['retry-count']]), [[undefined, undefined], [undefined, '1']]);
    assert.deepEqual(both[0].raw, both[1].raw);
    assert.deepEqual(both.map((r) => r.signature), ['valid', 'valid']);
    (await api.transition(id, { status: 'processed' })).expect(200);
    second.open();
    assert.equal((await ended(api, id, 1)).state, 'sending');
    assert.equal(sink.requests.length, 2, 'the next one follows both');
    first.open();
    assert.deepEqual((await sink.got(3)).map((r) => r.status), ['process_pending', 'process_pending', 'processed']);
    await api.idle();
    const callback = await one(api, id);
    assert.equal(callback.state, 'done');
    assert.deepEqual(attempts(callback), [[1, 500, 'overlap'], [2, 200, 'overlap']], 'in the order of their ends');
    await sink.stop();
  });

  test('with a delay that is longer than the answer, it begins when the first has ended', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { fault: 'overlap', delay: '10m', times: 1 });
    sink.answer([500, 503, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(2);
    await api.idle({ within: '0' });
    const { state, due, attempts: made } = await one(api, id);
    assert.deepEqual([state, made.map((a) => a.code)], ['queued', [500, 503]]);
    assert.equal(due, (await api.clock()).now + 120, 'two attempts were made');
    await api.advance(120);
    assert.deepEqual((await sink.got(3)).map((r) => r.headers['retry-count']), [undefined, '1', '2']);
    await api.idle();
    assert.equal((await one(api, id)).state, 'done');
    await sink.stop();
  });

  test('an attempt that nobody received is an ordinary one', async () => {
    const { api } = await scene();
    await fault(api, { fault: 'overlap' });
    const { id } = await api.made({ callback_url: 'http://127.0.0.1:1/' }, hold);
    await api.idle({ within: '0' });
    const callback = await one(api, id);
    assert.deepEqual([callback.state, attempts(callback)], ['queued', [[1, null, 'overlap']]]);
  });

  test('after a crash, only what was not answered is sent again', async () => {
    const db = `${tempDir()}/db`;
    const sink = await startSink({ account: DEMO, check: false });
    const before = await startServer({ args: ['--db', db] });
    const api = new Client(before);
    await fault(api, { fault: 'overlap', times: 1 });
    sink.answer([HANG, 500, 200]);
    const { id } = await api.made({ callback_url: `${sink.url}/callback` }, hold);
    await sink.got(2);
    await ended(api, id, 1);
    await before.kill9();
    const again = await startServer({ args: ['--db', db] });
    const now = new Client(again);
    assert.equal((await sink.got(3))[2].headers['retry-count'], '1');
    await now.wait({ invoice: id, callback: 'delivered' });
    assert.deepEqual(attempts(await one(now, id)), [[1, 500, 'overlap'], [2, 200, 'overlap']]);
    await again.stop();
    await sink.stop();
  });

  test('its delay is bounded, and belongs to it', async () => {
    const { api } = await scene();
    for (const [body, words] of [[{ fault: 'overlap', delay: '11m' }, 'A retry waits at most 10m'],
      [{ fault: 'overlap', delay: 'soon' }, 'delay: '], [{ fault: 'overlap', hold: '1s' }, 'hold: ']]) {
      const reply = (await api.control('POST', '/faults', { on: 'callback', ...body })).expect(422);
      assert.ok(reply.json.error.message.includes(words), reply.text);
    }
  });

  test('an account that is deleted during both leaves nothing behind', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { fault: 'overlap', delay: '10m' });
    sink.answer([HANG]);
    await api.made({ callback_url }, hold);
    await sink.got(1);
    (await api.control('DELETE', `/accounts/${api.account.id}`)).expect(200);
    assert.equal(sink.requests.length, 1);
    await sink.stop();
  });
});

describe('the payer\'s return', () => {
  const CARD = { card_number: '5519283812030000', expiry: '1230', cvv: '123' };
  const BACK = 'http://127.0.0.1:9/thanks';
  const goBack = (api, id) => api.send('GET', `/return?id=${id}`, { headers: BROWSER });

  /** An account whose invoice waits for its payer; its first callback was delivered. */
  async function visit(settings = {}) {
    const sink = await startSink({ check: false });
    const api = await demo.newAccount({
      callback_url: `${sink.url}/callback`, return_url: BACK, auto_return: true, first_callback_delay_ms: 0, ...settings,
    });
    sink.account = api.account;
    await api.freeze();
    const { id } = await api.made({}, hold);
    await api.idle();
    return { api, sink, id };
  }

  /** Pays on the page as a browser does; the response is the redirect to the shop, or the result. */
  async function payOnPage(api, id) {
    const { hpp_url } = (await api.get(id)).expect(200).data.attributes;
    const page = await open(api, hpp_url ? local(server, hpp_url) : `/redirect/hpp/?cpi=${id}`);
    const form = forms(page.text).find(({ inputs }) => 'card_number' in inputs);
    return send(api, form, { card_number: CARD.card_number, expiry: '12/30', cvv: '123', action: 'pay' });
  }

  for (const auto_return of [true, false]) {
    test(`before_return: ${auto_return ? 'the redirect' : 'the result page'} waits for the answer of the callback`, async () => {
      const { api, sink, id } = await visit({ auto_return });
      await fault(api, { fault: 'before_return', times: 1 });
      const answer = gate(), order = [];
      sink.answer([{ status: 500, until: answer.until }]);
      const back = payOnPage(api, id).then((reply) => { order.push('return'); return reply; });
      assert.equal((await sink.got(2))[1].status, 'processed');
      (await api.services()).expect(200);
      order.push('callback');
      answer.open();
      const reply = await back;
      assert.deepEqual(order, ['callback', 'return']);
      assert.equal(reply.status === 302 ? reply.headers.location : result(reply.text).status, auto_return ? BACK : 'processed');
      await sink.stop();
    });
  }

  test('before_return: a dead receiver delays it for a limited time, a missing one not at all', async () => {
    const { api, sink, id } = await visit();
    await fault(api, { fault: 'before_return' });
    sink.answer([HANG]);
    (await payOnPage(api, id)).expect(302);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url: null })).expect(200);
    const silent = await api.made({}, hold);
    (await payOnPage(api, silent.id)).expect(302);
    assert.deepEqual((await api.control('GET', '/faults')).json.items.map((one) => one.hits), [1]);
    await sink.stop();
  });

  for (const auto_return of [true, false]) {
    test(`after_return: the callback follows ${auto_return ? 'the redirect' : 'the result page'}`, async () => {
      const { api, sink, id } = await visit({ auto_return, first_callback_delay_ms: 600_000 });
      await fault(api, { fault: 'after_return', times: 1 });
      (await payOnPage(api, id)).expect(auto_return ? 302 : 200);
      const waits = await one(api, id, 'processed');
      assert.deepEqual([waits.state, waits.due, waits.attempts, sink.requests.length], ['queued', null, [], 1],
        'it waits for the delay behind that response');
      await api.idle();
      assert.equal((await sink.got(2))[1].status, 'processed');
      assert.deepEqual(attempts(await one(api, id, 'processed')), [[1, 200, 'after_return']]);
      await sink.stop();
    });
  }

  test('after_return: not before the payer was sent back, also after a payment without a page', async () => {
    const { api, sink, id } = await visit();
    await fault(api, { fault: 'after_return', match: { transition: 'processed' } });
    (await api.pay(id, CARD)).expect(200);
    await api.idle();
    const waits = await one(api, id, 'processed');
    assert.deepEqual([waits.state, waits.due, waits.attempts], ['queued', (await api.clock()).now + 60, []]);
    assert.equal(sink.requests.length, 1);
    assert.equal((await goBack(api, id)).expect(302).headers.location, BACK);
    assert.equal((await sink.got(2))[1].signature, 'valid');
    (await api.transition(id, { status: 'refunded' })).expect(200);
    assert.equal((await sink.got(3))[2].status, 'refunded', 'the payer did not cause it');
    await api.idle();
    await sink.stop();
  });

  test('after_return: also when its time is over, when the fault is deleted, or by a resend', async () => {
    const { api, sink } = await visit();
    const releases = [
      () => api.advance(30),
      async ({ id }) => (await api.control('DELETE', `/faults/${id}`)).expect(200),
      async () => (await api.control('DELETE', '/faults')).expect(200),
      async (_, callback) => (await api.control('POST', `/callbacks/${callback.id}/resend`)).expect(200),
    ];
    for (const release of releases) {
      const added = await fault(api, { fault: 'after_return', hold: '30s', times: 1 });
      const { id } = await api.made({}, hold);
      (await api.pay(id, CARD)).expect(200);
      await api.idle({ within: '0' });
      assert.equal(sink.of({ invoice: id, status: 'processed' }).length, 0);
      await release(added, await one(api, id, 'processed'));
      await sink.got(1, { invoice: id, status: 'processed' });
      await api.idle();
    }
    await sink.stop();
  });

  test('after_return: a restart still waits for the return', async () => {
    const db = `${tempDir()}/db`;
    const sink = await startSink({ account: DEMO, check: false });
    const before = await startServer({ args: ['--db', db, '--first-callback-delay', '0ms'] });
    const api = new Client(before);
    await api.freeze();
    await fault(api, { fault: 'after_return' });
    const { id } = await api.made({ callback_url: `${sink.url}/callback`, return_url: BACK }, hold);
    await sink.got(1);
    await api.idle();
    (await api.pay(id, CARD)).expect(200);
    await before.kill9();
    const again = await startServer({ args: ['--db', db, '--first-callback-delay', '0ms'] });
    const now = new Client(again);
    assert.equal((await one(now, id, 'processed')).state, 'queued');
    assert.equal(sink.requests.length, 1);
    (await goBack(now, id)).expect(302);
    assert.equal((await sink.got(2))[1].status, 'processed');
    await now.idle();
    await again.stop();
    await sink.stop();
  });
});
