// Money in units of 1e-8 as BigInt, and fixtures with fees.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './server.js';

const ONE = 100_000_000n;

/** Converts an amount, number or text, exactly; null is 0. */
export function units(amount) {
  if (amount === null) return 0n;
  if (typeof amount === 'number') return BigInt(Math.round(amount * 1e8));
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(amount);
  return BigInt(`${sign}${whole}${part.padEnd(8, '0')}`);
}

/** The fee of a service for an amount in its currency: rate % and fix, rounded half up to cents, then the limits. */
export function feeOf({ fee_rate: rate = 0, fee_fix: fix = 0, fee_min: min = 0, fee_max: max = 0 }, amount) {
  const cent = ONE / 100n;
  const divisor = 100n * ONE * cent;
  const exact = amount * units(rate) + units(fix) * 100n * ONE;
  let fee = (exact + divisor / 2n) / divisor * cent;
  if (fee < units(min)) fee = units(min);
  return max && fee > units(max) ? units(max) : fee;
}

/** A folder with the built-in fixtures, changed by these terms: {payments: {code: {...}}, payouts: {...}}. */
export function fixturesWith({ payments = {}, payouts = {} }) {
  const folder = tempDir();
  const all = JSON.parse(readFileSync(new URL('../../fixtures/default.json', import.meta.url)));
  for (const [list, changes] of [[all.services, payments], [all.payout_services, payouts]]) {
    for (const [code, terms] of Object.entries(changes)) Object.assign(list.find((one) => one.code === code), terms);
  }
  writeFileSync(join(folder, 'default.json'), JSON.stringify(all));
  return folder;
}

/** Statuses of payouts that keep the money of an unpaid one. */
const IN_PROGRESS = ['process_pending', 'processing', 'process_error', 'canceling', 'cancel_pending', 'cancel_error'];

function payoutParts(a) {
  assert.equal(units(a.writeoff), units(a.amount) + units(a.fee));
  if (a.processed_amount !== null)
    assert.equal(units(a.processed_writeoff), units(a.processed_amount) + units(a.processed_fee));
  const held = IN_PROGRESS.includes(a.status) && a.processed_amount === null ? units(a.writeoff) : 0n;
  return [-units(a.processed_writeoff) - held, held];
}

function paymentParts(a) {
  assert.equal(units(a.payment_amount), units(a.fee) + units(a.deposit));
  assert.equal(units(a.processed_amount), units(a.processed_fee) + units(a.processed_deposit));
  const back = units(a.refunded_amount) + units(a.charged_back_amount);
  assert.ok(back <= units(a.processed_amount), 'at most the paid amount goes back');
  return [units(a.processed_deposit) - back, 0n];
}

/**
 * The effect of an invoice on the balance, [active, pending]. Fails if its own figures do not add up. Profile 2024.
 */
export const partsOf = (type, attributes) => (type === 'payout-invoices' ? payoutParts : paymentParts)(attributes);
