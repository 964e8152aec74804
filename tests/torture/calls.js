// System calls that fail. Each call of a start and a stop fails once with each error that it can have, and then each
// call of a server that works. A start either succeeds, or ends with status 2 and one line, and leaves a database
// that the next start takes. A server that works goes on: what it refuses gets 503 or loses its connection, a
// repetition succeeds, and everything acknowledged exists once.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PATIENCE_MS } from '../lib/limits.js';
import { runBinary, startServer, tempDir } from '../lib/server.js';
import { contents } from './lib/database.js';
import { ERRORS } from './lib/errors.js';
import { Room, some, spread } from './lib/room.js';
import { Shim } from './lib/shim.js';
import { Story } from './lib/story.js';

const room = new Room('calls');
const AT_ONCE = 2;
const START_EACH = room.either(1, Infinity); // cases per kind, error and scene in the short form
const LOAD_EACH = room.either(1, Infinity);
const EXIT_WRONG = 2;

const errorsOf = (kind) => {
  assert.ok(ERRORS[kind], `lib/errors.js says nothing of ${kind}`);
  return ERRORS[kind];
};

// ---- starts and stops

/** Where the database of a start is. Each lane has folders of its own, because cases run beside each other. */
const SCENES = {
  'a new file': { args: (folder, serial) => ['--db', join(folder, `${serial}.db`)] },
  'an existing file': { args: (folder) => ['--db', join(folder, 'mock.db')], exists: true },
  'an existing file, --durable': { args: (folder) => ['--db', join(folder, 'mock.db'), '--durable'], exists: true },
  'a private database': { args: () => [] },
};

const lines = (text) => text.split('\n').filter(Boolean);

/** A refused start says why on one line, beside its log. Returns that line. */
function refusalOf(code, signal, stderr) {
  assert.equal(signal, null, `ended by ${signal}: ${stderr.slice(-500)}`);
  assert.equal(code, EXIT_WRONG, `status ${code}: ${stderr.slice(-500)}`);
  const told = lines(stderr).filter((line) => line.startsWith('milkypay-mock: '));
  assert.equal(told.length, 1, `one line must say why: ${stderr.slice(-500)}`);
  return told[0];
}

/** One start, one call and one stop. Returns NULL, or the line with which the server refused to start. */
async function startAndStop(args, env) {
  let server;
  try {
    server = await startServer({ args, env });
  } catch (error) {
    const found = /^the server ended before it listened: (\{.*\})\n([^]*)$/.exec(error.message);
    if (!found) throw error;
    const { code, signal } = JSON.parse(found[1]);
    return refusalOf(code, signal, found[2]);
  }
  try {
    await new Story(server, 'start', { replies: 0, refused: 0, lost: 0 }).open();
    await server.stop();
  } finally {
    if (!server.run.exit) server.run.child.kill('SIGKILL');
  }
  return null;
}

class Lane {
  constructor() {
    this.folder = tempDir();
    this.shim = new Shim(this.folder);
    this.env = { ...this.shim.env, TMPDIR: this.folder };
    this.serial = 0;
  }

  async case(scene, kind, n, error) {
    this.shim.clear();
    const args = scene.args(this.folder, ++this.serial);
    if (kind) this.shim.arm(kind, { n, error });
    const refusal = await startAndStop(args, this.env);
    if (refusal) assert.equal(await startAndStop(args, {}), null, `the next start, after: ${refusal}`);
    return refusal;
  }
}

async function starts() {
  const lanes = Array.from({ length: AT_ONCE }, () => new Lane());
  for (const [name, scene] of Object.entries(SCENES)) {
    for (const lane of lanes) await lane.case(scene);
    const { shim } = lanes[0];
    const counts = new Map(shim.kinds.filter((kind) => kind !== 'memory').map((kind) => [kind, shim.calls(kind)]));
    const cases = [...counts].flatMap(([kind, calls]) => (calls ? errorsOf(kind) : []).flatMap(([label, error]) =>
      some(room.chance, calls, START_EACH).map((n) => ({ kind, label, error, n }))));
    let refused = 0;
    await spread(cases, AT_ONCE, ({ kind, label, error, n }, lane) =>
      room.play(`${name}: ${kind} ${n} of ${counts.get(kind)} fails with ${label}`, async () => {
        if (await lanes[lane].case(scene, kind, n, error)) refused++;
      }));
    const calls = [...counts.values()].reduce((sum, n) => sum + n, 0);
    room.figure(`starts with ${name}: ${calls} calls, ${cases.length} failures, ${refused} refused with one line`);
  }
}

// ---- a server that works

async function load(name, args) {
  const folder = tempDir();
  const shim = new Shim(folder);
  const server = await startServer({ args: args(folder), env: { ...shim.env, TMPDIR: folder } });
  const counts = { replies: 0, refused: 0, lost: 0 };
  const tell = (what) => new Story(server, what, counts).tell();
  for (let i = 0; i < 3; i++) await tell('warming up');
  const before = new Map(shim.kinds.map((kind) => [kind, shim.calls(kind)]));
  await tell('counting');
  const made = new Map(shim.kinds.filter((kind) => kind !== 'memory')
    .map((kind) => [kind, shim.calls(kind) - before.get(kind)]));
  let failures = 0;
  for (const [kind, calls] of made) {
    for (const [label, error] of calls ? errorsOf(kind) : []) {
      for (const n of some(room.chance, calls, LOAD_EACH)) {
        const what = `${name}: ${kind} ${n} of ${calls} fails with ${label}`;
        await room.play(what, async () => {
          shim.fail(kind, { n, error });
          const so = shim.failed(kind);
          await tell(what).finally(() => shim.lift(kind));
          failures += shim.failed(kind) - so;
        });
        if (server.run.exit) return;
      }
    }
  }
  await room.play(`${name}: the stop`, () => server.stop());
  if (args(folder).includes('--db')) {
    const [{ integrity, twice }] = await contents([join(folder, 'mock.db')]);
    await room.play(`${name}: the file`, () => {
      assert.equal(integrity, 'ok');
      assert.deepEqual(twice, []);
    });
  }
  room.figure(`at work with ${name}: ${failures} failures; ${counts.replies} replies, ${counts.refused} of them 503, ` +
    `${counts.lost} connections lost`);
}

assert.equal((await runBinary(['--version'], { limit: PATIENCE_MS })).code, 0);
await starts();
await load('--db', (folder) => ['--db', join(folder, 'mock.db')]);
await load('--db --durable', (folder) => ['--db', join(folder, 'mock.db'), '--durable']);
await load('a private database', () => []);
room.end();
