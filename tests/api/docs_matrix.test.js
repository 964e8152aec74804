// The page with the kill matrix must match the mutants and the scenarios; MILKYPAY_DOCS=update writes it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT, pageText } from '../lib/docs.js';
import { MUTANTS, makeMutant } from '../rehearse/mutants.js';
import { matrixPage } from '../rehearse/page.js';
import { tempDir } from '../lib/server.js';

const FILE = 'server/docs/rehearse-matrix.md';
const { scenarios } = JSON.parse(readFileSync(`${ROOT}server/rehearse/scenarios.json`, 'utf8'));
const killed = new Set(Object.values(MUTANTS).flatMap(({ kills }) => kills));

test('each mutant can be made of the demo shop, and names scenarios that there are', () => {
  for (const mutant of Object.values(MUTANTS)) makeMutant(tempDir(), mutant);
  const known = scenarios.map(({ id }) => id);
  assert.deepEqual([...killed].filter((id) => !known.includes(id)), []);
});

test('a mutant fails each MUST', () => {
  assert.deepEqual(scenarios.filter(({ id, grade }) => grade === 'MUST' && !killed.has(id)).map(({ id }) => id), []);
});

test('the page of the kill matrix matches the mutants', () => {
  const wanted = matrixPage(MUTANTS, scenarios);
  if (process.env.MILKYPAY_DOCS === 'update') writeFileSync(ROOT + FILE, wanted);
  assert.deepEqual(pageText(FILE).split('\n'), wanted.split('\n'), 'MILKYPAY_DOCS=update makes it so');
});
