/*
 * The timers. They are rows (invoice.due_ms, callback.due_ms); here is only when to look at them:
 * the earliest due time of each tenant, and of all of them the earliest moment of machine time.
 */
#pragma once

#include "engine/engine.h"

/* After a start or a failed commit: callbacks that were handed over and are not being sent are due
 * again. */
void schedule_recover(struct engine *engine);

/* Runs what is due on the clocks that run, a bounded part of it per turn. */
void schedule_run(void *engine);              /* loop_source.run */
int64_t schedule_wait_ms(const void *engine); /* loop_source.wait_ms */

/* The earliest timer of the tenant, TIME_NONE when there is none. */
int64_t schedule_next_due(struct engine *engine, struct tenant *tenant);

/* Runs the tenant's invoices and callbacks due at or before its time `by_ms`, at most `budget` of
 * them; how many ran. */
int schedule_run_tenant(struct engine *engine, struct tenant *tenant, int64_t by_ms, int budget);
