import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const payout = (changes) => ({
  reference_id: randomUUID(),
  service: 'test_usd',
  currency: 'USD',
  amount: 100,
  test_mode: true,
  fields: { account: '42' },
  options: { auto_process: false },
  ...changes,
});
const create = (api, changes, options) => api.private('POST', '/payout-invoices',
  { json: { data: { type: 'payout-invoices', attributes: payout(changes) } }, ...options });
const made = async (api, changes, options) => (await create(api, changes, options)).expect(201).data;
const get = async (api, id) => (await api.private('GET', `/payout-invoices/${id}`)).expect(200).data.attributes;
const process = (api, id, options) => api.private('POST', `/payout-invoices/${id}/process`, options);
const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });
const list = (api, parameters = {}) => api.private('GET', `/payout-invoices${query(parameters)}`);
const transition = (api, id, body) => api.control('POST', `/payout-invoices/${id}/transition`, body);
const fieldErrors = async (api, changes) => Object.keys((await create(api, changes)).expect(422).json.errors);

describe('a payout', () => {
  test('starts as created, with the platform\'s keys in order', async () => {
    const api = await demo.newFrozen();
    const changes = payout({
      customer: { reference_id: 'c1', name: 'A' },
      metadata: { a: 'b' },
      description: 'salary',
    });
    const reply = (await create(api, changes)).expect(201);
    const { id, type, attributes, relationships, links } = reply.data;
    assert.match(id, /^cpoi_[A-Za-z0-9]{16}$/);
    assert.equal(type, 'payout-invoices');
    assert.deepEqual(keysAt(reply.text, 'data.attributes'), [
      'status',
      'resolution',
      'amount',
      'payout_amount',
      'currency',
      'service_currency',
      'service_amount',
      'service_payout_amount',
      'reference_id',
      'test_mode',
      'description',
      'fee',
      'writeoff',
      'exchange_rate',
      'failed',
      'processed',
      'processed_amount',
      'processed_fee',
      'processed_writeoff',
      'metadata',
      'created',
      'updated',
      'fields',
      'callback_url',
      'source',
      'callback_logs',
      'moderation_required',
      'payouts',
    ]);
    assert.deepEqual(attributes, {
      status: 'created',
      resolution: 'ok',
      amount: 100,
      payout_amount: 100,
      currency: 'USD',
      service_currency: 'USD',
      service_amount: 100,
      service_payout_amount: 100,
      reference_id: changes.reference_id,
      test_mode: true,
      description: 'salary',
      fee: 0,
      writeoff: 100,
      exchange_rate: 1,
      failed: null,
      processed: null,
      processed_amount: null,
      processed_fee: null,
      processed_writeoff: null,
      metadata: attributes.metadata,
      created: api.start,
      updated: api.start,
      fields: { account: '42' },
      callback_url: null,
      source: 'merchant_api',
      callback_logs: [],
      moderation_required: false,
      payouts: [],
    });
    assert.equal(attributes.metadata.a, 'b');
    assert.match(relationships.customer.data.id, /^cus_/);
    assert.equal(relationships['payout-service'].data.id, 'test_usd');
    assert.equal(relationships['payout-method'].data.id, 'test');
    assert.equal(links.self, `/api/payout-invoices/${id}`);
  });

  test('has a null customer without customer data', async () => {
    assert.deepEqual((await made(demo, {})).relationships.customer, { data: null });
  });

  test('is accepted without the envelope, and under /api', async () => {
    const reply = await demo.private('POST', '/api/payout-invoices', { json: payout({}) });
    const { id } = reply.expect(201).data;
    assert.equal((await demo.private('GET', `/api/payout-invoices/${id}`)).expect(200).data.id, id);
  });

  test('starts immediately with auto_process, and settles by timer', async () => {
    const api = await demo.newFrozen({ settle_after_ms: 5000 });
    const { id, attributes } = await made(api, { options: { auto_process: true } });
    assert.equal(attributes.status, 'created');
    await api.reach(id, 'process_pending');
    await api.advance(4);
    assert.equal((await get(api, id)).status, 'process_pending');
    await api.advance(1);
    const done = await get(api, id);
    assert.equal(done.status, 'processed');
    assert.equal(done.processed, api.start + 5);
    assert.equal(done.failed, null);
    assert.deepEqual([done.processed_amount, done.processed_fee, done.processed_writeoff], [100, 0, 100]);
  });

  test('starts after settle_after_ms by default', async () => {
    const api = await demo.newFrozen({ settle_after_ms: 5000 });
    const { id } = await made(api, { options: undefined });
    await api.advance(4);
    assert.equal((await get(api, id)).status, 'created');
    await api.advance(1);
    assert.equal((await get(api, id)).status, 'process_pending');
    await api.advance(5);
    assert.equal((await get(api, id)).status, 'processed');
  });

  test('waits for /process without auto_process, and expires with its lifetime', async () => {
    const api = await demo.newFrozen({ lifetime_s: 1000, settle_after_ms: 5000 });
    const one = await made(api, {});
    const two = await made(api, {});
    await api.advance(999);
    const started = (await process(api, one.id)).expect(201).data;
    assert.equal(started.attributes.status, 'process_pending');
    await api.advance(5);
    assert.equal((await get(api, one.id)).status, 'processed');
    const late = await get(api, two.id);
    assert.deepEqual([late.status, late.resolution, late.failed], ['expired', 'expired', api.start + 1000]);
  });

  test('does not expire after the start', async () => {
    const api = await demo.newFrozen({ lifetime_s: 1000 });
    const { id } = await made(api, {}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    (await process(api, id)).expect(201);
    await api.advance(2000);
    assert.equal((await get(api, id)).status, 'process_pending');
  });

  test('of an inactive account is neither created nor started', async () => {
    const api = await demo.newAccount();
    const { id } = await made(api, {});
    (await api.control('PATCH', `/accounts/${api.account.id}`, { status: 'inactive' })).expect(200);
    (await create(api, {})).expect(403);
    (await process(api, id)).expect(403);
    assert.equal((await get(api, id)).status, 'created');
  });

  test('cannot be started twice: 409 with the payout', async () => {
    const { id } = await made(demo, {});
    (await process(demo, id)).expect(201);
    const reply = (await process(demo, id)).expect(409);
    assert.equal(reply.json.errors[0].code, '409');
    assert.equal(reply.data.id, id);
  });

  test('shows no full card number', async () => {
    const { id, attributes } = await made(demo, {
      service: 'payment_card_usd',
      fields: { card_number: '5123817234060000', more: 1 },
    });
    assert.deepEqual(attributes.fields, { card_number: '512381******0000', more: 1 });
    const calls = (await demo.control('GET', '/requests', undefined, { parameters: { invoice: id } })).expect(200);
    assert.ok(!calls.text.includes('5123817234060000'));
    // with any service
    for (const card_number of [5123817234060000, ['5123817234060000'], { is: '5123817234060000' }]) {
      assert.deepEqual(await fieldErrors(demo, { fields: { account: '42', card_number } }), ['fields.card_number']);
    }
    assert.equal(
      (await made(demo, { fields: { account: '42', card_number: null } })).attributes.fields.card_number,
      null,
    );
  });

  test('has a unique reference: a repeat is 409 with the earlier payout', async () => {
    const first = await made(demo, {});
    const { reference_id } = first.attributes;
    const reply = (await create(demo, { reference_id, amount: 7 })).expect(409);
    assert.match(reply.json.errors[0].detail, /payout invoice/);
    assert.equal(reply.data.id, first.id);
    assert.equal(reply.data.attributes.amount, 100);
    // a payment may have the same reference
    const payment = await demo.made({ reference_id });
    assert.equal((await list(demo, { 'filter[reference_id]': reference_id })).expect(200).data[0].id, first.id);
    assert.equal((await demo.list({ 'filter[reference_id]': reference_id })).expect(200).data[0].id, payment.id);
  });

  test('is returned for a repeated reference, even if the balance is used up', async () => {
    const api = await demo.newFrozen({ opening_balances: { USD: 100 } });
    for (const auto_process of [true, undefined]) {
      (await api.control('POST', '/reset')).expect(200);
      const changes = payout({ options: { auto_process } });
      const { id } = await made(api, changes);
      await api.reach(id, 'process_pending');
      assert.equal((await create(api, changes)).expect(409).data.id, id);
      assert.deepEqual(await fieldErrors(api, { options: { auto_process } }), ['amount']);
    }
  });

  test('gets a generated reference by default', async () => {
    assert.match((await made(demo, { reference_id: undefined })).attributes.reference_id, /^[0-9a-f-]{36}$/);
  });

  test('is not visible to another account or as a payment, and has no page', async () => {
    const other = await demo.newAccount();
    const { id } = await made(demo, {});
    const payment = await demo.made({});
    (await other.private('GET', `/payout-invoices/${id}`)).expect(404);
    (await process(other, id)).expect(404);
    (await demo.get(id)).expect(404);
    (await demo.getPublic(id)).expect(404);
    (await demo.private('GET', `/payout-invoices/${payment.id}`)).expect(404);
    (await process(demo, payment.id)).expect(404);
    (await demo.send('GET', `/public-api/payout-invoices/${payment.id}`)).expect(404);
    (await demo.send('GET', `/redirect/hpp/?cpi=${id}`, { check: false })).expect(404);
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/timeline'],
      ['GET', '/export'],
      ['POST', '/transition', { status: 'processed' }],
    ]) {
      for (const wrong of [`/payment-invoices/${id}`, `/payout-invoices/${payment.id}`]) {
        const { code, message } = (await demo.control(method, `${wrong}${path}`, body)).expect(404).json.error;
        assert.deepEqual(
          [code, message.includes('must be requested under')],
          ['unknown_invoice', true],
          `${method} ${wrong}${path}`,
        );
      }
    }
    (await demo.control('POST', `/payment-invoices/${id}/pay`, { cancel: true })).expect(404);
    (await demo.send('GET', '/payout-invoices')).expect(401);
  });

  test('reports all invalid fields together', async () => {
    assert.deepEqual(
      (
        await fieldErrors(demo, {
          service: 'nothing',
          currency: 'us$',
          amount: -1,
          callback_url: 'x',
          customer: {},
          options: { auto_process: 'yes' },
        })
      ).sort(),
      ['amount', 'callback_url', 'currency', 'customer.reference_id', 'options.auto_process', 'service'],
    );
    assert.deepEqual(await fieldErrors(demo, { service: 'test_usd_test' }), ['service']);
    assert.deepEqual(await fieldErrors(demo, { service: 'tether_usd' }), ['service']);
    assert.deepEqual(await fieldErrors(demo, { currency: 'EUR' }), ['service']);
    for (const currency of [undefined, 'us$', 5]) {
      assert.deepEqual(await fieldErrors(demo, { currency, options: { auto_process: true } }), ['currency']);
    }
    assert.deepEqual(await fieldErrors(demo, { amount: 10_000_000 }), ['amount']);
    assert.deepEqual(await fieldErrors(demo, { fields: undefined }), ['fields.account']);
    assert.deepEqual(await fieldErrors(demo, { fields: { account: '1234567890123456' } }), ['fields.account']);
    for (const fields of ['x', 5, true, ['x']]) assert.deepEqual(await fieldErrors(demo, { fields }), ['fields']);
    for (const fields of [null, [], {}]) assert.deepEqual(await fieldErrors(demo, { fields }), ['fields.account']);
    for (const account of [5, true, {}, []])
      assert.deepEqual(await fieldErrors(demo, { fields: { account } }), ['fields.account']);
    assert.deepEqual(await fieldErrors(demo, { fields: { account: '4\u00002' } }), ['fields.account']);
    for (const card_number of [5, true, [], {}])
      assert.deepEqual(await fieldErrors(demo, { fields: { account: '42', card_number } }), ['fields.card_number']);
    assert.deepEqual(await fieldErrors(demo, { metadata: { mock_outcome: 'paid' } }), ['metadata.mock_outcome']);
    assert.deepEqual(await fieldErrors(demo, { service: 'payment_card_usd', fields: { card_number: 'x' } }), [
      'fields.card_number',
    ]);
  });
});

