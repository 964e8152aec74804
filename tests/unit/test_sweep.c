/* Automatic deletion by --retention and ttl_s, failed commits, and when the loop wakes for them. */
#include "engine_bench.h"

#include "base/log.h"
#include "engine/engine_account.h"
#include "engine/life.h"
#include "engine/schedule.h"
#include "engine/sweep.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "store/store_private.h"
#include "store/store_run.h"

static void begin(struct bench *b, int64_t retention_ms)
{
    const struct engine_options options = {.retention_ms = retention_ms};
    bench_begin_as(b, &options);
}

static void pass_time(int64_t ms)
{
    wall_ms += ms;
    mono_ms += ms;
}

/* Creates `n` invoices. With "processed@0" they are finished in the next turn, with
 * "process_pending" when they expire. */
static void make(struct bench *b, int n, const char *outcome, int64_t lifetime_ms)
{
    for (int i = 0; i < n; i++) {
        arena_reset(&b->arena);
        bench_invoice_for(b, b->tenant, outcome, NULL, lifetime_ms);
    }
    bench_commit(b);
}

static int64_t invoices(struct bench *b)
{
    return store_invoice_count_of(b->store, b->tenant->account.num, INVOICE_PAYMENT, 1000000);
}

/* Returns how long the loop may sleep, or -1 for ever. */
static int64_t wait(struct bench *b)
{
    int64_t timer_ms = schedule_wait_ms(&b->engine), sweep_ms = sweep_wait_ms(&b->engine);
    return sweep_ms < 0 || (timer_ms >= 0 && timer_ms < sweep_ms) ? timer_ms : sweep_ms;
}

/* Runs turns until there is no work, like the loop. Returns how long the loop may then sleep. */
static int64_t run(struct bench *b)
{
    int turns = 0;
    do {
        schedule_run(&b->engine);
        sweep_run(&b->engine);
        bench_commit(b);
        assert_true(++turns < 10000);
    } while (wait(b) == 0);
    return wait(b);
}

static void an_idle_server_sleeps_for_ever(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 0);
    assert_int_equal(run(&b), -1);
    make(&b, 3, "processed@0", BENCH_HOUR_MS);
    assert_int_equal(run(&b), -1);
    assert_int_equal(invoices(&b), 3);
    bench_end(&b);
}

static void all_old_invoices_are_deleted_at_once_in_any_number(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, BENCH_HOUR_MS);
    make(&b, 2000, "processed@0", BENCH_HOUR_MS);
    run(&b);
    assert_int_equal(invoices(&b), 2000);
    pass_time(BENCH_HOUR_MS + 1);
    run(&b);
    assert_int_equal(invoices(&b), 0);
    bench_end(&b);
}

static void the_loop_wakes_when_the_next_one_is_too_old(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, BENCH_HOUR_MS / 2);
    make(&b, 1, "processed@0", BENCH_HOUR_MS);
    run(&b);
    pass_time(2000); /* a change is noticed within a second */
    int64_t left_ms = run(&b);
    assert_int_equal(left_ms, BENCH_HOUR_MS / 2 + 1 - 2000);
    pass_time(left_ms);
    assert_int_equal(run(&b), -1);
    assert_int_equal(invoices(&b), 0);
    bench_end(&b);
}

static void unfinished_invoices_do_not_block_others(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, BENCH_HOUR_MS);
    make(&b, 700, "process_pending", 100 * BENCH_HOUR_MS);
    make(&b, 5, "processed@0", BENCH_HOUR_MS);
    run(&b);
    pass_time(2 * BENCH_HOUR_MS);
    run(&b);
    assert_int_equal(invoices(&b), 700);
    bench_end(&b);
}

static void an_invoice_that_waits_for_a_command_is_kept(void **state)
{
    (void)state;
    struct bench b;
    struct invoice row;
    int64_t first = invoice_kinds[INVOICE_PAYMENT].first;
    begin(&b, BENCH_HOUR_MS);
    make(&b, STATUS_COUNT, "processed@0", BENCH_HOUR_MS);
    run(&b);
    for (enum status status = 0; status < STATUS_COUNT; status++) {
        assert_true(store_invoice_get(b.store, &b.arena, first + status, &row));
        assert_int_equal(row.due_ms, TIME_NONE);
        row.status = status;
        store_invoice_update(b.store, &row);
    }
    bench_commit(&b);
    pass_time(2 * BENCH_HOUR_MS);
    run(&b);
    for (enum status status = 0; status < STATUS_COUNT; status++) {
        bool waits = status_is_under_way(status) || status_is_refunding(status) ||
                     status_is_canceling(status);
        assert_row(status_name(status),
                   store_invoice_get(b.store, &b.arena, first + status, &row) == waits);
    }
    bench_end(&b);
}

