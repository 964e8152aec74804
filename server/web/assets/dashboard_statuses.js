// The statuses of payments and payouts and the resolutions, loaded once from the server before the first view.

import { get } from './dashboard_api.js';

let statuses = new Map(), resolutions = [];

export async function loadStatuses() {
  if (statuses.size) return;
  resolutions = (await get('/resolutions')).items.map(({ resolution }) => resolution);
  statuses = new Map((await get('/statuses')).items.map((one) => [one.status, one]));
}

/** The resolutions of failures. */
export const failureNames = () => resolutions.filter((one) => one !== 'ok');

/** All statuses, or those of one kind: payment or payout. */
export const statusNames = (kind) => [...statuses.values()].filter(({ kinds }) => !kind || kinds.includes(kind))
  .map(({ status }) => status);

/** {final, failure, money, part}, undefined if there is no such status. */
export const statusOf = (name) => statuses.get(name);
