// How an invoice finds its outcome.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

/** A new account with a frozen clock. */
const state = async (api, id) => {
  const { status, resolution } = await api.attributes(id);
  return resolution === 'ok' ? status : `${status}:${resolution}`;
};
/** Creates an invoice with an outcome, advances the clock and returns the final status. */
async function ends(api, attributes, headers, seconds = 3) {
  const { id, attributes: made } = await api.made(attributes, { headers });
  assert.equal(made.status, 'process_pending', 'the reply shows the invoice before it settles');
  await api.advance(seconds);
  return state(api, id);
}

describe('the default', () => {
  test('processed after 2 s', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made();
    await api.advance(1);
    assert.equal(await state(api, id), 'process_pending');
    await api.advance(1);
    const a = await api.attributes(id);
    assert.deepEqual([a.status, a.resolution, a.processed], ['processed', 'ok', api.start + 2]);
    assert.deepEqual(
      [a.processed_amount, a.processed_fee, a.processed_deposit, a.refunded_amount],
      [100, 0, 100, null],
    );
    assert.equal(a.payload.payment_card.mask, '512381******0000');
    assert.equal(a.original_data.provider_code, 'test');
  });

  test('settle_after_ms of the account', async () => {
    const api = await demo.newFrozen({ settle_after_ms: 60_000 });
    const { id } = await api.made();
    await api.advance(59);
    assert.equal(await state(api, id), 'process_pending');
    await api.advance(1);
    assert.equal(await state(api, id), 'processed');
  });

  test('settle_after_ms 0: not before the response', async () => {
    const api = await demo.newAccount({ settle_after_ms: 0 });
    for (let i = 0; i < 50; i++) {
      const made = await api.made();
      assert.equal(made.attributes.status, 'process_pending');
      await api.reach(made.id, 'processed');
    }
  });

  test('the account\'s outcome', async () => {
    const api = await demo.newFrozen({ outcome: 'process_failed:insufficient_funds@5s' });
    const { id } = await api.made();
    await api.advance(4);
    assert.equal(await state(api, id), 'process_pending');
    await api.advance(1);
    assert.equal(await state(api, id), 'process_failed:insufficient_funds');
    (await api.control('PATCH', `/accounts/${api.account.id}`, { outcome: 'processed' })).expect(200);
    assert.equal(await ends(api), 'processed');
  });

  test('after a failure nothing is processed', async () => {
    const api = await demo.newFrozen({ outcome: 'process_failed' });
    const { id } = await api.made();
    await api.advance(2);
    const a = await api.attributes(id);
    assert.deepEqual([a.status, a.resolution], ['process_failed', 'general_decline']);
    assert.deepEqual([a.processed, a.processed_amount, a.processed_fee, a.processed_deposit], [null, null, null, null]);
    const shown = (await api.getPublic(id)).data;
    assert.deepEqual(
      [shown.status, shown.resolution, shown.processed_amount],
      ['process_failed', 'GENERAL_DECLINE', null],
    );
  });

  test('flow verify ends verified', async () => {
    const api = await demo.newFrozen();
    const made = await api.made({ flow: 'verify' });
    assert.equal(made.attributes.payment_flow, 'verify');
    await api.advance(2);
    const a = await api.attributes(made.id);
    assert.deepEqual([a.status, a.resolution], ['verified', 'ok']);
    assert.deepEqual([a.processed_amount, a.processed_fee, a.processed_deposit], [null, null, null]);
  });

  test('flow verify fails as charge does', async () => {
    const api = await demo.newFrozen();
    assert.equal(
      await ends(api, { flow: 'verify' }, { 'X-Mock-Outcome': 'process_failed:declined' }),
      'process_failed:declined',
    );
  });
});

