import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { claims, Client, DEMO, invoice } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const KEYS = ['id', 'serial_number', 'created', 'test_mode', 'reference_id', 'currency', 'amount', 'payment_amount',
  'processed_amount', 'refunded_amount', 'description', 'has_return_url', 'status', 'resolution', 'service',
  'service_method', 'service_flow', 'service_currency', 'metadata', 'hpp_url', 'active_payment'];

test('the response contains the request\'s values', async () => {
  const body = invoice({
    amount: 20.4,
    description: 'Order №7',
    service: 'payment_card_eur_hpp',
    currency: 'EUR',
    metadata: { a: 'b' },
  });
  const reply = (await demo.createPublic(body)).expect(201);
  assert.deepEqual(keysAt(reply.text, 'data'), KEYS);
  const { data } = reply;
  assert.match(data.id, /^cpi_[A-Za-z0-9]{16}$/);
  assert.equal(data.serial_number, data.id.slice(4));
  assert.equal(data.reference_id, body.reference_id);
  assert.deepEqual(
    [data.amount, data.payment_amount, data.currency, data.service_currency],
    [20.4, 20.4, 'EUR', 'EUR'],
  );
  assert.deepEqual(
    [data.service, data.service_method, data.service_flow],
    ['payment_card_eur_hpp', 'payment_card', 'hpp'],
  );
  assert.deepEqual([data.status, data.resolution], ['process_pending', 'OK']);
  assert.deepEqual([data.active_payment.status, data.active_payment.resolution], ['invoked', 'OK']);
  assert.deepEqual(data.metadata, { a: 'b', merchant_url: 'https://lets.doc.it' });
  assert.equal(data.has_return_url, false);
  assert.equal(data.description, 'Order №7');
  assert.equal(data.hpp_url, `${server.url}/redirect/hpp/?cpi=${data.id}`);
  assert.equal(data.active_payment.payload.action, `${server.url}/hpp/${data.active_payment.payload.metadata.sid}`);
});

test('a GET returns the same, without hpp_url', async () => {
  const made = await demo.madePublic();
  const reply = (await demo.getPublic(made.id)).expect(200);
  assert.deepEqual(keysAt(reply.text, 'data'), KEYS.filter((key) => key !== 'hpp_url'));
  assert.deepEqual({ ...reply.data, hpp_url: made.hpp_url }, made);
});

test('reading needs no key, but a given key must belong to the account', async () => {
  const other = await demo.newAccount();
  const made = await other.madePublic();
  (await demo.getPublic(made.id)).expect(200);
  (await demo.getPublic(`${made.id}?public_key=${other.account.public_key}`)).expect(200);
  (await demo.getPublic(`${made.id}?public_key=${other.account.public_live_key}`)).expect(200);
  (await demo.getPublic(`${made.id}?public_key=${DEMO.public_key}`)).expect(401, 404);
  (await demo.getPublic(`${made.id}?public_key=nonsense`)).expect(401, 404);
  (await demo.getPublic('cpi_0000000000000000')).expect(404);
});

test('the private API shows the same values', async () => {
  const body = invoice({ amount: '100.50', description: 'both', metadata: { k: 'v' },
    customer: { reference_id: 'c-1', name: 'Ann' }, return_url: 'http://localhost:3000/back' });
  const made = (await demo.createPublic(body)).expect(201).data;
  assert.equal(made.amount, 100.5);
  assert.equal(made.has_return_url, true);
  const { attributes, relationships } = (await demo.get(made.id)).expect(200).data;
  assert.equal(attributes.reference_id, body.reference_id);
  assert.equal(attributes.amount, 100.5);
  assert.equal(attributes.status, 'process_pending');
  assert.equal(attributes.resolution, 'ok');
  assert.equal(attributes.return_url, 'http://localhost:3000/back');
  assert.deepEqual(attributes.metadata, made.metadata);
  assert.equal(attributes.flow_data.action, made.active_payment.payload.action);
  assert.match(relationships.customer.data.id, /^cus_[A-Za-z0-9]{16}$/);
});

