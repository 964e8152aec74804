// The statuses of payments and payouts, loaded once from the server before the first view, and the resolutions.

import { get } from './dashboard_api.js';

let statuses = new Map();
let failures;

export async function loadStatuses() {
  if (statuses.size) return;
  const { items } = await get('/statuses');
  statuses = new Map(items.map((one) => [one.status, one]));
}

/** The resolutions of failures, which only some views need. */
export async function failureNames() {
  failures ??= (await get('/resolutions')).items.map(({ resolution }) => resolution).filter((one) => one !== 'ok');
  return failures;
}

/** All statuses, or those of one kind (payment or payout) and of one profile. */
export const statusNames = (kind, profile) => [...statuses.values()]
  .filter(({ kinds, profiles }) => (!kind || kinds.includes(kind)) && (!profile || profiles.includes(profile)))
  .map(({ status }) => status);

/** True if nothing may follow: only force leads out of such a status. */
export const isEnd = (kind, name) => !(statusOf(name)?.next[kind] ?? []).length;

/** {final, failure, money, part, next}, undefined if there is no such status. */
export const statusOf = (name) => statuses.get(name);
