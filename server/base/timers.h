/* Timers on the machine's monotonic clock: a binary heap, the earliest first. A timer stands in the
 * struct that it is a timer of. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMER_NEVER INT64_MAX /* as at_ms: it runs, but is never due */

/* Zeroed: not running. */
struct timer {
    int64_t order; /* the owner's: of timers due at the same time the smaller fires first */
    int64_t at_ms;
    void (*fire)(void *arg);
    void *arg;
    size_t place; /* in the heap, counted from 1; 0: it does not run */
};

/* Zeroed: none. */
struct timers {
    struct timer **heap;
    size_t n, room;
};

/* Starts the timer; one that runs gets the new time. */
void timer_start(struct timers *timers, struct timer *timer, int64_t at_ms, void (*fire)(void *arg),
                 void *arg);

/* Stops it, if it runs. */
void timer_stop(struct timers *timers, struct timer *timer);

bool timer_runs(const struct timer *timer);

/* Fires what is due at `now_ms`, the earliest first. Each stops before it fires, so it may be
 * started or freed from there. */
void timers_run(struct timers *timers, int64_t now_ms);

/* Milliseconds until the earliest is due; -1: none will be. */
int64_t timers_wait_ms(const struct timers *timers, int64_t now_ms);

/* Frees the heap; no timer fires any more. */
void timers_finish(struct timers *timers);
