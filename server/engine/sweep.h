/*
 * What goes by itself: accounts that nobody uses (ttl_s), invoices older than --retention, and rows
 * that nobody can see any more (store_garbage.h). A few go per turn, more in the next turn at
 * once, and the loop wakes only when something is due (turn.sweep_at_ms).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* A pass over all invoices for what is too old. Zeroed: none is under way. */
struct sweep {
    bool passing;
    int64_t account, kind, invoice; /* where the pass stands: these are done up to here */
    int64_t kept;                   /* old invoices that it found and that cannot go yet */
    int64_t calm_until_ms;          /* no pass before, only because an invoice changed */
};

/* As a loop_source: the part of this turn; nothing while a failed commit waits for its retry. */
int64_t sweep_wait_ms(const void *engine);
void sweep_run(void *engine);

/* Sweeps within a second: an invoice changed and may be finished now. */
void sweep_soon(struct engine *engine);
