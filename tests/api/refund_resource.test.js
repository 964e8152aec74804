// Refunds as resources, in the profile 2025: created, read, listed in the invoice, repeated, and of another account.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });
const refund = (api, id, attributes, options) => api.private('POST', `/payment-invoices/${id}/refund`,
  { json: { data: { type: 'refund', attributes } }, ...options });
const refunded = async (api, id, attributes, options) =>
  (await refund(api, id, { amount: 10, reference_id: 'r-1', ...attributes }, options)).expect(201).data;
const read = (api, id) => api.private('GET', `/refunds/${id}`);
const get = async (api, id) => (await read(api, id)).expect(200).data;

async function shop(settings, on = demo) {
  const api = await on.newAccount({ profile: '2025', ...settings });
  api.start = await api.freeze();
  return api;
}
async function paid(api, attributes) {
  const { id } = await api.made(attributes);
  (await api.transition(id, { status: 'processed' })).expect(200);
  return id;
}
/** The fields of a 422, by their pointers. */
const wrong = (reply) => Object.fromEntries(reply.expect(422).json.errors
  .map(({ source, detail }) => [source.pointer, detail]));

describe('creation', () => {
  test('returns the refund with 201; it ends with its invoice', async () => {
    const api = await shop({ settle_after_ms: 2000 });
    const id = await paid(api);
    const made = await refunded(api, id, { invoiceId: id, amount: 20.4, description: 'too small' });
    assert.match(made.id, /^ref_[A-Za-z0-9]{16}$/);
    assert.deepEqual(made, {
      type: 'refunds',
      id: made.id,
      attributes: { reference_id: 'r-1', original_id: null, description: 'too small', status: 'process_pending',
        amount: 20.4, fee: 0, currency: 'USD', created: api.start },
      links: { self: `/refunds/${made.id}` },
    });
    assert.equal((await api.attributes(id)).status, 'refund_pending');
    await api.advance(2);
    const done = await get(api, made.id);
    assert.deepEqual(done, { ...made, attributes: { ...made.attributes, status: 'processed' } });
    const invoice = await api.attributes(id);
    assert.deepEqual([invoice.status, invoice.refunded_amount, invoice.refunds], ['partially_refunded', 20.4, [done]]);
    assert.deepEqual((await api.private('GET', `/api${made.links.self}`)).expect(200).data, done);
  });

  test('fails as the invoice does', async () => {
    const api = await shop();
    const id = await paid(api);
    const made = await refunded(api, id, {}, outcome('refund_failed:declined@1s'));
    await api.advance(1);
    assert.equal((await get(api, made.id)).attributes.status, 'process_failed');
    assert.equal((await api.attributes(id)).status, 'refund_failed');
  });

  test('needs an amount and a reference', async () => {
    const api = await shop();
    const id = await paid(api);
    const blank = 'This value should not be blank.';
    const at = (name) => `/data/attributes/${name}`;
    assert.deepEqual(wrong(await refund(api, id, {})), { [at('amount')]: blank, [at('reference_id')]: blank });
    assert.deepEqual(wrong(await refund(api, id, { amount: 1 })), { [at('reference_id')]: blank });
    assert.deepEqual(wrong(await refund(api, id, { amount: 1, reference_id: '' })), { [at('reference_id')]: blank });
    assert.deepEqual(wrong(await refund(api, id, { amount: null, reference_id: 'r' })), { [at('amount')]: blank });
    assert.deepEqual(Object.keys(wrong(await refund(api, id, { amount: 'x', reference_id: 5 }))),
      [at('amount'), at('reference_id')]);
    assert.deepEqual(Object.keys(wrong(await refund(api, id, { amount: 100.01, reference_id: 'r' }))), [at('amount')]);
    assert.deepEqual((await api.attributes(id)).refunds, []);
  });

  test('checks the invoiceId against the path', async () => {
    const api = await shop();
    const [id, other] = [await paid(api), await paid(api)];
    for (const invoiceId of [other, 'cpi_0000000000000000', '', 5]) {
      assert.deepEqual(wrong(await refund(api, id, { invoiceId, amount: 1, reference_id: 'r' })),
        { '/data/attributes/invoiceId': `This value should be equal to "${id}".` });
    }
    await refunded(api, id, { invoiceId: null });
    const older = await demo.newAccount();
    const at = await paid(older);
    (await refund(older, at, { invoiceId: other, amount: 1 })).expect(200); // unknown there, so it is ignored
  });

  test('repeated: 409 with the earlier refund, whatever its invoice', async () => {
    const api = await shop();
    const [id, other] = [await paid(api), await paid(api)];
    const made = await refunded(api, id);
    for (const at of [id, other]) {
      const { errors, data } = (await refund(api, at, { amount: 5, reference_id: 'r-1' })).expect(409).json;
      assert.deepEqual(data, made);
      assert.deepEqual(errors, [{ status: 'Conflict', code: '409', title: 'conflict',
        detail: 'A refund with reference_id "r-1" exists already.' }]);
    }
    assert.equal((await api.attributes(other)).status, 'processed');
    (await api.control('POST', '/faults', { on: 'api', fault: 'status', status: 409, times: 1,
      match: { path: '/payment-invoices/*/refund' } })).expect(201);
    assert.deepEqual((await refund(api, id, { amount: 1, reference_id: 'r-1' })).expect(409).data, made);
  });

  test('while another is pending: 409 without data', async () => {
    const api = await shop();
    const id = await paid(api);
    await refunded(api, id);
    const reply = (await refund(api, id, { amount: 5, reference_id: 'r-2' })).expect(409);
    assert.equal(reply.data, undefined);
    assert.match(reply.headers['x-mock-reason'], /refund_pending/);
  });
});

