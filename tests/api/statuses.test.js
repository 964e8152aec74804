// Statuses that only payouts or only newer profiles have: by name, by timer, by a command, with callbacks and balances.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const fixtures = tempDir();
writeFileSync(join(fixtures, 'scenarios.json'), JSON.stringify({ rules: [
  { match: { amount: 77.01 }, outcome: 'processing@1s,processed@1s' },
  { match: { amount: 77.02 }, outcome: 'processed@1s,canceled@1s' },
] }));
const server = await startServer({ args: ['--fixtures', fixtures] });
after(() => server.stop());
const demo = new Client(server);

const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });
const NEWER = /^(status )?.*is not a status of the profile 2020: set the account's profile to 2024 or later$/;

async function shop(settings) {
  const api = await demo.newAccount(settings);
  api.start = await api.freeze();
  return api;
}
const order = (changes) => ({ reference_id: randomUUID(), service: 'test_usd', currency: 'USD', amount: 100,
  test_mode: true, fields: { account: '42' }, options: { auto_process: true }, ...changes });
const payOut = (api, changes, options) => api.private('POST', '/payout-invoices', { json: order(changes), ...options });
const paidOut = async (api, changes, options) => (await payOut(api, changes, options)).expect(201).data;
const payout = async (api, id) => (await api.private('GET', `/payout-invoices/${id}`)).expect(200).data.attributes;
const move = (api, id, body) => api.control('POST', `/payout-invoices/${id}/transition`, body);
const balance = async (api) => {
  const { USD } = (await api.private('GET', '/account/balances')).expect(200).data.attributes.currency_accounts;
  return [Number(USD.active_balance) - 1_000_000, Number(USD.pending_balance)];
};

/** Every status of payouts, and an outcome that ends in it. The costs are of a payout of 100 without a fee. */
const PAYOUTS = {
  canceled: { chain: 'canceled', cost: 0 },
  partially_canceled: { chain: 'partially_canceled', cost: 50 },
  terminated: { chain: 'terminated', cost: 0 },
  partially_processed: { chain: 'partially_processed', cost: 50 },
  processing: { chain: 'processing', held: 100, newer: true },
  process_error: { chain: 'process_error', held: 100, newer: true },
  canceling: { chain: 'canceling', held: 100, newer: true },
  cancel_pending: { chain: 'processed@0,cancel_pending', cost: 100, newer: true },
  cancel_error: { chain: 'canceling@0,cancel_error', held: 100, newer: true },
  cancel_failed: { chain: 'processed@0,canceling@0,cancel_failed:declined', cost: 100, newer: true },
};