describe('precedence', () => {
  // highest precedence first
  const ways = [
    ['queue', 'process_failed:declined'],
    ['header', 'process_failed:card_expired'],
    ['metadata', 'process_failed:invalid_cvv'],
    ['service_fields', 'process_failed:lost_or_stolen_card'],
    ['scenario', 'process_failed:insufficient_funds'],
    ['account', 'process_failed:issuer_decline'],
    ['default', 'processed'],
  ];
  for (let first = 0; first < ways.length; first++) {
    test(`${ways[first][0]} takes precedence over all that follow`, async () => {
      const has = (name) => ways.findIndex(([way]) => way === name) >= first;
      const outcome = (name) => ways.find(([way]) => way === name)[1];
      const api = await demo.newFrozen(has('account') ? { outcome: outcome('account') } : {});
      if (has('queue')) (await api.outcomes(outcome('queue'))).expect(201);
      const attributes = {};
      if (has('metadata')) attributes.metadata = { mock_outcome: outcome('metadata') };
      if (has('service_fields')) {
        attributes.service = 'test_usd_test';
        attributes.service_fields = { status: 'lost_or_stolen_card' };
      }
      if (has('scenario')) attributes.amount = 4000.01;
      const headers = has('header') ? { 'X-Mock-Outcome': outcome('header') } : {};
      assert.equal(await ends(api, attributes, headers), outcome(ways[first][0]));
    });
  }

  test('the public API and the form have the same precedence', async () => {
    const api = await demo.newFrozen();
    const one = (
      await api.createPublic(invoice(), { headers: { 'X-Mock-Outcome': 'process_failed:declined' } })
    ).expect(201).data.id;
    const two = (await api.madePublic({ metadata: { mock_outcome: 'process_failed:card_expired' } })).id;
    (
      await api.createForm({
        ...invoice({ reference_id: 'form' }),
        metadata: { mock_outcome: 'process_failed:invalid_cvv' },
      })
    ).expect(302);
    const three = (await api.list({ 'filter[reference_id]': 'form' })).data[0].id;
    await api.advance(2);
    assert.equal(await state(api, one), 'process_failed:declined');
    assert.equal(await state(api, two), 'process_failed:card_expired');
    assert.equal(await state(api, three), 'process_failed:invalid_cvv');
  });

  test('metadata.mock_outcome stays in the metadata', async () => {
    const api = await demo.newFrozen();
    const { attributes } = await api.made({ metadata: { mock_outcome: 'processed' } });
    assert.equal(attributes.metadata.mock_outcome, 'processed');
  });
});

describe('the queue', () => {
  test('each invoice takes the next outcome', async () => {
    const api = await demo.newFrozen();
    const queued = (await api.outcomes('process_failed:declined', 'processed', 'process_failed:card_expired')).expect(
      201,
    );
    assert.deepEqual(queued.json.queued, ['process_failed:declined', 'processed', 'process_failed:card_expired']);
    (await api.outcomes('process_failed:invalid_cvv')).expect(201);
    assert.deepEqual((await api.control('GET', '/outcomes')).expect(200).json.queued.length, 4);
    const found = [];
    for (let i = 0; i < 5; i++) found.push(await ends(api));
    assert.deepEqual(found, [
      'process_failed:declined',
      'processed',
      'process_failed:card_expired',
      'process_failed:invalid_cvv',
      'processed',
    ]);
    assert.deepEqual((await api.control('GET', '/outcomes')).expect(200).json.queued, []);
  });

  test('only a 201 takes an outcome', async () => {
    const api = await demo.newFrozen();
    const body = invoice();
    (await api.create(body)).expect(201);
    (await api.outcomes('process_failed:declined')).expect(201);
    (await api.create({ ...invoice(), amount: 0 })).expect(422);
    (await api.create(body)).expect(409);
    (await api.createPublic({ ...invoice(), public_key: 'x' })).expect(401);
    (await api.create(invoice(), { headers: { 'X-Mock-Outcome': 'nonsense' } })).expect(400, 422);
    assert.equal(await ends(api), 'process_failed:declined');
  });

  test('can be cleared, and belongs to one account', async () => {
    const api = await demo.newFrozen();
    const other = await demo.newFrozen();
    (await api.outcomes('process_failed:declined')).expect(201);
    assert.equal(await ends(other), 'processed');
    (await api.control('DELETE', '/outcomes')).expect(200);
    assert.equal(await ends(api), 'processed');
  });

  test('rejects the whole list if one outcome is invalid', async () => {
    const api = await demo.newFrozen();
    const reply = (await api.outcomes('processed', 'nonsense')).expect(400, 422);
    assert.equal(reply.json.error.code, 'unknown_outcome');
    assert.match(reply.json.error.message, /unknown status "nonsense"; GET \/_mock\/statuses lists them/);
    const declined = (await api.outcomes('declined')).expect(422).json.error;
    assert.match(declined.message, /unknown status "declined"; did you mean process_failed:declined\?/);
    assert.deepEqual((await api.control('GET', '/outcomes')).expect(200).json.queued, []);
  });
});

