// Rounds of kill -9. Each round starts a server with a new database and accounts. 8 to 32 connections create invoices
// and payouts, refund them and change their status. The server is killed at a random moment, or during a start, a stop,
// a reset, a restore and so on (lib/kills.js). Then the next server on the same file must pass these checks:
//
// - Everything that was acknowledged exists, nothing exists twice, and nothing exists that was not requested.
// - Every due callback arrives, and no callback arrives that the database does not contain.
// - The balances equal the sums of the invoices.
// - The file passes SQLite's integrity check.

import assert from 'node:assert/strict';
import { contents } from './lib/database.js';
import { WAYS } from './lib/kills.js';
import { Load } from './lib/load.js';
import { readOptions, runRounds } from './lib/runs.js';
import { checkSamples, look, takeSamples } from './lib/samples.js';
import { World } from './lib/world.js';

const WARM = 50; // responses before the kill is prepared

const totals = {
  samples: 0,
  answers: 0,
  invoices: 0,
  unanswered: 0,
  callbacks: 0,
  refused: 0,
  again: 0,
  kills: new Map(),
};

/** Asserts that all callbacks in the database are done and have arrived, and that the database has all arrived ones. */
function checkCallbacks(world, rows) {
  assert.deepEqual(world.receiver.wrong, [], 'all signatures are valid');
  const judged = new Set([...world.shops, ...world.extra].map(({ id }) => id));
  const known = new Map();
  for (const { id, account, callbacks } of rows) {
    if (!judged.has(account)) continue;
    for (const { signature, state, status, answered } of callbacks) {
      assert.equal(state, 'done', `callback ${status} of ${id}`);
      assert.ok(answered >= 1, `callback ${status} of ${id} is done, but no attempt got 200`);
      assert.ok(world.receiver.heard.has(signature), `callback ${status} of ${id} is done, but never arrived`);
      known.set(signature, (known.get(signature) ?? 0) + 1);
    }
  }
  for (const [signature, { account, invoice, status, times, refused, lives }] of world.receiver.heard) {
    if (!judged.has(account)) continue;
    const rows = known.get(signature);
    assert.ok(rows, `callback ${status} of ${invoice} arrived, but is not in the database`);
    for (const sent of Object.values(lives)) {
      assert.ok(
        sent <= rows,
        `one server sent the callback ${status} of ${invoice} ${sent} times, although it got 200 each time`,
      );
    }
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
  const [{ integrity, invoices, twice }] = await contents([world.db]);
  assert.equal(integrity, 'ok');
  assert.deepEqual(twice, [], 'no id and no reference exists twice');
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
  // half of the rounds use --durable, with which each commit waits for the disk
  const options = chance.below(2) ? ['--durable'] : [];
  work.what = [way.name, `${connections} connections`, ...options].join(', ');
  const world = new World({ chance: chance.fork(), way, work, options, totals });
  await world.begin();
  world.load = new Load({ name: 'a', chance: chance.fork(), shops: world.shops, connections });
  world.load.start();
  await world.load.reach(WARM);
  const samples = await takeSamples(world);
  await way.strike(world);
  await world.load.stopped();
  world.count('killed');
  samples.push(...world.inside, look(world));
  const looked = checkSamples(world, samples);
  looked.catch(() => {}); // awaited below
  await world.goOn();
  await judge(world);
  await looked;
  return `${work.what}, ${world.load.answers} answers, ${world.kills} kills, ${world.receiver.received} callbacks`;
}

function figures() {
  const kills = [...totals.kills].sort().map(([key, times]) => `  ${String(times).padStart(5)}  ${key}`);
  return [
    `checked copies of the files of a stopped or killed server: ${totals.samples}`,
    'kills:',
    ...kills,
    `acknowledged: ${totals.answers} calls, ${totals.invoices} invoices; creations without a response: ${totals.unanswered}`,
    `callbacks: ${totals.callbacks} due, all arrived; ${totals.refused} rejected once, ${totals.again} sent again after a kill`,
  ].join('\n');
}

const options = readOptions(WAYS.length);
console.log(`crash: ${options.rounds} rounds, seed ${options.seed}`);
await runRounds({ command: 'crash', ...options, play, figures });