describe('the outcome of a payout', () => {
  const outcomeOf = async (changes, options) => {
    const api = await demo.newFrozen();
    const { id } = await made(api, { options: { auto_process: true }, ...changes }, options);
    await api.advance(60);
    const { status, resolution, failed, processed } = await get(api, id);
    assert.equal(failed !== null, status === 'process_failed');
    assert.equal(processed !== null, status === 'processed');
    return `${status}:${resolution}`;
  };
  const fields = (more) => ({ fields: { account: '42', ...more } });

  test('comes from the header, the metadata or the amount', async () => {
    assert.equal(
      await outcomeOf({}, { headers: { 'X-Mock-Outcome': 'process_failed:declined' } }),
      'process_failed:declined',
    );
    assert.equal(await outcomeOf({ metadata: { mock_outcome: 'process_failed' } }), 'process_failed:general_decline');
    assert.equal(await outcomeOf({ amount: 4000.01 }), 'process_failed:insufficient_funds');
    assert.equal(await outcomeOf({ metadata: { mock_outcome: 'expired' } }), 'process_failed:expired');
  });

  test('comes from the fields of the test service', async () => {
    assert.equal(
      await outcomeOf(fields({ test_details_payout_status: 'process_failed' })),
      'process_failed:general_decline',
    );
    assert.equal(await outcomeOf(fields({ test_details_payout_status: 'process_pending' })), 'process_pending:ok');
    assert.equal(await outcomeOf(fields({ test_details_payout_status: 'PROCESSED' })), 'processed:ok');
    assert.equal(await outcomeOf(fields({ test_details_payout_resolution: 'declined' })), 'process_failed:declined');
    assert.equal(await outcomeOf(fields({ test_details_payout_status: 'process_failed',
      test_details_payout_resolution: 'issuer_decline' })), 'process_failed:issuer_decline');
    assert.equal(await outcomeOf(fields({ test_details_success_rate: '100' })), 'processed:ok');
    assert.equal(await outcomeOf(fields({ test_details_success_rate: '0',
      test_details_payout_resolution: 'declined' })), 'process_failed:declined');
    assert.equal(await outcomeOf(fields({ test_details_payout_resolution: 'OK' })), 'processed:ok');
    assert.equal(await outcomeOf(fields({ test_details_success_rate: '100',
      test_details_payout_resolution: 'declined' })), 'processed:ok');
  });

  test('comes from names with spaces, hyphens or underscores, in any case', async () => {
    for (const [status, resolution, expected] of [
      ['Process failed', 'Issuer-Decline', 'process_failed:issuer_decline'],
      ['process-failed', 'issuer_decline', 'process_failed:issuer_decline'],
      ['PROCESS_FAILED', undefined, 'process_failed:general_decline'],
      ['process pending', undefined, 'process_pending:ok'],
      [undefined, 'Insufficient Funds', 'process_failed:insufficient_funds'],
    ])
      assert.equal(
        await outcomeOf(fields({ test_details_payout_status: status, test_details_payout_resolution: resolution })),
        expected,
      );
    const api = await demo.newFrozen();
    const { id } = await made(api, fields({ test_details_payout_status: 'Process failed' }));
    assert.equal((await get(api, id)).fields.test_details_payout_status, 'Process failed');
  });

  test('succeeds with the given percentage', async () => {
    const api = await demo.newFrozen();
    for (let i = 0; i < 60; i += 1) {
      await made(api, { ...fields({ test_details_success_rate: '50' }), options: { auto_process: true } });
    }
    await api.advance(60);
    const rows = (await list(api, { 'page[size]': 100, 'filter[status]': 'processed' })).expect(200).data;
    assert.ok(rows.length > 0 && rows.length < 60, `${rows.length} of 60`);
  });

  test('must be a status of payouts', async () => {
    for (const status of ['refunded', 'paid', 'created', 'verified']) {
      const more = { test_details_payout_status: status };
      assert.deepEqual(await fieldErrors(demo, fields(more)), ['fields.test_details_payout_status']);
    }
    assert.deepEqual(await fieldErrors(demo, fields({ test_details_payout_resolution: 'nothing' })),
      ['fields.test_details_payout_resolution']);
    for (const test_details_success_rate of ['101', '999999999999999', '-1', '1.5', 'x', '1234567890123456'])
      assert.deepEqual(await fieldErrors(demo, fields({ test_details_success_rate })), [
        'fields.test_details_success_rate',
      ]);
    for (const test_details_payout_status of ['process_failed1', 'process\u0000failed', 'x', 'process failed_', '_', '  '])
      assert.deepEqual(await fieldErrors(demo, fields({ test_details_payout_status })), [
        'fields.test_details_payout_status',
      ]);
  });

  test('must be a valid sequence for a payout', async () => {
    for (const text of [
      'processed,refunded',
      'processed@0,charged_back@0',
      'process_failed,process_pending,processed',
    ]) {
      assert.deepEqual(
        Object.keys((await create(demo, {}, outcome(text))).expect(422).json.errors),
        ['X-Mock-Outcome'],
        text,
      );
      assert.deepEqual(await fieldErrors(demo, { metadata: { mock_outcome: text } }), ['metadata.mock_outcome'], text);
    }
    // an outcome for payments: a payout uses the part that applies to payouts
    const api = await demo.newFrozen({ outcome: 'processed@1s,refunded@1s' });
    const { id } = await made(api, { options: { auto_process: true } });
    await api.advance(60);
    assert.equal((await get(api, id)).status, 'processed');
  });

  test('can be changed by /process', async () => {
    const api = await demo.newFrozen({ settle_after_ms: 5000 });
    const one = await made(api, {}, outcome('process_failed:declined@1s'));
    assert.deepEqual(Object.keys((await process(api, one.id, outcome('paid'))).expect(422).json.errors), [
      'X-Mock-Outcome',
    ]);
    assert.deepEqual(Object.keys((await process(api, one.id, outcome('processed,refunded'))).expect(422).json.errors), [
      'X-Mock-Outcome',
    ]);
    assert.equal((await get(api, one.id)).status, 'created');
    (await process(api, one.id, outcome('partially_processed@3s'))).expect(201);
    await api.advance(2);
    assert.equal((await get(api, one.id)).status, 'process_pending');
    await api.advance(1);
    assert.equal((await get(api, one.id)).status, 'partially_processed');
    const never = await made(api, {});
    (await process(api, never.id, outcome('process_pending'))).expect(201);
    const planned = await made(api, {}, outcome('process_failed:declined@1s'));
    (await process(api, planned.id)).expect(201);
    await api.advance(60);
    assert.equal((await get(api, never.id)).status, 'process_pending');
    assert.equal((await get(api, planned.id)).resolution, 'declined');
  });

  test('comes from the queue, used by a created payout', async () => {
    const api = await demo.newFrozen();
    (await api.outcomes('process_failed:declined')).expect(201);
    await fieldErrors(api, { amount: 0 });
    const { id } = await made(api, { options: { auto_process: true } });
    await api.advance(10);
    assert.equal((await get(api, id)).resolution, 'declined');
    assert.deepEqual((await api.control('GET', '/outcomes')).expect(200).json.queued, []);
  });

  test('can be set by a transition valid for payouts', async () => {
    const { id } = await made(demo, {});
    (await transition(demo, id, { status: 'processed' })).expect(409);
    assert.equal(
      (await transition(demo, id, { status: 'process_pending' })).expect(200).data.attributes.status,
      'process_pending',
    );
    const done = (await transition(demo, id, { status: 'partially_processed', amount: 60 })).expect(200).data
      .attributes;
    assert.deepEqual([done.status, done.processed_amount, done.processed_writeoff], ['partially_processed', 60, 60]);
    const stopped = await made(demo, {});
    assert.equal(
      (await transition(demo, stopped.id, { status: 'terminated' })).expect(200).data.attributes.status,
      'terminated',
    );
    (await transition(demo, id, { status: 'refunded' })).expect(409);
    (await transition(demo, id, { status: 'refunded', force: true })).expect(409);
    (await transition(demo, id, { status: 'process_failed' })).expect(409);
    (await transition(demo, id, { status: 'process_failed', force: true })).expect(200);
    // these are possible for a payment only
    for (const body of [{ status: 'process_pending' }, { status: 'process_pending', amount: 1 }]) {
      assert.equal((await transition(demo, id, body)).expect(409).json.error.code, 'forbidden_transition');
    }
    const seen = (await demo.control('GET', `/payout-invoices/${id}`)).expect(200).json;
    assert.deepEqual([seen.page, seen.may_become], [null, []]);
  });
});

