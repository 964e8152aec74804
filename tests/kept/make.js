#!/usr/bin/env node
// Makes the files by which later versions test that they open the databases of this one:
//
//   MILKYPAY_BIN=build/milkypay-mock tests/kept/make.js NAME [--older]
//
// It writes to this folder NAME.db.gz, a database; NAME.snapshot.json.gz, an exported snapshot; and NAME.json, what
// tests/api/kept.test.js must find in them. NAME is the version of a release. The files schema-NN are of programs
// before the first release. With --older a program that lacks some of the calls below is accepted: they are left out,
// with a message.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';

/** Where the callbacks go. Nothing listens there, so all of them stay due. */
export const NOWHERE = 'http://127.0.0.1:1/callback';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const USER_VERSION_AT = 60; // in the header of an SQLite file: the number of schema files that it has run

const as = (outcome) => ({ headers: { 'X-Mock-Outcome': outcome } });
const payment = (attributes, outcome) => ({ kind: 'payment', attributes, outcome });
const payout = (attributes, outcome) => ({
  kind: 'payout',
  attributes: { service: 'test_usd', fields: { account: '42' }, options: { auto_process: true }, ...attributes },
  outcome,
});

const path = (kind, id = '') => `/${kind}-invoices${id && `/${id}`}`;

const byPrivateApi = (api, { kind, outcome }, attributes) =>
  api.private('POST', path(kind), { json: { data: { type: `${kind}-invoices`, attributes } }, ...as(outcome) });
const byPublicApi = (api, { outcome }, attributes) => api.createPublic(attributes, as(outcome));
/** The only way to create an invoice whose payer chooses the service. */
async function byPage(api, { outcome }, { test_mode: _, ...attributes }) {
  const form = { public_key: api.account.public_key, ...attributes };
  const reply = await api.send('POST', '/hpp/', { form, ...as(outcome) });
  if (reply.status >= 400) return reply;
  const { data } = (await api.list()).expect(200);
  return { status: 200, data: data.find((one) => one.attributes.reference_id === attributes.reference_id) };
}

/** An order for each way in which an invoice can be stored. `then` is called with the client and the order's id. */
const ORDERS = {
  pending: payment({}, 'process_pending'),
  settles: payment({}, 'processed@10m'),
  paid: payment({ description: 'Zahlung für "eins" / two', metadata: { a: 1, b: { c: [true, null] } } }, 'processed@0'),
  declined: payment({ amount: 13.37 }, 'process_failed:declined@0'),
  choosing: { ...payment({ service: undefined }, 'process_pending'), create: byPage },
  verified: payment({ flow: 'verify' }, 'verified@0'),
  customer: payment({ customer: { reference_id: 'c-1', name: 'Ann Example', email: 'ann@shop.example' } }, 'processed@0'),
  public: { ...payment({}, 'process_pending'), create: byPublicApi },
  options: payment({ options: { send_operation_context_on_return: true } }, 'process_pending'),
  refunded: {
    ...payment({}, 'processed@0'),
    then: (api, id) => api.private('POST', `/payment-invoices/${id}/refund`, { json: {} }),
  },
  partly_refunded: {
    ...payment({ amount: 90.5 }, 'processed@0'),
    then: (api, id) => api.private('POST', `/payment-invoices/${id}/refund`, { json: { amount: 40 } }),
  },
  charged_back: { ...payment({}, 'processed@0'), then: (api, id) => api.transition(id, { status: 'charged_back' }) },
  payout: payout({}, 'processed@0'),
  payout_pending: payout({ amount: 5 }, 'process_pending'),
};

