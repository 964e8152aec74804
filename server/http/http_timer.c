#include "http_timer.h"

#include <stddef.h>

void http_timer_start(struct http_timers *timers, struct http_timer *timer, int64_t at_ms,
                      void (*fire)(void *arg), void *arg)
{
    timer->at_ms = at_ms;
    timer->fire = fire;
    timer->arg = arg;
    timer->runs = true;
    LIST_INSERT_HEAD(&timers->list, timer, link);
}

void http_timer_stop(struct http_timer *timer)
{
    if (timer->runs) {
        timer->runs = false;
        LIST_REMOVE(timer, link);
    }
}

static struct http_timer *earliest(const struct http_timers *timers)
{
    struct http_timer *timer, *first = LIST_FIRST(&timers->list);
    LIST_FOREACH(timer, &timers->list, link)
    {
        first = timer->at_ms < first->at_ms ? timer : first;
    }
    return first;
}

void http_timers_run(struct http_timers *timers, int64_t now_ms)
{
    struct http_timer *timer;
    while ((timer = earliest(timers)) && timer->at_ms <= now_ms) {
        http_timer_stop(timer);
        timer->fire(timer->arg);
    }
}

int64_t http_timers_wait_ms(const struct http_timers *timers, int64_t now_ms)
{
    const struct http_timer *first = earliest(timers);
    return !first ? -1 : first->at_ms > now_ms ? first->at_ms - now_ms : 0;
}
