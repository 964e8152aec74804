// The types of the helpers name what the contract names.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { OPENAPI_FILE } from '../lib/contract.js';
import { ROOT } from '../lib/docs.js';
import { LANGUAGES } from './languages.js';

const { schemas } = parse(readFileSync(OPENAPI_FILE, 'utf8')).components;
const STATUSES = schemas.Status.enum;
const FAULTS = schemas.FaultValues.properties.fault.enum;
const FAULT_FIELDS = Object.keys(schemas.FaultValues.properties);
const SETTINGS = Object.keys(schemas.SettingValues.properties);

const sources = Object.fromEntries(Object.entries(LANGUAGES)
  .map(([name, { helper }]) => [name, readFileSync(ROOT + helper, 'utf8')]));

/** The names that `name` matches in the part of a helper between two texts. */
function names(language, from, to, name) {
  const [, part] = sources[language].split(from);
  return [...new Set([...part.split(to)[0].matchAll(name)].map(([, each]) => each))].sort();
}

for (const [what, expected, ...place] of [
  ['statuses', STATUSES, 'node', 'export type Status =', ';', /'(\w+)'/g],
  ['faults', FAULTS, 'node', 'export type Fault =', 'export type StoredFault', /^ {10}\| '(\w+)'/gm],
  ['settings', SETTINGS, 'node', 'export interface Settings {', '\n}', /^ {2}(\w+)\?:/gm],
  ['statuses', STATUSES, 'python', 'Status = Literal[', ']', /"(\w+)"/g],
  ['faults', FAULTS, 'python', 'FaultName = Literal[', ']', /"(\w+)"/g],
  ['fields of a fault', [...FAULT_FIELDS, 'id', 'hits', 'active'], 'go', 'type Fault struct {', '\n}', /json:"(\w+)/g],
]) {
  test(`${place[0]}: the ${what} are those of the contract`, () => {
    assert.deepEqual(names(...place), [...expected].sort());
  });
}
