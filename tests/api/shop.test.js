// The test suite of a shop, as in the README: a payment, a partial refund, a chargeback and a payout, in both profiles.
// Also every status, reached by an outcome and timers.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const OPENING = 1000;
const STEP_S = 2; // settle_after_ms of every step

/** An account with a frozen clock and a receiver that checks every signature. */
async function open(profile) {
  const api = await demo.newAccount({ profile, settle_after_ms: STEP_S * 1000, opening_balances: { USD: OPENING } });
  const sink = await startSink({ account: api.account });
  await api.freeze();
  return { api, sink, callback_url: `${sink.url}/hook` };
}

const usd = async (api) =>
  Number(
    (await api.private('GET', '/account/balances')).expect(200).json.data.attributes.currency_accounts.USD
      .active_balance,
  );
const seen = (sink, id) => sink.requests.filter(({ invoice }) => invoice === id).map(({ status }) => status);

for (const profile of ['2020', '2024']) {
  test(`payment, refund, chargeback and payout in profile ${profile}`, async () => {
    const { api, sink, callback_url } = await open(profile);
    const { id } = await api.made({ amount: 100, callback_url });
    await api.advance(STEP_S);
    assert.equal((await api.attributes(id)).status, 'processed');
    assert.equal(await usd(api), OPENING + 100);

    (
      await api.private('POST', `/payment-invoices/${id}/refund`, {
        json: { data: { type: 'refund', id, attributes: { amount: 30, reference_id: 'back' } } },
      })
    ).expect(200);
    assert.equal((await api.attributes(id)).status, 'refund_pending');
    await api.advance(STEP_S);
    const refunded = await api.attributes(id);
    assert.deepEqual([refunded.status, refunded.refunded_amount], ['partially_refunded', 30]);
    assert.equal(await usd(api), OPENING + 70);

    (await api.transition(id, { status: 'charged_back' })).expect(200);
    const back = await api.attributes(id);
    assert.equal(back.status, 'charged_back');
    if (profile === '2024') assert.equal(back.charged_back_amount, 70);
    assert.equal(await usd(api), OPENING);

    const payout = (
      await api.private('POST', '/payout-invoices', {
        json: {
          data: {
            type: 'payout-invoices',
            attributes: {
              reference_id: 'partner',
              service: 'payment_card_usd',
              currency: 'USD',
              amount: 400,
              test_mode: true,
              fields: { card_number: '5123817234060000' },
              options: { auto_process: true },
              callback_url,
            },
          },
        },
      })
    ).expect(201).data.id;
    await api.advance(STEP_S);
    assert.equal(
      (await api.private('GET', `/payout-invoices/${payout}`)).expect(200).data.attributes.status,
      'processed',
    );
    assert.equal(await usd(api), OPENING - 400);

    (await api.wait({ idle: 'true' })).expect(200);
    assert.deepEqual(seen(sink, id), [
      'process_pending',
      'processed',
      'refund_pending',
      'partially_refunded',
      'charged_back',
    ]);
    assert.deepEqual(seen(sink, payout), ['process_pending', 'processed']);
    await sink.stop();
  });
}

// status -> an outcome that leads to it (P801 to P814). Invoices start as `created` or `process_pending`.
const ROADS = {
  process_pending: 'process_pending',
  processed: 'processed',
  process_failed: 'process_failed:declined',
  expired: 'expired',
  refund_pending: 'processed,refund_pending',
  refunded: 'processed,refund_pending,refunded',
  partially_refunded: 'processed,partially_refunded',
  refund_failed: 'processed,refund_pending,refund_failed',
  charged_back: 'processed,charged_back',
  partially_charged_back: 'processed,partially_charged_back',
  partially_processed: 'partially_processed',
  terminated: 'terminated',
};

describe('every status', () => {
  for (const [status, outcome] of Object.entries(ROADS)) {
    test(`${status}, by the timers of ${outcome}`, async () => {
      const { api, sink, callback_url } = await open('2020');
      const { id } = await api.made({ callback_url }, { headers: { 'X-Mock-Outcome': outcome } });
      for (const _ of outcome.split(',')) await api.advance(STEP_S);
      // a pending invoice that times out is process_failed with the resolution expired (P828)
      assert.deepEqual(await api.attributes(id).then((of) => [of.status, of.resolution === 'expired']),
        status === 'expired' ? ['process_failed', true] : [status, false]);
      (await api.wait({ idle: 'true' })).expect(200);
      assert.equal(seen(sink, id).length, outcome === 'process_pending' ? 1 : outcome.split(',').length + 1);
      await sink.stop();
    });
  }

  test('created and expired, without a choice of the payer', async () => {
    const { api, sink } = await open('2020');
    const link = new URLSearchParams({ public_key: api.account.public_key, currency: 'USD', amount: '10' });
    (await api.send('GET', `/hpp/?${link}`)).expect(302);
    const [{ id, attributes }] = (await api.list()).expect(200).data;
    assert.equal(attributes.status, 'created');
    await api.advance(1801);
    assert.equal((await api.attributes(id)).status, 'expired');
    await sink.stop();
  });
});