describe('the syntax', () => {
  // outcome -> {seconds passed: status of the invoice}
  const good = {
    processed: { 1: 'process_pending', 2: 'processed' },
    'processed@0': { 0: 'processed' },
    'processed@0ms': { 0: 'processed' },
    'processed@7s': { 6: 'process_pending', 7: 'processed' },
    'processed@2m': { 119: 'process_pending', 120: 'processed' },
    'processed@5000ms': { 4: 'process_pending', 5: 'processed' },
    process_failed: { 2: 'process_failed:general_decline' },
    'process_failed:insufficient_funds@500ms': { 1: 'process_failed:insufficient_funds' },
    'process_failed:expired': { 2: 'process_failed:expired' },
    process_pending: { 1799: 'process_pending', 1800: 'process_failed:expired' },
    expired: { 0: 'process_failed:expired' },
    'expired@10s': { 9: 'process_pending', 10: 'process_failed:expired' },
    'processed@1s,refunded@5s': { 0: 'process_pending', 1: 'processed', 5: 'processed', 6: 'refunded' },
    'processed,charged_back': { 2: 'processed', 4: 'charged_back' },
    'processed@1s,charged_back@1d': { 1: 'processed', 86400: 'processed', 86401: 'charged_back' },
    'processed@1h': { 1799: 'process_pending', 1800: 'process_failed:expired', 3600: 'process_failed:expired' },
  };
  for (const [outcome, steps] of Object.entries(good)) {
    test(outcome, async () => {
      const api = await demo.newFrozen();
      const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': outcome } });
      let now = 0;
      for (const [seconds, expected] of Object.entries(steps)) {
        await api.advance(Number(seconds) - now);
        now = Number(seconds);
        if (now === 0) await api.reach(id, expected.split(':')[0]);
        assert.equal(await state(api, id), expected, `after ${seconds} s`);
      }
    });
  }

  const bad = [
    'nonsense',
    'processed ',
    'processed:',
    ':declined',
    '@1s',
    'processed@',
    'processed@5',
    'processed@-1s',
    'processed@1.5s',
    'processed@1w',
    'processed@s',
    'processed@1s@2s',
    'process_failed:nonsense',
    'process_failed:a:b',
    ',processed',
    'processed,',
    'processed,,refunded',
    'processed;refunded',
    'processed@99999999999999999999s',
    'insufficient_funds@1s,nonsense',
  ];
  for (const outcome of bad) {
    test(`rejected everywhere: ${JSON.stringify(outcome)}`, async () => {
      const api = await demo.newFrozen();
      (await api.outcomes(outcome)).expect(400, 422);
      // a header value cannot end with blanks
      if (outcome.trim() === outcome)
        (await api.create(invoice(), { headers: { 'X-Mock-Outcome': outcome } })).expect(400, 422);
      (await api.create(invoice({ metadata: { mock_outcome: outcome } }))).expect(422);
      (await api.control('PATCH', `/accounts/${api.account.id}`, { outcome })).expect(400, 422);
      (await demo.send('POST', '/_mock/accounts', { json: { outcome } })).expect(400, 422);
      assert.deepEqual((await api.list()).data, []);
    });
  }

  test('all documented resolutions are accepted', async () => {
    const api = await demo.newFrozen();
    const names = [
      'antifraud_error',
      'auth_3ds_required',
      'card_expired',
      'card_lost',
      'card_stolen',
      'card_restricted',
      'client_auth_failed',
      'customer_blocked',
      'general_decline',
      'transaction_expired',
      'fatal_decline',
      'fatal_error',
      'insufficient_funds',
      'invalid_3ds_code',
      'invalid_amount',
      'invalid_card',
      'invalid_cardholder',
      'invalid_cvv',
      'invalid_details',
      'invalid_expire_date',
      'invalid_otp_code',
      'issuer_decline',
      'access_denied',
      'error',
      'provider_error',
      'unknown',
      'duplicated_transaction',
      'limit_violation',
      'lost_or_stolen_card',
      'declined',
      'invalid_pan',
      'invalid_credentials',
      'general_fatal_error',
      'routing_error',
      'amount_conversion_error',
    ];
    const made = [];
    for (const name of names) {
      made.push((await api.made({}, { headers: { 'X-Mock-Outcome': `process_failed:${name}` } })).id);
    }
    await api.advance(2);
    for (const [i, name] of names.entries()) {
      assert.equal(await state(api, made[i]), `process_failed:${name}`);
      assert.equal((await api.getPublic(made[i])).data.resolution, name.toUpperCase());
    }
  });
});

