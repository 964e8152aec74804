#include "unit.h"

#include "base/timers.h"

#define TIMERS 500

static struct timer all[TIMERS];
static size_t fired;
static int64_t last_at_ms, last_order;

static void note(void *arg)
{
    const struct timer *timer = arg;
    assert_false(timer_runs(timer));
    assert_true(timer->at_ms > last_at_ms ||
                (timer->at_ms == last_at_ms && timer->order > last_order));
    last_at_ms = timer->at_ms;
    last_order = timer->order;
    fired++;
}

static struct timers filled(void)
{
    struct timers timers = {0};
    fired = 0;
    last_at_ms = INT64_MIN;
    for (size_t i = 0; i < TIMERS; i++) {
        all[i] = (struct timer){.order = (int64_t)i};
        timer_start(&timers, &all[i], (int64_t)(i * 7919 % 101), note, &all[i]);
    }
    return timers;
}

static void without_a_timer_there_is_no_wait(void **state)
{
    (void)state;
    struct timers timers = {0};
    assert_int_equal(timers_wait_ms(&timers, 5), -1);
    timers_run(&timers, INT64_MAX);
    timers_finish(&timers);
}

static void timers_fire_by_time_and_then_by_order(void **state)
{
    (void)state;
    struct timers timers = filled();
    timers_run(&timers, 100);
    assert_int_equal(fired, TIMERS);
    timers_finish(&timers);
}

static void only_due_timers_fire(void **state)
{
    (void)state;
    struct timers timers = filled();
    timers_run(&timers, 49);
    assert_int_equal(last_at_ms, 49);
    assert_int_equal(timers_wait_ms(&timers, 49), 1);
    assert_int_equal(timers_wait_ms(&timers, 50), 0);
    assert_int_equal(timers_wait_ms(&timers, 70), 0);
    timers_run(&timers, 70);
    assert_int_equal(last_at_ms, 70);
    timers_finish(&timers);
}

static void a_timer_may_be_stopped_from_the_middle(void **state)
{
    (void)state;
    struct timers timers = filled();
    for (size_t i = 0; i < TIMERS; i += 3) {
        timer_stop(&timers, &all[i]);
        timer_stop(&timers, &all[i]); /* does nothing */
        assert_false(timer_runs(&all[i]));
    }
    timers_run(&timers, 100);
    assert_int_equal(fired, TIMERS - (TIMERS + 2) / 3);
    timers_finish(&timers);
}

static void a_running_timer_can_get_another_time(void **state)
{
    (void)state;
    struct timers timers = filled();
    for (size_t i = 0; i < TIMERS; i++) {
        timer_start(&timers, &all[i], (int64_t)(i * 31 % 211) - 100, note, &all[i]);
    }
    timers_run(&timers, 110);
    assert_int_equal(fired, TIMERS);
    timers_finish(&timers);
}

static void a_timer_that_is_never_due_does_not_shorten_the_wait(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct timer timer = {.order = 1};
    timer_start(&timers, &timer, TIMER_NEVER, note, &timer);
    assert_true(timer_runs(&timer));
    assert_int_equal(timers_wait_ms(&timers, 0), -1);
    timer_stop(&timers, &timer);
    timers_finish(&timers);
}

/* ------------------------------------------------------------------ calls from a timer's function
 */

static struct timers chain;
static struct timer first, second;

static void start_again(void *arg)
{
    int *rounds = arg;
    if (++*rounds < 3) {
        timer_start(&chain, &first, first.at_ms + 10, start_again, rounds);
    }
    timer_stop(&chain, &second);
}

static void must_not_fire(void *arg)
{
    (void)arg;
    fail();
}

static void a_firing_timer_can_start_itself_and_stop_others(void **state)
{
    (void)state;
    int rounds = 0;
    timer_start(&chain, &first, 10, start_again, &rounds);
    timer_start(&chain, &second, 11, must_not_fire, NULL);
    timers_run(&chain, 29);
    assert_int_equal(rounds, 2);
    timers_run(&chain, 30);
    assert_int_equal(rounds, 3);
    assert_int_equal(timers_wait_ms(&chain, 0), -1);
    timers_finish(&chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_timer_there_is_no_wait),
        cmocka_unit_test(timers_fire_by_time_and_then_by_order),
        cmocka_unit_test(only_due_timers_fire),
        cmocka_unit_test(a_timer_may_be_stopped_from_the_middle),
        cmocka_unit_test(a_running_timer_can_get_another_time),
        cmocka_unit_test(a_timer_that_is_never_due_does_not_shorten_the_wait),
        cmocka_unit_test(a_firing_timer_can_start_itself_and_stop_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
