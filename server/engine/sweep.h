/*
 * What goes by itself: accounts that nobody uses (ttl_s), invoices older than --retention, and rows
 * that nobody can see any more (store_garbage.h). A few go per turn, more in the next turn at
 * once, and the loop wakes only when something is due.
 */
#pragma once

#include "engine/engine.h"

/* The part of this turn. */
void sweep_run(struct engine *engine);

/* How long the loop may sleep, -1: for ever. */
int64_t sweep_wait_ms(const struct engine *engine);

/* Look at the next turn: accounts, settings or clocks changed. */
void sweep_look(struct engine *engine);

/* Look within a second: an invoice changed and may be finished now. */
void sweep_look_soon(struct engine *engine);
