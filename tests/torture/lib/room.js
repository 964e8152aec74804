// A room of the torture: cases that pass or fail, figures, and the last line.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Chance } from '../../lib/chance.js';

const FAILURES_MOST = Number(process.env.TORTURE_FAILURES ?? 20); // a room that fails that often has told enough
const LONG_MS = 5000; // a case that takes longer is named
const SHOWN = 1500; // characters of a failure

/** What failed, and the place. */
function told(error) {
  const place = /\n\s+at [^]*?tests\/torture\/([^)\n]*)/.exec(error.stack)?.[1] ?? '';
  return `${String(error.message ?? error).slice(0, SHOWN)} (${place})`;
}

export class Room {
  /** Reads the options that all rooms have: --seed N and --long. */
  constructor(name) {
    const { values } = parseArgs({ options: {
      seed: { type: 'string', default: String(randomInt(2 ** 32)) },
      long: { type: 'boolean', default: false },
    } });
    this.name = name;
    this.seed = Number(values.seed);
    if (!Number.isInteger(this.seed) || this.seed < 0) throw new Error(`--seed must be a whole number, not ${values.seed}`);
    this.long = values.long;
    this.chance = new Chance(this.seed);
    this.passed = 0;
    this.failed = 0;
    this.figures = [];
    this.began = Date.now();
    console.log(`${name}: ${this.long ? 'long' : 'short'} form, seed ${this.seed}`);
  }

  /** The first value in the short form, the second in the long one. */
  either(short, long) { return this.long ? long : short; }

  get spent() { return this.failed >= FAILURES_MOST; }

  /** Runs a case. A failure is printed, and the room goes on. */
  async play(what, run) {
    if (this.spent) return undefined;
    const began = Date.now();
    try {
      const result = await run();
      this.passed++;
      if (Date.now() - began > LONG_MS) console.log(`     ${Date.now() - began} ms: ${what}`);
      return result;
    } catch (error) {
      this.failed++;
      console.log(`FAIL ${what}: ${told(error)}`);
      return undefined;
    }
  }

  /** Adds a line to the report. */
  figure(text) {
    this.figures.push(text);
    console.log(`     ${text}`);
  }

  end() {
    console.log(`\n${this.name}, seed ${this.seed}, ${Math.round((Date.now() - this.began) / 1000)} s`);
    for (const line of this.figures) console.log(`  ${line}`);
    if (this.spent) console.log('  stopped early: too many failures');
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exit(this.failed ? 1 : 0);
  }
}

/** Runs `each` for every item, a few at once. */
export async function spread(items, atOnce, each) {
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async (_, lane) => {
    while (next < items.length) await each(items[next++], lane);
  }));
}

/** The numbers 1 to n, or `most` of them. */
export function some(chance, n, most) {
  if (n <= most) return Array.from({ length: n }, (_, i) => i + 1);
  const chosen = new Set();
  while (chosen.size < most) chosen.add(1 + chance.below(n));
  return [...chosen];
}
