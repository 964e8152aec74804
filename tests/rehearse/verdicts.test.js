// Each mutant of the demo shop fails exactly the scenarios that mutants.js names.
//
//   MILKYPAY_MATRIX=show   prints what each mutant fails, instead of comparing
//   MILKYPAY_MUTANTS=...   only the mutants whose name contains one of these texts, joined by commas
//   TESTS_UNTIL=...        when tests/run ends the suite, in seconds since 1970: a mutant that would still run is skipped
//
// The name of this file sorts last, so the right shops are rehearsed also where there is no time for each mutant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempDir } from '../lib/server.js';
import { MUTANTS, makeMutant } from './mutants.js';
import { broken, errors, explain, rehearse } from './rehearse.js';
import { DEMO_COMMAND } from './shops.js';

// what a mutant may take on a slow machine
const LONGEST_MS = 60_000;

const { MILKYPAY_MATRIX: mode, MILKYPAY_MUTANTS: parts = '', TESTS_UNTIL: until = Infinity } = process.env;
const isChosen = ([name]) => parts.split(',').some((part) => name.includes(part));

for (const [name, mutant] of Object.entries(MUTANTS).filter(isChosen)) {
  test(name, async (t) => {
    if (Date.now() + LONGEST_MS > until * 1000) {
      t.skip('no time is left for it; `tests/run rehearse` runs them all');
      return;
    }
    const folder = tempDir();
    makeMutant(folder, mutant);
    const run = await rehearse(folder, DEMO_COMMAND);
    if (mode === 'show') {
      t.diagnostic(`kills ${JSON.stringify(broken(run))} errors ${JSON.stringify(errors(run))} in ${run.took_ms} ms`);
      t.diagnostic(explain(run));
      return;
    }
    assert.deepEqual(errors(run), [], explain(run));
    assert.deepEqual(broken(run).sort(), [...mutant.kills].sort(), explain(run));
  });
}
