// Disks that are full, over quota, read-only, broken or slow, and a limit of the file size, under load: for --db, for
// --durable and for the private database. What cannot be saved gets 503 with Retry-After, what is saved stays readable
// (unless reading fails too), and once the disk works again, so does the server. Everything acknowledged exists, and
// nothing that was refused.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { constants } from 'node:os';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { contents } from './lib/database.js';
import { Room } from './lib/room.js';
import { FOREVER, Shim } from './lib/shim.js';

const room = new Room('disk');
const CONNECTIONS = 8;
const BEFORE = room.either(20, 400); // creations before the disk fails
const REFUSED = room.either(20, 300); // creations that must be refused
const AFTER = room.either(20, 400);
const TRIES = 3000;
const SLOW_MS = room.either(1, 10);
const RETRIES_S = 600;
const FILE_MOST = 4096; // bytes, less than the database has
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const { EDQUOT, EIO, ENOSPC, EROFS } = constants.errno;

const PLACES = {
  '--db': { args: (folder) => ['--db', join(folder, 'mock.db')], file: true },
  '--db --durable': { args: (folder) => ['--db', join(folder, 'mock.db'), '--durable'], file: true },
  'a private database': { args: () => [] },
};

/** Makes the calls fail until they are lifted. */
const failing = (error, ...kinds) => ({
  begin: ({ shim }) => { for (const kind of kinds) shim.fail(kind, { error, times: FOREVER }); },
  end: ({ shim }) => shim.lift(...kinds),
});

const limit = ({ server }, bytes) => execFileSync('prlimit', [`--fsize=${bytes}:`, '--pid', String(server.pid)]);

const DISKS = {
  full: failing(ENOSPC, 'pwrite'),
  'over quota': failing(EDQUOT, 'pwrite'),
  'read-only': failing(EROFS, 'pwrite', 'truncate', 'unlink', 'sync'),
  'failing to write': failing(EIO, 'pwrite', 'truncate', 'sync'),
  'failing to read and write': { ...failing(EIO, 'pread', 'pwrite', 'truncate', 'sync'), blind: true },
  'a limit of the file size': {
    begin: (world) => limit(world, FILE_MOST),
    end: (world) => limit(world, 'unlimited'),
  },
};

const ms = (from) => `${Math.round(performance.now() - from)} ms`;

class World {
  constructor(place) {
    this.folder = tempDir();
    this.shim = new Shim(this.folder);
    this.args = place.args(this.folder);
    this.env = { ...this.shim.env, TMPDIR: this.folder };
    this.acknowledged = [];
    this.refused = 0;
    this.serial = 0;
  }

  async start() {
    this.server = await startServer({ args: this.args, env: this.env });
    const demo = new Client(this.server, DEMO, { check: false });
    this.api = await demo.newAccount({ callback_url: `${this.server.url}/_mock/sink/disk` });
  }

  /** Creates invoices over several connections while `more()`; `each(reply)` sees every reply. */
  async create(more, each = () => {}) {
    const metadata = { padding: 'x'.repeat(2000) };
    await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
      while (more()) {
        const reference = `order-${this.serial++}`;
        const reply = await this.api.create(invoice({ reference_id: reference, metadata }), HOLD);
        if (reply.status === 201) {
          this.acknowledged.push(reply.data.id);
        } else {
          reply.expect(503);
          assert.ok(reply.headers['retry-after'], 'a 503 without Retry-After');
          this.refused++;
        }
        each(reply);
      }
    }));
  }

  some(n) {
    let left = n;
    return () => left-- > 0;
  }

  async readAll() {
    for (const id of this.acknowledged.slice(-100)) (await this.api.get(id)).expect(200);
  }

  /** The invoices of the account are exactly the acknowledged ones, and each has its callback. */
  async check() {
    // the receiver is this server, so an attempt may have got 503 and waits for its repetition
    await this.api.advance({ seconds: RETRIES_S, timeout: '60s' });
    (await this.api.wait({ idle: 'true', timeout: '60s' })).expect(200);
    const ids = [];
    for (let before; ;) {
      const { data, meta } = (await this.api.list({ 'page[size]': 100, 'page[before]': before })).expect(200).json;
      ids.push(...data.map(({ id }) => id));
      if (data.length < 100) break;
      before = meta.before;
    }
    assert.deepEqual(ids.sort(), [...this.acknowledged].sort(), 'the invoices are those that were acknowledged');
    const states = new Map();
    for (let after; ;) {
      const { items, next } = (await this.api.control('GET', '/callbacks', undefined, { parameters: { limit: 1000, after } }))
        .expect(200).json;
      for (const { invoice: id, state } of items) states.set(id, state);
      if (!next) break;
      after = next;
    }
    for (const id of ids) assert.equal(states.get(id), 'done', `the callback of ${id}`);
  }

  async close(place) {
    await this.server.stop();
    if (!place.file) return;
    const [{ integrity, twice }] = await contents([join(this.folder, 'mock.db')]);
    assert.equal(integrity, 'ok');
    assert.deepEqual(twice, []);
  }
}

