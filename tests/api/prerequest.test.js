import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const api = new Client(server);

const rows = async () => {
  const first = (await api.services({ 'page[size]': 100 })).expect(200).json;
  assert.equal(first.data.length, first.meta.total, 'all services on one page of 100');
  return first.data.map((row) => row.attributes);
};

for (const currency of ['USD', 'EUR', 'GBP', 'BTC', 'XTS', 'PLN']) {
  test(`offers exactly the usable services of ${currency}`, async () => {
    const usable = (await rows()).filter((a) => a.service_currency === currency && a.available && a.enabled);
    const { data } = (await api.prerequest({ currency })).expect(200).json;
    assert.equal(data.currency, currency);
    assert.deepEqual(Object.keys(data.services).sort(), usable.map((a) => a.service).sort());
    assert.deepEqual(Object.keys(data.methods).sort(), [...new Set(usable.map((a) => a.service_method))].sort());
    for (const [code, service] of Object.entries(data.services)) {
      const row = usable.find((a) => a.service === code);
      assert.equal(service.code, code);
      assert.equal(service.currency, currency);
      assert.equal(service.method, row.service_method);
      assert.equal(service.amount_min, row.amount_min);
      assert.equal(service.amount_max, row.amount_max);
      assert.equal(data.methods[service.method].code, service.method);
    }
  });
}

test('the demo account offers the required services', async () => {
  const codes = (await rows()).filter((a) => a.available && a.enabled).map((a) => a.service);
  for (const code of ['payment_card_usd_hpp', 'payment_card_eur_hpp', 'payment_card_gbp_hpp', 'payment_card_aud_hpp',
    'payment_card_uah_hpp', 'applepay_usd_hpp', 'googlepay_usd_hpp', 'paypal_usd_hpp', 'bank_transfer_usd_hpp',
    'bitcoin_btc_hpp', 'test_usd_test', 'test_eur_test', 'test_xts_test']) {
    assert.ok(codes.includes(code), code);
  }
});

test('services list their required fields', async () => {
  const { services } = (await api.prerequest({ currency: 'USD' })).expect(200).data;
  const [field] = services.bank_transfer_usd_hpp.fields;
  assert.equal(field.key, 'account_number');
  assert.equal(field.required, true);
});

test('the key decides the test mode', async () => {
  assert.equal((await api.prerequest({ currency: 'USD' })).expect(200).data.test_mode, true);
  const live = await api.prerequest({ currency: 'USD', public_key: DEMO.public_live_key });
  assert.equal(live.expect(200).data.test_mode, false);
});

test('the amount does not filter', async () => {
  const plain = (await api.prerequest({ currency: 'USD' })).expect(200).data;
  const huge = (await api.prerequest({ currency: 'USD', amount: 99999999 })).expect(200).data;
  assert.deepEqual(huge.services, plain.services);
});

test('a currency in lower case is accepted', async () => {
  const lower = (await api.prerequest({ currency: 'usd' })).expect(200).data;
  const upper = (await api.prerequest({ currency: 'USD' })).expect(200).data;
  assert.deepEqual(Object.keys(lower.services), Object.keys(upper.services));
});

test('without a service in the currency, empty maps are []', async () => {
  const reply = (await api.prerequest({ currency: 'SGD' })).expect(200);
  assert.match(reply.text, /"services":\[\]/);
  assert.match(reply.text, /"methods":\[\]/);
});

test('the account is described by its settings', async () => {
  const other = await api.newAccount({
    name: 'Другий магазин',
    description: 'a <b>shop</b> / "quoted"',
    website: 'https://shop.example/x',
  });
  const reply = (await other.prerequest({ currency: 'USD' })).expect(200);
  assert.deepEqual(keysAt(reply.text, 'data.account'), ['name', 'description', 'icon', 'website']);
  const { account } = reply.data;
  assert.equal(account.name, 'Другий магазин');
  assert.equal(account.description, 'a <b>shop</b> / "quoted"');
  assert.equal(account.website, 'https://shop.example/x');
  assert.match(reply.text, /\\u0414\\u0440\\u0443\\u0433\\u0438\\u0439/);
});

test('invalid keys and fields', async () => {
  const missingKey = await api.send('POST', '/public-api/payment-prerequest', { json: { currency: 'USD' } });
  assert.deepEqual(Object.keys(missingKey.expect(422).json.errors), ['public_key']);
  const nothing = await api.send('POST', '/public-api/payment-prerequest', { json: {} });
  assert.deepEqual(Object.keys(nothing.expect(422).json.errors).sort(), ['currency', 'public_key']);
  (await api.prerequest({ currency: 'USD', public_key: 'pk_test_unknown' })).expect(401);
  (await api.prerequest({ currency: 'USD', public_key: DEMO.secret_key })).expect(401);
  (await api.prerequest({ currency: 'USD', public_key: DEMO.api_key })).expect(401);
  for (const currency of [undefined, null, '', 5, ['USD']]) {
    const reply = await api.prerequest({ currency });
    assert.deepEqual(Object.keys(reply.expect(422).json.errors), ['currency'], JSON.stringify(currency));
  }
});

test('the query is ignored, also a bare ?', async () => {
  const body = { public_key: DEMO.public_key, currency: 'USD' };
  for (const tail of ['?', '?undefined', '?include[0]=PaymentService', '?include%5B0%5D=PaymentMethod', '/']) {
    (await api.send('POST', `/public-api/payment-prerequest${tail}`, { json: body })).expect(200);
  }
});
