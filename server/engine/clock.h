/*
 * The one clock of everything on the platform: created, expires, due and retries are times of the
 * account's own clock, which runs with the machine's (shifted or not) or stands still, as a test
 * wishes.
 */
#pragma once

#include "engine/tenant.h"

/* Account time now, unix milliseconds. */
int64_t clock_now(const struct tenant *tenant);

/* The account time of a moment of machine time that is just past; on a frozen clock simply now. */
int64_t clock_at_wall(const struct tenant *tenant, int64_t wall_ms);

/* The machine time at which the account's clock will show `time_ms`; INT64_MAX when it stands
 * still. */
int64_t clock_to_wall(const struct tenant *tenant, int64_t time_ms);

/* Freezes or runs the clock from `now_ms` on, and saves it. */
void clock_set(struct tenant *tenant, struct store *store, bool frozen, int64_t now_ms);

/* Back to the machine's time. */
void clock_reset(struct tenant *tenant, struct store *store);
