// The platform's published JavaScript client, used with the server.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { ROOT } from '../lib/docs.js';
import { startServer, tempDir } from '../lib/server.js';

const MerchantSDK = createRequire(import.meta.url)('@paycore/merchant-sdk-js');

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const sdk = new MerchantSDK({ apiKey: DEMO.public_key, BASE_URL: `${server.url}/public-api` });

test('makePaymentPrerequest', async () => {
  const { data } = await sdk.makePaymentPrerequest('USD');
  assert.equal(data.currency, 'USD');
  assert.equal(data.test_mode, true);
  assert.equal(data.services.payment_card_usd_hpp.method, 'payment_card');
  assert.equal(data.account.name, '4Docs');
  assert.deepEqual((await sdk.makePaymentPrerequest('USD', ['PaymentService', 'PaymentMethod'])).data, data);
  const withDefault = new MerchantSDK({
    apiKey: DEMO.public_key,
    BASE_URL: `${server.url}/public-api`,
    currency: 'EUR',
  });
  assert.equal((await withDefault.makePaymentPrerequest()).data.currency, 'EUR');
});

test('createPaymentInvoice and getPaymentInvoiceStatus', async () => {
  const reference_id = randomUUID();
  const { data } = await sdk.createPaymentInvoice({
    reference_id,
    description: 'From the client',
    currency: 'USD',
    amount: 12.5,
    service: 'payment_card_usd_hpp',
    fields: {},
    metadata: {},
  });
  assert.equal(data.reference_id, reference_id);
  assert.equal(data.amount, 12.5);
  assert.equal(data.status, 'process_pending');
  const read = (await sdk.getPaymentInvoiceStatus(data.id)).data;
  assert.equal(read.id, data.id);
  assert.equal(read.description, 'From the client');
  await demo.reach(data.id, 'processed');
  const paid = (await sdk.getPaymentInvoiceStatus(data.id)).data;
  assert.deepEqual([paid.status, paid.resolution, paid.processed_amount], ['processed', 'OK', 12.5]);
});

test('service fields and metadata', async () => {
  const { data } = await sdk.createPaymentInvoice({
    currency: 'USD',
    amount: 50,
    service: 'bank_transfer_usd_hpp',
    fields: { account_number: 'UA213223130000026007233566001' },
    metadata: { order: 7 },
  });
  assert.equal(data.metadata.order, 7);
  assert.notEqual(data.reference_id, undefined);
});

test('errors are thrown', async () => {
  const validation = await sdk
    .createPaymentInvoice({ currency: 'USD', amount: -1, service: 'payment_card_usd_hpp' })
    .then(assert.fail, (e) => e);
  assert.equal(validation.error.response.status, 422);
  assert.deepEqual(Object.keys(validation.error.response.data.errors), ['amount']);
  const unknown = await sdk.getPaymentInvoiceStatus('cpi_0000000000000000').then(assert.fail, (e) => e);
  assert.equal(unknown.error.response.status, 404);
  const stranger = new MerchantSDK({ apiKey: 'pk_test_nobody', BASE_URL: `${server.url}/public-api` });
  const refused = await stranger.makePaymentPrerequest('USD').then(assert.fail, (e) => e);
  assert.equal(refused.error.response.status, 401);
});

test('a server that answers by a profile file', async () => {
  const file = join(tempDir(), 'profile.json');
  const { documents } = JSON.parse(readFileSync(`${ROOT}schema/shapes/2020.json`, 'utf8'));
  const payment = documents['POST /public-api/payment-invoices'];
  payment.status = 200;
  payment.body.data = { id: 'text', status: 'text', amount: 'text', metadata: 'null|any', extra: ['text'] };
  const read = documents['GET /public-api/payment-invoices/{id}'];
  read.body.data = payment.body.data;
  const refusal = { ...documents['public 422'], status: 400, body: { errors: [{ code: 'text', detail: 'text' }] } };
  const made = {
    'POST /public-api/payment-invoices': payment,
    'GET /public-api/payment-invoices/{id}': read,
    'public 422': refusal,
  };
  writeFileSync(file, JSON.stringify({ profile: '2020', documents: made }));
  const shaped = await startServer({ args: ['--profile-file', file] });
  const client = new MerchantSDK({ apiKey: DEMO.public_key, BASE_URL: `${shaped.url}/public-api` });
  const order = { currency: 'USD', amount: 12.5, service: 'payment_card_usd_hpp' };
  const { data } = await client.createPaymentInvoice({ ...order, metadata: { note: 'é/' } });
  assert.deepEqual(Object.keys(data), ['id', 'status', 'amount', 'metadata', 'extra']);
  assert.deepEqual([data.amount, data.metadata.note, data.extra], ['12.5', 'é/', ['']]);
  assert.deepEqual((await client.getPaymentInvoiceStatus(data.id)).data, data);
  const { error } = await client.createPaymentInvoice({ ...order, amount: -1 }).then(assert.fail, (e) => e);
  assert.equal(error.response.status, 400);
  assert.deepEqual(error.response.data.errors, [{ code: '422', detail: 'This value should be greater than 0.' }]);
  assert.equal((await client.makePaymentPrerequest('USD')).data.currency, 'USD');
  await shaped.stop();
});

test('a live key', async () => {
  const live = new MerchantSDK({ apiKey: DEMO.public_live_key, BASE_URL: `${server.url}/public-api` });
  const { data } = await live.createPaymentInvoice({ currency: 'USD', amount: 1, service: 'payment_card_usd_hpp' });
  assert.equal(data.test_mode, false);
});
