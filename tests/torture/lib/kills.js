// The ways to kill the server: each prepares something, and then kills the server while other connections send calls.
// A way is {name, args, samples, prepare(world), strike(world), checkCopy(rows), check(world)}. `world`: see world.js.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { invoice } from '../../lib/client.js';
import { pass } from './pass.js';
import { sample } from './samples.js';

const CROWD = 150; // invoices of an account on which a single call acts as a whole
const AT_ONCE = 16;
const PADDING = 'x'.repeat(250_000);
const PADDED = 30;
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

async function timed(what) {
  const began = process.hrtime.bigint();
  await what();
  return Number(process.hrtime.bigint() - began) / 1000;
}

async function inParallel(count, make) {
  const made = [];
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const i = next++;
      made[i] = await make(i);
    }
  }));
  return made;
}

/**
 * Creates invoices that do not change until the clock moves, and returns their ids. `attributes(i)`: further attributes
 * of order i.
 */
const crowd = (shop, attributes = () => ({}), extra = HOLD, count = CROWD) => inParallel(count, async (i) => {
  const order = invoice({ reference_id: `crowd-${i}`, ...attributes(i) });
  const send = () => shop.api.create(order, extra);
  return (await shop.create({ ...order, repeat: send }, send)).id;
});

const idsOf = async (shop) => (await shop.list()).map(({ id }) => id).sort();
const control = (shop, method, path, body) => async () => (await shop.api.control(method, path, body)).expect(200, 201);

const LOOKS = 4;

/**
 * Sends a call, takes samples of the files while it runs, and kills the server at a random moment of the call or when
 * it responds. `us`: the measured duration of the same call.
 */
async function strikeDuring(world, us, call) {
  const between = world.chance.below(Math.ceil(us * 1.5)) / (LOOKS + 1);
  const answer = call().then(() => true, (error) => {
    if (error.code === 'ERR_ASSERTION') throw error;
    return false;
  });
  for (let i = 0; i < LOOKS; i++) {
    await Promise.race([pass(between), answer]);
    world.inside.push(await sample(world));
  }
  await Promise.race([pass(between), answer]);
  await world.kill();
  world.answered = await answer;
  world.count(world.answered ? 'answered' : 'unanswered');
}

const same = (now, state) => now.length === state.length && now.every((id, i) => id === state[i]);

/** Asserts for a copy of the files that an account is in one of these states, and not between them. */
function oneOf(shop, rows, ...states) {
  const now = rows.filter(({ account }) => account === shop.id).map(({ id }) => id).sort();
  assert.ok(
    states.some((state) => same(now, state)),
    `within the call: ${now.length} invoices, not ${states.map(({ length }) => length).join(' or ')}`,
  );
}

/**
 * Asserts the state of an account after a call that changes it as a whole: the state before or after the call, and only
 * the state after if the server responded.
 */
function eitherOr(world, what, now, before, after) {
  assert.ok(
    same(now, after) || (!world.answered && same(now, before)),
    `${what} (${world.answered ? 'answered' : 'unanswered'}): ${now.length} invoices, not ${after.length}${world.answered ? '' : ` or ${before.length}`}`,
  );
  world.count(same(now, after) ? 'happened' : 'did not happen');
}

/** The moments of a kill under load: as soon as a response or a callback arrives, or at any time. */
const MOMENTS = {
  'at an answer': (world) => { world.load.onAnswer = world.fuse(world.chance.below(400)); },
  'at a callback': (world) => { world.receiver.onCallback = world.fuse(world.chance.below(400)); },
  'at any moment': (world) => {
    const us = world.chance.below(3000);
    const light = world.fuse(world.chance.below(400));
    world.load.onAnswer = () => { if (!world.load.over) pass(us).then(light); };
  },
};

const load = {
  name: 'load',
  samples: 16,
  async strike(world) {
    const moment = world.chance.of(Object.keys(MOMENTS));
    MOMENTS[moment](world);
    await Promise.race([world.server.run.ended, world.load.stopped()]);
    await world.kill();
    world.count(moment);
  },
};

const start = {
  name: 'start',
  async strike(world) {
    await load.strike(world);
    for (let i = 1 + world.chance.below(4); i > 0; i--) {
      const listened = await world.killStart(world.chance.below(Math.ceil(world.startUs * 1.3)));
      world.count(listened ? 'after it listened' : 'before it listened');
    }
  },
};

