/* How far a search for callbacks and invoices goes: it ends after a number of rows, and says where
 * to continue. */
#include "engine_bench.h"

#include "store/store_callback.h"
#include "store/store_callback_find.h"
#include "store/store_invoice_find.h"

/* Inserts callbacks of invoice 1; those with a code other than 200 fail. Returns the number before
 * that of the first. */
static int64_t insert(struct bench *b, const int64_t *codes, size_t n)
{
    int64_t before = -1;
    for (size_t i = 0; i < n; i++) {
        struct callback callback = {.account = b->tenant->account.num,
                                    .invoice = 1,
                                    .state = codes[i] == 200 ? CALLBACK_DONE : CALLBACK_FAILED,
                                    .queued_ms = BENCH_WALL_MS,
                                    .due_ms = TIME_NONE,
                                    .ended_ms = BENCH_WALL_MS,
                                    .attempts = 1,
                                    .code = codes[i],
                                    .url = "http://127.0.0.1/",
                                    .signature = "s",
                                    .body = "{}"};
        store_callback_insert(b->store, &callback);
        before = i ? before : callback.seq - 1;
    }
    return before;
}

static const int64_t codes[] = {500, 200, 500, 200, 500};

static void a_search_ends_after_its_rows_and_says_where(void **state)
{
    (void)state;
    struct bench b;
    bench_begin(&b);
    int64_t before = insert(&b, codes, ARRAY_SIZE(codes));
    struct callback_filter any = store_callback_any(b.tenant->account.num), filter = any;
    assert_int_equal(store_callback_limit(b.store, &filter, false, 2), before + 4);
    assert_int_equal(store_callback_count(b.store, &filter), 2);
    filter = any;
    assert_int_equal(store_callback_limit(b.store, &filter, true, 2), before + 2);
    assert_int_equal(store_callback_count(b.store, &filter), 2);
    filter = any;
    assert_int_equal(store_callback_limit(b.store, &filter, false, 6), 0);
    assert_int_equal(store_callback_count(b.store, &filter), 5);
    bench_end(&b);
}

static void of_failing_callbacks_only_those_are_counted_as_rows(void **state)
{
    (void)state;
    struct bench b;
    bench_begin(&b);
    int64_t before = insert(&b, codes, ARRAY_SIZE(codes));
    struct callback_filter filter = store_callback_any(b.tenant->account.num);
    struct callback *rows;
    filter.failing = true;
    assert_int_equal(store_callback_limit(b.store, &filter, false, 2), before + 3);
    assert_int_equal(store_callback_find(b.store, &b.arena, &filter, false, 10, &rows), 2);
    assert_int_equal(rows[0].seq, before + 5);
    assert_int_equal(rows[1].seq, before + 3);
    bench_end(&b);
}

static void an_invoice_search_counts_what_it_would_find(void **state)
{
    (void)state;
    struct bench b;
    bench_begin(&b);
    struct invoice *rows;
    struct invoice_filter filter = {.kind = INVOICE_PAYMENT,
                                    .statuses = STATUS_BIT(STATUS_PROCESS_PENDING),
                                    .test_mode = TIME_NONE,
                                    .from_ms = TIME_NONE,
                                    .to_ms = TIME_NONE,
                                    .amount_least = TIME_NONE,
                                    .amount_most = TIME_NONE,
                                    .before_seq = TIME_NONE,
                                    .limit = 1};
    int64_t reached = -1, account = b.tenant->account.num;
    for (int i = 0; i < 3; i++) {
        bench_invoice_for(&b, b.tenant, "process_pending", NULL, BENCH_HOUR_MS);
    }
    assert_int_equal(store_invoice_find(b.store, &b.arena, account, &filter, &rows, &reached), 1);
    assert_int_equal(store_invoice_count_found(b.store, &b.arena, account, &filter, &reached), 3);
    assert_int_equal(reached, 0);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_ends_after_its_rows_and_says_where),
        cmocka_unit_test(of_failing_callbacks_only_those_are_counted_as_rows),
        cmocka_unit_test(an_invoice_search_counts_what_it_would_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