static void an_invoice_that_changes_later_is_deleted_later(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, BENCH_HOUR_MS);
    make(&b, 700, "process_pending", 3 * BENCH_HOUR_MS);
    pass_time(2 * BENCH_HOUR_MS);
    run(&b);
    assert_int_equal(invoices(&b), 700);
    pass_time(BENCH_HOUR_MS + 1); /* they expire */
    run(&b);
    pass_time(2000);
    run(&b);
    assert_int_equal(invoices(&b), 0);
    bench_end(&b);
}

static void a_callback_that_waits_for_its_retry_keeps_its_invoice(void **state)
{
    (void)state;
    struct bench b;
    struct callback *rows;
    begin(&b, BENCH_HOUR_MS);
    make(&b, 1, "processed@0", BENCH_HOUR_MS);
    run(&b);
    struct callback callback = {.account = b.tenant->account.num,
                                .invoice = invoice_kinds[INVOICE_PAYMENT].first,
                                .transition = STATUS_PROCESSED,
                                .queued_ms = wall_ms,
                                .due_ms = wall_ms + 10 * BENCH_HOUR_MS,
                                .ended_ms = TIME_NONE,
                                .url = "http://127.0.0.1:9/",
                                .signature = "",
                                .body = "{}"};
    store_callback_insert(b.store, &callback);
    bench_commit(&b);
    pass_time(2 * BENCH_HOUR_MS);
    run(&b);
    assert_int_equal(invoices(&b), 1);
    assert_int_equal(
        store_callback_of_invoice(b.store, &b.arena, callback.invoice, STORE_CALLBACKS_ALL, &rows),
        1);
    callback.state = CALLBACK_FAILED;
    callback.due_ms = TIME_NONE;
    store_callback_update(b.store, &callback);
    turn_note_change(&b.engine.turn, b.tenant, callback.invoice);
    bench_commit(&b);
    pass_time(2000);
    run(&b);
    assert_int_equal(invoices(&b), 0);
    bench_end(&b);
}

static void an_account_is_deleted_after_its_ttl_with_any_clock(void **state)
{
    (void)state;
    struct bench b;
    struct settings settings;
    begin(&b, 0);
    run(&b);
    settings_default(&settings);
    settings.ttl_s = 60;
    assert_non_null(engine_add_account(&b.engine, &settings));
    bench_commit(&b);
    size_t before = b.engine.tenants.n;
    assert_int_equal(run(&b), 60001);
    wall_ms -= 5 * BENCH_HOUR_MS;
    mono_ms += 60000;
    assert_int_equal(run(&b), 1);
    assert_int_equal(b.engine.tenants.n, before);
    mono_ms += 1;
    run(&b);
    assert_int_equal(b.engine.tenants.n, before - 1);
    bench_end(&b);
}

static void a_clock_that_is_set_back_does_not_delay_the_retry_of_a_commit(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 0);
    run(&b);
    engine_rolled_back(&b.engine);
    wall_ms -= 5 * BENCH_HOUR_MS;
    assert_in_range(schedule_wait_ms(&b.engine), 1, 1000);
    assert_int_equal(sweep_wait_ms(&b.engine), -1); /* nothing is deleted before the retry */
    mono_ms += 1000;
    assert_int_equal(schedule_wait_ms(&b.engine), 0);
    schedule_run(&b.engine);
    assert_int_equal(b.engine.retry_at_ms, 0);
    bench_end(&b);
}

/* ------------------------------------------------------------------ rows that a report shows */

static struct run_counts count_run(struct bench *b)
{
    struct run_counts counts;
    store_run_count(b->store, &counts);
    return counts;
}

static int64_t heard;

static void unanswered(void *arg, const char *url, int64_t n)
{
    assert_string_equal(url, "http://127.0.0.1:1/");
    *(int64_t *)arg += n;
}

/* A callback of an invoice that met nobody. */
static void call_nobody(struct bench *b, int64_t invoice)
{
    struct callback callback = {.invoice = invoice,
                                .account = b->tenant->account.num,
                                .transition = STATUS_PROCESS_PENDING,
                                .url = "http://127.0.0.1:1/",
                                .signature = "",
                                .body = "",
                                .due_ms = TIME_NONE,
                                .attempts = 1};
    store_callback_insert(b->store, &callback);
    const struct attempt attempt = {
        .callback = callback.seq, .number = 1, .error = "nobody", .request_headers = "{}"};
    store_attempt_insert(b->store, &attempt);
}

static int64_t rows_of_run(struct bench *b)
{
    int64_t *seqs;
    return (int64_t)store_run_invoices(b->store, &b->arena, 1000, &seqs);
}

