/* The events that the engine adds to the journal, and the accounts that see them. */
#include "engine_bench.h"

#include "engine/engine_journal.h"

static const struct journal_record *last(struct bench *b)
{
    static struct journal_record newest;
    struct journal_cursor cursor = journal_after(b->engine.watch.journal, 0);
    const struct journal_record *record;
    bool lost;
    journal_committed(b->engine.watch.journal);
    newest = (struct journal_record){0};
    while ((record = journal_next(b->engine.watch.journal, &cursor, &lost))) {
        newest = *record;
    }
    return &newest;
}

static bool shows(struct bench *b, const struct tenant *tenant)
{
    const struct journal_view view = journal_view_of(&b->engine, tenant);
    return journal_shows(&view, last(b));
}

static void a_transition_has_both_statuses_its_cause_and_its_request(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    struct invoice invoice = {.seq = 5, .status = STATUS_PROCESSED, .resolution = "ok"};
    uint64_t request = trace_begin(&b.engine.watch.trace);
    journal_transition(&b.engine, b.tenant, &invoice, STATUS_PROCESS_PENDING, 77, "command");
    const struct journal_record *record = last(&b);
    assert_int_equal(record->kind, JOURNAL_TRANSITION);
    assert_int_equal(record->invoice, 5);
    assert_int_equal(record->at_ms, 77);
    assert_int_equal(record->wall_ms, wall_ms);
    assert_int_equal(record->cause, request);
    assert_int_equal(record->transition.from, STATUS_PROCESS_PENDING);
    assert_int_equal(record->transition.to, STATUS_PROCESSED);
    assert_string_equal(record->transition.cause, "command");
    assert_string_equal(record->transition.resolution, "ok");
    bench_end(&b);
}

static void an_attempt_has_its_code_or_its_error(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    b.tenant->account.clock.offset_ms = 1000;
    const struct callback callback = {
        .seq = 3, .invoice = 5, .state = CALLBACK_DONE, .transition = STATUS_PROCESSED};
    struct delivery_result result = {.callback = 3, .wall_ms = wall_ms - 10, .code = 200};
    journal_callback(&b.engine, b.tenant, &callback, &result);
    assert_int_equal(last(&b)->kind, JOURNAL_CALLBACK);
    assert_int_equal(last(&b)->at_ms, wall_ms - 10 + 1000);
    assert_int_equal(last(&b)->callback.code, 200);
    assert_int_equal(last(&b)->callback.state, CALLBACK_DONE);
    assert_string_equal(last(&b)->callback.error, "");
    assert_int_equal(b.engine.watch.metrics.attempts[CALLBACK_DONE], 1);
    result.code = 0;
    result.error = "connection refused";
    journal_callback(&b.engine, b.tenant, &callback, &result);
    assert_string_equal(last(&b)->callback.error, "connection refused");
    bench_end(&b);
}

static void a_fault_of_no_account_is_shown_to_the_demo_account(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    const struct tenant *other = bench_account(&b);
    b.tenant->account.clock.offset_ms = 1000;
    journal_fault(&b.engine, NULL, 0, 7, "api", "reset");
    assert_int_equal(last(&b)->kind, JOURNAL_FAULT);
    assert_int_equal(last(&b)->at_ms,
                     wall_ms); /* the machine's clock, because it belongs to no account */
    assert_int_equal(last(&b)->fault.id, 7);
    assert_string_equal(last(&b)->fault.on, "api");
    assert_string_equal(last(&b)->fault.name, "reset");
    assert_true(shows(&b, b.tenant));
    assert_false(shows(&b, other));
    journal_fault(&b.engine, other, 0, 7, "api", "reset");
    assert_false(shows(&b, b.tenant));
    assert_true(shows(&b, other));
    bench_commit(&b);
    bench_end(&b);
}

static void a_new_account_is_shown_to_those_who_may_wait_for_it(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    const struct tenant *other = bench_account(&b);
    const struct tenant *third = bench_account(&b);
    journal_account(&b.engine, other, JOURNAL_CHANGED);
    assert_int_equal(last(&b)->account_change.change, JOURNAL_CHANGED);
    assert_string_equal(last(&b)->account_change.id, other->account.keys.id);
    assert_true(shows(&b, b.tenant));
    assert_true(shows(&b, other));
    assert_false(shows(&b, third));
    bench_commit(&b);
    bench_end(&b);
}

static void the_event_of_a_clock_has_the_time_of_the_clock(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    engine_set_clock(&b.engine, b.tenant, true, 5000);
    assert_int_equal(last(&b)->kind, JOURNAL_CLOCK);
    assert_int_equal(last(&b)->at_ms, 5000);
    assert_true(last(&b)->clock.frozen);
    engine_set_clock(&b.engine, b.tenant, false, 6000);
    assert_int_equal(last(&b)->at_ms, 6000);
    assert_false(last(&b)->clock.frozen);
    bench_commit(&b);
    bench_end(&b);
}

static void cleared_events_are_still_shown_to_others(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    struct tenant *other = bench_account(&b);
    journal_account(&b.engine, other, JOURNAL_CHANGED);
    journal_clear(&b.engine, other);
    assert_false(shows(&b, other));
    assert_true(shows(&b, b.tenant));
    journal_account(&b.engine, other, JOURNAL_CHANGED);
    assert_true(shows(&b, other));
    bench_commit(&b);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transition_has_both_statuses_its_cause_and_its_request),
        cmocka_unit_test(an_attempt_has_its_code_or_its_error),
        cmocka_unit_test(a_fault_of_no_account_is_shown_to_the_demo_account),
        cmocka_unit_test(a_new_account_is_shown_to_those_who_may_wait_for_it),
        cmocka_unit_test(the_event_of_a_clock_has_the_time_of_the_clock),
        cmocka_unit_test(cleared_events_are_still_shown_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
