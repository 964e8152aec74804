import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { ROOT } from '../lib/docs.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const api = new Client(server);
const services = (parameters = {}) => api.private('GET', `/payout-services${query(parameters)}`);
const prerequest = (body) => api.send('POST', '/public-api/payout-prerequest',
  { json: { public_key: api.account.public_key, ...body } });

test('payout services are listed in numbered pages', async () => {
  const all = (await services({ 'page[size]': 100 })).expect(200);
  const { total } = all.json.meta;
  assert.equal(all.data.length, total);
  const rows = [];
  for (let target = '/payout-services?page[size]=5'; target;) {
    const page = (await api.private('GET', target)).expect(200);
    rows.push(...page.data);
    target = page.json.links.next;
  }
  assert.deepEqual(rows, all.data);
  assert.equal(all.json.links.first, '/api/payout-services?page[number]=1&page[size]=100');
  const codes = rows.map((row) => row.attributes.service);
  for (const code of ['payment_card_usd', 'payment_card_eur', 'payment_card_uah', 'test_usd'])
    assert.ok(codes.includes(code), code);
  assert.ok(rows.some((row) => !row.attributes.available), 'some are unavailable');
  (await services({ 'page[number]': 0 })).expect(422);
});

test('schema/platform.md lists all that are built in', () => {
  const { fields, payout_services: own } = JSON.parse(readFileSync(`${ROOT}fixtures/default.json`, 'utf8'));
  const known = new Map(fields.map((field) => [field.id ?? field.key, field]));
  const named = ({ key, required }) => `\`${key}\`${required ? '' : ' (optional)'}`;
  const rows = own.map(({ code, method, currency, fields: list = [] }) =>
    `| \`${code}\` | \`${method}\` | ${currency} | ${list.map((field) => named(known.get(field) ?? field)).join(', ')} |`);
  const [, table] = /^\| payout \| .*\n.*\n((?:\|.*\n)+)/m.exec(readFileSync(`${ROOT}schema/platform.md`, 'utf8'));
  assert.equal(table, `${rows.sort().join('\n')}\n`);
});

test('a payout service is read by its row id, not by its code', async () => {
  const row = (await services()).data.find(({ attributes }) => attributes.service === 'test_usd');
  const reply = (await api.private('GET', `/payout-services/${row.id}`)).expect(200);
  assert.deepEqual(reply.data, row);
  assert.deepEqual(keysAt(reply.text, 'data.relationships'), ['payout-method', 'payout-service']);
  assert.equal(row.relationships['payout-service'].data.id, 'test_usd');
  (await api.private('GET', '/payout-services/test_usd')).expect(404);
  const payment = (await api.services()).data[0];
  (await api.private('GET', `/payout-services/${payment.id}`)).expect(404);
  (await api.service(row.id)).expect(404);
});

test('the prerequest lists the payout services of a currency', async () => {
  const reply = (await prerequest({ currency: 'usd', amount: 1000 })).expect(200);
  assert.deepEqual(keysAt(reply.text, 'data'), ['currency', 'amount', 'test_mode', 'services', 'methods', 'account']);
  const { currency, amount, test_mode, services: offers, methods } = reply.data;
  assert.deepEqual([currency, amount, test_mode], ['USD', 1000, true]);
  assert.ok(offers.payment_card_usd && !offers.tether_usd && !offers.payment_card_eur);
  const { fields, ...rest } = offers.test_usd;
  assert.deepEqual(rest, { code: 'test_usd', method: 'test', currency: 'USD', amount_min: 0.01, amount_max: 9999999,
    exchange_rate: 1, amount: '1000.00', fee: { rate: 0, fixed: 0, min: 0, max: 0 } });
  assert.deepEqual(
    fields.map(({ key, required, regexp, position }) => [key, required, regexp, position]),
    [
      ['account', true, '^\\d{1,15}$', 0],
      ['test_details_success_rate', false, '^\\d{1,15}$', 0],
      ['test_details_payout_status', false, '^[A-Z\\-\\sa-z]{2,64}$', 0],
      ['test_details_payout_resolution', false, '^[A-Z\\-\\sa-z]{2,64}$', 0],
    ],
  );
  assert.deepEqual(Object.keys(methods).sort(), [...new Set(Object.values(offers).map(({ method }) => method))].sort());
});

test('the prerequest shows fees, and amounts as text', async () => {
  const offers = (await prerequest({ currency: 'EUR', amount: '20.4' })).expect(200).data.services;
  assert.deepEqual(offers.payment_card_eur.fee, { rate: 1.5, fixed: 0.25, min: 0, max: 0 });
  assert.equal(offers.payment_card_eur.amount, '20.40');
  assert.equal((await prerequest({ currency: 'EUR', amount: 0.125 })).data.services.test_eur.amount, '0.125');
  assert.equal((await prerequest({ currency: 'EUR' })).data.services.test_eur.amount, null);
});

test('the prerequest leaves out services whose limits do not hold the amount', async () => {
  const codes = async (body) => Object.keys((await prerequest(body)).expect(200).data.services);
  const open = (await services({ 'page[size]': 100 })).data.map((row) => row.attributes)
    .filter((a) => a.service_currency === 'USD' && a.available && a.enabled);
  const limits = new Set(open.flatMap((a) => [a.amount_min, a.amount_max]));
  assert.ok(limits.size > 2, 'services have different limits');
  for (const limit of limits) {
    for (const amount of [limit - 0.01, limit, limit + 0.01].filter((n) => n > 0)) {
      const fits = open.filter((a) => amount >= a.amount_min - 1e-9 && amount <= a.amount_max + 1e-9);
      assert.deepEqual(await codes({ currency: 'USD', amount: amount.toFixed(2) }), fits.map((a) => a.service));
    }
  }
  assert.deepEqual(await codes({ currency: 'USD' }), open.map((a) => a.service));
  const none = (await prerequest({ currency: 'USD', amount: 80000000000 })).expect(200).data;
  assert.deepEqual([none.services, none.methods], [[], []]);
});

test('a converted amount is compared with the limits in the service\'s currency', async () => {
  const other = await api.newAccount({ convert_currency: true });
  const all = (await services({ 'page[size]': 100 })).data.map((row) => row.attributes);
  const offers = async (amount) => (await other.send('POST', '/public-api/payout-prerequest',
    { json: { public_key: other.account.public_key, currency: 'EUR', amount } })).expect(200).data.services;
  const { amount_max } = all.find((a) => a.service === 'test_usd');
  const rate = (await offers(1)).test_usd.exchange_rate;
  assert.notEqual(rate, 1);
  assert.ok((await offers(Math.floor(amount_max / rate) - 1)).test_usd);
  assert.equal((await offers(Math.ceil(amount_max / rate) + 1)).test_usd, undefined);
});

test('the prerequest may be empty, and rejects invalid values', async () => {
  assert.deepEqual((await prerequest({ currency: 'SGD', amount: 1 })).expect(200).data.services, []);
  assert.deepEqual(Object.keys((await prerequest({ currency: '?', amount: 'x' })).expect(422).json.errors).sort(), [
    'amount',
    'currency',
  ]);
  for (const amount of [0, -1, 1e308, 1e11])
    assert.deepEqual(Object.keys((await prerequest({ currency: 'USD', amount })).expect(422).json.errors), ['amount']);
  (await prerequest({ public_key: 'pk_test_none', currency: 'USD' })).expect(401);
});