test('the key decides the test mode', async () => {
  assert.equal((await demo.madePublic()).test_mode, true);
  const live = await demo.madePublic({ public_key: DEMO.public_live_key });
  assert.equal(live.test_mode, false);
  assert.equal(live.status, 'process_pending');
  assert.equal((await demo.attributes(live.id)).test_mode, false);
});

test('a reference is generated if none is given', async () => {
  const one = await demo.madePublic({ reference_id: undefined });
  const two = await demo.madePublic({ reference_id: undefined });
  assert.match(one.reference_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(one.reference_id, two.reference_id);
});

test('callback_url is ignored here, by design', async () => {
  const api = await demo.newAccount();
  const made = await api.madePublic({ callback_url: 'http://127.0.0.1:1/never' });
  const { callback_url, callback_logs } = await api.attributes(made.id);
  assert.equal(callback_url, null);
  assert.deepEqual(callback_logs, []);
  assert.deepEqual(await api.callbacks({ invoice: made.id }), []);
});

test('unknown fields are ignored, and the last of duplicate keys counts', async () => {
  const made = (
    await demo.createPublic({ ...invoice(), nonsense: { deep: [1] }, id: 'cpi_0000000000000001', status: 'processed' })
  ).expect(201).data;
  assert.notEqual(made.id, 'cpi_0000000000000001');
  assert.equal(made.status, 'process_pending');
  const body = `{"public_key":"${DEMO.public_key}","service":"payment_card_usd_hpp","currency":"USD","amount":1,"amount":2,"reference_id":"${randomUUID()}"}`;
  const reply = await demo.send('POST', '/public-api/payment-invoices', {
    body,
    headers: { 'Content-Type': 'application/json' },
  });
  assert.equal(reply.expect(201).data.amount, 2);
});

test('key errors', async () => {
  (await demo.createPublic(invoice({ public_key: 'pk_test_nobody' }))).expect(401);
  (await demo.createPublic(invoice({ public_key: DEMO.secret_key }))).expect(401);
  const reply = await demo.send('POST', '/public-api/payment-invoices', { json: invoice() });
  assert.deepEqual(Object.keys(reply.expect(422).json.errors), ['public_key']);
  const bad = await demo.send('POST', '/public-api/payment-invoices', {
    json: invoice({ amount: -1, service: undefined }),
  });
  assert.deepEqual(Object.keys(bad.expect(422).json.errors).sort(), ['amount', 'public_key', 'service']);
});

test('the account can forbid public creation; the private API still works', async () => {
  const api = await demo.newAccount({ public_creation: false });
  const reply = await api.createPublic(invoice());
  const [error] = reply.expect(403).json.errors;
  assert.deepEqual([error.status, error.code], ['Forbidden', '403']);
  await api.made();
  (await api.control('PATCH', `/accounts/${api.account.id}`, { public_creation: true })).expect(200);
  await api.madePublic();
});

test('an inactive account cannot create invoices', async () => {
  const api = await demo.newAccount({ status: 'inactive' });
  (await api.createPublic(invoice())).expect(403);
  (await api.create(invoice())).expect(403);
  assert.deepEqual(
    (await api.control('PATCH', `/accounts/${api.account.id}`, { status: 'active' })).expect(200).json.settings.status,
    'active',
  );
  await api.madePublic();
});

test('the token expires with the invoice', async () => {
  const api = await demo.newAccount({ lifetime_s: 900 });
  const now = await api.freeze();
  const made = await api.madePublic();
  assert.equal(made.created, now);
  assert.deepEqual(claims(made.active_payment.payload.metadata.token).claims,
    { sid: made.active_payment.payload.metadata.sid, exp: now + 900 });
});

test('metadata has merchant_url only if the account has one; empty metadata is []', async () => {
  const api = await demo.newAccount({ merchant_url: null });
  const reply = (await api.createPublic(invoice())).expect(201);
  assert.deepEqual(reply.data.metadata, []);
  assert.match(reply.text, /"metadata":\[\],"hpp_url"/);
});
