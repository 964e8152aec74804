// The helper docker/clients/node/milkypay-mock.mjs: each operation with the real server. The tests of its container
// need a container engine and are in that folder.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { MilkyPayError, MilkyPayMock } from '../../docker/clients/node/milkypay-mock.mjs';
import { Client, DEMO } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { sign, startSink } from '../lib/sink.js';

const TOKEN = 'secret-token';
const server = await startServer({ args: ['--control-token', TOKEN] });
const mock = new MilkyPayMock(`${server.url}/`, { token: TOKEN });
after(() => server.stop());

/** A fresh account with helpers, a client of the platform's API for it, and a receiver. */
async function open(settings = {}) {
  const account = await mock.createAccount({ outcome: 'process_pending', ...settings });
  const api = new Client(
    server,
    { id: account.id, api_key: account.apiKey, public_key: account.publicKey, secret_key: account.secretKey },
    { check: false },
  ); // other tests check the contract
  const sink = await startSink({ check: false });
  const made = () => api.made({ test_mode: true, callback_url: `${sink.url}/hook` });
  return { account, api, sink, made };
}

test('the mock, its URLs, the demo account and others', async () => {
  assert.deepEqual(
    [mock.url, mock.publicApiUrl, mock.dashboardUrl],
    [server.url, `${server.url}/public-api`, `${server.url}/_mock/`],
  );
  assert.equal((await mock.health()).status, 'ok');
  const demo = await mock.account();
  assert.deepEqual(demo.environment, {
    MILKYPAY_URL: server.url,
    MILKYPAY_ACCOUNT_ID: DEMO.id,
    MILKYPAY_API_KEY: DEMO.api_key,
    MILKYPAY_PUBLIC_KEY: DEMO.public_key,
    MILKYPAY_SECRET_KEY: DEMO.secret_key,
  });
  const { account } = await open({ name: 'Shop' });
  assert.equal((await mock.account(account.id)).apiKey, account.apiKey);
  assert.equal((await account.update({ name: 'Other' })).name, 'Other');
  assert.equal(account.settings.name, 'Other');
  await account.delete();
  await assert.rejects(
    mock.account(account.id),
    (error) => error instanceof MilkyPayError && error.status === 404 && error.code === 'unknown_account',
  );
});

test('an error has the server\'s message', async () => {
  const stranger = new MilkyPayMock(server.url);
  await assert.rejects(stranger.account(), { name: 'MilkyPayError', status: 401 });
  await assert.rejects(
    mock.createAccount({ nothing: 1 }),
    (error) => error.status >= 400 && /nothing/.test(error.message) && error.body.error.code === error.code,
  );
});

test('the login opens the private API', async () => {
  const { account } = await open();
  const reply = await fetch(`${server.url}/payment-invoices`, { headers: { Authorization: account.authorization } });
  assert.equal(reply.status, 200);
});

test('clock, outcomes and waits', async () => {
  const { account, sink, made } = await open();
  const { now, mode } = await account.freeze();
  assert.equal(mode, 'frozen');
  await account.queueOutcomes('processed@5s');
  const { id } = await made();
  await account.waitUntilIdle();
  const { events } = await account.advance(5);
  assert.deepEqual(events.map(({ kind, at }) => [kind, at - now]), [['transition', 5], ['callback', 5]]);
  assert.equal((await account.waitForStatus(id, 'processed')).data.id, id);
  assert.equal((await account.waitForCallback(id, { transition: 'processed' })).state, 'done');
  assert.deepEqual(await account.waitUntilIdle({ within: '0' }), { idle: true });
  await assert.rejects(account.waitForStatus(id, 'refunded', { timeout: '50ms' }), { status: 408 });
  assert.equal((await account.clock()).now, now + 5);
  assert.equal((await account.unfreeze()).mode, 'real');
  await account.advance({ seconds: 1, timeout: '5s' });
  assert.deepEqual(sink.of({ invoice: id }).map(({ status }) => status), ['process_pending', 'processed']);
  await sink.stop();
});

test('payments, transitions and records', async () => {
  const { account, sink, made } = await open();
  const { id } = await made();
  const paid = await account.pay(id, { card_number: '5519283812030000', expiry: '1230', cvv: '123' });
  assert.equal(paid.data.attributes.status, 'processed');
  assert.equal(
    (await account.transition(id, { status: 'partially_charged_back', amount: 20 })).data.attributes.status,
    'partially_charged_back',
  );
  assert.equal((await account.invoice(id)).left, 80);
  assert.ok((await account.timeline(id)).items.length > 3);
  await account.waitForCallback(id, { transition: 'partially_charged_back' });
  const { items } = await account.callbacks({ invoice: id, state: 'done' });
  assert.equal(items.length, 3);
  await account.resend(items[0].id, { resign: true });
  await sink.got(4);
  await account.waitForRequests(1, { method: 'POST', path: '/payment-invoices' });
  assert.equal((await account.requests({ method: 'POST', path: '/payment-invoices', status: 201 })).total, 1);
  const [{ text: body }] = sink.requests;
  assert.equal((await account.verifySignature({ body, signature: sign(account.secretKey, body) })).valid, true);
  await sink.stop();
});

test('faults, snapshots and reset', async () => {
  const { account, sink, made, api } = await open();
  const { id: fault } = await account.addFault({ on: 'callback', fault: 'duplicate', times: 1 });
  const { id } = await made();
  await sink.got(2, { invoice: id });
  assert.deepEqual((await account.faults()).items.map(({ id: each, hits }) => [each, hits]), [[fault, 1]]);
  await account.removeFaults(fault);
  await account.addFault({ on: 'api', fault: 'status' });
  await account.removeFaults();
  await account.waitUntilIdle();
  assert.equal((await account.snapshot('one')).invoices, 1);
  await account.reset();
  (await api.get(id)).expect(404);
  await account.restore('one');
  (await api.get(id)).expect(200);
  await sink.stop();
});

test('every helper has a type declaration, and every declared helper exists', async () => {
  const declared = readFileSync(new URL('../../docker/clients/node/milkypay-mock.d.mts', import.meta.url), 'utf8');
  const { account } = await open();
  for (const [name, instance] of [['MilkyPayMock', mock], ['MilkyPayAccount', account]]) {
    const [, body] = new RegExp(`declare class ${name} \\{\\n([^]*?)\\n\\}`).exec(declared);
    const names = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?]?(?:<[^>]*>)?[(:]/gm)]
      .map(([, each]) => each)
      .filter((each) => each !== 'constructor');
    const there = [...Object.getOwnPropertyNames(Object.getPrototypeOf(instance)), ...Object.keys(instance)].filter(
      (each) => each !== 'constructor',
    );
    assert.deepEqual(names.sort(), there.sort(), name);
  }
});
