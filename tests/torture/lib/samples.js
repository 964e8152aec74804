// Checks a server's files at many moments of a round, without killing it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { contents, copyOf } from './database.js';
import { pass } from './pass.js';

const DRAIN_US = 4000; // time to read what the server sent before it was stopped
const SAMPLES = 4; // per round, unless the way sets its own number

/** What is acknowledged now, with a copy of the files of the stopped or killed server. */
export const look = (world, heard = []) => ({
  known: world.shops.map((shop) => shop.soFar()),
  heard,
  file: copyOf(world.db),
});

/**
 * Simulates a kill: a stopped server has the same files as a killed one, and the responses that it has sent arrive.
 * This is cheap, so a round can check many moments.
 */
export async function sample(world) {
  const { pid } = world.server;
  process.kill(pid, 'SIGSTOP');
  while (!/^\d+ \(.*\) T/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await pass(50);
  await pass(DRAIN_US);
  const taken = look(world, [...world.receiver.heard].map(([signature, { account }]) => ({ signature, account })));
  process.kill(pid, 'SIGCONT');
  return taken;
}

export async function takeSamples(world) {
  const samples = [];
  for (let i = world.way.samples ?? SAMPLES; i > 0; i--) {
    await new Promise((done) => {
      const light = world.chance.below(20);
      let n = 0;
      world.load.onAnswer = () => { if (n++ === light) done(); };
      world.load.stopped().catch(done);
    });
    await pass(world.chance.of([0, 0, world.chance.below(2000)]));
    samples.push(await sample(world));
  }
  world.load.onAnswer = undefined;
  return samples;
}

/** Asserts that each copy contains everything that was acknowledged and every callback that had arrived by then. */
export async function checkSamples(world, samples) {
  world.totals.samples += samples.length;
  const copies = await contents(samples.map(({ file }) => file));
  for (const [i, { known, heard }] of samples.entries()) {
    const { integrity, invoices } = copies[i];
    assert.equal(integrity, 'ok', 'a copy of the running database');
    const signatures = new Set(invoices.flatMap(({ callbacks }) => callbacks.map(({ signature }) => signature)));
    if (world.inside.includes(samples[i])) world.way.checkCopy?.(invoices);
    for (const shop of world.shops) shop.checkChains(invoices);
    world.shops.forEach((shop, of) => shop.checkSoFar(known[of], invoices));
    const shops = new Set(world.shops.map(({ id }) => id));
    for (const { signature, account } of heard) {
      assert.ok(!shops.has(account) || signatures.has(signature), 'a callback was sent before it was saved');
    }
  }
}
