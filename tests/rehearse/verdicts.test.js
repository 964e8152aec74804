// Each mutant of the demo shop fails the scenarios that mutants.js names, and no other.
//
//   MILKYPAY_MATRIX=whole  rehearses each mutant in all scenarios, which takes 20 minutes: after a change of scenarios.
//                          Without it in those that it must fail, and in a part of the others: another part for each
//                          mutant, so that all of them are played often
//   MILKYPAY_MATRIX=show   prints what each mutant fails in all scenarios, instead of comparing
//   MILKYPAY_MUTANTS=...   only the mutants whose name contains one of these texts, joined by commas
//
// The name of this file sorts last, so the right shops are rehearsed also where there is no time for each mutant.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { tempDir } from '../lib/server.js';
import { MUTANTS, makeMutant } from './mutants.js';
import { broken, errors, explain, hasTime, rehearse } from './rehearse.js';
import { DEMO_COMMAND } from './shops.js';

const PARTS = 4; // of the scenarios that a mutant must not fail

const { MILKYPAY_MATRIX: mode, MILKYPAY_MUTANTS: parts = '' } = process.env;
const SCENARIOS = new URL('../../server/rehearse/scenarios.json', import.meta.url);
const ids = JSON.parse(readFileSync(SCENARIOS, 'utf8')).scenarios.map(({ id }) => id);

const isChosen = ([, [name]]) => parts.split(',').some((part) => name.includes(part));
const partOf = (kills, index) => ids.filter((id, at) => kills.includes(id) || at % PARTS === index % PARTS);

for (const [index, [name, mutant]] of [...Object.entries(MUTANTS).entries()].filter(isChosen)) {
  test(name, async (t) => {
    if (!hasTime(t)) return;
    const folder = tempDir();
    makeMutant(folder, mutant);
    const args = mode ? [] : ['--only', partOf(mutant.kills, index).join()];
    const run = await rehearse(folder, DEMO_COMMAND, { args });
    if (mode === 'show') {
      t.diagnostic(`kills ${JSON.stringify(broken(run))} errors ${JSON.stringify(errors(run))} in ${run.took_ms} ms`);
      t.diagnostic(explain(run));
      return;
    }
    assert.deepEqual(errors(run), [], explain(run));
    assert.deepEqual(broken(run).sort(), [...mutant.kills].sort(), explain(run));
  });
}