describe('reading', () => {
  test('an unknown refund, and one of another account, is 404', async () => {
    const [api, other] = [await shop(), await shop()];
    const { id } = await refunded(api, await paid(api));
    for (const [of, name] of [[other, id], [api, 'ref_0000000000000000'], [api, 'r-1'], [api, id.toLowerCase()]]) {
      assert.deepEqual((await read(of, name)).expect(404).json, { errors: [{ status: 'Not Found', code: '404' }] });
    }
    (await api.send('GET', `/refunds/${id}`)).expect(401);
    (await api.private('DELETE', `/refunds/${id}`)).expect(405);
  });

  test('the same reference in two accounts has two ids', async () => {
    const [api, other] = [await shop(), await shop()];
    const [one, two] = [await refunded(api, await paid(api)), await refunded(other, await paid(other))];
    assert.notEqual(one.id, two.id);
    (await read(other, one.id)).expect(404);
  });

  test('older profiles have no refunds to read, and list none', async () => {
    const api = await shop();
    const id = await paid(api);
    const made = await refunded(api, id);
    for (const profile of ['2020', '2024']) {
      (await api.control('PATCH', `/accounts/${api.account.id}`, { profile })).expect(200);
      const reply = (await read(api, made.id)).expect(404);
      assert.match(reply.headers['x-mock-reason'], /^refunds are resources in the profile 2025 only; PATCH /);
      assert.deepEqual((await api.attributes(id)).refunds, profile === '2020' ? undefined : []);
    }
    await api.advance(2);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { profile: '2025' })).expect(200);
    assert.deepEqual((await api.attributes(id)).refunds.map((one) => one.attributes.status), ['processed']);
  });

  test('the invoice lists its refunds, oldest first, in reads, lists and callbacks', async () => {
    const api = await shop();
    const sink = await startSink({ account: api.account });
    const id = await paid(api, { callback_url: `${sink.url}/c` });
    const plain = await paid(api);
    const ids = [];
    for (const reference_id of ['z', 'a', 'm']) {
      ids.push((await refunded(api, id, { reference_id })).id);
      await api.advance(2);
    }
    const { refunds } = await api.attributes(id);
    assert.deepEqual(refunds.map((one) => one.id), ids);
    for (const one of refunds) assert.deepEqual(one, await get(api, one.id));
    const rows = Object.fromEntries((await api.list()).data.map((one) => [one.id, one.attributes.refunds]));
    assert.deepEqual(rows, { [id]: refunds, [plain]: [] });
    const bodies = sink.requests.map(({ text }) => JSON.parse(text).data.attributes);
    const seen = bodies.map(({ status, refunds: list }) => [status, list.map((one) => one.attributes.status).join()]);
    assert.deepEqual(seen, [
      ['process_pending', ''],
      ['processed', ''],
      ['refund_pending', 'process_pending'],
      ['partially_refunded', 'processed'],
      ['refund_pending', 'processed,process_pending'],
      ['partially_refunded', 'processed,processed'],
      ['refund_pending', 'processed,processed,process_pending'],
      ['partially_refunded', 'processed,processed,processed'],
    ]);
    await sink.stop();
  });

  test('the control API has the id: in the invoice and in the timeline', async () => {
    const api = await shop();
    const id = await paid(api);
    const first = await refunded(api, id);
    await api.advance(2);
    const second = await refunded(api, id, { reference_id: 'r-2' });
    const { refunds } = (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json;
    assert.deepEqual(refunds.map((one) => one.id), [first.id, second.id]);
    const { items } = (await api.control('GET', `/payment-invoices/${id}/timeline`)).expect(200).json;
    assert.deepEqual(items.filter(({ refund: one }) => one).map((one) => [one.to, one.refund]),
      [['refund_pending', first.id], ['refund_pending', second.id]]);
  });
});

