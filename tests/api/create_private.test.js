import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { claims, Client, invoice, isoTime } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const KEYS = [
  'serial_number',
  'status',
  'resolution',
  'moderation_required',
  'amount',
  'payment_amount',
  'currency',
  'service_currency',
  'reference_id',
  'test_mode',
  'fee',
  'deposit',
  'processed',
  'processed_amount',
  'refunded_amount',
  'processed_fee',
  'processed_deposit',
  'metadata',
  'flow_data',
  'flow',
  'hpp_url',
  'payment_flow',
  'created',
  'updated',
  'payload',
  'description',
  'descriptor',
  'callback_url',
  'return_url',
  'original_data',
  'rrn',
  'approval_code',
  'reserved_amount',
  'reserve_expires',
  'unreserved',
  'source',
  'callback_logs',
];

test('the response has the documented keys in order, on creation and later', async () => {
  const reply = (await demo.create(invoice())).expect(201);
  assert.deepEqual(keysAt(reply.text, 'data'), ['type', 'id', 'attributes', 'relationships', 'links']);
  assert.deepEqual(keysAt(reply.text, 'data.attributes'), KEYS);
  const read = (await demo.get(reply.data.id)).expect(200);
  assert.deepEqual(keysAt(read.text, 'data.attributes'), KEYS.filter((key) => key !== 'hpp_url'));
  assert.equal(read.data.links.self, `/api/payment-invoices/${reply.data.id}`);
});

