// The page with the scenarios must match server/rehearse/scenarios.json, and the checklist must refer to them;
// MILKYPAY_DOCS=update writes the page.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT, pageText } from '../lib/docs.js';
import { CHECKLIST, scenariosPage } from '../rehearse/scenarios_page.js';

const FILE = 'server/docs/rehearse-scenarios.md';
const { scenarios } = JSON.parse(readFileSync(`${ROOT}server/rehearse/scenarios.json`, 'utf8'));
const checklist = pageText('server/docs/checklist.md');

test('the page of the scenarios matches them', () => {
  const wanted = scenariosPage(scenarios, readFileSync(`${ROOT}schema/platform.md`, 'utf8'), checklist);
  assert.doesNotMatch(wanted, /undefined|\{(amount|currency)\}/);
  for (const { id } of scenarios) assert.ok(wanted.includes(`\n### ${id}\n`), `${id} is of an unknown group`);
  if (process.env.MILKYPAY_DOCS === 'update') writeFileSync(ROOT + FILE, wanted);
  assert.deepEqual(pageText(FILE).split('\n'), wanted.split('\n'), 'MILKYPAY_DOCS=update makes it so');
});

test('each case of the checklist refers to its scenarios', () => {
  const sections = checklist.split(/^### /m).slice(1).map((text) => {
    const anchor = text.slice(0, text.indexOf('\n')).toLowerCase().replaceAll(' ', '-');
    return [anchor, [...text.matchAll(/\[([A-G]\d+)\]\(rehearse-scenarios\.md#\1\)/gi)].map(([, id]) => id)];
  });
  assert.deepEqual(Object.fromEntries(sections), CHECKLIST);
});
