// Mixed users on the build with sanitizers: merchants that sell and refund, tests whose accounts come and go, payers
// and readers of pages. After a second part, twice as long, memory, descriptors and rows are as after the first one.
// The sanitizers must have nothing to report, leaks at the end included.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.env.MILKYPAY_BIN = fileURLToPath(new URL('../../build-san/milkypay-mock', import.meta.url));
// freed memory is held back for a while, which must not hide that it was freed
process.env.ASAN_OPTIONS = `${process.env.ASAN_OPTIONS ?? 'detect_leaks=1'}:quarantine_size_mb=4:exitcode=99`;

const { Client, DEMO, invoice } = await import('../lib/client.js');
const { startServer, tempDir } = await import('../lib/server.js');
const { contents } = await import('./lib/database.js');
const { pass } = await import('./lib/pass.js');
const { Room } = await import('./lib/room.js');
const { Story } = await import('./lib/story.js');

const room = new Room('soak');
const PART_S = room.either(10, 300);
const MEGABYTE = 1 << 20;
const MEMORY_MOST = 24 * MEGABYTE; // more than after the first part
const REST_MS = 60_000;
const SAME = ['accounts', 'invoices', 'callbacks_sending', 'callbacks_running', 'waiting_callers', 'body_bytes'];
const PLANS = ['processed@5ms', 'process_failed:declined@0', 'processed@5ms,refunded@10ms', 'process_pending'];
const PAGES = ['/', '/_mock/docs/', '/_mock/metrics', '/_mock/requests?limit=20', '/_mock/health', '/no/such/page'];

const folder = tempDir();
const db = join(folder, 'mock.db');
const server = await startServer({ args: ['--db', db, '--retention', '1s', '--journal', '500'] });
const counts = { replies: 0, refused: 0, lost: 0 };
const done = new Map();

async function merchant(api, chance) {
  const outcome = { headers: { 'X-Mock-Outcome': chance.of(PLANS) } };
  const made = (await api.create(invoice({ amount: chance.amount() }), outcome)).expect(201).data;
  (await api.get(made.id)).expect(200);
  if (chance.below(4) === 0) (await api.list({ 'page[size]': 20 })).expect(200);
  if (chance.below(8) === 0) (await api.control('POST', '/reset')).expect(200);
}

async function payer(api, chance) {
  const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
  const { id } = (await api.create(invoice(), hold)).expect(201).data;
  (await api.send('GET', `/redirect/hpp/?cpi=${id}`)).expect(200, 302, 303);
  const card = { card_number: chance.of(['5519283812030000', '4111111111111111']), expiry: '1230', cvv: '123' };
  (await api.pay(id, card)).expect(200, 409, 422);
}

async function reader(api, chance) {
  (await api.send('GET', chance.of(PAGES))).expect(200, 404);
  const body = 'x'.repeat(chance.below(2) * 200_000);
  (await api.private('POST', '/payment-invoices', { body })).expect(400, 415, 422);
}

const story = () => new Story(server, 'soak', counts).tell();
const USERS = { merchant, 'second merchant': merchant, payer, reader, story };

const demo = new Client(server, DEMO, { check: false });
const users = [];
for (const [name, step] of Object.entries(USERS)) {
  const settings = { callback_url: `${server.url}/_mock/sink/soak`, lifetime_s: 900 };
  users.push({ name, step, api: await demo.newAccount(settings), chance: room.chance.fork() });
}

async function part(seconds) {
  const end = Date.now() + seconds * 1000;
  await Promise.all(users.map(async ({ name, step, api, chance }) => {
    while (Date.now() < end) {
      await step(api, chance);
      done.set(name, (done.get(name) ?? 0) + 1);
    }
  }));
}

async function look() {
  const { text } = (await demo.send('GET', '/_mock/metrics')).expect(200);
  const gauge = (name) => Number(new RegExp(`^milkypay_mock_${name} (\\d+)$`, 'm').exec(text)[1]);
  return {
    ...Object.fromEntries(SAME.map((name) => [name, gauge(name)])),
    memory: gauge('resident_memory_bytes'),
    database: gauge('database_bytes'),
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
  };
}

/** Empties the accounts, and waits until the server has no work. */
async function rest() {
  for (const { api } of users) {
    (await api.control('POST', '/reset')).expect(200);
    api.agent.destroy();
  }
  const end = Date.now() + REST_MS;
  let now = await look();
  while ((now.invoices || now.callbacks_sending) && Date.now() < end) {
    await pass(100_000);
    now = await look();
  }
  return now;
}

await room.play('both parts', async () => {
  await part(PART_S);
  const first = await rest();
  await part(2 * PART_S);
  const second = await rest();
  for (const name of SAME) assert.equal(second[name], first[name], name);
  const [now, then] = [second.descriptors, first.descriptors];
  assert.ok(now <= then + 2, `${now} descriptors, before ${then}`);
  const show = ({ memory, database, descriptors, accounts, invoices }) =>
    `${(memory / MEGABYTE).toFixed(0)} MB, database ${(database / MEGABYTE).toFixed(1)} MB, ` +
    `${descriptors} descriptors, ${accounts} accounts, ${invoices} invoices`;
  room.figure(`after ${PART_S} s: ${show(first)}`);
  room.figure(`after ${3 * PART_S} s: ${show(second)}`);
  assert.ok(second.memory - first.memory < MEMORY_MOST, `${second.memory} bytes of memory, before ${first.memory}`);
});
room.figure(`${[...done].map(([name, times]) => `${times} × ${name}`).join(', ')}`);
await room.play('the end', async () => {
  assert.equal(counts.refused + counts.lost, 0);
  await server.stop();
  const [{ integrity, twice }] = await contents([db]);
  assert.equal(integrity, 'ok');
  assert.deepEqual(twice, []);
});
room.end();
