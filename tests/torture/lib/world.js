// The server of a round with its accounts and receiver, and functions that kill it.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, DEMO } from '../../lib/client.js';
import { fixturesWith } from '../../lib/money.js';
import { startServer, tempDir } from '../../lib/server.js';
import { startReceiver } from './receiver.js';
import { Shop } from './shop.js';

const FEES = {
  payments: { payment_card_usd_hpp: { fee_rate: 2.9, fee_fix: 0.3 }, payment_card_eur_hpp: { fee_rate: 1.5 } },
  payouts: { payment_card_usd: { fee_rate: 1, fee_max: 3 } },
};
const FIXTURES = fixturesWith(FEES);

/** The server of a round, its database and accounts, and functions that kill it. */
export class World {
  constructor({ chance, way, work, options, totals }) {
    Object.assign(this, { chance, way, totals, kills: 0, shops: [], victims: [], extra: [], inside: [] });
    this.folder = tempDir();
    this.db = join(this.folder, 'mock.db');
    this.args = ['--db', this.db, '--fixtures', FIXTURES, ...way.args ?? [], ...options];
    this.logs = [];
    work.folder = this.folder;
    work.log = () => this.logs.map((server) => server.stderr).join('\n---- killed ----\n');
    work.close = () => this.close();
  }

  async begin() {
    this.receiver = await startReceiver();
    await this.start();
    this.demo = new Client(this.server, DEMO, { check: false });
    this.shops = [
      await Shop.open(this.demo, this.receiver),
      await Shop.open(this.demo, this.receiver, { payment_fee_shift_out: true }),
      await Shop.open(this.demo, this.receiver, { frozen: true }),
    ];
    await this.way.prepare?.(this);
  }

  async start() {
    await this.receiver.nextLife();
    const began = process.hrtime.bigint();
    this.server = await startServer({ args: this.args });
    this.startUs = Number(process.hrtime.bigint() - began) / 1000;
    this.logs.push(this.server);
  }

  /** Starts the next server on the same file; all further calls go to it. */
  async goOn() {
    await this.start();
    this.demo.server = this.server;
    for (const shop of [...this.shops, ...this.extra, ...this.victims]) shop.moveTo(this.server);
  }

  /** A shop that gets no load. It is checked like the others. */
  async extraShop(settings) {
    const shop = await Shop.open(this.demo, this.receiver, settings);
    this.extra.push(shop);
    return shop;
  }

  /** A shop that loses invoices on purpose. Only the way of the kill checks it. */
  async victim(settings) {
    const shop = await Shop.open(this.demo, this.receiver, settings);
    this.victims.push(shop);
    return shop;
  }

  async kill() {
    this.load.end();
    this.kills++;
    if (!this.server.run.exit) await this.server.kill9();
  }

  /** Returns a function that kills the server when it has been called `n` times before. */
  fuse(n) {
    return () => {
      if (n-- !== 0) return;
      this.load.end();
      this.server.expectedEnd = true;
      this.server.run.child.kill('SIGKILL');
    };
  }

  /** Starts a server and kills it after `us` microseconds. Returns whether it had reported that it listens. */
  async killStart(us) {
    this.kills++;
    await this.receiver.nextLife();
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
    this.totals.kills.set(key, (this.totals.kills.get(key) ?? 0) + 1);
  }

  async close() {
    this.load?.end();
    if (this.server && !this.server.run.exit) await this.server.kill9().catch(() => {});
    await this.receiver?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
