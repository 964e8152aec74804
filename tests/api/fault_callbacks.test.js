// Faults of callbacks.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { fault, faults, hits } from '../lib/faults.js';
import { startServer, tempDir } from '../lib/server.js';
import { CLOSE, HANG, sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** An account with a frozen clock, and a sink that reports errors instead of failing. */
async function scene(settings = {}) {
  const api = await demo.newFrozen(settings);
  const sink = await startSink({ account: api.account, check: false });
  return { api, sink, callback_url: `${sink.url}/callback` };
}
const one = async (api, id, transition) =>
  (await api.callbacks({ invoice: id })).find((callback) => callback.transition === transition);

describe('faults of callbacks', () => {
  test('drop: never sent, logged `dropped`', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'process_pending' }, fault: 'drop' });
    const { id } = await api.made({ callback_url });
    const logs = async () => Object.values((await api.attributes(id)).callback_logs)
      .map((log) => [log.transaction_status, log.status, log.response_code]);
    await api.idle();
    const first = ['process_pending', 'dropped', null];
    assert.deepEqual(await logs(), [first]);
    await api.advance(2);
    assert.deepEqual((await sink.got(1)).map((r) => r.status), ['processed']);
    const dropped = await one(api, id, 'process_pending');
    assert.deepEqual([dropped.state, dropped.due, dropped.attempts], ['dropped', null, []]);
    assert.deepEqual(await logs(), [first, ['processed', 'done', 200]]);
    assert.equal((await api.callbacks({ state: 'dropped' })).length, 1);
    await sink.stop();
  });

  test('drop: a dropped callback can be resent, and a retry can be dropped', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'drop', times: 1 });
    const { id } = await api.made({ callback_url }, hold);
    const { id: callback } = await one(api, id, 'process_pending');
    (await api.control('POST', `/callbacks/${callback}/resend`)).expect(200);
    await sink.got(1);
    sink.answer([500]);
    const second = await api.made({ callback_url }, hold);
    await sink.got(2);
    await api.idle({ within: '0' });
    await fault(api, { on: 'callback', fault: 'drop' });
    await api.advance(60);
    const dropped = await one(api, second.id, 'process_pending');
    assert.deepEqual([dropped.state, dropped.attempts.length], ['dropped', 1]);
    assert.deepEqual(
      Object.values((await api.attributes(second.id)).callback_logs).map((log) => log.status),
      ['dropped'],
    );
    await sink.stop();
  });

  test('duplicate: sent twice, back to back, the same', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'process_pending' }, fault: 'duplicate' });
    const { id } = await api.made({ callback_url });
    (await api.transition(id, { status: 'processed' })).expect(200);
    const got = await sink.got(3);
    assert.deepEqual(got.map((r) => r.status), ['process_pending', 'process_pending', 'processed']);
    assert.deepEqual(got[0].raw, got[1].raw);
    assert.deepEqual([got[0].headers, got.map((r) => r.signature)], [got[1].headers, ['valid', 'valid', 'valid']]);
    await api.idle();
    const callback = await one(api, id, 'process_pending');
    assert.equal(callback.state, 'done');
    assert.deepEqual(
      callback.attempts.map((a) => [a.number, a.code, a.fault]),
      [
        [1, 200, 'duplicate'],
        [2, 200, 'duplicate'],
      ],
    );
    await sink.stop();
  });

  test('duplicate: one success is enough, and two failures count as one attempt', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'duplicate', times: 3 });
    for (const answers of [[200, 500], [500, 200]]) {
      sink.answer([...answers, 200]);
      const { id } = await api.made({ callback_url }, hold);
      await api.idle();
      assert.equal((await one(api, id, 'process_pending')).state, 'done');
    }
    sink.answer([500, 500, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(2, { invoice: id });
    await api.idle({ within: '0' });
    await api.advance(60);
    const got = await sink.got(3, { invoice: id });
    assert.deepEqual(got.map((r) => r.headers['retry-count']), [undefined, undefined, '1']);
    assert.deepEqual((await one(api, id, 'process_pending')).attempts.map((a) => [a.number, a.fault]),
      [[1, 'duplicate'], [2, 'duplicate'], [3, undefined]]);
    await sink.stop();
  });

  test('delay: on the account\'s clock', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, {
      on: 'callback',
      match: { transition: 'process_pending' },
      fault: 'delay',
      delay: '10m',
      times: 1,
    });
    const { id } = await api.made({ callback_url }, hold);
    const waits = await one(api, id, 'process_pending');
    assert.deepEqual([waits.state, waits.due, waits.attempts], ['queued', api.start + 600, []]);
    await api.advance(599);
    assert.equal(sink.requests.length, 0);
    await api.advance(1);
    const [request] = await sink.got(1);
    assert.deepEqual([request.signature, request.headers['retry-count']], ['valid', undefined]);
    const sent = await one(api, id, 'process_pending');
    assert.deepEqual([sent.state, sent.attempts[0].fault], ['done', 'delay']);
    await sink.stop();
  });

  test('reorder: sent after the next callback of the same invoice', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'reorder' });
    const { id } = await api.made({ callback_url });
    const other = await api.made({ callback_url }, hold);
    await api.idle({ within: '0' });
    assert.equal((await one(api, id, 'process_pending')).state, 'queued');
    await api.advance(2);
    const got = await sink.got(2, { invoice: id });
    assert.deepEqual(got.map((r) => [r.status, r.signature]), [['processed', 'valid'], ['process_pending', 'valid']]);
    assert.deepEqual(sink.of({ invoice: other.id }), [], 'its own next one has not come');
    await api.idle();
    assert.equal((await one(api, id, 'process_pending')).attempts[0].fault, 'reorder');
    await sink.stop();
  });

  test('reorder: released when the fault is removed, or by a resend', async () => {
    const { api, sink, callback_url } = await scene();
    const { id: first } = await fault(api, { on: 'callback', fault: 'reorder' });
    const held = await api.made({ callback_url }, hold);
    (await api.control('DELETE', `/faults/${first}`)).expect(200);
    await sink.got(1, { invoice: held.id });
    await fault(api, { on: 'callback', fault: 'reorder' });
    const second = await api.made({ callback_url }, hold);
    (await api.control('DELETE', '/faults')).expect(200);
    await sink.got(1, { invoice: second.id });
    await fault(api, { on: 'callback', fault: 'reorder' });
    const third = await api.made({ callback_url }, hold);
    const { id } = await one(api, third.id, 'process_pending');
    (await api.control('POST', `/callbacks/${id}/resend`)).expect(200);
    await sink.got(1, { invoice: third.id });
    await api.idle();
    assert.deepEqual((await api.callbacks()).map((callback) => callback.state), ['done', 'done', 'done']);
    await sink.stop();
  });

  test('reorder: also released if the next callback is dropped', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'process_pending' }, fault: 'reorder' });
    await fault(api, { on: 'callback', match: { transition: 'processed' }, fault: 'drop' });
    const { id } = await api.made({ callback_url });
    await api.advance(2);
    assert.deepEqual((await sink.got(1, { invoice: id })).map((r) => r.status), ['process_pending']);
    await sink.stop();
  });

  test('before_response: the response to a creation waits for the end of the attempt', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'before_response' });
    const create = [
      () => api.made({ callback_url }, hold),
      () => api.madePublic({ metadata: { mock_outcome: 'process_pending' } }),
      async () => (await api.createForm({ ...invoice(), metadata: { mock_outcome: 'process_pending' } })).expect(302),
      async () =>
        (await demo.send('POST', '/hpp/', { form: { public_key: api.account.public_key, ...invoice() } })).expect(303),
    ];
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
    for (const make of create) {
      const order = [];
      let answer;
      const before = sink.requests.length;
      sink.answer([{ status: 200, until: new Promise((go) => { answer = go; }) }]);
      const reply = make().then(() => order.push('reply'));
      await sink.got(before + 1);
      (await api.services()).expect(200);
      order.push('callback');
      answer();
      await reply;
      assert.deepEqual(order, ['callback', 'reply']);
    }
    assert.deepEqual(await hits(api), [4]);
    await sink.stop();
  });

  test('before_response: also applies to refunds and to the start of payouts', async () => {
    const { api, sink, callback_url } = await scene();
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
    const paid = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    const {
      data: { id: payout },
    } = (
      await api.private('POST', '/payout-invoices', {
        json: {
          data: {
            attributes: {
              service: 'test_usd',
              currency: 'USD',
              amount: 5,
              test_mode: true,
              fields: { account: '42' },
              options: { auto_process: false },
            },
          },
        },
      })
    ).expect(201);
    await api.advance(0);
    await fault(api, { on: 'callback', fault: 'before_response' });
    const calls = [[200, `/payment-invoices/${paid.id}/refund`], [201, `/payout-invoices/${payout}/process`]];
    for (const [status, path] of calls) {
      const order = [];
      let answer;
      const before = sink.requests.length;
      sink.answer([{ status: 200, until: new Promise((go) => { answer = go; }) }]);
      const reply = api.private('POST', path, { json: {} }).then((it) => order.push(it.expect(status).status));
      await sink.got(before + 1);
      (await api.services()).expect(200);
      order.push('callback');
      answer();
      await reply;
      assert.deepEqual(order, ['callback', status]);
    }
    assert.deepEqual(await hits(api), [2]);
    await sink.stop();
  });

  test('before_response: applies only to such calls, and a dead receiver delays them for a limited time', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'before_response', times: 1 });
    const first = await api.made({}, hold);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
    (await api.transition(first.id, { status: 'processed' })).expect(200);
    assert.deepEqual(await hits(api), [0]);
    sink.answer([HANG]);
    await api.made({}, hold);
    assert.deepEqual(await hits(api), [1]);
    await sink.stop();
  });

  test('signatures: bad, with the secret of the other mode, missing', async () => {
    const { api, sink, callback_url } = await scene();
    for (const name of ['bad_signature', 'wrong_secret', 'no_signature'])
      await fault(api, { on: 'callback', fault: name, times: 1 });
    for (let i = 0; i < 4; i++) {
      await api.made({ callback_url, test_mode: true }, hold);
      await sink.got(i + 1);
    }
    const [bad, wrong, none, right] = sink.requests;
    assert.deepEqual(sink.requests.map((r) => r.signature), ['invalid', 'invalid', 'missing', 'valid']);
    assert.match(bad.headers['x-signature'], /^[A-Za-z0-9+/]{27}=$/);
    assert.equal(wrong.headers['x-signature'], sign(api.account.secret_live_key, wrong.raw));
    assert.equal(right.headers['x-signature'], sign(api.account.secret_key, right.raw));
    assert.equal(none.body.data.attributes.status, 'process_pending');
    await sink.stop();
  });

  test('truncate: half of the body with its Content-Length, signature of the whole', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'truncate', times: 1 });
    sink.answer([500, 200]);
    const { id } = await api.made({ callback_url, test_mode: true }, hold);
    await sink.got(1);
    await api.idle({ within: '0' });
    await api.advance(60);
    const [half, whole] = await sink.got(2);
    assert.equal(half.raw.length, Math.floor(whole.raw.length / 2));
    assert.equal(Number(half.headers['content-length']), half.raw.length);
    assert.deepEqual(half.raw, whole.raw.subarray(0, half.raw.length));
    assert.equal(half.headers['x-signature'], sign(api.account.secret_key, whole.raw));
    assert.deepEqual([whole.signature, whole.headers['retry-count']], ['valid', '1']);
    const { attempts } = await one(api, id, 'process_pending');
    assert.deepEqual(attempts.map((a) => [a.fault, a.request.body, a.request.headers['Content-Length']]),
      [['truncate', half.text, String(half.raw.length)], [undefined, whole.text, String(whole.raw.length)]]);
    await sink.stop();
  });

  test('reencoded: slashes unescaped after signing', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'reencoded', times: 1 });
    sink.answer([500, 200]);
    await api.made({ callback_url, test_mode: true, description: 'a/b "c\\/d\\\\" é' }, hold);
    await sink.got(1);
    await api.idle({ within: '0' });
    await api.advance(60);
    const [changed, stored] = await sink.got(2);
    assert.deepEqual(changed.body, stored.body);
    assert.equal(changed.text, stored.text.replace(/\\(.)/g, (pair, second) => (second === '/' ? '/' : pair)));
    assert.notEqual(changed.text, stored.text);
    assert.equal(changed.headers['x-signature'], sign(api.account.secret_key, stored.raw));
    assert.equal(changed.signature, 'invalid');
    await sink.stop();
  });

  test('wrong_amount and unknown_status: correctly signed', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'processed' }, fault: 'wrong_amount' });
    await fault(api, { on: 'callback', match: { transition: 'refunded' }, fault: 'unknown_status' });
    // values that look like parts of the document
    const trap = '","amount":1,"status":"x","processed_amount":2';
    const attributes = {
      callback_url,
      amount: 20.4,
      description: trap,
      reference_id: trap,
      metadata: { amount: 7, status: 's' },
    };
    const { id } = await api.made(attributes);
    await api.advance(2);
    (await api.transition(id, { status: 'refunded' })).expect(200);
    const [, paid, refunded] = await sink.got(3);
    await api.idle();
    const now = (await api.get(id)).expect(200).data.attributes;
    assert.deepEqual([paid.signature, refunded.signature], ['valid', 'valid']);
    const { amount, payment_amount, processed_amount } = paid.body.data.attributes;
    assert.deepEqual([amount, payment_amount, processed_amount], [21.4, 21.4, 21.4]);
    const { status, ...rest } = refunded.body.data.attributes;
    assert.ok(!['refunded', 'processed'].includes(status));
    for (const key of ['description', 'reference_id', 'metadata', 'amount', 'processed_amount'])
      assert.deepEqual(rest[key], now[key], key);
    assert.deepEqual(
      [paid.body.data.attributes.metadata, paid.body.data.attributes.status],
      [{ amount: 7, status: 's' }, 'processed'],
    );
    await sink.stop();
  });

  test('match by invoice and transition, and only in the account', async () => {
    const { api, sink, callback_url } = await scene();
    const other = await scene();
    const first = await api.made({ callback_url });
    const second = await api.made({ callback_url });
    const third = await other.api.made({ callback_url: other.callback_url });
    await fault(api, { on: 'callback', match: { invoice: first.id, transition: 'processed' }, fault: 'no_signature' });
    await api.advance(2);
    await other.api.advance(2);
    const signatures = async (from, id) => (await from.got(2, { invoice: id })).map((r) => r.signature);
    assert.deepEqual(await signatures(sink, first.id), ['valid', 'missing']);
    assert.deepEqual(await signatures(sink, second.id), ['valid', 'valid']);
    assert.deepEqual(await signatures(other.sink, third.id), ['valid', 'valid']);
    assert.deepEqual(await hits(api), [1]);
    await sink.stop();
    await other.sink.stop();
  });

  test('a retry has the fault again while it matches', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([CLOSE]);
    await fault(api, { on: 'callback', fault: 'no_signature', after: 1, times: 2 });
    await api.made({ callback_url }, hold);
    await sink.got(1);
    await api.idle({ within: '0' });
    await api.advance(60 + 120 + 180);
    const got = await sink.got(4);
    assert.deepEqual(got.map((r) => r.signature), ['valid', 'missing', 'missing', 'valid']);
    await sink.stop();
  });

  test('the effect on a callback survives a crash, the faults do not', async () => {
    const db = `${tempDir()}/db`;
    const sink = await startSink({ account: DEMO, check: false });
    const callback_url = `${sink.url}/callback`;
    const before = await startServer({ args: ['--db', db] });
    const api = new Client(before);
    await fault(api, { on: 'callback', fault: 'reorder', times: 1 });
    await fault(api, { on: 'callback', fault: 'drop', times: 1 });
    await fault(api, { on: 'callback', fault: 'delay', delay: '1h', times: 1 });
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await api.made({ callback_url }, hold));
    await before.kill9();
    const again = await startServer({ args: ['--db', db] });
    const now = new Client(again);
    assert.deepEqual(await faults(now), []);
    const [request] = await sink.got(1);
    assert.deepEqual([request.invoice, request.signature], [made[0].id, 'valid']);
    await now.wait({ invoice: made[0].id, callback: 'delivered' });
    const states = [];
    for (const { id } of made) states.push((await one(now, id, 'process_pending')).state);
    assert.deepEqual(states, ['done', 'dropped', 'queued']);
    await again.stop();
    await sink.stop();
  });
});
