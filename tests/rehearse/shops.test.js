// Right shops fail nothing, whatever their language. Strangers fail what they must.
//
//   REHEARSE_RUNS=20   rehearses each right shop so often; the verdict must be the same each time

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { broken, errors, explain, hasTime, rehearse, verdictOf } from './rehearse.js';
import { SHOPS } from './shops.js';

const RUNS = Number(process.env.REHEARSE_RUNS ?? 1);

// the shops of the suite `rehearse`, by what it installs; the suite `languages` has the others
const INSTALLED = ['demo', 'node', 'python', 'php'];
const SUITE = process.env.MILKYPAY_LANGUAGES ? 'languages' : 'rehearse';

describe('a right shop fails nothing', () => {
  for (const [name, { folder, command, build }] of Object.entries(SHOPS)) {
    const suite = INSTALLED.includes(name) ? 'rehearse' : 'languages';
    const skip = suite !== SUITE && `runs in the suite ${suite}`;
    test(name, { skip }, async (t) => {
      if (!hasTime(t)) return;
      const start = command ?? build();
      let first;
      for (let run = 1; run <= RUNS; run += 1) {
        const verdict = await rehearse(folder, start);
        assert.deepEqual([broken(verdict), errors(verdict)], [[], []], explain(verdict));
        assert.equal(verdict.code, 0);
        first ??= verdictOf(verdict);
        assert.deepEqual(verdictOf(verdict), first, `run ${run}`);
      }
    });
  }
});