/** What the account has besides its invoices. */
const SETUP = {
  'a second key': async (api) => {
    const reply = await api.control('POST', `/accounts/${api.account.id}/rotate`, { keys: ['api_key'], grace_s: 3600 });
    if (reply.status === 200) api.account = { ...api.account, api_key: reply.json.api_key };
    return reply;
  },
  'a changed service': (api) => api.control('PUT', '/services/payment_card_eur_hpp', { fee_rate: 2.5 }),
  'a fault': (api) => api.control('POST', '/faults', { on: 'callback', fault: 'drop', match: { transition: 'terminated' } }),
  'a queue of outcomes': (api) => api.outcomes('process_failed:insufficient_funds'),
  profile: (api) => api.control('PATCH', `/accounts/${api.account.id}`, { profile: '2024' }),
};

const create = (api, reference_id, { create: by = byPrivateApi, ...order }) =>
  by(api, order, { ...invoice({ reference_id, ...order.attributes }), test_mode: true });

/** The part of an invoice that every version shows. */
export async function shown(api, { kind, id }) {
  const reply = await api.private('GET', path(kind, id), { check: false });
  if (reply.status !== 200) return { status: reply.status };
  const { status, resolution, reference_id, currency, amount } = reply.data.attributes;
  return { status, resolution, reference_id, currency, amount };
}

async function make(name, older) {
  const leave = (what, reply) => {
    const why = `${what}: ${reply.status} ${reply.text.slice(0, 200)}`;
    if (!older) throw new Error(why);
    console.error(`left out ${why}`);
  };
  const good = (reply) => reply.status >= 200 && reply.status < 300;
  const folder = tempDir();
  const db = join(folder, 'mock.db');
  const server = await startServer({ args: ['--db', db], firstCallbackDelay: older ? null : '0' });
  const demo = new Client(server, DEMO, { check: false });
  const api = await demo.newAccount({ name: 'Kept', callback_url: NOWHERE });
  await api.freeze();
  const kept = {};
  for (const [reference_id, order] of Object.entries(ORDERS)) {
    const reply = await create(api, reference_id, order);
    if (good(reply)) kept[reference_id] = { kind: order.kind, id: reply.data.id };
    else leave(reference_id, reply);
  }
  await api.advance(0);
  for (const [reference_id, { id }] of Object.entries(kept)) {
    const reply = await ORDERS[reference_id].then?.(api, id);
    if (reply && !good(reply)) leave(`${reference_id}, then`, reply);
  }
  for (const [what, step] of Object.entries(SETUP)) {
    const reply = await step(api);
    if (!good(reply)) leave(what, reply);
  }
  await api.advance(10); // refunds settle, and the first attempts of all callbacks fail
  for (const one of Object.values(kept)) one.shows = await shown(api, one);
  (await api.control('POST', '/snapshots/kept')).expect(201);
  const snapshot = (await api.control('GET', '/snapshots/kept')).expect(200).text;
  // after the snapshot, so that a restore removes it
  const later = (await create(api, 'later', payment({}, 'process_pending'))).expect(201).data.id;
  await api.advance(0);
  const queued = (await api.callbacks({ limit: 100 })).filter(({ state }) => state === 'queued');
  const due = new Set(queued.map((callback) => callback.invoice));
  await server.stop();

  const bytes = readFileSync(db);
  const { id, api_key, secret_key, secret_live_key } = api.account;
  const found = {
    schema: bytes.readUInt32BE(USER_VERSION_AT),
    account: { id, api_key, secret_key, secret_live_key },
    later: { kind: 'payment', id: later },
    invoices: kept,
    due: [...due],
  };
  writeFileSync(join(HERE, `${name}.db.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(HERE, `${name}.snapshot.json.gz`), gzipSync(snapshot, { level: 9 }));
  writeFileSync(join(HERE, `${name}.json`), `${JSON.stringify(found, null, 2)}\n`);
  console.log(`${name}: schema ${found.schema}, ${Object.keys(kept).length} invoices, ${due.size} callbacks due`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, older] = process.argv.slice(2);
  if (!/^[\w.-]+$/.test(name ?? '')) {
    console.error('usage: MILKYPAY_BIN=build/milkypay-mock tests/kept/make.js NAME [--older]');
    process.exit(2);
  }
  await make(name, older === '--older');
}
