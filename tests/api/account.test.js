import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const profile = async (api, base = '') => (await api.private('GET', `${base}/account/profile`)).expect(200).data;
const balances = async (api, base = '') => (await api.private('GET', `${base}/account/balances`)).expect(200)
  .data.attributes.currency_accounts;
const active = async (api, currency = 'USD') => (await balances(api))[currency].active_balance;
const paid = async (api, attributes) => {
  const { id } = await api.made(attributes, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  (await api.transition(id, { status: 'processed' })).expect(200);
  return id;
};

describe('profile', () => {
  test('returns the account, with the keys in order', async () => {
    const api = await demo.newAccount({
      name: 'Shop',
      website: 'https://shop.example',
      icon: 'https://shop.example/i.png',
    });
    const data = await profile(api);
    assert.deepEqual(Object.keys(data), ['type', 'id', 'attributes', 'links']);
    assert.equal(data.id, api.account.id);
    const { created, updated, ...rest } = data.attributes;
    assert.deepEqual(rest, {
      status: 'active', name: 'Shop', icon: 'https://shop.example/i.png', website: 'https://shop.example',
      payment_fee_shift_out: false, hp_domain: `${server.url}/`, ledger_scheme: 'simple', api_ip_white_list: [],
      report: null, time_zone: 'UTC',
    });
    assert.equal(updated, created);
    assert.deepEqual(Object.keys(data.attributes).slice(8, 10), ['created', 'updated']);
    assert.deepEqual(data.links, { self: '/api/account/profile' });
  });

  test('follows the settings', async () => {
    const api = await demo.newAccount();
    (
      await demo.send('PATCH', `/_mock/accounts/${api.account.id}`, {
        json: { status: 'inactive', payment_fee_shift_out: true },
      })
    ).expect(200);
    const { attributes } = await profile(api);
    assert.equal(attributes.status, 'inactive');
    assert.equal(attributes.payment_fee_shift_out, true);
  });

  test('also under /api, and only with the right login', async () => {
    assert.deepEqual(await profile(demo, '/api'), await profile(demo));
    assert.deepEqual(await balances(demo, '/api'), await balances(demo));
    for (const path of ['/account/profile', '/account/balances']) {
      (await demo.send('GET', path)).expect(401);
      (await demo.private('POST', path)).expect(405);
    }
  });
});

describe('balances', () => {
  test('start at a million in every currency of a service', async () => {
    const api = await demo.newAccount();
    const all = await balances(api);
    const services = (await demo.send('GET', '/_mock/services')).expect(200).json.items;
    assert.deepEqual(Object.keys(all), [...new Set(services.map(({ currency }) => currency))]);
    const { account_id: id, ...rest } = all.USD;
    assert.deepEqual(rest, { active_balance: '1000000.00', pending_balance: '0.00', reserved_balance: '0.00',
      overdraft_limit: '0.00', balance_lower_limit: null });
    assert.match(id, /^comca_/);
    assert.equal((await balances(api)).USD.account_id, id, 'ids stay');
    assert.notEqual(all.EUR.account_id, id);
    assert.notEqual((await balances(demo)).USD.account_id, id, 'ids are the account’s own');
  });

  test('currencies of payment and payout services both have a balance', async () => {
    const api = await demo.newAccount();
    const named = async (kind) =>
      (await api.control('GET', '/services', undefined, { parameters: { kind } })).expect(200).json.items;
    const [payments, payouts] = [await named('payment'), await named('payout')];
    const { fields: _, ...card } = payments.find(({ service }) => service === 'payment_card_usd_hpp');
    assert.deepEqual(card, { service: 'payment_card_usd_hpp', id: 'comcps_u1xxlHVw1NyeqmjJ', method: 'payment_card',
      flow: 'hpp', currency: 'USD', amount_min: 0.01, amount_max: 1000000, fee_rate: 0, fee_fix: 0, fee_min: 0, fee_max: 0,
      available: true, enabled: true, usable: true, changed: false, added: false });
    const off = payments.find(({ service }) => service === 'litecoin_ltc_hpp');
    assert.equal(off.usable, off.available && off.enabled);
    assert.equal(off.usable, false);
    assert.ok(payouts.every(({ flow }) => flow === null));
    assert.deepEqual(
      payouts.find(({ service }) => service === 'test_usd').fields.map(({ key, required }) => [key, required]),
      [
        ['account', true],
        ['test_details_success_rate', false],
        ['test_details_payout_status', false],
        ['test_details_payout_resolution', false],
      ],
    );
    const all = Object.keys(await balances(api));
    for (const { currency } of [...payments, ...payouts]) assert.ok(all.includes(currency), currency);
    (await api.control('GET', '/services', undefined, { parameters: { kind: 'refund' }, check: false })).expect(422);
  });

  test('opening_balances sets some of them, also in other currencies', async () => {
    const api = await demo.newAccount({ opening_balances: { EUR: '20.5', SEK: 7, BTC: 0.00000001 } });
    const all = await balances(api);
    assert.equal(all.EUR.active_balance, '20.50');
    assert.equal(all.SEK.active_balance, '7.00');
    assert.equal(all.BTC.active_balance, '0.00000001');
    assert.equal(all.USD.active_balance, '1000000.00');
  });

  test('opening_balances must be amounts by currency', async () => {
    for (const wrong of [
      { EUR: -1 },
      { EUR: '-0.00000001' },
      { EUR: 'x' },
      { EUR: null },
      { 'eu-ro': 1 },
      { EUR: 1, eur: 1 },
      { EUR: 90e9 },
      { EUR: [] },
      [],
    ]) {
      const reply = await demo.send('POST', '/_mock/accounts', { json: { opening_balances: wrong }, check: false });
      reply.expect(422);
      assert.match(reply.json.error.message, /opening_balances/);
    }
  });

  test('creation and decline change nothing, a payment does', async () => {
    const api = await demo.newAccount();
    await api.made({ amount: 10 }, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    assert.equal(await active(api), '1000000.00');
    await paid(api, { amount: 20.4 });
    assert.equal(await active(api), '1000020.40');
    const { id } = await api.made({ amount: 5 }, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    (await api.transition(id, { status: 'process_failed' })).expect(200);
    assert.equal(await active(api), '1000020.40');
  });

  test('a card check changes nothing', async () => {
    const api = await demo.newAccount();
    await paid(api, { amount: 10, flow: 'verify' });
    assert.equal(await active(api), '1000000.00');
  });

  test('each refund reduces the balance', async () => {
    const api = await demo.newAccount();
    const id = await paid(api, { amount: 100 });
    (await api.transition(id, { status: 'partially_refunded', amount: 30, force: true })).expect(200);
    assert.equal(await active(api), '1000070.00');
    (await api.transition(id, { status: 'refunded', force: true })).expect(200);
    assert.equal(await active(api), '1000000.00');
  });

  test('a payment forced back and paid again counts once', async () => {
    const api = await demo.newAccount();
    const id = await paid(api, { amount: 100 });
    (await api.transition(id, { status: 'process_pending', force: true })).expect(200);
    assert.equal(await active(api), '1000000.00');
    (await api.transition(id, { status: 'processed', amount: 60 })).expect(200);
    assert.equal(await active(api), '1000060.00');
  });

  test('test and live payments share a balance', async () => {
    const api = await demo.newAccount();
    await paid(api, { amount: 1, test_mode: true });
    await paid(api, { amount: 2, test_mode: false });
    assert.equal(await active(api), '1000003.00');
  });

  test('other currencies and accounts do not change', async () => {
    const api = await demo.newAccount();
    const other = await demo.newAccount();
    await paid(api, { amount: 1, currency: 'EUR', service: 'payment_card_eur_hpp' });
    assert.equal(await active(api, 'EUR'), '1000001.00');
    assert.equal(await active(api), '1000000.00');
    assert.equal(await active(other, 'EUR'), '1000000.00');
  });

  test('a reset and a snapshot restore them', async () => {
    const api = await demo.newAccount();
    await paid(api, { amount: 5 });
    (await api.control('POST', '/snapshots/five')).expect(201);
    await paid(api, { amount: 7 });
    const file = (await api.control('GET', '/snapshots/five')).expect(200).json;
    assert.deepEqual(file.balances, [{ currency: 'USD', active: 500000000, pending: 0, reserved: 0 }]);
    (await api.control('POST', '/reset')).expect(200);
    assert.equal(await active(api), '1000000.00');
    (await api.control('POST', '/snapshots/five/restore')).expect(200);
    assert.equal(await active(api), '1000005.00');
    const other = await demo.newAccount();
    (await other.control('PUT', '/snapshots/copy', file)).expect(201);
    (await other.control('POST', '/snapshots/copy/restore')).expect(200);
    assert.equal(await active(other), '1000005.00');
  });

  test('a file with a repeated or missing currency is rejected', async () => {
    const api = await demo.newAccount();
    (await api.control('POST', '/snapshots/empty')).expect(201);
    const file = (await api.control('GET', '/snapshots/empty')).expect(200).json;
    const row = { currency: 'USD', active: 1, pending: 0, reserved: 0 };
    for (const list of [
      [row, row],
      [{ ...row, currency: 'u$d' }],
      [{ ...row, active: 1.5 }],
      [{ ...row, active: 9.1e18 }],
      [1],
      {},
    ]) {
      const reply = await api.control('PUT', '/snapshots/wrong', { ...file, balances: list }, { check: false });
      reply.expect(422);
      assert.match(reply.json.error.message, /balances/);
    }
  });

  test('survive a crash', async () => {
    const args = ['--db', `${tempDir()}/db`];
    const first = await startServer({ args });
    const before = new Client(first);
    await paid(before, { amount: 3 });
    await first.kill9();
    const second = await startServer({ args });
    assert.equal(await active(new Client(second)), '1000003.00');
    await second.stop();
  });

  test('stop at 90 billion, and the server continues', async () => {
    const api = await demo.newAccount({ opening_balances: { USD: 89999999999 } });
    await paid(api, { amount: 100 });
    assert.equal(await active(api), '90000000000.00');
  });

  test('the control API lists them', async () => {
    const api = await demo.newAccount({ opening_balances: { USD: 1 } });
    await paid(api, { amount: 2 });
    const { items, total, next } = (await demo.send('GET', `/_mock/accounts/${api.account.id}/balances`)).expect(
      200,
    ).json;
    assert.equal(total, items.length);
    assert.equal(next, null);
    const own = await balances(api);
    assert.deepEqual(items.find(({ currency }) => currency === 'USD'),
      { id: own.USD.account_id, currency: 'USD', active: '3.00', pending: '0.00', reserved: '0.00' });
    (await demo.send('GET', '/_mock/accounts/coma_nobody/balances', { check: false })).expect(404);
  });
});
