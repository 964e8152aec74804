/*
 * Automatic deletion: unused accounts (ttl_s), invoices older than --retention, and unreachable
 * rows (store_garbage.h). Each turn deletes a few; while more are left, the next turn follows at
 * once. Otherwise the loop wakes only when something is due (turn.sweep_at_ms).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* A pass over all invoices for those that are too old. Zeroed: none in progress. */
struct sweep {
    bool passing;
    int64_t account, kind, invoice; /* the position of the pass: done up to here */
    int64_t kept;                   /* old invoices that must be kept */
    int64_t calm_until_ms;          /* no pass before this only because an invoice changed */
};

/* The loop_source callbacks. Nothing is swept while a failed commit waits for its retry. */
int64_t sweep_wait_ms(const void *engine);
void sweep_run(void *engine);

/* Sweeps within a second: an invoice changed and may be finished now. */
void sweep_soon(struct engine *engine);
