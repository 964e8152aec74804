// POST /_mock/payment-invoices/{id}/pay: what the payer does, without a page.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { refused } from '../lib/refused.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const pending = (api, attributes) => api.made(attributes, hold);

describe('pay', () => {
  const GOOD_3DS = '5123817234060000';
  const GOOD = '5519283812030000';
  const BAD_3DS = '4412397212080000';
  const BAD = '4302912837020000';
  const card = (card_number, expiry = '1230', more = {}) => ({ card_number, expiry, cvv: '123', ...more });
  const paid = async (api, body) => {
    const { id } = await pending(api);
    const reply = (await api.pay(id, body)).expect(200);
    assert.deepEqual(reply.data, (await api.get(id)).data);
    return reply.data.attributes;
  };

  test('the cards that succeed', async () => {
    const api = await demo.newFrozen();
    for (const body of [card(GOOD_3DS), card(GOOD_3DS, '1230', { three_ds: 'pass' }), card(GOOD), card(GOOD, '0125')]) {
      const a = await paid(api, body);
      assert.deepEqual([a.status, a.resolution, a.processed_amount], ['processed', 'ok', 100]);
      const { payment_card } = a.payload;
      assert.deepEqual(
        [payment_card.first, payment_card.last, payment_card.mask],
        [
          body.card_number.slice(0, 6),
          body.card_number.slice(-4),
          `${body.card_number.slice(0, 6)}******${body.card_number.slice(-4)}`,
        ],
      );
      assert.deepEqual(
        [payment_card.expiry_month, payment_card.expiry_year],
        [body.expiry.slice(0, 2), body.expiry.slice(2)],
      );
      assert.equal(a.original_data.external_id, a.flow_data.metadata.sid);
    }
  });

  test('3-D Secure failed or abandoned', async () => {
    const api = await demo.newFrozen();
    const failed = await paid(api, card(GOOD_3DS, '1230', { three_ds: 'fail' }));
    assert.equal(failed.status, 'process_failed');
    assert.notEqual(failed.resolution, 'ok');
    const abandoned = await paid(api, card(GOOD_3DS, '1230', { three_ds: 'abandon' }));
    assert.deepEqual([abandoned.status, abandoned.resolution], ['process_pending', 'auth_3ds_required']);
  });

  test('what the payer could not do on the page is rejected, and nothing is paid', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    for (const [body, words] of [
      [card(GOOD, '1230', { three_ds: 'fail' }), /^three_ds: this card has no 3-D Secure page/],
      [card(BAD, '1230', { three_ds: 'abandon' }), /^three_ds: /],
      [card('4111111111111111', '1230', { three_ds: 'fail' }), /^three_ds: /],
      [card(GOOD, '1230', { cancel: true }), /^cancel: a payer who cancels uses no card/],
    ]) {
      assert.match((await api.pay(id, body)).expect(422).json.error.message, words);
    }
    assert.equal((await api.attributes(id)).status, 'process_pending');
    assert.equal((await api.pay(id, card(GOOD, '1230', { three_ds: 'pass' }))).expect(200).data.attributes.status, 'processed');
  });

  test('0777 stays pending', async () => {
    const api = await demo.newFrozen();
    const one = await paid(api, card(GOOD, '0777'));
    assert.equal(one.status, 'process_pending');
    const two = await paid(api, card(GOOD_3DS, '0777'));
    assert.deepEqual([two.status, two.resolution], ['process_pending', 'auth_3ds_required']);
    await api.advance(1799);
    assert.ok((await api.list()).data.every((row) => row.attributes.status === 'process_pending'));
    await api.advance(1);
    assert.ok((await api.list()).data.every((row) => row.attributes.resolution === 'expired'));
  });

  const BY_EXPIRY = {
    '0856': 'access_denied',
    '0755': 'error',
    '0654': 'provider_error',
    '0553': 'unknown',
    '0452': 'duplicated_transaction',
    '0351': 'auth_fatal_error',
    '0250': 'unable_to_determine_3ds_enrolment',
    '0149': 'card_is_3ds_enrolled',
    1248: 'card_is_not_3ds_enrolled',
    1147: 'issuer_decline',
    1046: 'client_auth_failed',
    '0945': 'provider_fatal_error',
    '0844': 'invalid_details',
    '0743': 'invalid_pin',
    '0642': 'antifraud_error',
    '0541': 'invalid_card',
    '0440': 'fatal_error',
    '0339': 'unable_to_reconcile',
    '0238': 'invalid_amount',
    '0137': 'limit_violation',
    1236: 'functionality_is_not_permitted',
    1135: 'invalid_request',
    1034: 'lost_or_stolen_card',
    '0933': 'declined',
    '0832': 'invalid_otp',
    '0731': 'invalid_3ds_code',
    '0630': 'invalid_card_status',
    '0529': 'insufficient_funds',
    '0428': 'card_expired',
    '0327': 'invalid_cvv',
    '0226': 'invalid_pan',
    '0125': 'invalid_credentials',
    1230: 'general_fatal_error',
    '0129': 'general_fatal_error',
  };
  for (const number of [BAD, BAD_3DS]) {
    test(`${number}: the expiry date decides the outcome`, async () => {
      const api = await demo.newFrozen();
      for (const [expiry, resolution] of Object.entries(BY_EXPIRY)) {
        const a = await paid(api, card(number, expiry));
        assert.deepEqual([a.status, a.resolution], ['process_failed', resolution], expiry);
      }
    });
  }

  test('unknown cards', async () => {
    const api = await demo.newFrozen();
    const a = await paid(api, card('4111111111111111'));
    assert.deepEqual([a.status, a.resolution], ['process_failed', 'general_fatal_error']);
    const { id } = await pending(api);
    const reply = await api.pay(id, card('4111111111111112'));
    if (reply.status !== 422) assert.equal(reply.expect(200).data.attributes.resolution, 'invalid_card');
  });

  test('cancel', async () => {
    const api = await demo.newFrozen();
    const a = await paid(api, { cancel: true });
    assert.equal(a.status, 'process_failed');
  });

  test('after a decline the payer can retry up to the limit, with a callback for each step', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    for (let i = 0; i < 4; i++) {
      assert.equal((await api.pay(id, card(BAD, '0529'))).expect(200).data.attributes.status, 'process_failed');
    }
    const done = (await api.pay(id, card(GOOD))).expect(200).data.attributes;
    assert.deepEqual([done.status, done.resolution], ['processed', 'ok']);
    await api.idle();
    const got = (await sink.got(10, { invoice: id })).map((r) => r.status);
    assert.deepEqual(got, [
      'process_pending',
      'process_failed',
      'process_pending',
      'process_failed',
      'process_pending',
      'process_failed',
      'process_pending',
      'process_failed',
      'process_pending',
      'processed',
    ]);
    refused(await api.pay(id, card(GOOD)), 409);
    await sink.stop();
  });

  test('no retry after the fifth decline', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    for (let i = 0; i < 5; i++) (await api.pay(id, card(BAD, '0529'))).expect(200);
    assert.match(refused(await api.pay(id, card(GOOD)), 409).message, /: its attempts are used up \(attempt_limit\)$/);
    assert.equal((await api.attributes(id)).status, 'process_failed');
  });

  test('the account sets attempt_limit', async () => {
    const api = await demo.newFrozen({ attempt_limit: 2 });
    const { id } = await pending(api);
    for (let i = 0; i < 2; i++) (await api.pay(id, card(BAD, '0529'))).expect(200);
    refused(await api.pay(id, card(GOOD)), 409);
  });

  test('an expired invoice cannot be paid', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    await api.advance(1800);
    refused(await api.pay(id, card(GOOD)), 409);
  });

  test('no new attempt after the expiry', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    (await api.pay(id, card(BAD, '0529'))).expect(200);
    await api.advance(1801);
    const { message } = refused(await api.pay(id, card(GOOD)), 409);
    assert.match(message, /^the invoice is process_failed \(insufficient_funds\) .* any more: it expired at \d{10}$/);
    assert.deepEqual(
      [(await api.attributes(id)).status, (await api.attributes(id)).resolution],
      ['process_failed', 'insufficient_funds'],
    );
  });

  test('flow verify', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({ flow: 'verify' }, hold);
    assert.equal((await api.pay(id, card(GOOD))).expect(200).data.attributes.status, 'verified');
  });

  test('invalid fields are rejected and do not count as an attempt', async () => {
    const api = await demo.newFrozen({ attempt_limit: 1 });
    const { id } = await pending(api);
    for (const body of [
      {},
      card(GOOD, '1330'),
      card(GOOD, '0030'),
      card(GOOD, 'x'),
      card('x'),
      card(''),
      card(GOOD, '1230', { more: 1 }),
      card(GOOD, '1230', { three_ds: 'perhaps' }),
      { cancel: false },
    ]) {
      refused(await api.pay(id, body), 400, 422);
    }
    assert.equal((await api.pay(id, card(GOOD))).expect(200).data.attributes.status, 'processed');
    refused(await api.pay('cpi_0000000000000000', card(GOOD)), 404);
  });
});