describe('the balance', () => {
  const card = { service: 'payment_card_eur', currency: 'EUR', fields: { card_number: '5123817234060000' } };

  test('is reduced by the amount and the fee', async () => {
    const { attributes } = await made(demo, card);
    assert.deepEqual(
      [attributes.amount, attributes.payout_amount, attributes.fee, attributes.writeoff],
      [100, 100, 1.75, 101.75],
    );
  });

  test('is not overdrawn by automatic starts', async () => {
    const api = await demo.newFrozen({ opening_balances: { EUR: 101.75 } });
    for (const options of [undefined, { auto_process: true }]) {
      assert.deepEqual(await fieldErrors(api, { ...card, amount: 100.01, options }), ['amount']);
    }
    await made(api, { ...card, options: { auto_process: true } });
  });

  test('is not overdrawn by /process, and a failed payout returns its amount', async () => {
    const api = await demo.newFrozen({ opening_balances: { USD: 150 } });
    const one = await made(api, {}, { headers: { 'X-Mock-Outcome': 'process_failed@10s' } });
    const two = await made(api, {}, { headers: { 'X-Mock-Outcome': 'processed@10s' } });
    (await process(api, one.id)).expect(201);
    assert.deepEqual(Object.keys((await process(api, two.id)).expect(422).json.errors), ['amount']);
    assert.equal((await get(api, two.id)).status, 'created');
    await api.advance(10);
    assert.equal((await get(api, one.id)).status, 'process_failed');
    (await process(api, two.id)).expect(201);
    await api.advance(10);
    assert.equal((await get(api, two.id)).status, 'processed');
    assert.deepEqual(await fieldErrors(api, { options: { auto_process: true } }), ['amount']);
    await made(api, { amount: 50, options: { auto_process: true } });
  });

  test('spent before the start makes the payout fail', async () => {
    const api = await demo.newFrozen({ opening_balances: { USD: 150 }, settle_after_ms: 5000 });
    const one = await made(api, { options: undefined });
    const two = await made(api, { options: undefined });
    await api.advance(5);
    const states = [await get(api, one.id), await get(api, two.id)];
    assert.deepEqual(states.map((a) => `${a.status}:${a.resolution}`),
      ['process_pending:ok', 'process_failed:insufficient_funds']);
  });

  test('includes earlier payments', async () => {
    const api = await demo.newFrozen({ opening_balances: { USD: 0 } });
    assert.deepEqual(await fieldErrors(api, { options: { auto_process: true } }), ['amount']);
    await api.made({});
    await api.advance(10);
    await made(api, { options: { auto_process: true } });
  });
});

