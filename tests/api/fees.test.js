// Fees of services: deducted from the amount or added to it, and their effect on balances.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { fixturesWith } from '../lib/money.js';
import { startServer } from '../lib/server.js';

const TERMS = { fee_rate: 2.9, fee_fix: 0.3, fee_min: 0.5, fee_max: 25 };
const server = await startServer({ args: ['--fixtures', fixturesWith({ payments: { payment_card_usd_hpp: TERMS } })] });
after(() => server.stop());
const demo = new Client(server);

const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const active = async (api, currency = 'USD') => (await api.private('GET', '/account/balances')).expect(200)
  .data.attributes.currency_accounts[currency].active_balance;
const made = (api, attributes) => api.made(attributes, hold);
const become = async (api, id, body) => (await api.transition(id, body)).expect(200);
const paid = async (api, attributes, body) => {
  const { id } = await made(api, attributes);
  await become(api, id, { status: 'processed', ...body });
  return id;
};
const costs = ({ amount, payment_amount, fee, deposit }) => [amount, payment_amount, fee, deposit];
const came = ({ processed_amount, processed_fee, processed_deposit }) => [
  processed_amount,
  processed_fee,
  processed_deposit,
];

describe('a payment’s fee', () => {
  for (const [amount, fee, deposit, why] of [
    [100, 3.2, 96.8, 'a share and a fix'],
    [1, 0.5, 0.5, 'at least the least'],
    [1000, 25, 975, 'at most the most'],
    [12.07, 0.65, 11.42, 'rounded down below half a cent'],
    [12.24, 0.65, 11.59, 'and not before it is all added up'],
    [15, 0.74, 14.26, 'half a cent upwards'],
    [0.3, 0.5, -0.2, 'also when it is more than was paid'],
  ]) {
    test(`${amount}: ${fee}, ${why}`, async () => {
      const { attributes } = await made(demo, { amount });
      assert.deepEqual(costs(attributes), [amount, amount, fee, deposit]);
    });
  }

  test('is not in the balance and is not refunded', async () => {
    const api = await demo.newAccount();
    const id = await paid(api, { amount: 100 });
    assert.deepEqual(came(await api.attributes(id)), [100, 3.2, 96.8]);
    assert.equal(await active(api), '1000096.80');
    await become(api, id, { status: 'refunded', force: true });
    assert.equal((await api.attributes(id)).refunded_amount, 100);
    assert.equal(await active(api), '999996.80');
  });

  test('of a partial payment is computed from the part', async () => {
    const api = await demo.newAccount();
    const id = await paid(api, { amount: 100 }, { amount: 50 });
    assert.deepEqual(came(await api.attributes(id)), [50, 1.75, 48.25]);
    assert.equal(await active(api), '1000048.25');
  });

  test('is zero for a service without one', async () => {
    const api = await demo.newAccount();
    const id = await paid(api, { amount: 100, currency: 'EUR', service: 'payment_card_eur_hpp' });
    assert.deepEqual(came(await api.attributes(id)), [100, 0, 100]);
    assert.equal(await active(api, 'EUR'), '1000100.00');
  });
});

