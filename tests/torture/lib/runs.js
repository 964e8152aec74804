// Shared by all commands of tests/torture: options, rounds, figures, and the files of a failed round.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Chance } from '../../lib/chance.js';
import { within } from '../../lib/limits.js';

const KEPT = fileURLToPath(new URL('../../../build/torture', import.meta.url));
const LONG_ROUNDS = 1000;
const ROUND_LIMIT_MS = 300_000; // only ends a round that hangs; a round takes a second or two

function number(values, name, least) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${name} must be a whole number from ${least} on, not ${values[name]}`);
}

/**
 * {rounds, seed, only} of the command line, with `rounds` unless it says otherwise; `only` is the number of a round, or
 * undefined for all rounds.
 */
export function readOptions(rounds) {
  const { values } = parseArgs({ options: {
    rounds: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 32)) },
    only: { type: 'string' },
    long: { type: 'boolean', default: false },
  } });
  values.rounds ??= String(values.long ? LONG_ROUNDS : rounds);
  return {
    rounds: number(values, 'rounds', 1),
    seed: number(values, 'seed', 0),
    only: values.only === undefined ? undefined : number(values, 'only', 1),
  };
}

/** The random number generator of a round, independent of other rounds. */
const chanceOf = (seed, round) => new Chance(seed + Math.imul(round, 0x9e3779b1)).fork();

/** Copies the files of a failed round to build/torture and returns the folder. */
function keep(command, seed, round, work) {
  const folder = join(KEPT, `${command}-${seed}-${round}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (work.folder) cpSync(work.folder, folder, { recursive: true });
  if (work.log) writeFileSync(join(folder, 'server.log'), work.log());
  return folder;
}

/**
 * Runs rounds. `play(round, chance, work)` runs one round and sets members of `work`: folder and log() are kept if the
 * round fails, close() ends everything that the round has started. `figures()` is printed before the last line. Stops
 * after the third failure.
 */
export async function runRounds({ command, rounds, seed, only, play, figures }) {
  let passed = 0;
  let failed = 0;
  const began = Date.now();
  for (let round = only ?? 1; round <= (only ?? rounds) && failed < 3; round++) {
    const work = { close: async () => {} };
    const start = Date.now();
    try {
      const what = await within(
        play(round, chanceOf(seed, round), work),
        () => `round ${round} to end`,
        ROUND_LIMIT_MS,
      );
      passed++;
      console.log(`ok   ${round} ${what}, ${Date.now() - start} ms`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${round} ${work.what ?? ''}: ${error.stack}`);
      console.log(`     kept in ${keep(command, seed, round, work)}`);
      console.log(`     to repeat: tests/torture/run ${command} --seed ${seed} --only ${round}`);
    } finally {
      await work.close();
    }
  }
  console.log(`\n${figures()}\nseed ${seed}, ${Math.round((Date.now() - began) / 1000)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