describe('payouts', () => {
  test('are listed newest first in pages, without payments', async () => {
    const api = await demo.newFrozen();
    const ids = [];
    for (let i = 0; i < 5; i += 1) {
      ids.unshift((await made(api, {})).id);
      await api.made({});
    }
    const first = (await list(api, { 'page[size]': 2 })).expect(200);
    assert.deepEqual(first.json.meta, { count: 2, size: 2, before: ids[1], after: ids[0] });
    assert.equal(first.json.links.prev, '');
    assert.equal(first.json.links.next, `/api/payout-invoices?page[before]=${ids[1]}&page[size]=2`);
    const seen = [...first.data];
    for (let at = first; at.json.links.next;) {
      at = (await api.private('GET', at.json.links.next)).expect(200);
      seen.push(...at.data);
    }
    assert.deepEqual(seen.map((row) => row.id), ids);
    const back = (await list(api, { 'page[size]': 2, 'page[after]': ids[4] })).expect(200);
    assert.deepEqual(back.data.map((row) => row.id), [ids[2], ids[3]]);
    assert.equal((await api.list()).expect(200).json.meta.count, 5);
    const payment = (await api.list()).data[0].id;
    (await list(api, { 'page[before]': payment })).expect(422);
    (await api.list({ 'page[before]': ids[0] })).expect(422);
  });

  test('have filters', async () => {
    const api = await demo.newFrozen();
    const one = await made(api, {});
    const two = await made(api, { service: 'test_eur', currency: 'EUR', test_mode: false });
    (await transition(api, two.id, { status: 'process_pending' })).expect(200);
    const found = async (filter) => (await list(api, filter)).expect(200).data.map((row) => row.id);
    assert.deepEqual(await found({}), [two.id, one.id]);
    assert.deepEqual(await found({ 'filter[reference_id]': one.attributes.reference_id }), [one.id]);
    assert.deepEqual(await found({ 'filter[status]': 'process_pending' }), [two.id]);
    assert.deepEqual(await found({ 'filter[currency]': 'USD' }), [one.id]);
    assert.deepEqual(await found({ 'filter[service]': 'test_eur' }), [two.id]);
    assert.deepEqual(await found({ 'filter[test_mode]': 'true' }), [one.id]);
    assert.deepEqual(await found({ 'filter[created_to]': api.start - 1 }), []);
    assert.deepEqual(await found({ 'filter[id]': one.id }), [one.id]);
  });

  test('can be read by id without credentials', async () => {
    const { id, attributes } = await made(demo, {});
    const path = `/public-api/payout-invoices/${id}`;
    const reply = (await demo.send('GET', path)).expect(200);
    assert.deepEqual(reply.data, { id, serial_number: id.slice(5), created: attributes.created, test_mode: true,
      reference_id: attributes.reference_id, currency: 'USD', amount: 100, payout_amount: 100, processed_amount: null,
      description: null, status: 'created', resolution: 'OK', service: 'test_usd', service_method: 'test',
      service_currency: 'USD', metadata: attributes.metadata });
    (await demo.send('GET', `${path}?public_key=${demo.account.public_key}`)).expect(200);
    (await demo.send('GET', `${path}?public_key=pk_test_none`)).expect(401);
    const other = await demo.newAccount();
    (await demo.send('GET', `${path}?public_key=${other.account.public_key}`)).expect(404);
  });

  test('can be searched, and have a timeline and a script', async () => {
    const api = await demo.newFrozen();
    const { id } = await made(api, { description: 'a needle' });
    await made(api, {});
    await api.made({ description: 'a needle' });
    const found = (
      await api.control('GET', '/payout-invoices', undefined, { parameters: { search: 'needle' } })
    ).expect(200).json;
    assert.deepEqual([found.items.map((row) => row.id), found.total, found.next], [[id], 2, null]);
    (await process(api, id)).expect(201);
    const { items } = (await api.control('GET', `/payout-invoices/${id}/timeline`)).expect(200).json;
    assert.deepEqual(items.map((item) => item.to ?? item.path),
      ['/payout-invoices', 'created', `/payout-invoices/${id}/process`, 'process_pending']);
    assert.match((await api.control('GET', `/payout-invoices/${id}/export`)).expect(200).text, /payout-invoices/);
    const calls = (await api.control('GET', '/requests', undefined, { parameters: { invoice: id } })).expect(200).json;
    assert.deepEqual(calls.items.map((row) => row.invoice), [id, id]);
  });

  test('in a file must be valid payouts', async () => {
    const api = await demo.newFrozen();
    const { id } = await made(api, {});
    (await process(api, id, outcome('process_pending'))).expect(201);
    (await api.control('POST', '/snapshots/s')).expect(201);
    const file = (await api.control('GET', '/snapshots/s')).expect(200).json;
    const refund = { reference_id: 'r', amount: 1, description: null, status: 'done', created_ms: 1, finished_ms: 1 };
    for (const [name, changes] of Object.entries({
      status: { status: 'refunded' },
      flow: { flow: 'verify' },
      deposit: { deposit: -1 },
      refunded_amount: { refunded_amount: 0 },
      processed_deposit: { status: 'processed', processed_amount: 5, processed_deposit: -5 },
      refunds: { refunds: [refund] },
    })) {
      const reply = await api.control('PUT', '/snapshots/t', {
        ...file,
        invoices: [{ ...file.invoices[0], ...changes }],
      });
      assert.match(reply.expect(422).json.error.message, new RegExp(`invoices\\[0\\]\\.${name}:`));
    }
    (await api.control('PUT', '/snapshots/t', file)).expect(201);
  });

  test('are restored by a snapshot and a file, and deleted by a reset', async () => {
    const api = await demo.newFrozen({ settle_after_ms: 5000 });
    const { id, attributes } = await made(
      api,
      { options: undefined },
      { headers: { 'X-Mock-Outcome': 'process_pending' } },
    );
    const payment = await api.made({ reference_id: attributes.reference_id });
    (await api.control('POST', '/snapshots/s')).expect(201);
    const file = (await api.control('GET', '/snapshots/s')).expect(200).json;
    await api.advance(5);
    assert.equal((await get(api, id)).status, 'process_pending');
    (await api.control('POST', '/snapshots/s/restore')).expect(200);
    assert.equal((await get(api, id)).status, 'created');

    const other = await demo.newAccount();
    const { renamed } = (await other.control('PUT', '/snapshots/s', file)).expect(201).json;
    (await other.control('POST', '/snapshots/s/restore')).expect(200);
    const copy = renamed[id] ?? id;
    assert.match(copy, /^cpoi_/);
    assert.match(renamed[payment.id] ?? payment.id, /^cpi_/);
    await other.advance(5);
    assert.equal((await get(other, copy)).status, 'process_pending');

    (await api.control('POST', '/reset')).expect(200);
    (await api.private('GET', `/payout-invoices/${id}`)).expect(404);
    assert.equal((await list(api)).expect(200).json.meta.count, 0);
  });
});