// What went back, however it did, is listed: the sum of the refunds that are processed is refunded_amount.
describe('without a call', () => {
  const of = ({ attributes: { status, amount, created } }) => [status, amount, created];
  /** The refunds of the invoice, after a check of what holds for each of them. */
  async function listed(api, id) {
    const { refunds, refunded_amount } = await api.attributes(id);
    for (const one of refunds) {
      assert.match(one.id, /^ref_[A-Za-z0-9]{16}$/);
      assert.match(one.attributes.reference_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.deepEqual(await get(api, one.id), one);
    }
    assert.equal(new Set(refunds.map(({ id: name }) => name)).size, refunds.length);
    const done = refunds.filter(({ attributes }) => attributes.status === 'processed');
    assert.equal(done.reduce((sum, { attributes }) => sum + attributes.amount, 0), refunded_amount ?? 0);
    return refunds.map(of);
  }
  const PLANS = {
    'processed@0,refunded@5s': [['processed', 100, 5]],
    'processed@0,partially_refunded@5s': [['processed', 50, 5]],
    'processed@0,partially_refunded@1s,refunded@2s': [['processed', 50, 1], ['processed', 50, 3]],
    'processed@0,refund_pending@1s': [['process_pending', 100, 1]],
    'processed@0,refund_pending@1s,refunded@1s': [['processed', 100, 1]],
    'processed@0,refund_pending@1s,refunding@1s,partially_refunded@1s': [['processed', 50, 1]],
    'processed@0,refund_pending@1s,refund_failed@1s': [['process_failed', 100, 1]],
    'processed@0,refund_failed@1s,refunded@1s': [['process_failed', 100, 1], ['processed', 100, 2]],
    'processed@0,partially_charged_back@1s,refunding@1s,refunded@1s': [['processed', 50, 2]],
    'processed@0,charged_back@1s': [],
  };
  for (const [plan, want] of Object.entries(PLANS)) {
    test(plan, async () => {
      const api = await shop();
      const { id } = await api.made({}, outcome(plan));
      await api.advance(10);
      assert.deepEqual(await listed(api, id), want.map(([status, amount, at]) => [status, amount, api.start + at]));
    });
  }

  test('by commands, beside requested ones, with amounts and by force', async () => {
    const api = await shop();
    const id = await paid(api);
    const move = async (status, more) => (await api.transition(id, { status, ...more })).expect(200);
    await move('partially_refunded', { amount: 10 });
    await refunded(api, id, { amount: 20, reference_id: 'r-1' });
    await move('partially_refunded', { amount: 15 }); // ends the requested one
    await move('partially_refunded', { amount: 5, force: true });
    await move('refund_pending');
    await move('refunded');
    const { refunds } = await api.attributes(id);
    assert.deepEqual(refunds.map(({ attributes: { status, amount } }) => [status, amount]),
      [10, 15, 5, 70].map((amount) => ['processed', amount]));
    assert.deepEqual(refunds.map(({ attributes }) => attributes.reference_id === 'r-1'), [false, true, false, false]);
    const { items } = await api.timeline(id);
    assert.deepEqual(items.filter((one) => one.refund).map(({ to, refund: name }) => [to, name]), [
      ['partially_refunded', refunds[0].id],
      ['refund_pending', refunds[1].id],
      ['partially_refunded', refunds[2].id],
      ['refund_pending', refunds[3].id],
    ]);
    await move('process_pending', { force: true }); // its payment is taken back, and what was refunded of it
    await move('processed');
    const after_ = await api.attributes(id);
    assert.deepEqual([after_.refunded_amount, after_.refunds.map((one) => one.attributes.status)],
      [null, Array(4).fill('process_failed')]);
    await move('refunded');
    assert.deepEqual((await api.attributes(id)).refunds.map((one) => one.attributes.status).at(-1), 'processed');
    assert.deepEqual((await listed(api, await paid(api))), []);
  });

  test('callbacks list it: the planned one, and one that is sent by hand', async () => {
    const api = await shop();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, outcome('processed@0,partially_refunded@0'));
    await api.advance(0);
    const [first] = (await api.attributes(id)).refunds;
    (await api.control('POST', '/callbacks', { invoice: id, transition: 'refunded' })).expect(201);
    await api.idle();
    const bodies = sink.requests.map(({ text }) => JSON.parse(text).data.attributes);
    const [planned, byHand] = bodies.slice(-2);
    assert.deepEqual([planned.refunded_amount, planned.refunds], [50, [first]]);
    assert.deepEqual([byHand.refunded_amount, byHand.refunds.map((one) => one.attributes.amount)], [100, [50, 50]]);
    assert.deepEqual((await api.attributes(id)).refunds, [first]);
    await sink.stop();
  });

  test('a callback by hand that reports the end of a pending refund shows that refund as processed', async () => {
    const api = await shop();
    const sink = await startSink({ account: api.account });
    const id = await paid(api, { callback_url: `${sink.url}/c` });
    const made = await refunded(api, id, { amount: 100 }, outcome('refund_pending'));
    await api.idle();
    (await api.control('POST', '/callbacks', { invoice: id, transition: 'refunded' })).expect(201);
    await api.idle();
    const { refunds } = JSON.parse(sink.requests.at(-1).text).data.attributes;
    assert.deepEqual(refunds.map((one) => [one.id, one.attributes.reference_id, ...of(one).slice(0, 2)]),
      [[made.id, 'r-1', 'processed', 100]]);
    assert.equal((await get(api, made.id)).attributes.status, 'process_pending');
    await sink.stop();
  });

  test('a snapshot and its file keep it', async () => {
    const [api, other] = [await shop(), await shop()];
    const { id } = await api.made({}, outcome('processed@0,partially_refunded@0,refund_pending@0,partially_refunded@9s'));
    await api.advance(0);
    (await api.control('POST', '/snapshots/one', {})).expect(201);
    const before = await listed(api, id);
    await api.advance(9);
    const end = [['processed', 50, api.start], ['processed', 25, api.start]];
    assert.deepEqual(await listed(api, id), end);
    (await api.control('POST', '/snapshots/one/restore', {})).expect(200);
    assert.deepEqual(await listed(api, id), before);
    const file = (await api.control('GET', '/snapshots/one')).expect(200).json;
    (await other.control('PUT', '/snapshots/one', file)).expect(201);
    (await other.control('POST', '/snapshots/one/restore', {})).expect(200);
    await other.advance(9);
    assert.deepEqual(await listed(other, (await other.list()).data[0].id), end);
  });
});