const stop = {
  name: 'stop',
  async strike(world) {
    await world.load.reach(world.load.answers + world.chance.below(200));
    world.load.end();
    world.server.expectedEnd = true;
    process.kill(world.server.pid, 'SIGTERM');
    await pass(world.chance.below(15_000));
    world.count(world.server.run.exit ? 'too late' : 'while it stopped');
    await world.kill();
  },
};

/**
 * The server writes the WAL to the database file once it has 8 MB. Large snapshots fill the WAL, and the file's time
 * shows when the write begins.
 */
const checkpoint = {
  name: 'checkpoint',
  samples: 0, // the files are too large to copy
  async prepare(world) {
    this.shop = await world.extraShop({ frozen: true });
    await crowd(this.shop, () => ({ metadata: { padding: PADDING } }), HOLD, PADDED);
  },
  async strike(world) {
    const { mtimeMs } = statSync(world.db);
    const begun = () => statSync(world.db).mtimeMs !== mtimeMs;
    let filling = true;
    const filler = (async () => {
      for (let i = 0; filling && i < 30; i++) await control(this.shop, 'POST', `/snapshots/padded-${i}`)();
    })().catch((error) => { if (error.code === 'ERR_ASSERTION') throw error; });
    const ended = filler.then(() => { filling = false; });
    while (!begun() && filling) await new Promise((done) => { setImmediate(done); });
    world.count(begun() ? 'while it wrote' : 'before it wrote');
    await pass(world.chance.below(20_000));
    filling = false;
    await world.kill();
    await ended;
  },
};

const reset = {
  name: 'reset',
  async prepare(world) {
    const twin = await world.victim();
    await crowd(twin);
    this.us = await timed(control(twin, 'POST', '/reset'));
    this.shop = await world.victim();
    await crowd(this.shop);
    this.before = await idsOf(this.shop);
  },
  strike(world) { return strikeDuring(world, this.us, control(this.shop, 'POST', '/reset')); },
  checkCopy(rows) { oneOf(this.shop, rows, this.before, []); },
  async check(world) {
    eitherOr(world, 'reset', await idsOf(this.shop), this.before, []);
    await this.shop.api.made({ reference_id: 'afterwards' }, HOLD);
  },
};

const restore = {
  name: 'restore',
  async prepare(world) {
    this.shop = await world.victim({ frozen: true });
    await crowd(this.shop);
    this.after = await idsOf(this.shop);
    this.balances = await this.shop.balances();
    await control(this.shop, 'POST', '/snapshots/kept')();
    this.us = await timed(control(this.shop, 'POST', '/snapshots/kept/restore'));
    const later = await inParallel(20, async () => (await this.shop.api.made({}, HOLD)).id);
    for (const id of [...later, ...this.after.slice(0, 20)])
      (await this.shop.api.transition(id, { status: 'processed' })).expect(200);
    this.before = await idsOf(this.shop);
  },
  strike(world) { return strikeDuring(world, this.us, control(this.shop, 'POST', '/snapshots/kept/restore')); },
  checkCopy(rows) { oneOf(this.shop, rows, this.before, this.after); },
  async check(world) {
    const now = await this.shop.list();
    eitherOr(world, 'restore', now.map(({ id }) => id).sort(), this.before, this.after);
    this.shop.checkBooks(now, await this.shop.balances());
    await control(this.shop, 'POST', '/snapshots/kept/restore')();
    assert.deepEqual(await idsOf(this.shop), this.after);
    assert.deepEqual(await this.shop.balances(), this.balances);
  },
};

/** A snapshot, taken from the account or imported from a file, must exist as a whole or not at all. */
const made = (name, call) => ({
  name,
  async prepare(world) {
    this.shop = await world.victim({ frozen: true });
    await crowd(this.shop);
    this.all = await idsOf(this.shop);
    this.us = await timed(control(this.shop, 'POST', '/snapshots/first'));
    this.file = JSON.parse((await this.shop.api.control('GET', '/snapshots/first')).expect(200).text);
    if (call === 'PUT') this.us = await timed(control(this.shop, 'PUT', '/snapshots/trial', this.file));
  },
  strike(world) {
    return strikeDuring(
      world,
      this.us,
      control(this.shop, call, '/snapshots/second', call === 'PUT' ? this.file : undefined),
    );
  },
  async check(world) {
    const { items } = (await this.shop.api.control('GET', '/snapshots')).expect(200).json;
    const second = items.find((one) => one.name === 'second');
    assert.ok(second || !world.answered, `${name} got a response, but there is no snapshot`);
    world.count(second ? 'happened' : 'did not happen');
    if (second) {
      assert.equal(second.invoices, CROWD);
      await control(this.shop, 'POST', '/snapshots/second/restore')();
    }
    assert.deepEqual(await idsOf(this.shop), this.all);
  },
});

