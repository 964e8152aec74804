// Allocations that fail: each of a start, and each of a server that works. The server either goes on (SQLite's
// memory: the call gets 503; libmicrohttpd's: the connection ends; libcurl's: the attempt fails), or ends with one
// line that says it. Nothing that was acknowledged is lost, and the next server takes the database.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { constants } from 'node:os';
import { startServer, tempDir } from '../lib/server.js';
import { contents } from './lib/database.js';
import { Room, some, spread } from './lib/room.js';
import { Shim } from './lib/shim.js';
import { Story } from './lib/story.js';

const room = new Room('memory');
const AT_ONCE = 2;
const STARTS = room.either(120, Infinity);
const STORIES = room.either(150, Infinity);
const EX_OSERR = 71;
const EXIT_WRONG = 2;
const NO_MEMORY = { error: constants.errno.ENOMEM };

/** An end for lack of memory: one line says so, and no signal. Returns that line. */
function lastLine({ code, signal }, stderr) {
  const told = stderr.split('\n').filter((line) => /^(milkypay-mock|fatal): /.test(line));
  assert.ok(!signal && [EX_OSERR, EXIT_WRONG].includes(code), `ended with ${signal ?? code}: ${stderr.slice(-700)}`);
  assert.equal(told.length, 1, `one line must say why: ${stderr.slice(-700)}`);
  assert.match(told[0], /memory/);
  return told[0];
}

class Lane {
  constructor() {
    this.folder = tempDir();
    this.db = join(this.folder, 'mock.db');
    this.shim = new Shim(this.folder);
    this.counts = { replies: 0, refused: 0, lost: 0 };
  }

  start(env = this.shim.env) { return startServer({ args: ['--db', this.db], env }); }

  story(what, also) { return new Story(this.server, what, this.counts, also).tell(); }

  /** Starts with the n-th allocation failing. Returns the line with which the start ended, or undefined. */
  async failStart(n) {
    this.shim.clear();
    if (n) this.shim.arm('memory', { n, ...NO_MEMORY });
    try {
      const server = await this.start();
      this.startCalls = this.shim.calls('memory');
      await server.stop();
      return undefined;
    } catch (error) {
      const found = /^the server ended before it listened: (\{.*\})\n([^]*)$/.exec(error.message);
      if (!found) throw error;
      return lastLine(JSON.parse(found[1]), found[2]);
    }
  }

  async next() {
    this.shim.clear();
    this.server = await this.start();
    await this.story('warming up');
  }

  /** Tells the story with the n-th allocation failing. Returns the line with which the server ended, or undefined. */
  async failStory(n) {
    if (!this.server) await this.next();
    const { server } = this;
    this.shim.fail('memory', { n, ...NO_MEMORY });
    server.expectedEnd = true; // it may end
    try {
      await this.story(`allocation ${n}`, () => server.run.exit);
    } finally {
      this.shim.lift('memory');
      if (server.run.exit) this.server = undefined;
      else server.expectedEnd = false;
    }
    return server.run.exit ? lastLine(server.run.exit, server.stderr) : undefined;
  }
}

const lanes = Array.from({ length: AT_ONCE }, () => new Lane());
for (const lane of lanes) await lane.failStart();
const lines = new Map();
const ended = (line) => {
  const kind = line.replace(/\d+/g, 'N').replace(/^.*?mock\.db/, 'FILE');
  lines.set(kind, (lines.get(kind) ?? 0) + 1);
};

const [{ startCalls }] = lanes;
let survived = 0;
const starts = some(room.chance, startCalls, STARTS);
await spread(starts, AT_ONCE, (n, at) => room.play(`the start, allocation ${n} of ${startCalls}`, async () => {
  const line = await lanes[at].failStart(n);
  if (line) ended(line);
  else survived++;
}));
room.figure(`starts: ${startCalls} allocations, ${starts.length} failed, ${survived} of them without consequences`);

for (const lane of lanes) await lane.next();
const [first] = lanes;
const before = first.shim.calls('memory');
await first.story('counting');
const calls = first.shim.calls('memory') - before;
let lived = 0;
const stories = some(room.chance, calls, STORIES);
await spread(stories, AT_ONCE, (n, at) => room.play(`at work, allocation ${n} of ${calls}`, async () => {
  const line = await lanes[at].failStory(n);
  if (line) ended(line);
  else lived++;
}));
room.figure(`at work: ${calls} allocations, ${stories.length} failed, the server survived ${lived}`);

for (const lane of lanes) {
  await room.play('the database at the end', async () => {
    if (!lane.server) await lane.next();
    await lane.story('at the end');
    await lane.server.stop();
    const [{ integrity, twice }] = await contents([lane.db]);
    assert.equal(integrity, 'ok');
    assert.deepEqual(twice, []);
  });
}
const sum = (name) => lanes.reduce((all, { counts }) => all + counts[name], 0);
room.figure(`${sum('replies')} replies, ${sum('refused')} of them 503; ${sum('lost')} connections lost`);
for (const [line, times] of lines) room.figure(`${times} times: ${line}`);
room.end();
