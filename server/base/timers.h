/* Timers on the monotonic clock: a binary heap, the earliest first. A timer is a member of the
 * struct that it belongs to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMER_NEVER INT64_MAX /* as at_ms: running, but never due */

/* Zeroed: stopped. */
struct timer {
    int64_t order; /* set by the owner: of timers due at the same time the smaller fires first */
    int64_t at_ms;
    void (*fire)(void *arg);
    void *arg;
    size_t place; /* in the heap, from 1; 0: stopped */
};

/* Zeroed: empty. */
struct timers {
    struct timer **heap;
    size_t n, room;
};

/* Starts the timer, or changes the time of a running one. */
void timer_start(struct timers *timers, struct timer *timer, int64_t at_ms, void (*fire)(void *arg),
                 void *arg);

/* Stops the timer if it is running. */
void timer_stop(struct timers *timers, struct timer *timer);

bool timer_runs(const struct timer *timer);

/* Fires the timers due at `now_ms`, the earliest first. Each is stopped before it fires, so its
 * function may restart or free it. */
void timers_run(struct timers *timers, int64_t now_ms);

/* Milliseconds until a time, 0 if it has passed, -1 for TIMER_NEVER. */
int64_t timer_wait_ms(int64_t at_ms, int64_t now_ms);

/* The same of the earliest timer; -1 if there is none. */
int64_t timers_wait_ms(const struct timers *timers, int64_t now_ms);

/* Frees the heap without firing timers. */
void timers_finish(struct timers *timers);