describe('payouts', () => {
  for (const [status, { chain, cost = 0, held = 0, newer }] of Object.entries(PAYOUTS)) {
    for (const profile of newer ? ['2024'] : ['2020', '2024']) {
      test(`${status}, planned as ${chain}: callback and balance (${profile})`, async () => {
        const api = await shop({ profile });
        const sink = await startSink({ account: api.account });
        const { id } = await paidOut(api, { callback_url: `${sink.url}/c` }, outcome(chain));
        await api.advance(10);
        const seen = await payout(api, id);
        assert.equal(seen.status, status);
        assert.deepEqual(await balance(api), [0 - cost - held, held]);
        assert.equal(seen.processed_writeoff, cost || null);
        assert.deepEqual((await api.private('GET', `/payout-invoices?filter[status]=${status}`)).expect(200)
          .data.map((one) => one.id), [id]);
        assert.equal((await api.send('GET', `/public-api/payout-invoices/${id}`)).expect(200).data.status, status);
        const last = JSON.parse(sink.requests.at(-1).text).data;
        assert.deepEqual([last.type, last.attributes.status, last.attributes.resolution],
          ['payout-invoices', status, seen.resolution]);
        assert.deepEqual(last.attributes.processed_amount, seen.processed_amount);
        assert.equal(Object.values(seen.callback_logs).at(-1).transaction_status, status);
        await sink.stop();
      });
    }

    test(`${status}: by a command`, async () => {
      const api = await shop({ profile: newer ? '2024' : '2020' });
      const { id } = await paidOut(api, {}, outcome('process_pending'));
      await api.reach(id, 'process_pending');
      for (const step of chain.split(',')) {
        const [name, resolution] = step.replace(/@.*/, '').split(':');
        (await move(api, id, { status: name, resolution })).expect(200);
      }
      assert.equal((await payout(api, id)).status, status);
      assert.deepEqual(await balance(api), [0 - cost - held, held]);
    });
  }

  // `processed` is the time of the success, `failed` that of a failure before one.
  const NEITHER = { processed: null, failed: null };
  const [PAID, LOST] = [{ ...NEITHER, processed: 3 }, { ...NEITHER, failed: 3 }];
  const TIMES = {
    'processed@3s': PAID,
    'partially_processed@3s': PAID,
    'partially_canceled@3s': PAID,
    'processed@3s,canceled@1s': PAID,
    'canceled@3s': NEITHER,
    'terminated@3s': LOST,
    'process_failed@3s': LOST,
    'canceling@3s,canceled@1s': NEITHER,
    'canceling@1s,cancel_failed@2s': PAID,
    'processed@3s,cancel_pending@1s,canceled@1s': PAID,
  };
  for (const [chain, { processed, failed }] of Object.entries(TIMES)) {
    const newer = /canceling|cancel_pending/.test(chain);
    for (const profile of newer ? ['2024', '2025'] : ['2020', '2024', '2025']) {
      test(`the times of ${chain} (${profile})`, async () => {
        const api = await shop({ profile });
        const { id } = await paidOut(api, {}, outcome(chain));
        await api.advance(10);
        const seen = await payout(api, id);
        const at = (seconds) => seconds && api.start + seconds;
        assert.deepEqual([seen.processed, seen.failed], [at(processed), at(failed)]);
      });
    }
  }

  test('expired: a payout that nobody starts', async () => {
    const api = await shop({ lifetime_s: 60 });
    const { id } = await paidOut(api, { options: { auto_process: false } });
    await api.advance(60);
    assert.equal((await payout(api, id)).status, 'expired');
    assert.deepEqual(await balance(api), [0, 0]);
  });

  test('a cancellation after the success keeps its time; the amount is what the recipient kept', async () => {
    const api = await shop();
    const { id } = await paidOut(api, {}, outcome('processed@3s'));
    await api.advance(3);
    await api.advance(5);
    (await move(api, id, { status: 'partially_canceled', amount: 30 })).expect(200);
    const part = await payout(api, id);
    assert.deepEqual([part.processed, part.failed, part.processed_amount, part.processed_writeoff],
      [api.start + 3, null, 70, 70]);
    assert.deepEqual(await balance(api), [-70, 0]);
    (await move(api, id, { status: 'canceled' })).expect(200);
    const whole = await payout(api, id);
    assert.deepEqual([whole.processed, whole.resolution, whole.processed_amount, whole.processed_writeoff],
      [api.start + 3, 'ok', null, null]);
    assert.deepEqual(await balance(api), [0, 0]);
    const { transitions } = (await api.control('GET', `/payout-invoices/${id}/timeline`)).expect(200).json.items
      .reduce((all, one) => (one.kind === 'transition' ? { transitions: [...all.transitions, one.to] } : all),
        { transitions: [] });
    assert.deepEqual(transitions.slice(-3), ['processed', 'partially_canceled', 'canceled']);
  });

  test('at most what was paid can be canceled', async () => {
    const api = await shop();
    const { id } = await paidOut(api, {}, outcome('partially_processed@0'));
    await api.reach(id, 'partially_processed');
    for (const amount of [50, 50.01, 0]) {
      const { error } = (await move(api, id, { status: 'partially_canceled', amount })).expect(422).json;
      assert.match(error.message, /^amount: /);
    }
    (await move(api, id, { status: 'canceled', amount: 20 })).expect(422);
    (await move(api, id, { status: 'canceled', amount: 100, force: true })).expect(409, 422);
    (await move(api, id, { status: 'partially_canceled', amount: 20 })).expect(200);
    assert.deepEqual(await balance(api), [-30, 0]);
  });

  test('the fields of the test service name them', async () => {
    const api = await shop({ profile: '2024' });
    for (const status of ['canceled', 'partially_canceled', 'processing', 'PROCESS_ERROR', 'canceling']) {
      const { id } = await paidOut(api, { fields: { account: '1', test_details_payout_status: status } });
      await api.advance(5);
      assert.equal((await payout(api, id)).status, status.toLowerCase());
    }
  });

  test('a payment cannot be canceled, a payout not refunded', async () => {
    const api = await shop({ profile: '2024' });
    const { id } = await api.made({}, outcome('process_pending'));
    for (const status of ['canceled', 'partially_canceled', 'canceling', 'cancel_failed']) {
      const { error } = (await api.transition(id, { status, force: true })).expect(409).json;
      assert.equal(error.message, `a payment cannot be ${status}`);
      (await api.create(invoice(), outcome(status))).expect(422);
    }
    const { id: other } = await paidOut(api);
    for (const status of ['refunding', 'verify_failed', 'verified', 'authorize_failed']) {
      const { error } = (await move(api, other, { status, force: true })).expect(409).json;
      assert.equal(error.message, `a payout cannot be ${status}`);
    }
  });

  test('snapshots, resets and exports know them', async () => {
    const api = await shop({ profile: '2024' });
    const { id } = await paidOut(api, {}, outcome('processed@1s,canceling@1s,canceled@5s'));
    await api.advance(3);
    (await api.control('POST', '/snapshots/open', {})).expect(201);
    const file = (await api.control('GET', '/snapshots/open')).expect(200).text;
    await api.advance(10);
    assert.deepEqual(await balance(api), [0, 0]);
    (await api.control('POST', '/snapshots/open/restore', {})).expect(200);
    assert.equal((await payout(api, id)).status, 'canceling');
    assert.deepEqual(await balance(api), [-100, 0]);
    (await api.control('PUT', '/snapshots/copy', undefined,
      { body: file, headers: { 'Content-Type': 'application/json' } })).expect(200, 201);
    (await api.control('POST', '/snapshots/copy/restore', {})).expect(200);
    await api.advance(10);
    assert.equal((await payout(api, id)).status, 'canceled');
    assert.deepEqual(await balance(api), [0, 0]);
  });
});