const deletion = {
  name: 'delete',
  async prepare(world) {
    const twin = await world.victim();
    await crowd(twin);
    this.us = await timed(control(twin, 'DELETE', `/accounts/${twin.id}`));
    this.shop = await world.victim();
    this.before = (await crowd(this.shop)).sort();
  },
  strike(world) { return strikeDuring(world, this.us, control(this.shop, 'DELETE', `/accounts/${this.shop.id}`)); },
  checkCopy(rows) { oneOf(this.shop, rows, this.before, []); },
  async check(world) {
    const { status } = await this.shop.api.control('GET', `/accounts/${this.shop.id}`);
    assert.equal(status, world.answered ? 404 : status === 200 ? 200 : 404);
    world.count(status === 404 ? 'happened' : 'did not happen');
    if (status === 200) assert.deepEqual(await idsOf(this.shop), this.before);
  },
};

const WAY = ['processed', 'refunded'];
const SPAN_S = 100;

/**
 * Each invoice settles and is refunded at a different time, so an advance has many steps. A crash must not skip or
 * repeat a step.
 */
const advance = {
  name: 'advance',
  async prepare(world) {
    const planned = async (shop) => inParallel(CROWD / 2, async (i) => {
      const order = { reference_id: `planned-${i}`, currency: 'USD', amount: 10 + i, plan: WAY };
      const send = () => shop.api.create({ ...order, plan: undefined, service: 'payment_card_usd_hpp' },
        { headers: { 'X-Mock-Outcome': `processed@${1 + i}s,refunded@${1 + (i % 10)}s` } });
      order.repeat = send;
      return shop.create(order, send);
    });
    const twin = await world.extraShop({ frozen: true });
    await planned(twin);
    this.us = await timed(() => twin.advance({ seconds: SPAN_S }));
    this.shop = await world.extraShop({ frozen: true });
    await planned(this.shop);
    this.to = (await this.shop.api.clock()).now + SPAN_S;
  },
  strike(world) { return strikeDuring(world, this.us, () => this.shop.advance({ to: this.to })); },
  checkCopy(rows) { this.shop.checkChains(rows); },
  async check(world) {
    const { now } = await this.shop.api.clock();
    assert.ok(now <= this.to && (!world.answered || now === this.to), `the clock is at ${now}, not at ${this.to}`);
    world.count(now === this.to ? 'happened' : 'did not happen, or in part');
    await this.shop.advance({ to: this.to });
  },
};

const FINISHED = 200;
const UNFINISHED = 20;

/** The sweep deletes old, finished invoices, some rows per second. Even after a kill it must delete nothing else. */
const retention = {
  name: 'retention',
  args: ['--retention', '1h'],
  async prepare(world) {
    this.shop = await world.victim({ frozen: true });
    this.open = (await crowd(this.shop, undefined, HOLD, UNFINISHED)).sort();
    await crowd(
      this.shop,
      (i) => ({ reference_id: `finished-${i}` }),
      { headers: { 'X-Mock-Outcome': 'processed@0' } },
      FINISHED,
    );
    await this.shop.settle();
    this.balances = await this.shop.balances();
    this.now = (await this.shop.api.clock()).now + 7200;
  },
  async strike(world) {
    (await this.shop.api.control('PUT', '/clock', { mode: 'frozen', now: this.now })).expect(200);
    await pass(world.chance.below(1_200_000));
    await world.kill();
  },
  async check(world) {
    const left = await idsOf(this.shop);
    world.count(
      left.length === UNFINISHED
        ? 'after the sweep'
        : left.length === UNFINISHED + FINISHED
          ? 'before the sweep'
          : 'between two sweeps',
    );
    const deadline = Date.now() + 30_000;
    let now = left;
    while (now.length > UNFINISHED && Date.now() < deadline) {
      await pass(50_000);
      now = await idsOf(this.shop);
    }
    assert.deepEqual(now, this.open, 'exactly the finished invoices are deleted');
    assert.deepEqual(await this.shop.balances(), this.balances, 'deletion does not change the balances');
  },
};

export const WAYS = [
  load,
  start,
  stop,
  checkpoint,
  reset,
  restore,
  made('snapshot', 'POST'),
  made('import', 'PUT'),
  deletion,
  advance,
  retention,
];
