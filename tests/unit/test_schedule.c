/* Timers: the order in which they run, and when the loop wakes for them. */
#include "engine_bench.h"

#include "engine/schedule.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

static enum status status_now(struct bench *b, const struct invoice *invoice)
{
    struct invoice row;
    assert_true(store_invoice_get(b->store, &b->arena, invoice->seq, &row));
    return row.status;
}

static void run(struct bench *b)
{
    schedule_run(&b->engine);
    bench_commit(b);
}

/* The new statuses of invoices, in the order of the journal. */
static size_t transitions_since(struct bench *b, uint64_t seq, int64_t *ret_invoices, size_t most)
{
    struct journal_cursor cursor = journal_after(b->engine.watch.journal, seq);
    const struct journal_record *record;
    size_t n = 0;
    bool lost;
    while ((record = journal_next(b->engine.watch.journal, &cursor, &lost)) && n < most) {
        if (record->kind == JOURNAL_TRANSITION) {
            ret_invoices[n++] = record->invoice;
        }
    }
    return n;
}

static void the_earliest_timer_runs_first(void **state)
{
    struct bench b;
    int64_t order[4];
    (void)state;
    bench_begin(&b);
    const struct invoice late = bench_invoice(&b, b.tenant, "processed@3s", NULL);
    const struct invoice early = bench_invoice(&b, b.tenant, "processed@1s", NULL);
    const struct invoice middle = bench_invoice(&b, b.tenant, "processed@2s", NULL);
    bench_commit(&b);
    uint64_t before = journal_seq(b.engine.watch.journal);
    wall_ms += 10000;
    run(&b);
    assert_int_equal(transitions_since(&b, before, order, ARRAY_SIZE(order)), 3);
    assert_int_equal(order[0], early.seq);
    assert_int_equal(order[1], middle.seq);
    assert_int_equal(order[2], late.seq);
    bench_end(&b);
}

static void a_timer_runs_at_its_time_and_not_before(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    const struct invoice invoice = bench_invoice(&b, b.tenant, "processed@1s", NULL);
    bench_commit(&b);
    run(&b);
    assert_int_equal(schedule_wait_ms(&b.engine), 1000);
    wall_ms += 999;
    run(&b);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESS_PENDING);
    assert_int_equal(schedule_wait_ms(&b.engine), 1);
    wall_ms += 1;
    assert_int_equal(schedule_wait_ms(&b.engine), 0);
    run(&b);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESSED);
    assert_int_equal(schedule_next_due(&b.engine, b.tenant), TIME_NONE);
    bench_end(&b);
}

static void the_loop_sleeps_until_the_earliest_of_all_accounts(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    struct tenant *other = bench_account(&b);
    const struct invoice mine = bench_invoice(&b, b.tenant, "processed@5s", NULL);
    const struct invoice theirs = bench_invoice(&b, other, "processed@2s", NULL);
    bench_commit(&b);
    run(&b);
    assert_int_equal(schedule_wait_ms(&b.engine), 2000);
    wall_ms += 2000;
    run(&b);
    assert_int_equal(status_now(&b, &theirs), STATUS_PROCESSED);
    assert_int_equal(status_now(&b, &mine), STATUS_PROCESS_PENDING);
    assert_int_equal(schedule_wait_ms(&b.engine), 3000);
    bench_end(&b);
}

static void a_frozen_clock_runs_nothing_however_late_it_is(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    engine_set_clock(&b.engine, b.tenant, true, wall_ms);
    const struct invoice invoice = bench_invoice(&b, b.tenant, "processed@1s", NULL);
    bench_commit(&b);
    wall_ms += BENCH_HOUR_MS;
    run(&b);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESS_PENDING);
    assert_int_equal(schedule_wait_ms(&b.engine), -1);
    engine_set_clock(&b.engine, b.tenant, true, wall_ms);
    bench_commit(&b);
    run(&b);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESSED);
    bench_end(&b);
}

static void due_timers_run_on_a_frozen_clock_too(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    engine_set_clock(&b.engine, b.tenant, true, wall_ms);
    const struct invoice invoice = bench_invoice(&b, b.tenant, "processed@0", NULL);
    bench_commit(&b);
    assert_int_equal(schedule_wait_ms(&b.engine), 0);
    run(&b);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESSED);
    bench_end(&b);
}

static void an_invoice_expires_at_its_time_even_in_a_later_turn(void **state)
{
    struct bench b;
    struct invoice row;
    (void)state;
    bench_begin(&b);
    const struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", NULL);
    bench_commit(&b);
    wall_ms += 3 * BENCH_HOUR_MS;
    run(&b);
    assert_true(store_invoice_get(b.store, &b.arena, invoice.seq, &row));
    assert_int_equal(row.status, STATUS_PROCESS_FAILED);
    assert_string_equal(row.resolution, RESOLUTION_EXPIRED);
    assert_int_equal(row.updated_ms,
                     BENCH_WALL_MS + BENCH_HOUR_MS); /* the time of the timer, not of the turn */
    bench_end(&b);
}

