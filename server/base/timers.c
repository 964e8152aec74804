#include "timers.h"

#include "base/mem.h"

#include <stdlib.h>

static bool is_earlier(const struct timer *a, const struct timer *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void put(struct timers *timers, size_t place, struct timer *timer)
{
    timers->heap[place - 1] = timer;
    timer->place = place;
}

static struct timer *at(const struct timers *timers, size_t place)
{
    return timers->heap[place - 1];
}

static void sift_up(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    for (; place > 1 && is_earlier(timer, at(timers, place / 2)); place /= 2) {
        put(timers, place, at(timers, place / 2));
    }
    put(timers, place, timer);
}

static void sift_down(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    for (size_t child; (child = 2 * place) <= timers->n; place = child) {
        child += child < timers->n && is_earlier(at(timers, child + 1), at(timers, child));
        if (!is_earlier(at(timers, child), timer)) {
            break;
        }
        put(timers, place, at(timers, child));
    }
    put(timers, place, timer);
}

void timer_start(struct timers *timers, struct timer *timer, int64_t at_ms, void (*fire)(void *arg),
                 void *arg)
{
    timer->at_ms = at_ms;
    timer->fire = fire;
    timer->arg = arg;
    if (!timer->place) {
        timers->heap = mem_grow(timers->heap, timers->n, &timers->room, sizeof *timers->heap);
        put(timers, ++timers->n, timer);
    }
    sift_up(timers, timer);
    sift_down(timers, timer);
}

void timer_stop(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    if (!place) {
        return;
    }
    struct timer *last = at(timers, timers->n--);
    timer->place = 0;
    if (last != timer) {
        put(timers, place, last);
        sift_up(timers, last);
        sift_down(timers, last);
    }
}

bool timer_runs(const struct timer *timer)
{
    return timer->place;
}

void timers_run(struct timers *timers, int64_t now_ms)
{
    struct timer *timer;
    while (timers->n && (timer = at(timers, 1))->at_ms <= now_ms) {
        timer_stop(timers, timer);
        timer->fire(timer->arg);
    }
}

int64_t timer_wait_ms(int64_t at_ms, int64_t now_ms)
{
    return at_ms == TIMER_NEVER ? -1 : at_ms > now_ms ? at_ms - now_ms : 0;
}

int64_t timers_wait_ms(const struct timers *timers, int64_t now_ms)
{
    return timers->n ? timer_wait_ms(at(timers, 1)->at_ms, now_ms) : -1;
}

void timers_finish(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}
