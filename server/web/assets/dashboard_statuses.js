// The statuses of payments and payouts, loaded once from the server before the first view.

import { get } from './dashboard_api.js';

let statuses = new Map();

export async function loadStatuses() {
  if (statuses.size) return;
  const { items } = await get('/statuses');
  statuses = new Map(items.map((one) => [one.status, one]));
}

/** All statuses, or those of one kind: payment or payout. */
export const statusNames = (kind) => [...statuses.values()].filter(({ kinds }) => !kind || kinds.includes(kind))
  .map(({ status }) => status);

/** {final, failure, money, part}, undefined if there is no such status. */
export const statusOf = (name) => statuses.get(name);
