/* The work that a turn leaves for later, and when the loop must check timers again. */
#include "unit.h"

#include "base/wall.h"
#include "engine/turn.h"

#define NOW_MS 1700000000000

int64_t __wrap_wall_now_ms(void);

int64_t __wrap_wall_now_ms(void)
{
    return NOW_MS;
}

static void callbacks_stay_in_their_order(void **state)
{
    struct turn turn = {0};
    (void)state;
    for (int64_t i = 1; i <= 40; i++) {
        const struct callback callback = {
            .seq = i, .invoice = 10 * i, .account = i % 2, .url = "http://127.0.0.1/"};
        turn_queue_callback(&turn, &callback, i == 3);
    }
    assert_int_equal(turn.n_callbacks, 40);
    assert_int_equal(turn.callbacks[39].callback, 40);
    assert_int_equal(turn.callbacks[39].invoice, 400);
    assert_true(turn.callbacks[2].ahead);
    assert_false(turn.callbacks[3].ahead);
    turn_drop_callbacks(&turn, 1); /* those with odd numbers */
    assert_int_equal(turn.n_callbacks, 20);
    for (size_t i = 0; i < turn.n_callbacks; i++) {
        assert_int_equal(turn.callbacks[i].callback, 2 * (i + 1));
    }
    turn_finish(&turn);
}

static void a_change_has_the_account_number_that_survives_a_reset(void **state)
{
    struct turn turn = {0};
    const struct tenant tenant = {.account.num = 5, .journal_id = 7};
    (void)state;
    turn_note_change(&turn, &tenant, 3);
    turn_note_change(&turn, &tenant, 0);
    assert_int_equal(turn.n_changes, 2);
    assert_int_equal(turn.changes[0].account, 7);
    assert_int_equal(turn.changes[0].invoice, 3);
    assert_int_equal(turn.changes[1].invoice, 0);
    turn_clear(&turn);
    assert_int_equal(turn.n_changes, 0);
    turn_finish(&turn);
}

static void the_earliest_timer_decides_when_the_loop_wakes(void **state)
{
    struct turn turn = {.wake_ms = INT64_MAX};
    struct tenant tenant = {.next_due_ms = TIME_NONE};
    (void)state;
    turn_set_timer(&turn, &tenant, TIME_NONE);
    assert_int_equal(turn.wake_ms, INT64_MAX);
    assert_int_equal(tenant.next_due_ms, TIME_NONE);
    turn_set_timer(&turn, &tenant, NOW_MS + 500);
    assert_int_equal(tenant.next_due_ms, NOW_MS + 500);
    assert_int_equal(turn.wake_ms, NOW_MS + 500);
    turn_set_timer(&turn, &tenant, NOW_MS + 900);
    assert_int_equal(tenant.next_due_ms, NOW_MS + 500);
    assert_int_equal(turn.wake_ms, NOW_MS + 500);
    turn_set_timer(&turn, &tenant, NOW_MS);
    assert_int_equal(turn.wake_ms, 0); /* due already */
}

static void the_loop_wakes_by_the_account_clock(void **state)
{
    struct turn turn = {.wake_ms = INT64_MAX};
    struct tenant tenant = {.next_due_ms = TIME_NONE, .account.clock.offset_ms = -1000};
    (void)state;
    turn_set_timer(&turn, &tenant, NOW_MS);
    assert_int_equal(turn.wake_ms, NOW_MS + 1000);
}

static void a_frozen_clock_wakes_the_loop_only_for_due_timers(void **state)
{
    struct turn turn = {.wake_ms = INT64_MAX};
    struct tenant tenant = {.next_due_ms = TIME_NONE,
                            .account.clock = {.frozen = true, .now_ms = 1000}};
    (void)state;
    turn_set_timer(&turn, &tenant, 1001);
    assert_int_equal(turn.wake_ms, INT64_MAX);
    turn_set_timer(&turn, &tenant, 1000);
    assert_int_equal(turn.wake_ms, 0);
}

static void an_unknown_due_time_is_not_guessed(void **state)
{
    struct turn turn = {.wake_ms = INT64_MAX};
    struct tenant tenant = {.next_due_ms = TIME_NONE, .due_unknown = true};
    (void)state;
    turn_set_timer(&turn, &tenant, NOW_MS + 5);
    assert_int_equal(tenant.next_due_ms, TIME_NONE);
    assert_int_equal(turn.wake_ms, NOW_MS + 5);
}

static void an_advance_lists_its_first_events_and_counts_the_rest(void **state)
{
    struct tenant tenant = {0};
    const char id[IDENT_TEXT] = "cpi_1";
    (void)state;
    assert_null(turn_add_event(&tenant, id, 1)); /* its clock is not being advanced */
    assert_int_equal(tenant.events.total, 0);
    tenant.advance = (struct advance *)&tenant;
    for (int64_t i = 0; i < ADVANCE_EVENTS_MOST; i++) {
        const struct advance_event *event = turn_add_event(&tenant, id, i);
        assert_non_null(event);
        assert_int_equal(event->at_ms, i);
        assert_string_equal(event->invoice, "cpi_1");
    }
    assert_null(turn_add_event(&tenant, id, 1));
    assert_int_equal(tenant.events.n, ADVANCE_EVENTS_MOST);
    assert_int_equal(tenant.events.total, ADVANCE_EVENTS_MOST + 1);
    free(tenant.events.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_stay_in_their_order),
        cmocka_unit_test(a_change_has_the_account_number_that_survives_a_reset),
        cmocka_unit_test(the_earliest_timer_decides_when_the_loop_wakes),
        cmocka_unit_test(the_loop_wakes_by_the_account_clock),
        cmocka_unit_test(a_frozen_clock_wakes_the_loop_only_for_due_timers),
        cmocka_unit_test(an_unknown_due_time_is_not_guessed),
        cmocka_unit_test(an_advance_lists_its_first_events_and_counts_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
