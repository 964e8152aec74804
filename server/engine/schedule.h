/*
 * Timers. They are stored in rows (invoice.due_ms, callback.due_ms). This module decides when to
 * read them: it keeps the earliest due time of each tenant, and the earliest machine time of all.
 */
#pragma once

#include "engine/engine.h"

/* After a start or a failed commit: makes callbacks that were handed to the sender due again. */
void schedule_recover(struct engine *engine);

/* Runs due timers on running clocks, a limited number per turn. */
void schedule_run(void *engine);              /* loop_source.run */
int64_t schedule_wait_ms(const void *engine); /* loop_source.wait_ms */

/* Returns the earliest timer of the tenant; TIME_NONE if there is none. */
int64_t schedule_next_due(struct engine *engine, struct tenant *tenant);

/* Runs the tenant's invoices and callbacks that are due at or before `by_ms`, account time, at most
 * `budget` of them. Returns how many ran. */
int schedule_run_tenant(struct engine *engine, struct tenant *tenant, int64_t by_ms, int budget);