test('a minimal invoice', async () => {
  const made = await demo.made({ reference_id: undefined, test_mode: undefined });
  const a = made.attributes;
  assert.match(a.reference_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(a.test_mode, false, 'test_mode is false by default');
  assert.equal(a.payment_flow, 'charge');
  assert.equal(a.flow, 'hpp');
  assert.deepEqual([a.description, a.descriptor, a.return_url], [null, null, null]);
  assert.equal('customer' in made.relationships, false, 'no customer, no relationship');
  assert.deepEqual(Object.keys(made.relationships), ['payment-service', 'payment-method']);
  assert.equal(claims(a.flow_data.metadata.token).claims.exp, a.created + 1800);
});

test('an invoice with every field', async () => {
  const api = await demo.newAccount({ merchant_url: 'https://shop.example' });
  const now = await api.freeze();
  const attributes = {
    reference_id: 'ref/1 "quoted" ☃',
    service: 'bank_transfer_usd_hpp',
    currency: 'USD',
    amount: 123.45678901,
    flow: 'charge',
    test_mode: true,
    description: 'Überweisung </script> \u{1F600}',
    descriptor: 'SHOP*1',
    service_fields: { account_number: 'UA213223130000026007233566001' },
    gateway_options: { cardgate: { tokenize: false, theme_options: { logo: 'x' } }, other: [1, 2] },
    customer: {
      reference_id: '1203515',
      name: 'John Wick',
      email: 'somename@domain.com',
      phone: '+380987654321',
      individual_tax_id: '1234567890',
      date_of_birth: '1990-02-28',
      metadata: { key1: 'value1' },
      address: {
        country: 'UA',
        region: 'Kyiv',
        city: 'Kyiv',
        street: 'Main 1',
        full_address: 'Main 1, Kyiv',
        post_code: '01001',
      },
    },
    metadata: { key: 'value', nested: { n: 1, list: [true, null] } },
    return_url: 'http://localhost:3000/back?x=1',
    return_urls: { success: 'https://example.com/1', pending: 'http://127.0.0.1/2', fail: 'https://example.com/3' },
    callback_url: 'http://127.0.0.1:1/callback',
    expires: isoTime(now + 86400),
  };
  const made = (await api.create(attributes)).expect(201).data;
  const a = made.attributes;
  assert.equal(a.reference_id, attributes.reference_id);
  assert.equal(a.amount, 123.45678901);
  assert.equal(a.test_mode, true);
  assert.equal(a.description, attributes.description);
  assert.equal(a.descriptor, 'SHOP*1');
  assert.deepEqual(a.metadata, { ...attributes.metadata, merchant_url: 'https://shop.example' });
  assert.deepEqual([a.return_url, a.callback_url], [attributes.return_url, attributes.callback_url]);
  assert.match(made.relationships.customer.data.id, /^cus_[A-Za-z0-9]{16}$/);
  assert.equal(made.relationships['payment-service'].data.id, 'bank_transfer_usd_hpp');
  assert.equal(made.relationships['payment-method'].data.id, 'bank_transfer');
  assert.equal(claims(a.flow_data.metadata.token).claims.exp, now + 86400);
  assert.equal((await api.getPublic(made.id)).expect(200).data.has_return_url, true);
});

test('text is escaped as the platform escapes it', async () => {
  const reply = (await demo.create(invoice({ description: 'Ünï </a> \u{1F600} "q" \\ \n' }))).expect(201);
  assert.ok(reply.text.includes('"description":"\\u00dcn\\u00ef <\\/a> \\ud83d\\ude00 \\"q\\" \\\\ \\n"'), reply.text);
  assert.ok(reply.text.includes('"params":[]'));
  assert.ok(reply.text.includes('"callback_logs":[]'));
});

test('a customer reference identifies one customer of the account', async () => {
  const customer = (api, reference_id) => api.made({ customer: { reference_id } })
    .then((data) => data.relationships.customer.data.id);
  const one = await demo.newAccount();
  const two = await demo.newAccount();
  const first = await customer(one, 'c1');
  assert.equal(await customer(one, 'c1'), first);
  assert.notEqual(await customer(one, 'c2'), first);
  assert.notEqual(await customer(two, 'c1'), first);
  const viaPublic = await one.madePublic({ customer: { reference_id: 'c1' } });
  assert.equal((await one.get(viaPublic.id)).data.relationships.customer.data.id, first);
});

// amount in the request, as JSON -> number in the response, as text
const AMOUNTS = {
  100: '100', '100.00': '100', '"100.00"': '100', '"100"': '100', 20.4: '20.4', '"20.40"': '20.4', 123.45: '123.45',
  0.01: '0.01', 999999.99: '999999.99', 1000000: '1000000', '1e3': '1000', 0.1: '0.1', 0.29: '0.29', 1.005: '1.005',
  4.35: '4.35', 33.33333333: '33.33333333', '"0.07"': '0.07', 1000.1: '1000.1', 8192.125: '8192.125',
};
for (const [sent, shown] of Object.entries(AMOUNTS)) {
  test(`amount ${sent} is returned as ${shown}`, async () => {
    const body = `{"data":{"attributes":{"service":"payment_card_usd_hpp","currency":"USD","amount":${sent}}}}`;
    const reply = (
      await demo.private('POST', '/payment-invoices', { body, headers: { 'Content-Type': 'application/json' } })
    ).expect(201);
    for (const field of ['amount', 'payment_amount', 'deposit']) {
      assert.ok(reply.text.includes(`"${field}":${shown},`), `${field}: ${reply.text}`);
    }
    const read = (await demo.get(reply.data.id)).expect(200);
    assert.ok(read.text.includes(`"amount":${shown},`));
  });
}

test('small and large amounts of other services', async () => {
  const btc = (await demo.create(invoice({ service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 0.00012345 }))).expect(
    201,
  );
  assert.ok(btc.text.includes('"amount":0.00012345,'), btc.text);
  const test = (
    await demo.create(invoice({ service: 'test_usd_test', amount: 9999999, service_fields: { status: 'processed' } }))
  ).expect(201);
  assert.ok(test.text.includes('"amount":9999999,'));
  assert.equal(test.data.attributes.flow, 'test');
});

test('the envelope is optional, and its type is not checked', async () => {
  const attributes = () => invoice();
  for (const json of [
    { data: { type: 'payment-invoices', attributes: attributes() } },
    { data: { type: 'payment-invoice', attributes: attributes() } },
    { data: { attributes: attributes() } },
    attributes(),
  ]) {
    (await demo.private('POST', '/payment-invoices', { json })).expect(201);
  }
});

test('the private API is at / and at /api, with or without a slash', async () => {
  for (const target of [
    '/payment-invoices',
    '/api/payment-invoices',
    '/payment-invoices/',
    '/api/payment-invoices/',
    '/payment-invoices?',
  ]) {
    const made = (await demo.private('POST', target, { json: { data: { attributes: invoice() } } })).expect(201).data;
    const plain = (await demo.get(made.id)).expect(200).data;
    for (const read of [
      `/api/payment-invoices/${made.id}`,
      `/payment-invoices/${made.id}/`,
      `/payment-invoices/${made.id}?`,
    ]) {
      assert.deepEqual((await demo.private('GET', read)).expect(200).data.id, plain.id);
    }
  }
});

test('an account does not see invoices of other accounts', async () => {
  const api = await demo.newAccount();
  const made = await api.made();
  (await api.get(made.id)).expect(200);
  (await demo.get(made.id)).expect(404);
});

test('links keep the base URL of the creation', async () => {
  const made = (await demo.create(invoice(), { headers: { Host: `localhost:${server.port}` } })).expect(201).data;
  assert.equal(made.attributes.hpp_url, `http://localhost:${server.port}/redirect/hpp/?cpi=${made.id}`);
  const read = await demo.attributes(made.id);
  assert.equal(read.flow_data.action, made.attributes.flow_data.action);
  assert.match(read.flow_data.action, new RegExp(`^http://localhost:${server.port}/hpp/cgi_`));
});

test('two hundred concurrent creations create two hundred invoices', async () => {
  const api = await demo.newAccount();
  const all = await Promise.all(Array.from({ length: 200 }, () => api.made()));
  assert.equal(new Set(all.map((data) => data.id)).size, 200);
  assert.equal(new Set(all.map((data) => data.attributes.flow_data.metadata.sid)).size, 200);
});

test('concurrent creations with one reference create one invoice', async () => {
  const api = await demo.newAccount();
  const reference_id = randomUUID();
  const replies = await Promise.all(Array.from({ length: 20 }, () => api.create(invoice({ reference_id }))));
  const made = replies.filter((reply) => reply.status === 201);
  assert.equal(made.length, 1);
  for (const reply of replies.filter((r) => r !== made[0])) {
    assert.equal(reply.expect(409).data.id, made[0].data.id);
  }
});
