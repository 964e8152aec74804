// The statuses of payments and payouts and the resolutions, loaded once from the server before the first view.

import { get } from './dashboard_api.js';

let statuses = new Map(), resolutions = [];

export async function loadStatuses() {
  if (statuses.size) return;
  const [known, all] = await Promise.all([get('/resolutions'), get('/statuses')]);
  resolutions = known.items.map(({ resolution }) => resolution);
  statuses = new Map(all.items.map((one) => [one.status, one]));
}

/** The resolutions of failures. */
export const failureNames = () => resolutions.filter((one) => one !== 'ok');

/** All statuses, or those of one kind (payment or payout) and of one profile. */
export const statusNames = (kind, profile) => [...statuses.values()]
  .filter(({ kinds, profiles }) => (!kind || kinds.includes(kind)) && (!profile || profiles.includes(profile)))
  .map(({ status }) => status);

/** {final, failure, money, part, next}, undefined if there is no such status. */
export const statusOf = (name) => statuses.get(name);