describe('payment_fee_shift_out', () => {
  const shifted = () => demo.newAccount({ payment_fee_shift_out: true });

  test('the page of a failed payment shows the requested amount', async () => {
    const api = await shifted();
    const { id, attributes } = await api.made({ amount: 100 }, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    (await api.transition(id, { status: 'terminated' })).expect(200);
    const { pathname, search } = new URL(attributes.hpp_url);
    let page = await api.send('GET', pathname + search, { headers: { Accept: 'text/html' }, check: false });
    for (let hops = 0; page.status >= 300 && page.status < 400 && hops < 5; hops++) {
      page = await api.send('GET', new URL(page.headers.location, server.url).pathname, {
        headers: { Accept: 'text/html' },
        check: false,
      });
    }
    assert.equal(page.status, 200);
    assert.match(page.text, /data-testid="amount">103\.20\u00a0USD</);
  });

  test('the payer pays the fee on top, and the account gets the amount', async () => {
    const api = await shifted();
    const { id, attributes } = await made(api, { amount: 100 });
    assert.deepEqual(costs(attributes), [100, 103.2, 3.2, 100]);
    await become(api, id, { status: 'processed' });
    assert.deepEqual(came(await api.attributes(id)), [103.2, 3.2, 100]);
    assert.equal(await active(api), '1000100.00');
  });

  test('the refund is the amount that the payer paid', async () => {
    const api = await shifted();
    const id = await paid(api, { amount: 100 });
    (await api.transition(id, { status: 'refunded', amount: 103.21 })).expect(422);
    (await api.transition(id, { status: 'refunded', amount: 103.2 })).expect(200);
    assert.equal(await active(api), '999996.80');
  });

  test('the paid amount is limited to the amount with fee', async () => {
    const api = await shifted();
    const { id } = await made(api, { amount: 100 });
    const reply = (await api.transition(id, { status: 'processed', amount: 103.21 })).expect(422);
    assert.match(reply.json.error.message, /at most 103\.2$/);
  });

  test('the payer sees the amount with fee', async () => {
    const api = await shifted();
    const { attributes } = await made(api, { amount: 100 });
    const { action, params, method } = attributes.flow_data;
    assert.equal(method, 'GET');
    const page = await api.send('GET', `${new URL(action).pathname}?${new URLSearchParams(params)}`, { check: false });
    assert.match(page.expect(200).text, /103\.20/);
    assert.doesNotMatch(page.text, /100\.00/);
  });

  test('a change of the setting applies to new invoices', async () => {
    const api = await demo.newAccount();
    const { id } = await made(api, { amount: 100 });
    (await demo.send('PATCH', `/_mock/accounts/${api.account.id}`, { json: { payment_fee_shift_out: true } })).expect(
      200,
    );
    await become(api, id, { status: 'processed' });
    assert.deepEqual(came(await api.attributes(id)), [100, 3.2, 96.8]);
    assert.deepEqual(costs((await made(api, { amount: 100 })).attributes), [100, 103.2, 3.2, 100]);
  });
});

describe('a payout’s fee', () => {
  const create = (api, amount, service = 'payment_card_eur') =>
    api.private('POST', '/payout-invoices', {
      json: {
        data: {
          type: 'payout-invoices',
          attributes: {
            reference_id: randomUUID(),
            service,
            currency: service.slice(-3).toUpperCase(),
            amount,
            fields: { card_number: '4111111111111111' },
            options: { auto_process: false },
          },
        },
      },
    });
  const start = (api, id) => api.private('POST', `/payout-invoices/${id}/process`);

  for (const [service, amount, fee, writeoff] of [
    ['payment_card_eur', 100, 1.75, 101.75],
    ['payment_card_eur', 5, 0.33, 5.33],
    ['payment_card_uah', 100, 5, 105],
    ['payment_card_uah', 60000, 500, 60500],
    ['payment_card_usd', 10, 0, 10],
  ]) {
    test(`${amount} through ${service}: ${fee} on top`, async () => {
      const { attributes } = (await create(demo, amount, service)).expect(201).data;
      assert.deepEqual(
        [attributes.amount, attributes.payout_amount, attributes.fee, attributes.writeoff],
        [amount, amount, fee, writeoff],
      );
    });
  }

  test('is reserved and written off with the amount', async () => {
    const api = await demo.newAccount({ opening_balances: { EUR: 200 } });
    const { id } = (await create(api, 100)).expect(201).data;
    (await start(api, id)).expect(201);
    assert.equal(await active(api, 'EUR'), '98.25');
    (await api.control('POST', `/payout-invoices/${id}/transition`, { status: 'processed' })).expect(200);
    const { processed_amount, processed_fee, processed_writeoff } = (await api.private('GET', `/payout-invoices/${id}`))
      .data.attributes;
    assert.deepEqual([processed_amount, processed_fee, processed_writeoff], [100, 1.75, 101.75]);
    assert.equal(await active(api, 'EUR'), '98.25');
  });

  test('is rejected if the sum exceeds the maximum balance', async () => {
    const most = 89_999_999_999;
    const own = await startServer({
      args: ['--fixtures', fixturesWith({ payouts: { test_usd: { amount_max: most, fee_fix: most } } })],
    });
    const api = new Client(own);
    const order = (amount) =>
      api.private('POST', '/payout-invoices', {
        json: {
          service: 'test_usd',
          currency: 'USD',
          amount,
          fields: { account: '1' },
          options: { auto_process: false },
        },
      });
    assert.match((await order(most)).expect(422).json.errors.amount, /less than 90000000000 with its fee/);
    assert.equal((await order(0.5)).expect(201).data.attributes.writeoff, most + 0.5);
    await own.stop();
  });

  test('must be covered by the balance too', async () => {
    const api = await demo.newAccount({ opening_balances: { EUR: 101.74 } });
    const { id } = (await create(api, 100)).expect(201).data;
    (await start(api, id)).expect(422);
    assert.equal(await active(api, 'EUR'), '101.74');
  });
});
