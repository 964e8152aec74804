/* Timers of requests that wait: a delayed call, a body that goes out slowly, a reply that is held.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* Zeroed: not running. Lives in what it is a timer of. */
struct http_timer {
    int64_t at_ms; /* monotonic time */
    void (*fire)(void *arg);
    void *arg;
    bool runs;
    LIST_ENTRY(http_timer) link;
};

/* Zeroed: none. */
struct http_timers {
    LIST_HEAD(, http_timer) list;
};

/* Starts it; it must not run already. It stops before it fires, so it may be started from there. */
void http_timer_start(struct http_timers *timers, struct http_timer *timer, int64_t at_ms,
                      void (*fire)(void *arg), void *arg);

/* Stops it, if it runs. */
void http_timer_stop(struct http_timer *timer);

/* Fires what is due at `now_ms`, the earliest first; INT64_MAX: all there are. */
void http_timers_run(struct http_timers *timers, int64_t now_ms);

/* How long the loop may sleep, -1: no matter. */
int64_t http_timers_wait_ms(const struct http_timers *timers, int64_t now_ms);