describe('snapshots', () => {
  test('a restored refund has its id, and reads as it was', async () => {
    const api = await shop();
    const id = await paid(api);
    const made = await refunded(api, id);
    (await api.control('POST', '/snapshots/pending', {})).expect(201);
    await api.advance(2);
    assert.equal((await get(api, made.id)).attributes.status, 'processed');
    (await api.control('POST', '/snapshots/pending/restore', {})).expect(200);
    assert.deepEqual(await get(api, made.id), made);
    await api.advance(2);
    assert.equal((await get(api, made.id)).attributes.status, 'processed');
    (await api.control('POST', '/reset', {})).expect(200);
    (await read(api, made.id)).expect(404);
  });

  test('a file keeps the ids, in another account too', async () => {
    const [api, other] = [await shop(), await shop()];
    const made = await refunded(api, await paid(api));
    (await api.control('POST', '/snapshots/one', {})).expect(201);
    const file = (await api.control('GET', '/snapshots/one')).expect(200).text;
    const put = (on, body) => on.control('PUT', '/snapshots/got', undefined,
      { body, headers: { 'Content-Type': 'application/json' } });
    (await put(other, file)).expect(200, 201);
    (await other.control('POST', '/snapshots/got/restore', {})).expect(200);
    assert.deepEqual(await get(other, made.id), made);
    assert.deepEqual(await get(api, made.id), made);

    const document = JSON.parse(file);
    delete document.invoices[0].refunds[0].id;
    const older = await shop();
    (await put(older, JSON.stringify(document))).expect(200, 201);
    (await older.control('POST', '/snapshots/got/restore', {})).expect(200);
    const [{ id: named }] = (await older.attributes((await older.list()).data[0].id)).refunds;
    assert.match(named, /^ref_/);
    document.invoices[0].refunds[0].id = 'cpi_0000000000000000';
    (await put(older, JSON.stringify(document))).expect(422);
  });

  test('a refund survives a crash', async () => {
    const args = ['--db', `${tempDir()}/db`];
    const first = await startServer({ args });
    const api = await shop({}, new Client(first));
    const made = await refunded(api, await paid(api));
    await first.kill9();
    const second = await startServer({ args });
    api.server = second;
    assert.deepEqual(await get(api, made.id), made);
    await second.stop();
  });
});
