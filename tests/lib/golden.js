// The samples of the platform's page, under ../golden.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareJson, render } from './json-order.js';

export const golden = (name) => readFileSync(fileURLToPath(new URL(`../golden/${name}`, import.meta.url)), 'utf8');

/** A request of the page, with its placeholders filled. */
export const goldenRequest = (name, vars = {}) => render(golden(name), vars);

/** Asserts the sample's keys, order, types and fixed values; returns the values of the placeholders. */
export function assertGolden(name, text, vars = {}) {
  const { differences, found } = compareJson(golden(name), text, vars);
  assert.equal(
    differences.length,
    0,
    `${name}: ${differences.length} differences\n  ${differences.join('\n  ')}\n${text}`,
  );
  return found;
}
