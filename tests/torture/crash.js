// Rounds of kill -9. A server gets a fresh database and accounts, 8 to 32 connections create, refund, move and pay out, and
// at a random moment, or within a start, a stop, a reset, a restore and so on (lib/kills.js), it is killed. The next server
// on the same file must have everything that was acknowledged, nothing twice, nothing that nobody asked for; every callback
// that is due arrives, and none that the database does not know; the balances are what the invoices moved; the file is sound.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, DEMO } from '../lib/client.js';
import { fixturesWith } from '../lib/money.js';
import { startServer, tempDir } from '../lib/server.js';
import { contents, copyOf } from './lib/database.js';
import { WAYS } from './lib/kills.js';
import { Load } from './lib/load.js';
import { startReceiver } from './lib/receiver.js';
import { readOptions, runRounds } from './lib/runs.js';
import { Shop } from './lib/shop.js';

const FEES = { payments: { payment_card_usd_hpp: { fee_rate: 2.9, fee_fix: 0.3 }, payment_card_eur_hpp: { fee_rate: 1.5 } },
  payouts: { payment_card_usd: { fee_rate: 1, fee_max: 3 } } };
const FIXTURES = fixturesWith(FEES);
const WARM = 100; // answers before the strike

const totals = { answers: 0, invoices: 0, unanswered: 0, callbacks: 0, refused: 0, again: 0, kills: new Map() };

/** What a round has: the server, its database, its accounts, and the ways to kill it. */
class World {
  constructor(chance, way, work) {
    Object.assign(this, { chance, way, work, kills: 0, shops: [], victims: [], extra: [] });
    this.folder = tempDir();
    this.db = join(this.folder, 'mock.db');
    this.args = ['--db', this.db, '--fixtures', FIXTURES, ...way.args ?? []];
    this.logs = [];
    work.folder = this.folder;
    work.log = () => this.logs.map((server) => server.stderr).join('\n---- killed ----\n');
    work.close = () => this.close();
  }

  async begin() {
    this.receiver = await startReceiver();
    await this.start();
    this.demo = new Client(this.server, DEMO, { check: false });
    this.shops = [await Shop.open(this.demo, this.receiver), await Shop.open(this.demo, this.receiver, { payment_fee_shift_out: true }),
      await Shop.open(this.demo, this.receiver, { frozen: true })];
    await this.way.prepare?.(this);
  }

  async start() {
    const began = process.hrtime.bigint();
    this.server = await startServer({ args: this.args });
    this.startUs = Number(process.hrtime.bigint() - began) / 1000;
    this.logs.push(this.server);
  }

  /** A shop that the load leaves alone, judged like the others. */
  async extraShop(settings) {
    const shop = await Shop.open(this.demo, this.receiver, settings);
    this.extra.push(shop);
    return shop;
  }

  /** One that loses invoices on purpose: its way to be killed judges it. */
  async victim(settings) {
    const shop = await Shop.open(this.demo, this.receiver, settings);
    this.victims.push(shop);
    return shop;
  }

  async kill() {
    this.load.end();
    this.kills++;
    if (this.server.run.exit) return;
    await this.server.kill9();
  }

  /** Starts a server, and kills it after so long; whether it had said that it listens. */
  async killStart(us) {
    this.kills++;
    const killer = (child) => setTimeout(() => child.kill('SIGKILL'), us / 1000);
    try {
      const server = await startServer({ args: this.args, launched: killer });
      server.expectedEnd = true;
      await server.run.ended;
      return true;
    } catch (error) {
      if (!error.message.includes('SIGKILL')) throw error;
      return false;
    }
  }

  count(what) {
    const key = `${this.way.name}, ${what}`;
    totals.kills.set(key, (totals.kills.get(key) ?? 0) + 1);
  }

  async close() {
    this.load?.end();
    if (this.server && !this.server.run.exit) await this.server.kill9().catch(() => {});
    await this.receiver?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The next server on the same file; the accounts are its. */
async function goOn(world) {
  await world.start();
  world.demo.server = world.server;
  for (const shop of [...world.shops, ...world.extra, ...world.victims]) shop.moveTo(world.server);
}

/** Every callback of the database has arrived and is done, and every one that arrived is in the database. */
function checkCallbacks(world, rows) {
  assert.deepEqual(world.receiver.wrong, [], 'all signatures are right');
  const judged = new Set([...world.shops, ...world.extra].map(({ id }) => id));
  const known = new Map();
  for (const { id, account, callbacks } of rows) {
    if (!judged.has(account)) continue;
    for (const { signature, state, status, answered } of callbacks) {
      assert.equal(state, 'done', `callback ${status} of ${id}`);
      assert.ok(answered >= 1, `callback ${status} of ${id} is done without an attempt that was answered 200`);
      assert.ok(world.receiver.heard.has(signature), `callback ${status} of ${id} is done and never arrived`);
      known.set(signature, (known.get(signature) ?? 0) + 1);
    }
  }
  for (const [signature, { account, invoice, status, times, refused }] of world.receiver.heard) {
    if (!judged.has(account)) continue;
    const rows = known.get(signature);
    assert.ok(rows, `callback ${status} of ${invoice} arrived, and the database does not know it`);
    const most = rows * (1 + world.kills) + refused; // once more for each kill while it was under way
    assert.ok(times <= most, `callback ${status} of ${invoice} arrived ${times} times, ${most} at most`);
    totals.callbacks += rows;
    totals.refused += refused;
    totals.again += times - rows - refused;
  }
}

async function judge(world) {
  const judged = [...world.shops, ...world.extra];
  await world.way.check?.(world);
  await Promise.all(judged.map((shop) => shop.settle()));
  for (const shop of judged) await shop.check();
  await Promise.all(judged.map((shop) => shop.settle()));
  await world.server.stop();
  const { integrity, invoices, twice } = await contents(world.db);
  assert.equal(integrity, 'ok');
  assert.deepEqual(twice, [], 'nothing is there twice');
  for (const shop of judged) {
    shop.checkRows(invoices);
    totals.answers += shop.answers;
    totals.invoices += shop.acknowledged.size;
    totals.unanswered += shop.unanswered.size;
  }
  checkCallbacks(world, invoices);
}

async function play(round, chance, work) {
  const way = Object.create(WAYS[(round - 1) % WAYS.length]);
  const connections = 8 + chance.below(25);
  work.what = `${way.name}, ${connections} connections`;
  const world = new World(chance.fork(), way, work);
  await world.begin();
  world.load = new Load({ name: 'a', chance: chance.fork(), shops: world.shops, connections });
  world.load.start();
  await world.load.reach(WARM);
  await way.strike(world);
  await world.load.stopped();
  world.count('killed');
  const left = copyOf(world.db)();
  await goOn(world);
  await judge(world);
  assert.equal(await left, 'ok', 'what the kill left');
  return `${work.what}, ${world.load.answers} answers, ${world.kills} kills, ${world.receiver.received} callbacks`;
}

function figures() {
  const kills = [...totals.kills].sort().map(([key, times]) => `  ${String(times).padStart(5)}  ${key}`);
  return ['kills:', ...kills,
    `acknowledged: ${totals.answers} calls, ${totals.invoices} invoices; creations without an answer: ${totals.unanswered}`,
    `callbacks: ${totals.callbacks} due, all arrived; ${totals.refused} refused at first, ${totals.again} sent again after a kill`].join('\n');
}

const options = readOptions(WAYS.length * 2);
console.log(`crash: ${options.rounds} rounds, seed ${options.seed}`);
await runRounds({ command: 'crash', ...options, play, figures });