describe('context and options', () => {
  const CARD = { card_holder: 'ANNA IVANOVA', exp_month: '09', exp_year: '2031' };
  const seen = async (api, id) => (await api.control('GET', `/payout-invoices/${id}`)).expect(200).json;
  const order = (card, more = {}) => ({
    service: 'payment_card_usd', fields: { card_number: '4111111111111111' }, context: { card }, ...more });

  test('are kept as sent, and shown by the control API', async () => {
    const api = await demo.newFrozen();
    for (const card of [CARD, { exp_month: 9, exp_year: 31 }, { exp_month: 12, exp_year: '27', bank: 'x' }]) {
      const options = { auto_process: false, attempts_limit: 3, split_mode: 'a' };
      const { id } = await made(api, order(card, { options }));
      const shown = await seen(api, id);
      assert.deepEqual([shown.context, shown.options], [{ card }, options]);
    }
    const shown = await seen(api, (await made(api, { options: undefined })).id);
    assert.deepEqual([shown.context, shown.options], [null, null]);
  });

  test('are checked', async () => {
    const api = await demo.newFrozen();
    for (const [card, name] of [
      [{ ...CARD, exp_month: 13 }, 'exp_month'],
      [{ ...CARD, exp_month: 0 }, 'exp_month'],
      [{ ...CARD, exp_month: 'May' }, 'exp_month'],
      [{ ...CARD, exp_year: 131 }, 'exp_year'],
      [{ ...CARD, exp_year: 2100 }, 'exp_year'],
      [{ ...CARD, exp_year: '-1' }, 'exp_year'],
      [{ ...CARD, card_holder: 'A'.repeat(51) }, 'card_holder'],
      [{ ...CARD, card_holder: 5 }, 'card_holder'],
    ]) {
      assert.deepEqual(await fieldErrors(api, order(card)), [`context.card.${name}`]);
    }
    assert.deepEqual(await fieldErrors(api, order('x')), ['context.card']);
    assert.deepEqual(await fieldErrors(api, { context: 'x' }), ['context']);
    for (const attempts_limit of [0, 101, 'often']) {
      assert.deepEqual(await fieldErrors(api, { options: { attempts_limit } }), ['options.attempts_limit']);
    }
  });

  test('hide card numbers and codes', async () => {
    const api = await demo.newFrozen();
    const { id } = await made(api, order({ ...CARD, card_number: '4111111111111111', cvv: '123' },
      { context: { card: { ...CARD, card_number: '4111111111111111', cvv: '123' }, note: '5555555555554444' } }));
    assert.deepEqual((await seen(api, id)).context,
      { card: { ...CARD, card_number: '411111******1111', cvv: '***' }, note: '555555******4444' });
    (await api.control('POST', '/snapshots/one')).expect(201);
    const { text } = (await api.control('GET', '/snapshots/one')).expect(200);
    assert.doesNotMatch(text, /4111111111111111|5555555555554444/);
    (await api.control('POST', '/reset')).expect(200);
    (await api.control('POST', '/snapshots/one/restore')).expect(200);
    assert.equal((await seen(api, id)).context.card.card_holder, CARD.card_holder);
  });

  test('customer.description and customer.metadata.ip are the customer\'s', async () => {
    const api = await demo.newFrozen({ profile: '2024' });
    const customer = { reference_id: 'anna', description: 'regular', metadata: { ip: '203.0.113.7' } };
    await made(api, { customer });
    const reply = (await api.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 1, customer })).expect(201);
    const [{ attributes }] = reply.json.included;
    assert.deepEqual([attributes.description, attributes.metadata], ['regular', { ip: '203.0.113.7' }]);
    const long = { customer: { ...customer, description: 'x'.repeat(1025) } };
    assert.deepEqual(await fieldErrors(await demo.newFrozen(), long), ['customer.description']);
  });
});