async function fail(name, place, disk) {
  const world = new World(place);
  await world.start();
  await world.create(world.some(BEFORE));
  const failed = performance.now();
  disk.begin(world);
  let first;
  let calls = 0;
  await world.create(() => world.refused < REFUSED && calls < TRIES, (reply) => {
    calls++;
    if (reply.status === 503) first ??= [calls, ms(failed)];
  });
  assert.ok(world.refused >= REFUSED, 'the disk was never noticed');
  if (!disk.blind) await world.readAll();
  const lifted = performance.now();
  disk.end(world);
  let again;
  let tries = 0;
  await world.create(() => !again && tries < TRIES, (reply) => {
    tries++;
    if (reply.status === 201) again ??= [tries, ms(lifted)];
  });
  assert.ok(again, 'no success after the disk worked again');
  await world.create(world.some(AFTER), (reply) => reply.expect(201));
  await world.check();
  await world.close(place);
  room.figure(`${name}: the first 503 was call ${first[0]} after the failure (${first[1]}), ${world.refused} refused, ` +
    `the first success was call ${again[0]} afterwards (${again[1]})`);
}

/** A start on such a disk either ends with status 2 and one line, or serves; then the next start succeeds. */
async function failStart(place, disk) {
  const world = new World(place);
  await world.start();
  await world.create(world.some(10));
  (await world.api.wait({ idle: 'true', timeout: '60s' })).expect(200); // the next server has another port
  await world.server.stop();
  world.shim.clear();
  const arming = { shim: { fail: (kind, how) => world.shim.arm(kind, how) } };
  disk.begin(arming);
  let refused = true;
  try {
    const server = await startServer({ args: world.args, env: world.env });
    refused = false;
    await server.stop();
  } catch (error) {
    const found = /^the server ended before it listened: \{"code":2,"signal":null\}\n([^]*)$/.exec(error.message);
    if (!found) throw error;
    assert.equal(found[1].split('\n').filter((line) => line.startsWith('milkypay-mock: ')).length, 1, error.message);
  }
  disk.end(world);
  world.server = await startServer({ args: world.args, env: world.env });
  world.api.server = world.server;
  if (place.file) await world.check();
  await world.close(place);
  return refused ? 'refused with one line' : 'started';
}

const percentile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(0);

async function slow(name, place) {
  const world = new World(place);
  await world.start();
  world.shim.slow(SLOW_MS);
  const times = [];
  let last = performance.now();
  await world.create(world.some(AFTER), (reply) => {
    reply.expect(201);
    times.push(performance.now() - last);
    last = performance.now();
  });
  world.shim.slow(0);
  await world.check();
  await world.close(place);
  times.sort((a, b) => a - b);
  room.figure(`${name}, ${SLOW_MS} ms for each write: no 503; between two responses ${percentile(times, 0.5)} ms ` +
    `(median), ${percentile(times, 0.99)} ms (99 %)`);
}

for (const [where, place] of Object.entries(PLACES)) {
  for (const [what, disk] of Object.entries(DISKS)) {
    const name = `${where}, ${what}`;
    await room.play(name, () => fail(name, place, disk));
    if (what.startsWith('a limit')) continue;
    const started = await room.play(`${name}, start`, () => failStart(place, disk));
    if (started) room.figure(`${name}: a start is ${started}`);
  }
  await room.play(`${where}, slow`, () => slow(where, place));
}
room.end();
