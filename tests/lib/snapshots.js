// Snapshots: how they are taken, moved and compared.

import assert from 'node:assert/strict';
import { refused as refusal } from './refused.js';
import { startSink } from './sink.js';

/** Nothing listens there. */
export const NOWHERE = 'http://127.0.0.1:1/c';
/** For an order that stays in process_pending. */
export const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

export const take = async (api, name = 'one') => (await api.control('POST', `/snapshots/${name}`)).expect(201).json;
export const restore = async (api, name = 'one') => (await api.control('POST', `/snapshots/${name}/restore`)).expect(200).json;
export const exported = async (api, name = 'one') => (await api.control('GET', `/snapshots/${name}`)).expect(200);
export const put = (api, name, file, options) =>
  api.control('PUT', `/snapshots/${name}`, undefined, {
    body: typeof file === 'string' ? file : JSON.stringify(file),
    headers: { 'Content-Type': 'application/json' },
    ...options,
  });
export const names = async (api) => (await api.control('GET', '/snapshots')).expect(200).json.items.map((one) => one.name);
/** Returns the message of a refusal. */
export const refused = (reply, status, code) => {
  const error = refusal(reply, status);
  if (code) assert.equal(error.code, code);
  return error.message;
};

/** The whole state of the account as calls show it. */
export async function state(api) {
  const list = (await api.list({ 'page[size]': 100 })).expect(200).data;
  const timelines = [];
  for (const { id } of list) timelines.push(await api.lasting(id));
  return {
    list,
    timelines,
    callbacks: await api.callbacks(),
    queue: (await api.control('GET', '/outcomes')).expect(200).json,
    settings: (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json.settings,
    clock: await api.clock(),
  };
}

/** An account with invoices that are paid, failed, pending and verified, and with callbacks in each state. */
export async function rich(demo) {
  const api = await demo.newFrozen({ retry_limit: 2, attempt_limit: 3, name: 'Rich', opening_balances: { USD: '5.00' } });
  const sink = await startSink({ account: api.account });
  sink.answer([500, 200, { status: 200, body: Buffer.from([0xff, 0x00, 0xfe]) }, 200]);
  const told = { callback_url: `${sink.url}/c`, test_mode: true };
  await api.made({
    ...told,
    reference_id: 'paid',
    description: 'Zahlung für "eins" / two',
    metadata: { deep: { list: [1, 2.5, null, {}] } },
  });
  await api.made(
    { ...told, reference_id: 'declined', customer: { reference_id: 'c1', email: 'a@example.com', metadata: {} } },
    { headers: { 'X-Mock-Outcome': 'process_failed:insufficient_funds@1s' } },
  );
  await api.advance(3);
  await api.made({ reference_id: 'verified', flow: 'verify', amount: 1 });
  await api.advance(100);
  await api.transition((await api.made({ reference_id: 'refunded', callback_url: NOWHERE })).id, {
    status: 'processed',
  });
  await api.advance(1);
  const challenged = await api.made(
    { reference_id: 'challenged', gateway_options: { cardgate: { tokenize: true } } },
    hold,
  );
  (
    await api.pay(challenged.id, { card_number: '5123817234060000', expiry: '1230', cvv: '123', three_ds: 'abandon' })
  ).expect(200);
  await api.made(
    {
      reference_id: 'waits',
      return_urls: { success: 'https://a.example/s', fail: 'https://a.example/f', pending: 'https://a.example/p' },
    },
    { headers: { 'X-Mock-Outcome': 'processed@10s,refunded@5s' } },
  );
  await api.madePublic({ reference_id: 'public', return_url: 'https://a.example' });
  await api.outcomes('process_failed:declined', 'processed');
  return { api, sink };
}
