// Money in whole units of 1e-8, as BigInt, and fixtures whose services cost something.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './server.js';

const ONE = 100_000_000n;

/** An amount off the wire, number or text, exactly; null counts nothing. */
export function units(amount) {
  if (amount === null) return 0n;
  if (typeof amount === 'number') return BigInt(Math.round(amount * 1e8));
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(amount);
  return BigInt(`${sign}${whole}${part.padEnd(8, '0')}`);
}

/** What a service takes of an amount in its currency, in cents: rate % and fix, half up, then the limits. */
export function feeOf({ fee_rate: rate = 0, fee_fix: fix = 0, fee_min: min = 0, fee_max: max = 0 }, amount) {
  const cent = ONE / 100n;
  const divisor = 100n * ONE * cent;
  const exact = amount * units(rate) + units(fix) * 100n * ONE;
  let fee = (exact + divisor / 2n) / divisor * cent;
  if (fee < units(min)) fee = units(min);
  return max && fee > units(max) ? units(max) : fee;
}

/** A folder of fixtures like the built-in ones, with these terms: {payments: {code: {...}}, payouts: {...}}. */
export function fixturesWith({ payments = {}, payouts = {} }) {
  const folder = tempDir();
  const all = JSON.parse(readFileSync(new URL('../../fixtures/default.json', import.meta.url)));
  for (const [list, changes] of [[all.services, payments], [all.payout_services, payouts]]) {
    for (const [code, terms] of Object.entries(changes)) Object.assign(list.find((one) => one.code === code), terms);
  }
  writeFileSync(join(folder, 'default.json'), JSON.stringify(all));
  return folder;
}