static int64_t all_rows(struct bench *b)
{
    sqlite3_stmt *q;
    sqlite3_prepare_v2(b->store->db, "SELECT count(*) FROM invoice", -1, &q, NULL);
    sqlite3_step(q);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

static void a_run_keeps_the_last_invoices_of_accounts_that_are_gone_and_counts_all(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 0);
    make(&b, 2, "process_pending", BENCH_HOUR_MS); /* before the run */
    store_run_begin(b.store, 5, unanswered, &heard);
    make(&b, 3, "process_pending", BENCH_HOUR_MS);
    engine_reset(&b.engine, b.tenant);
    run(&b);
    assert_int_equal(rows_of_run(&b), 3);
    make(&b, 4, "processed@0", BENCH_HOUR_MS);
    run(&b);
    engine_reset(&b.engine, b.tenant);
    run(&b);
    assert_int_equal(rows_of_run(&b), 5);
    make(&b, 1, "process_pending", BENCH_HOUR_MS);
    run(&b);
    assert_int_equal(rows_of_run(&b), 6); /* those of accounts that exist have no bound */
    const struct run_counts counts = count_run(&b);
    assert_int_equal(counts.invoices[STATUS_PROCESS_PENDING], 4);
    assert_int_equal(counts.invoices[STATUS_PROCESSED], 4);
    bench_end(&b);
}

static void what_a_failed_commit_did_not_delete_is_not_counted_as_deleted(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 0);
    store_run_begin(b.store, 1, unanswered, &heard);
    make(&b, 3, "process_pending", BENCH_HOUR_MS);
    engine_reset(&b.engine, b.tenant);
    bench_commit(&b);
    sweep_run(&b.engine);
    b.store->poisoned = true;
    assert_false(store_commit(b.store));
    engine_rolled_back(&b.engine);
    assert_int_equal(count_run(&b).invoices[STATUS_PROCESS_PENDING], 3);
    pass_time(2000);
    b.engine.retry_at_ms = 0;
    run(&b);
    assert_int_equal(rows_of_run(&b), 1);
    assert_int_equal(count_run(&b).invoices[STATUS_PROCESS_PENDING], 3);
    bench_end(&b);
}

static void deleted_callbacks_without_an_answer_are_told_once_by_url(void **state)
{
    (void)state;
    struct bench b;
    int64_t *seqs;
    begin(&b, 0);
    heard = 0;
    store_run_begin(b.store, 1, unanswered, &heard);
    make(&b, 3, "process_pending", BENCH_HOUR_MS);
    size_t n = store_run_invoices(b.store, &b.arena, 1000, &seqs);
    for (size_t i = 0; i < n; i++) {
        call_nobody(&b, seqs[i]);
        call_nobody(&b, seqs[i]);
    }
    engine_reset(&b.engine, b.tenant);
    bench_commit(&b);
    sweep_run(&b.engine);
    b.store->poisoned = true;
    assert_false(store_commit(b.store));
    engine_rolled_back(&b.engine);
    assert_int_equal(heard, 0);
    pass_time(2000);
    b.engine.retry_at_ms = 0;
    run(&b);
    assert_int_equal(heard, 4); /* one invoice keeps its rows */
    assert_int_equal(count_run(&b).losses[RUN_UNANSWERED], 4);
    bench_end(&b);
}

static void the_next_run_keeps_nothing_of_the_last(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 0);
    store_run_begin(b.store, 5, unanswered, &heard);
    make(&b, 3, "process_pending", BENCH_HOUR_MS);
    engine_reset(&b.engine, b.tenant);
    run(&b);
    store_run_begin(b.store, 5, unanswered, &heard);
    b.engine.turn.garbage = true;
    run(&b);
    assert_int_equal(all_rows(&b), 0);
    assert_int_equal(count_run(&b).invoices[STATUS_PROCESS_PENDING], 0);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_server_sleeps_for_ever),
        cmocka_unit_test(all_old_invoices_are_deleted_at_once_in_any_number),
        cmocka_unit_test(the_loop_wakes_when_the_next_one_is_too_old),
        cmocka_unit_test(unfinished_invoices_do_not_block_others),
        cmocka_unit_test(an_invoice_that_waits_for_a_command_is_kept),
        cmocka_unit_test(an_invoice_that_changes_later_is_deleted_later),
        cmocka_unit_test(a_callback_that_waits_for_its_retry_keeps_its_invoice),
        cmocka_unit_test(an_account_is_deleted_after_its_ttl_with_any_clock),
        cmocka_unit_test(a_clock_that_is_set_back_does_not_delay_the_retry_of_a_commit),
        cmocka_unit_test(a_run_keeps_the_last_invoices_of_accounts_that_are_gone_and_counts_all),
        cmocka_unit_test(what_a_failed_commit_did_not_delete_is_not_counted_as_deleted),
        cmocka_unit_test(deleted_callbacks_without_an_answer_are_told_once_by_url),
        cmocka_unit_test(the_next_run_keeps_nothing_of_the_last),
    };
    log_setup(LOG_ERROR, false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
