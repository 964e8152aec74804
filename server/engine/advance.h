/*
 * Moving an account's clock event by event (server/docs/time.md): the clock goes to
 * the next due time, all that is due then runs, attempts that it starts end for real, and so on
 * until the target. A retry that an attempt causes is thus found on the way. Runs in slices, one
 * per turn of the loop.
 */
#pragma once

#include "engine/engine.h"

struct advance {
    int64_t target_ms;
    bool next;           /* only as far as the next event */
    bool frozen;         /* the clock's mode before and after */
    int64_t deadline_ms; /* monotonic time at which it gives up waiting */
    bool complete;
    /* Reads tenant->events; they and the advance are freed when it returns. */
    void (*done)(void *arg, struct tenant *tenant, struct advance *advance);
    void *arg;
};

/*
 * Begins; the tenant must not be advancing already. `target_ms` is account time, ignored when
 * `next`. `done` is called in a later turn, never from here.
 */
void advance_begin(struct engine *engine, struct tenant *tenant, int64_t target_ms, bool next,
                   int64_t timeout_ms,
                   void (*done)(void *arg, struct tenant *tenant, struct advance *advance),
                   void *arg);

/* Nobody waits for the answer any more: it goes on, unheard. */
void advance_abandon(struct advance *advance);

/* Ends at once, as complete as it is: for reset, deletion and the end of the server. */
void advance_cut(struct engine *engine, struct tenant *tenant);

/* As a loop_source: a slice of every advance there is; at the end cuts them all. */
int64_t advance_wait_ms(const void *engine);
void advance_run(void *engine);
void advance_end(void *engine);