static void a_retry_and_an_invoice_run_in_the_order_of_their_times(void **state)
{
    struct bench b;
    struct callback callback, row;
    (void)state;
    bench_begin(&b);
    const struct invoice invoice =
        bench_invoice(&b, b.tenant, "processed@5s", "http://127.0.0.1:9/");
    bench_commit(&b);
    assert_true(store_callback_get(b.store, &b.arena, 1, &callback));
    callback.state = CALLBACK_QUEUED;
    callback.due_ms = wall_ms + 4000;
    store_callback_update(b.store, &callback);
    b.tenant->due_unknown = true;
    turn_recheck(&b.engine.turn);
    bench_commit(&b);
    assert_int_equal(schedule_next_due(&b.engine, b.tenant), wall_ms + 4000);
    wall_ms += 10000;
    assert_int_equal(schedule_run_tenant(&b.engine, b.tenant, wall_ms, 1), 1);
    assert_true(store_callback_get(b.store, &b.arena, 1, &row));
    assert_int_equal(row.state, CALLBACK_SENDING);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESS_PENDING);
    assert_int_equal(schedule_run_tenant(&b.engine, b.tenant, wall_ms, 10), 1);
    assert_int_equal(status_now(&b, &invoice), STATUS_PROCESSED);
    bench_commit(&b);
    bench_end(&b);
}

/* After a failed commit nothing runs for a while. Then the attempts in flight are due again. */
static void a_failed_commit_makes_attempts_in_flight_due_again(void **state)
{
    struct bench b;
    struct callback callback;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "process_pending", "http://127.0.0.1:9/");
    bench_commit(&b);
    assert_true(store_callback_get(b.store, &b.arena, 1, &callback));
    assert_int_equal(callback.state, CALLBACK_SENDING);
    assert_int_equal(b.tenant->sending, 1);
    store_poison(b.store, "on purpose");
    assert_false(store_commit(b.store));
    engine_rolled_back(&b.engine);
    schedule_run(&b.engine);
    assert_int_equal(b.tenant->sending, 1); /* too early */
    mono_ms += schedule_wait_ms(&b.engine);
    schedule_run(&b.engine);
    assert_true(store_callback_get(b.store, &b.arena, 1, &callback));
    assert_int_equal(callback.state, CALLBACK_SENDING);
    assert_int_equal(b.tenant->sending, 1); /* queued again, due, and passed to the sender again */
    assert_int_equal(b.engine.turn.n_callbacks, 1);
    bench_commit(&b);
    bench_end(&b);
}

/* The turn that recovers may have queued callbacks already. */
static void a_callback_that_is_queued_during_the_recovery_is_sent_once(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "process_pending", "http://127.0.0.1:9/");
    bench_commit(&b);
    store_poison(b.store, "on purpose");
    assert_false(store_commit(b.store));
    engine_rolled_back(&b.engine);
    mono_ms += schedule_wait_ms(&b.engine);
    bench_invoice(&b, b.tenant, "process_pending", "http://127.0.0.1:9/");
    assert_int_equal(b.engine.turn.n_callbacks, 1);
    schedule_run(&b.engine);
    assert_int_equal(b.engine.turn.n_callbacks, 2);
    assert_int_equal(b.tenant->sending, 2);
    bench_commit(&b);
    bench_end(&b);
}

/* A turn runs 512 timers, and at least one of each account. */
static void an_account_with_many_timers_does_not_hold_up_the_others(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    struct tenant *other = bench_account(&b);
    for (int i = 0; i < 513; i++) {
        bench_invoice(&b, b.tenant, "processed@1s", NULL);
    }
    const struct invoice theirs = bench_invoice(&b, other, "processed@2s", NULL);
    bench_commit(&b);
    wall_ms += 10000;
    run(&b);
    assert_int_equal(store_invoice_overdue(b.store, b.tenant->account.num, wall_ms), 1);
    assert_int_equal(status_now(&b, &theirs), STATUS_PROCESSED);
    assert_int_equal(schedule_wait_ms(&b.engine), 0);
    run(&b);
    assert_int_equal(store_invoice_overdue(b.store, b.tenant->account.num, wall_ms), 0);
    bench_end(&b);
}

static void a_timer_is_overdue_after_its_time(void **state)
{
    struct bench b;
    struct callback callback;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "processed@5s", "http://127.0.0.1:9/");
    bench_commit(&b);
    int64_t num = b.tenant->account.num;
    assert_true(store_callback_get(b.store, &b.arena, 1, &callback));
    callback.state = CALLBACK_QUEUED;
    callback.due_ms = wall_ms + 4000;
    store_callback_update(b.store, &callback);
    assert_int_equal(store_callback_overdue(b.store, num, wall_ms + 4000), 0);
    assert_int_equal(store_callback_overdue(b.store, num, wall_ms + 4001), 1);
    assert_int_equal(store_invoice_overdue(b.store, num, wall_ms + 5000), 0);
    assert_int_equal(store_invoice_overdue(b.store, num, wall_ms + 5001), 1);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_timer_runs_first),
        cmocka_unit_test(a_timer_runs_at_its_time_and_not_before),
        cmocka_unit_test(the_loop_sleeps_until_the_earliest_of_all_accounts),
        cmocka_unit_test(a_frozen_clock_runs_nothing_however_late_it_is),
        cmocka_unit_test(due_timers_run_on_a_frozen_clock_too),
        cmocka_unit_test(an_invoice_expires_at_its_time_even_in_a_later_turn),
        cmocka_unit_test(a_retry_and_an_invoice_run_in_the_order_of_their_times),
        cmocka_unit_test(a_failed_commit_makes_attempts_in_flight_due_again),
        cmocka_unit_test(a_callback_that_is_queued_during_the_recovery_is_sent_once),
        cmocka_unit_test(an_account_with_many_timers_does_not_hold_up_the_others),
        cmocka_unit_test(a_timer_is_overdue_after_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
