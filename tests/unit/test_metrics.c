/* What the server counts about itself. */
#include "unit.h"

#include "watch/metrics.h"

static struct metrics metrics;

static int begin(void **state)
{
    (void)state;
    memset(&metrics, 0, sizeof metrics);
    return 0;
}

static void a_time_counts_in_the_first_bucket_that_holds_it(void **state)
{
    static const struct {
        int64_t took_us;
        size_t bucket;
    } rows[] = {
        {-5, 0},   {0, 0},    {50, 0},        {51, 1},        {100, 1},
        {2500, 5}, {2501, 6}, {10000000, 14}, {10000001, 15}, {INT64_MAX / 2, 15},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        begin(state);
        metrics_turn(&metrics, rows[i].took_us);
        assert_int_equal(metrics.turns.buckets[rows[i].bucket], 1);
        assert_int_equal(metrics.turns.count, 1);
        assert_int_equal(metrics.turns.sum_us, rows[i].took_us < 0 ? 0 : rows[i].took_us);
    }
}

static void a_request_counts_by_its_route_and_code(void **state)
{
    (void)state;
    metrics_request(&metrics, 3, 200, 10, false);
    metrics_request(&metrics, 3, 404, 10, false);
    metrics_request(&metrics, 4, 200, 10, false);
    assert_int_equal(metrics.codes[0], 200);
    assert_int_equal(metrics.codes[1], 404);
    assert_int_equal(metrics.requests[3][0], 1);
    assert_int_equal(metrics.requests[3][1], 1);
    assert_int_equal(metrics.requests[4][0], 1);
    assert_int_equal(metrics.latency.count, 3);
}

static void a_waiting_call_says_nothing_about_latency(void **state)
{
    (void)state;
    metrics_request(&metrics, 0, 200, 5000000, true);
    assert_int_equal(metrics.requests[0][0], 1);
    assert_int_equal(metrics.latency.count, 0);
}

static void routes_beyond_the_table_count_as_none(void **state)
{
    (void)state;
    metrics_request(&metrics, -1, 404, 1, false);
    metrics_request(&metrics, METRICS_ROUTES, 404, 1, false);
    assert_int_equal(metrics.requests[METRICS_ROUTES][0], 2);
}

static void codes_beyond_the_table_share_its_last_column(void **state)
{
    (void)state;
    for (unsigned code = 0; code < METRICS_CODES + 5; code++) {
        metrics_request(&metrics, 0, code ? 200 + code : 0, 1, false);
    }
    assert_int_equal(metrics.codes[0], METRICS_NO_ANSWER);
    assert_int_equal(metrics.requests[0][0], 1);
    assert_int_equal(metrics.requests[0][METRICS_CODES - 1], 6);
}

static void an_attempt_counts_by_what_its_callback_became(void **state)
{
    (void)state;
    metrics_attempt(&metrics, CALLBACK_SENDING); /* another attempt follows */
    metrics_attempt(&metrics, CALLBACK_QUEUED);
    metrics_attempt(&metrics, CALLBACK_DONE);
    metrics_attempt(&metrics, CALLBACK_DROPPED);
    assert_int_equal(metrics.attempts[CALLBACK_QUEUED], 2);
    assert_int_equal(metrics.attempts[CALLBACK_SENDING], 0);
    assert_int_equal(metrics.attempts[CALLBACK_DONE], 1);
    assert_int_equal(metrics.attempts[CALLBACK_DROPPED], 1);
}

static void a_transition_counts_by_kind_and_status(void **state)
{
    (void)state;
    metrics_transition(&metrics, INVOICE_PAYOUT, STATUS_PROCESSED);
    assert_int_equal(metrics.transitions[INVOICE_PAYOUT][STATUS_PROCESSED], 1);
    assert_int_equal(metrics.transitions[INVOICE_PAYMENT][STATUS_PROCESSED], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_time_counts_in_the_first_bucket_that_holds_it, begin),
        cmocka_unit_test_setup(a_request_counts_by_its_route_and_code, begin),
        cmocka_unit_test_setup(a_waiting_call_says_nothing_about_latency, begin),
        cmocka_unit_test_setup(routes_beyond_the_table_count_as_none, begin),
        cmocka_unit_test_setup(codes_beyond_the_table_share_its_last_column, begin),
        cmocka_unit_test_setup(an_attempt_counts_by_what_its_callback_became, begin),
        cmocka_unit_test_setup(a_transition_counts_by_kind_and_status, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