describe('amounts that determine the outcome', () => {
  const amounts = {
    4000.01: 'insufficient_funds',
    4000.02: 'declined',
    4000.03: 'card_expired',
    4000.04: 'lost_or_stolen_card',
    4000.05: 'antifraud_error',
    4000.06: 'invalid_cvv',
    4000.07: 'invalid_card',
    4000.08: 'limit_violation',
    4000.09: 'issuer_decline',
    '4000.10': 'invalid_3ds_code',
    4000.11: 'provider_error',
    4000.12: 'fatal_error',
  };
  for (const [amount, resolution] of Object.entries(amounts)) {
    test(`${amount}: ${resolution}`, async () => {
      const api = await demo.newFrozen();
      assert.equal(await ends(api, { amount: Number(amount) }), `process_failed:${resolution}`);
      assert.equal(
        await ends(api, { amount, service: 'payment_card_eur_hpp', currency: 'EUR' }),
        `process_failed:${resolution}`,
      );
    });
  }

  test('4000.90 expires immediately', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({ amount: 4000.9 });
    await api.reach(id, 'process_failed');
    assert.equal(await state(api, id), 'process_failed:expired');
  });

  test('4000.91 stays pending until it expires', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({ amount: 4000.91 });
    await api.advance(1799);
    assert.equal(await state(api, id), 'process_pending');
    await api.advance(1);
    assert.equal(await state(api, id), 'process_failed:expired');
  });

  test('4000.92 settles after 10 s', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({ amount: 4000.92 });
    await api.advance(9);
    assert.equal(await state(api, id), 'process_pending');
    await api.advance(1);
    assert.equal(await state(api, id), 'processed');
  });

  test('other amounts have no effect', async () => {
    const api = await demo.newFrozen();
    for (const amount of [4000, 4000.13, 4000.1000001, 4000.011, 4001.01, 400.01, 4000.5, 4000.89, 4000.93]) {
      assert.equal(await ends(api, { amount }), 'processed', String(amount));
    }
  });
});

describe('the status of a test service', () => {
  const statuses = {
    processed: 'processed',
    PROCESSED: 'processed',
    Processed: 'processed',
    process_failed: 'process_failed:general_decline',
    insufficient_funds: 'process_failed:insufficient_funds',
    Insufficient_Funds: 'process_failed:insufficient_funds',
    DECLINED: 'process_failed:declined',
    process_pending: 'process_pending',
    expired: 'process_failed:expired',
    success: 'processed',
    pending: 'process_pending',
    fail: 'process_failed:general_decline',
    Success: 'processed',
  };
  for (const [status, expected] of Object.entries(statuses)) {
    test(`${status}: ${expected}`, async () => {
      const api = await demo.newFrozen();
      for (const [service, currency] of [
        ['test_usd_test', 'USD'],
        ['test_eur_test', 'EUR'],
        ['test_xts_test', 'XTS'],
      ]) {
        assert.equal(await ends(api, { service, currency, service_fields: { status } }), expected);
      }
    });
  }

  test('blank lets the payer choose on the page, without a timer', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({ service: 'test_usd_test', service_fields: { status: '' } });
    await api.advance(1799);
    assert.equal(await state(api, id), 'process_pending');
  });

  test('a missing or unknown status is rejected', async () => {
    const api = await demo.newFrozen();
    for (const service_fields of [undefined, {}, { status: null }, { status: 'nonsense' }]) {
      const { errors } = (await api.create(invoice({ service: 'test_usd_test', service_fields }))).expect(422).json;
      assert.deepEqual(Object.keys(errors), ['service_fields.status']);
    }
  });

  test('`fields` is accepted, as the published client sends it', async () => {
    const api = await demo.newFrozen();
    const made = (await api.createPublic(invoice({ service: 'test_usd_test', fields: { status: 'declined' } }))).expect(
      201,
    ).data;
    await api.advance(2);
    assert.equal(await state(api, made.id), 'process_failed:declined');
  });

  test('other services ignore the status', async () => {
    const api = await demo.newFrozen();
    assert.equal(await ends(api, { service_fields: { status: 'declined' } }), 'processed');
  });
});

test('an invoice settled by command or timer has the data of the first test card', async () => {
  const api = await demo.newFrozen();
  const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  const done = (await api.transition(id, { status: 'processed' })).expect(200).data.attributes;
  assert.deepEqual(done.payload.payment_card, {
    last: '0000', mask: '512381******0000', brand: 'mastercard', first: '512381', holder: null, network: 'mastercard',
    expiry_year: '24', issuer_name: 'FIRST DATA CORPORATION', expiry_month: '12', issuer_country: 'US',
  });
  assert.equal(done.original_data.external_id, done.flow_data.metadata.sid);
  assert.match(done.original_data.external_mid, /^ma_[A-Za-z0-9]{16}$/);
});

test('an invoice of a method without cards, settled by command or timer, has no card', async () => {
  const api = await demo.newFrozen();
  const order = { service: 'paypal_eur_hpp', currency: 'EUR' };
  const commanded = await api.made(order, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  const timed = await api.made(order);
  (await api.transition(commanded.id, { status: 'processed' })).expect(200);
  await api.advance(2);
  for (const { id } of [commanded, timed]) {
    const { status, payload } = await api.attributes(id);
    assert.deepEqual([status, payload.payment_card], ['processed', undefined]);
  }
});
