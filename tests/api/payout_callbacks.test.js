import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const SINK = `${server.url}/_mock/sink/payouts`;

/** A new account with a frozen clock and a receiver. */
async function shop(settings = {}) {
  const api = await demo.newAccount(settings);
  api.sink = `${SINK}?account=${api.account.id}`;
  (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url: api.sink })).expect(200);
  api.start = await api.freeze();
  return api;
}
async function made(api, changes = {}, options = {}) {
  const json = { reference_id: randomUUID(), service: 'test_usd', currency: 'USD', amount: 100, test_mode: true,
    fields: { account: '42' }, options: { auto_process: true }, ...changes };
  return (await api.private('POST', '/payout-invoices', { json, ...options })).expect(201).data;
}
const get = async (api, id) => (await api.private('GET', `/payout-invoices/${id}`)).expect(200).data.attributes;
const received = async (api, id) => (await api.control('GET', '/sink/payouts/requests', undefined,
  { parameters: { invoice: id, order: 'oldest' } })).expect(200).json.items;

test('the fault wrong_amount changes each amount of a payout', async () => {
  const api = await shop();
  const fault = { on: 'callback', fault: 'wrong_amount', match: { transition: 'processed' } };
  (await api.control('POST', '/faults', fault)).expect(201);
  const { id } = await made(api);
  await api.advance(10);
  const [, last] = await received(api, id);
  const { amount, payout_amount: asked, processed_amount: paid } = JSON.parse(last.body).data.attributes;
  assert.deepEqual([amount, asked, paid, last.signature], [101, 101, 101, 'valid']);
});

test('a payout sends signed callbacks at start and end, with the body of a GET', async () => {
  const api = await shop();
  const { id } = await made(api);
  await api.advance(10);
  const items = await received(api, id);
  const bodies = items.map(({ body }) => JSON.parse(body).data);
  assert.deepEqual(items.map(({ signature }) => signature), ['valid', 'valid']);
  assert.deepEqual(bodies.map(({ type }) => type), ['payout-invoices', 'payout-invoices']);
  assert.deepEqual(bodies.map(({ attributes }) => attributes.status), ['process_pending', 'processed']);
  assert.deepEqual(bodies[1].attributes.callback_logs, []);
  const now = await get(api, id);
  assert.deepEqual(
    Object.values(now.callback_logs).map((log) => [log.status, log.transaction_status, log.response_code]),
    [
      ['done', 'process_pending', 200],
      ['done', 'processed', 200],
    ],
  );
  assert.equal(bodies[1].attributes.processed, now.processed);
});

test('its callback_url overrides the account\'s', async () => {
  const api = await shop();
  const { id } = await made(api, { callback_url: `${server.url}/_mock/sink/own?account=${api.account.id}` });
  await api.advance(10);
  assert.equal((await received(api, id)).length, 0);
  const own = (await api.control('GET', '/sink/own/requests')).expect(200).json.items;
  assert.equal(own.length, 2);
});

test('retries, waits, the list and resends work as for payments', async () => {
  const api = await shop({ retry_interval_s: 60 });
  (await api.control('PUT', '/sink/payouts', { responses: [500, 200] })).expect(200, 201);
  const { id } = await made(api, {}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  (await api.wait({ invoice: id, status: 'process_pending' })).expect(200);
  await api.advance(60);
  const delivered = (await api.wait({ invoice: id, callback: 'delivered', transition: 'process_pending' })).expect(
    200,
  ).json;
  assert.equal(delivered.invoice, id);
  assert.deepEqual(delivered.attempts.map(({ code }) => code), [500, 200]);
  const [row] = await api.callbacks({ invoice: id });
  assert.equal(row.id, delivered.id);
  (await api.control('POST', `/callbacks/${row.id}/resend`)).expect(200);
  await api.idle();
  assert.equal((await api.callback(row.id)).attempts.length, 3);
});

test('a fault can match one payout', async () => {
  const api = await shop();
  const { id } = await made(api, { options: { auto_process: false } });
  (await api.control('POST', '/faults', { on: 'callback', match: { invoice: id }, fault: 'drop', times: 1 })).expect(
    201,
  );
  (await api.private('POST', `/payout-invoices/${id}/process`)).expect(201);
  await api.advance(10);
  assert.deepEqual((await api.callbacks({ invoice: id })).map(({ state, transition }) => `${transition}:${state}`),
    ['processed:done', 'process_pending:dropped']);
  const { items } = (await api.control('GET', `/payout-invoices/${id}/timeline`)).expect(200).json;
  assert.ok(items.some(({ kind, fault }) => kind === 'fault' && fault === 'drop'));
});

test('an advance reports the ids of payouts', async () => {
  const api = await shop();
  const { id } = await made(api);
  const { events } = await api.advance(10);
  assert.ok(events.length >= 2 && events.every(({ invoice }) => invoice === id), JSON.stringify(events));
});

test('an account with only_final gets one callback', async () => {
  const api = await shop({ only_final: true });
  const { id } = await made(api);
  await api.advance(10);
  assert.deepEqual((await api.callbacks({ invoice: id })).map(({ transition }) => transition), ['processed']);
});
