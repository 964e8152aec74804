/*
 * The account's clock. Creation, expiry, due times and retries all use it. It runs with the
 * machine's clock, with or without an offset, or is frozen.
 */
#pragma once

#include "engine/tenant.h"

/* Account time now, unix milliseconds. */
int64_t clock_now(const struct tenant *tenant);

/* Converts a recent machine time to account time; on a frozen clock returns the current account
 * time. */
int64_t clock_at_wall(const struct tenant *tenant, int64_t wall_ms);

/* Returns the machine time at which the account's clock will reach `time_ms`; INT64_MAX if the
 * clock is frozen. */
int64_t clock_to_wall(const struct tenant *tenant, int64_t time_ms);

/* Sets the clock to `now_ms`, frozen or running from there, and saves it. */
void clock_set(struct tenant *tenant, struct store *store, bool frozen, int64_t now_ms);

/* Sets the clock back to the machine's time. */
void clock_reset(struct tenant *tenant, struct store *store);
