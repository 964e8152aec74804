// Clocks that jump. The shim moves the server's clocks, never the machine's. After each jump the server responds,
// settles new invoices, keeps frozen clocks, ends waiting calls and does not spin. What is due when the clock jumps
// over it happens at once; what is due later happens when the clock gets there, also after a jump back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { contents } from './lib/database.js';
import { pass } from './lib/pass.js';
import { Room } from './lib/room.js';
import { Shim } from './lib/shim.js';

const room = new Room('clock');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const ROUNDS = room.either(1, 20);
const LOOK_US = 300_000; // how long an idle server is watched
const LOOPS_MOST = 2000; // of an idle server in that time; one that spins makes ten times as many
const PLANNED = { headers: { 'X-Mock-Outcome': 'processed@30m' } };
const SETTLE = { headers: { 'X-Mock-Outcome': 'processed@20ms' } };

/** Jumps of the wall clock and of the monotonic one; the latter cannot go back. `stopped`: the process does not run. */
const JUMPS = {
  'an hour forth': { wall: HOUR },
  'an hour back': { wall: -HOUR },
  'a day forth': { wall: DAY },
  'a day back': { wall: -DAY },
  'ten years forth': { wall: 10 * YEAR },
  'ten years back': { wall: -10 * YEAR },
  'a second back': { wall: -1000 },
  'a second forth': { wall: 1000 },
  'a suspend of an hour': { wall: HOUR, stopped: true },
  'a virtual machine that slept for an hour': { wall: HOUR, mono: HOUR, stopped: true },
  'an hour of the monotonic clock alone': { mono: HOUR },
};

class Scene {
  constructor() {
    this.folder = tempDir();
    this.shim = new Shim(this.folder);
    this.args = ['--db', join(this.folder, 'mock.db')];
    this.clocks = { wall: 0, mono: 0 };
  }

  async start() {
    this.server = await startServer({ args: this.args, env: this.shim.env });
    this.demo = new Client(this.server, DEMO, { check: false });
    const settings = { callback_url: `${this.server.url}/_mock/sink/clock` };
    this.real ??= await this.demo.newAccount(settings);
    this.frozen ??= await this.demo.newAccount(settings);
    this.now ??= await this.frozen.freeze();
    this.real.server = this.frozen.server = this.server;
    (await this.real.control('PATCH', `/accounts/${this.real.account.id}`, settings)).expect(200);
  }

  async stopProcess() {
    process.kill(this.server.pid, 'SIGSTOP');
    while (!/^\d+ \(.*\) T/.test(readFileSync(`/proc/${this.server.pid}/stat`, 'utf8'))) await pass(50);
  }

  async jump({ wall = 0, mono = 0, stopped = false }) {
    if (stopped) await this.stopProcess();
    this.clocks = { wall: this.clocks.wall + wall, mono: this.clocks.mono + mono };
    this.shim.clocks(this.clocks);
    if (stopped) process.kill(this.server.pid, 'SIGCONT');
  }

  async status(id) { return (await this.real.attributes(id)).status; }

  /** The checks after each jump. */
  async check() {
    const { id } = (await this.real.create(invoice(), SETTLE)).expect(201).data;
    await this.real.reach(id, 'processed');
    (await this.real.wait({ invoice: id, callback: 'delivered', transition: 'processed', timeout: '60s' })).expect(200);
    const { now } = (await this.frozen.clock());
    assert.equal(now, this.now, 'the frozen clock');
    const seconds = (await this.real.clock()).now;
    const expected = Math.floor((Date.now() + this.clocks.wall) / 1000);
    assert.ok(Math.abs(seconds - expected) <= 60, `the clock is at ${seconds}, not at ${expected}`);
    const loops = () => this.shim.calls('poll') + this.shim.calls('epoll_wait');
    const before = loops();
    await pass(LOOK_US);
    assert.ok(loops() - before < LOOPS_MOST, `${loops() - before} loops of an idle server`);
    return loops() - before;
  }
}

const scene = new Scene();
await scene.start();
let loops = 0;
let jumps = 0;
for (let i = 0; i < ROUNDS; i++) {
  for (const [name, jump] of Object.entries(JUMPS)) {
    await room.play(name, async () => {
      const planned = (await scene.real.create(invoice(), PLANNED)).expect(201).data.id;
      const waiting = scene.real.wait({ invoice: planned, status: 'processed', timeout: '20s' });
      waiting.catch(() => {}); // awaited below
      await scene.jump(jump);
      const forth = (jump.wall ?? 0) >= HOUR;
      const reply = forth || jump.mono ? await waiting : null;
      if (forth && !jump.mono) reply.expect(200);
      else reply?.expect(200, 408);
      loops = Math.max(loops, await scene.check());
      if (forth) await scene.real.reach(planned, 'processed');
      else assert.equal(await scene.status(planned), 'process_pending', 'it is not due yet');
      if (!forth) {
        await scene.jump({ wall: -(jump.wall ?? 0) + HOUR });
        await scene.real.reach(planned, 'processed');
        await scene.jump({ wall: -HOUR });
        (await waiting).expect(200, 408);
      } else {
        await scene.jump({ wall: -jump.wall });
      }
      await scene.check();
      jumps++;
    });
  }
}
await room.play('a start with a clock that went back by a day', async () => {
  await scene.server.stop();
  await scene.jump({ wall: -DAY });
  await scene.start();
  await scene.check();
  await scene.server.stop();
  const [{ integrity }] = await contents([join(scene.folder, 'mock.db')]);
  assert.equal(integrity, 'ok');
});
room.figure(`${jumps} jumps there and back; an idle server makes at most ${loops} loops in ${LOOK_US / 1000} ms after`);
room.end();
