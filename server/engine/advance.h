/*
 * Advances an account's clock event by event (server/docs/time.md). The clock goes to the next due
 * time, everything due at that time runs, and the attempts that this starts are made for real; this
 * repeats until the target. Retries that these attempts cause are therefore included. Runs in
 * slices, one per turn of the loop.
 */
#pragma once

#include "engine/engine.h"

struct advance {
    int64_t target_ms;
    bool next;           /* only as far as the next event */
    bool frozen;         /* the clock's mode before and after */
    int64_t deadline_ms; /* monotonic; then it stops waiting for attempts */
    bool complete;
    /* Reads tenant->events; they and the advance are freed when it returns. */
    void (*done)(void *arg, struct tenant *tenant, struct advance *advance);
    void *arg;
};

/*
 * Starts an advance. The tenant must not be advancing already. `target_ms` is account time, ignored
 * if `next`. `done` is called in a later turn, never from here.
 */
void advance_begin(struct engine *engine, struct tenant *tenant, int64_t target_ms, bool next,
                   int64_t timeout_ms,
                   void (*done)(void *arg, struct tenant *tenant, struct advance *advance),
                   void *arg);

/* Drops the `done` callback because the caller is gone; the advance continues. */
void advance_abandon(void *advance);

/* Ends the advance now, usually as incomplete: for reset, deletion and shutdown. */
void advance_cut(struct engine *engine, struct tenant *tenant);

/* The loop_source callbacks: one slice of every advance; advance_end cuts them all. */
int64_t advance_wait_ms(const void *engine);
void advance_run(void *engine);
void advance_end(void *engine);