/** Every newer status of payments, and an outcome that ends in it. */
const PAYMENTS = {
  processing: 'processing',
  process_error: 'process_error',
  authorize_failed: 'authorize_failed:declined',
  refunding: 'processed@0,refunding',
};

describe('payments', () => {
  for (const [status, chain] of Object.entries({ ...PAYMENTS, verify_failed: 'verify_failed:invalid_cvv' })) {
    const changes = status === 'verify_failed' ? { flow: 'verify' } : {};

    test(`${status}, planned as ${chain}, with its callback`, async () => {
      const api = await shop({ profile: '2024' });
      const sink = await startSink({ account: api.account });
      const { id } = await api.made({ ...changes, callback_url: `${sink.url}/c` }, outcome(chain));
      await api.advance(1);
      assert.notEqual((await api.attributes(id)).status, status);
      await api.advance(1);
      const seen = await api.attributes(id);
      assert.equal(seen.status, status);
      assert.equal((await api.getPublic(id)).expect(200).data.status, status);
      assert.deepEqual((await api.list({ 'filter[status]': status })).data.map((one) => one.id), [id]);
      const { attributes } = JSON.parse(sink.requests.at(-1).text).data;
      assert.deepEqual([attributes.status, attributes.resolution], [status, seen.resolution]);
      await sink.stop();
    });

    test(`${status}: from the queue, and by a command`, async () => {
      const api = await shop({ profile: '2024' });
      if (status !== 'refunding') {
        (await api.control('POST', '/outcomes', { outcomes: [chain] })).expect(201);
        const { id } = await api.made(changes);
        await api.advance(2);
        assert.equal((await api.attributes(id)).status, status);
      }
      const { id } = await api.made(changes, outcome('process_pending'));
      const steps = chain.split(',').map((step) => step.replace(/[@:].*/, ''));
      for (const step of steps) (await api.transition(id, { status: step })).expect(200);
      assert.equal((await api.reach(id, status)).attributes.status, status);
    });

    test(`${status}: the payer sees a page in every language`, async () => {
      const api = await shop({ profile: '2024' });
      const { id, attributes } = await api.made(changes, outcome('process_pending'));
      for (const step of chain.split(',')) (await api.transition(id, { status: step.replace(/[@:].*/, '') })).expect(200);
      const path = new URL(attributes.flow_data.action).pathname;
      for (const locale of ['en', 'uk', 'ru']) {
        const { text } = (await api.send('GET', `${path}?locale=${locale}`,
          { headers: { Accept: 'text/html' }, check: false })).expect(200);
        assert.ok(!text.includes(`head.${status}`) && !text.includes(`text.${status}`), locale);
      }
    });
  }

  test('the field of a test service names them', async () => {
    const api = await shop({ profile: '2024' });
    for (const status of ['processing', 'process_error', 'Authorize_Failed']) {
      const { id } = await api.made({ service: 'test_usd_test', service_fields: { status } });
      await api.advance(2);
      assert.equal((await api.attributes(id)).status, status.toLowerCase());
    }
    const changes = { service: 'test_usd_test', flow: 'verify', service_fields: { status: 'verify_failed' } };
    const { id } = await api.made(changes);
    await api.advance(2);
    assert.equal((await api.attributes(id)).status, 'verify_failed');
    (await api.create(invoice({ ...changes, flow: 'charge' }))).expect(422);
  });

  test('a fixture rule names them, for payments and payouts', async () => {
    const api = await shop({ profile: '2024' });
    const { id } = await api.made({ amount: 77.01 });
    await api.advance(1);
    assert.equal((await api.attributes(id)).status, 'processing');
    await api.advance(1);
    assert.equal((await api.attributes(id)).status, 'processed');
    const { id: other } = await paidOut(api, { amount: 77.02 });
    await api.advance(10);
    assert.equal((await payout(api, other)).status, 'canceled');
  });

  test('an invoice that is processed or in error cannot be paid again, and times out', async () => {
    for (const status of ['processing', 'process_error']) {
      const api = await shop({ profile: '2024', lifetime_s: 60 });
      const { id } = await api.made({}, outcome(`${status}@0`));
      await api.reach(id, status);
      (await api.pay(id, { card_number: '5519283812030000', expiry: '1230', cvv: '123' })).expect(409);
      await api.advance(60);
      const { status: end, resolution } = await api.attributes(id);
      assert.deepEqual([end, resolution], ['process_failed', 'expired']);
    }
  });

  test('an error has a reason, which may be ok', async () => {
    const api = await shop({ profile: '2024' });
    const reached = async (text) => {
      const { id } = await api.made({}, outcome(text));
      await api.advance(2);
      const { resolution, failed, original_data: { original_resolution: original } } = await api.attributes(id);
      return [resolution, failed, original];
    };
    assert.deepEqual(await reached('process_error'), ['provider_error', null, 'provider_error']);
    assert.deepEqual(await reached('process_error:fatal_error'), ['fatal_error', null, 'fatal_error']);
    assert.deepEqual(await reached('process_error:ok'), ['ok', null, null]);
    assert.deepEqual(await reached('authorize_failed'), ['general_decline', api.start + 8, 'general_decline']);
    (await api.create(invoice(), outcome('authorize_failed:ok'))).expect(422);
    (await api.create(invoice(), outcome('refunding'))).expect(422);
  });

  test('a refund that is refunding is in progress', async () => {
    const api = await shop({ profile: '2024' });
    const { id } = await api.made({}, outcome('processed@0'));
    await api.reach(id, 'processed');
    const refund = (attributes, options) => api.private('POST', `/payment-invoices/${id}/refund`,
      { json: { data: { type: 'refund', attributes } }, ...options });
    (await refund({ amount: 40 }, outcome('refunding@1s,refunded@1s'))).expect(200);
    await api.advance(1);
    assert.equal((await api.attributes(id)).status, 'refunding');
    (await refund({ amount: 10 })).expect(409);
    const see = async () => (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json.refunds;
    assert.deepEqual((await see()).map(({ status }) => status), ['pending']);
    await api.advance(1);
    const { status, refunded_amount: back } = await api.attributes(id);
    assert.deepEqual([status, back], ['partially_refunded', 40]);
    assert.deepEqual((await see()).map(({ status: one }) => one), ['done']);
  });

  test('verify_failed is a status of the flow verify', async () => {
    const api = await shop({ profile: '2024' });
    const { id } = await api.made({}, outcome('process_pending'));
    const { error } = (await api.transition(id, { status: 'verify_failed', force: true })).expect(409).json;
    assert.equal(error.message, 'a payment with the flow charge cannot be verify_failed');
    (await api.create(invoice(), outcome('verify_failed'))).expect(422);
  });
});

describe('the profile 2020 rejects newer statuses', () => {
  const names = ['processing', 'process_error', 'authorize_failed'];

  test('in a header and in metadata', async () => {
    const api = await shop();
    for (const name of names) {
      const { errors } = (await api.create(invoice(), outcome(name))).expect(422).json;
      assert.match(errors['X-Mock-Outcome'], NEWER);
      (await api.create(invoice({ metadata: { mock_outcome: name } }))).expect(422);
    }
    assert.match((await payOut(api, {}, outcome('canceling'))).expect(422).json.errors['X-Mock-Outcome'], NEWER);
  });

  test('in the queue, and in the setting outcome', async () => {
    const api = await shop();
    const { error } = (await api.control('POST', '/outcomes', { outcomes: ['processed', 'processing'] }))
      .expect(422).json;
    assert.match(error.message, /^outcomes\[1\]: processing is not a status of the profile 2020/);
    const patch = (body) => api.control('PATCH', `/accounts/${api.account.id}`, body);
    assert.match((await patch({ outcome: 'processing' })).expect(422).json.error.message, /^outcome: processing is not/);
    (await patch({ outcome: 'processing', profile: '2024' })).expect(200);
    assert.match((await patch({ profile: '2020' })).expect(422).json.error.message, /^outcome: processing is not/);
    (await patch({ profile: '2020', outcome: 'processed' })).expect(200);
  });

  test('in the fields of test services', async () => {
    const api = await shop();
    const service_fields = { status: 'processing' };
    const { errors } = (await api.create(invoice({ service: 'test_usd_test', service_fields }))).expect(422).json;
    assert.match(errors['service_fields.status'], NEWER);
    const fields = { account: '1', test_details_payout_status: 'cancel_failed' };
    assert.match((await payOut(api, { fields })).expect(422).json.errors['fields.test_details_payout_status'], NEWER);
  });

  test('by a command, also with force, and in a rule', async () => {
    const api = await shop();
    const { id } = await api.made({}, outcome('process_pending'));
    for (const force of [false, true]) {
      const { error } = (await api.transition(id, { status: 'processing', force })).expect(409).json;
      assert.match(error.message, NEWER);
    }
    const may = (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json.may_become;
    assert.deepEqual(may, ['expired', 'processed', 'process_failed', 'partially_processed', 'terminated']);
    const { id: other } = await api.made({ amount: 77.01 });
    await api.advance(10);
    assert.equal((await api.attributes(other)).status, 'process_pending', 'the plan ends before the step');
  });

  test('an invoice keeps its status when the account goes back', async () => {
    const api = await shop({ profile: '2024' });
    const { id } = await api.made({}, outcome('processing@0,processed@5s'));
    await api.reach(id, 'processing');
    (await api.control('PATCH', `/accounts/${api.account.id}`, { profile: '2020' })).expect(200);
    assert.equal((await api.attributes(id)).status, 'processing');
    await api.advance(5);
    assert.equal((await api.attributes(id)).status, 'processed');
  });
});
