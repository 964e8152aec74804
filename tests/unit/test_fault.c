#include "unit.h"

#include "base/text.h"
#include "domain/fault.h"
#include "domain/status.h"

static const struct fault_subject get_one = {
    .place = FAULT_ON_API,
    .method = "GET",
    .path = "/api/payment-invoices/cpi_0000000000000001",
    .invoice = "cpi_0000000000000001",
    .transition = FAULT_UNSET,
};

static struct fault fault_of(enum fault_kind kind)
{
    return (struct fault){
        .number = 1,
        .place = FAULT_ON_API,
        .match = {.transition = FAULT_UNSET},
        .effect = {.kind = kind},
        .times = FAULT_UNSET,
        .probability = FAULT_ALWAYS,
        .random = 1,
    };
}

static bool asks(struct fault *faults, size_t n)
{
    struct fault_hit hit;
    return fault_ask(faults, n, &get_one, &hit);
}

static void each_place_has_its_own_faults(void **state)
{
    static const struct {
        const char *name;
        bool api, callback, page;
    } rows[] = {
        {"status", true, false, true},
        {"delay", true, true, true},
        {"reset", true, false, true},
        {"empty", true, false, true},
        {"garbage", true, false, true},
        {"truncate", true, true, true},
        {"slow", true, false, true},
        {"commit_then_reset", true, false, true},
        {"commit_then_timeout", true, false, true},
        {"drop", false, true, false},
        {"duplicate", false, true, false},
        {"duplicate_at_once", false, true, false},
        {"overlap", false, true, false},
        {"after_return", false, true, false},
        {"before_return", false, true, false},
        {"by_hand", false, false, false},
        {"reorder", false, true, false},
        {"before_response", false, true, false},
        {"bad_signature", false, true, false},
        {"wrong_secret", false, true, false},
        {"no_signature", false, true, false},
        {"reencoded", false, true, false},
        {"wrong_amount", false, true, false},
        {"unknown_status", false, true, false},
        {"none", false, false, false},
        {"", false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        enum fault_kind kind;
        assert_row(rows[i].name,
                   fault_kind_parse(rows[i].name, FAULT_ON_API, &kind) == rows[i].api);
        assert_row(rows[i].name,
                   fault_kind_parse(rows[i].name, FAULT_ON_CALLBACK, &kind) == rows[i].callback);
        assert_row(rows[i].name,
                   fault_kind_parse(rows[i].name, FAULT_ON_PAGE, &kind) == rows[i].page);
    }
}

static void the_second_step_of_a_fault_has_the_name_of_the_first(void **state)
{
    enum fault_kind kind;
    (void)state;
    assert_true(fault_kind_parse("duplicate", FAULT_ON_CALLBACK, &kind));
    assert_int_equal(kind, FAULT_DUPLICATE);
    assert_string_equal(fault_kind_name(FAULT_TWIN), "duplicate");
    assert_true(fault_kind_parse("duplicate_at_once", FAULT_ON_CALLBACK, &kind));
    assert_int_equal(kind, FAULT_AT_ONCE);
    assert_string_equal(fault_kind_name(FAULT_AT_ONCE_LAST), "duplicate_at_once");
    assert_true(fault_kind_parse("reorder", FAULT_ON_CALLBACK, &kind));
    assert_int_equal(kind, FAULT_REORDER);
    assert_string_equal(fault_kind_name(FAULT_REORDERED), "reorder");
    assert_null(fault_kind_name(FAULT_NONE));
}

static void the_suggested_name_belongs_to_the_place(void **state)
{
    static const struct {
        const char *name, *api, *callback;
    } rows[] = {
        {"statsu", "status", NULL},
        {"trunc", "truncate", "truncate"},
        {"commit-then-reset", "commit_then_reset", NULL},
        {"duplicated", NULL, "duplicate"},
        {"timeout", "commit_then_timeout", NULL}, /* by its meaning */
        {"forged", NULL, "bad_signature"},
        {"signature", NULL, "bad_signature"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct nearest api = fault_nearest(rows[i].name, FAULT_ON_API);
        const struct nearest callback = fault_nearest(rows[i].name, FAULT_ON_CALLBACK);
        assert_row(rows[i].name, text_equal(api.name, rows[i].api));
        assert_row(rows[i].name, text_equal(callback.name, rows[i].callback));
    }
}

static void delays_are_a_duration_or_a_range(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t least_ms, most_ms;
    } rows[] = {
        {"500ms", true, 500, 500},
        {"0", true, 0, 0},
        {"100ms-900ms", true, 100, 900},
        {"1s-1s", true, 1000, 1000},
        {"0-2m", true, 0, 120000},
        {"", false, 0, 0},
        {"500", false, 0, 0},
        {"-1s", false, 0, 0},
        {"1s-", false, 0, 0},
        {"2s-1s", false, 0, 0},
        {"1s-2s-3s", false, 0, 0},
        {" 1s", false, 0, 0},
        {"00000000000000000000000000000000000001ms-2s", false, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct fault_delay delay = {0};
        assert_row(rows[i].text, fault_delay_parse(rows[i].text, &delay) == rows[i].good);
        if (rows[i].good) {
            assert_row(rows[i].text, delay.least_ms == rows[i].least_ms);
            assert_row(rows[i].text, delay.most_ms == rows[i].most_ms);
        }
    }
}

static void paths_match_with_or_without_api_and_with_stars(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool fits;
    } rows[] = {
        {"/payment-invoices", "/payment-invoices", true},
        {"/payment-invoices", "/api/payment-invoices", true},
        {"/api/payment-invoices", "/payment-invoices", true},
        {"/api/payment-invoices", "/api/payment-invoices", true},
        {"/payment-invoices/", "/payment-invoices", true},
        {"/payment-invoices", "/payment-invoices/x", false},
        {"/payment-invoices", "/public-api/payment-invoices", false},
        {"/payment-invoices/*", "/api/payment-invoices/x", true},
        {"/payment-invoices/*", "/payment-invoices", false},
        {"/api/*", "/payment-services", true},
        {"/api*", "/payment-services", false},
        {"*", "/hpp/x/challenge", true},
        {"/hpp/*", "/hpp/x/challenge", true},
        {"/hpp/*/challenge", "/hpp/x/challenge", true},
        {"/hpp/*/challenge", "/hpp/x", false},
        {"*invoices*cpi*1", "/payment-invoices/cpi_11", true},
        {"*invoices*cpi*2", "/payment-invoices/cpi_11", false},
        {"/", "/", true},
        {"/x**", "/x", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct fault fault = fault_of(FAULT_RESET);
        struct fault_subject subject = get_one;
        fault.match.path = rows[i].pattern;
        subject.path = rows[i].path;
        assert_row(rows[i].pattern, fault_matches(&fault, &subject) == rows[i].fits);
    }
}

static void every_part_of_a_match_must_fit(void **state)
{
    struct fault fault = fault_of(FAULT_RESET);
    struct fault_subject subject = get_one;
    (void)state;
    assert_true(fault_matches(&fault, &subject));
    fault.match.method = "POST";
    assert_false(fault_matches(&fault, &subject));
    fault.match.method = "GET";
    fault.match.invoice = "cpi_0000000000000002";
    assert_false(fault_matches(&fault, &subject));
    fault.match.invoice = "cpi_0000000000000001";
    assert_true(fault_matches(&fault, &subject));
    subject.invoice = NULL;
    assert_false(fault_matches(&fault, &subject));
    fault.match.invoice = NULL;
    fault.place = FAULT_ON_PAGE;
    assert_false(fault_matches(&fault, &subject));
}

static void callbacks_match_by_the_reported_status(void **state)
{
    struct fault fault = fault_of(FAULT_DROP);
    struct fault_subject subject = {.place = FAULT_ON_CALLBACK, .transition = STATUS_PROCESSED};
    (void)state;
    fault.place = FAULT_ON_CALLBACK;
    assert_true(fault_matches(&fault, &subject));
    fault.match.transition = STATUS_PROCESSED;
    assert_true(fault_matches(&fault, &subject));
    fault.match.transition = STATUS_REFUNDED;
    assert_false(fault_matches(&fault, &subject));
}

static void only_a_creation_can_have_a_callback_before_its_response(void **state)
{
    struct fault fault = fault_of(FAULT_BEFORE_RESPONSE);
    struct fault_subject subject = {.place = FAULT_ON_CALLBACK};
    (void)state;
    fault.place = FAULT_ON_CALLBACK;
    assert_false(fault_matches(&fault, &subject));
    subject.answered = true;
    assert_true(fault_matches(&fault, &subject));
}

static void a_callback_after_a_held_one_is_not_held(void **state)
{
    struct fault fault = fault_of(FAULT_REORDER);
    struct fault_subject subject = {.place = FAULT_ON_CALLBACK};
    (void)state;
    fault.place = FAULT_ON_CALLBACK;
    assert_true(fault_matches(&fault, &subject));
    subject.behind = true;
    assert_false(fault_matches(&fault, &subject));
}

static void after_and_times_limit_the_hits(void **state)
{
    static const bool fires[] = {false, false, true, true, true, false, false};
    struct fault fault = fault_of(FAULT_RESET);
    (void)state;
    fault.after = 2;
    fault.times = 3;
    for (size_t i = 0; i < ARRAY_SIZE(fires); i++) {
        assert_int_equal(asks(&fault, 1), fires[i]);
    }
    assert_int_equal(fault.hits, 3);
}

static void the_oldest_fault_that_fires_wins(void **state)
{
    struct fault faults[] = {fault_of(FAULT_RESET), fault_of(FAULT_EMPTY), fault_of(FAULT_SLOW)};
    struct fault_hit hit;
    (void)state;
    faults[0].times = 1;
    faults[1].after = 1;
    faults[1].number = 2;
    faults[2].number = 3;
    assert_true(fault_ask(faults, 3, &get_one, &hit));
    assert_int_equal(hit.number, 1);
    assert_true(fault_ask(faults, 3, &get_one, &hit));
    assert_int_equal(hit.number, 3);
    assert_true(fault_ask(faults, 3, &get_one, &hit));
    assert_int_equal(hit.number, 2);
    assert_int_equal(hit.effect.kind, FAULT_EMPTY);
    assert_int_equal(faults[0].hits + faults[1].hits + faults[2].hits, 3);
}

static void a_subject_that_does_not_match_is_not_counted(void **state)
{
    struct fault fault = fault_of(FAULT_RESET);
    (void)state;
    fault.match.method = "POST";
    assert_false(asks(&fault, 1));
    assert_int_equal(fault.seen, 0);
}

/* Returns the share of `n` decisions that were yes, and a bit for each of the first 64. */
static double decide(uint64_t random, int64_t probability, int n, uint64_t *ret_first)
{
    struct fault fault = fault_of(FAULT_RESET);
    int hits = 0;
    fault.random = random;
    fault.probability = probability;
    *ret_first = 0;
    for (int i = 0; i < n; i++) {
        bool hit = asks(&fault, 1);
        hits += hit;
        *ret_first |= i < 64 ? (uint64_t)hit << i : 0;
    }
    return (double)hits / n;
}

static void the_same_random_stream_gives_the_same_decisions(void **state)
{
    uint64_t first, again, other;
    (void)state;
    decide(7, FAULT_ALWAYS / 2, 64, &first);
    decide(7, FAULT_ALWAYS / 2, 64, &again);
    decide(8, FAULT_ALWAYS / 2, 64, &other);
    assert_true(first == again);
    assert_true(first != other);
}

static void a_probability_is_a_share_of_the_matches(void **state)
{
    uint64_t first;
    (void)state;
    assert_true(decide(1, 0, 1000, &first) == 0);
    assert_true(decide(1, FAULT_ALWAYS, 1000, &first) == 1);
    double quarter = decide(1, FAULT_ALWAYS / 4, 100000, &first);
    assert_true(quarter > 0.24 && quarter < 0.26);
}

static void delays_stay_in_their_range_and_reach_its_ends(void **state)
{
    struct fault fault = fault_of(FAULT_DELAY);
    bool least = false, most = false;
    (void)state;
    fault.effect.delay =
        (struct fault_delay){.least_ms = 10, .most_ms = 12, .median_ms = FAULT_UNSET};
    for (int i = 0; i < 200; i++) {
        struct fault_hit hit;
        assert_true(fault_ask(&fault, 1, &get_one, &hit));
        assert_in_range(hit.delay_ms, 10, 12);
        least |= hit.delay_ms == 10;
        most |= hit.delay_ms == 12;
    }
    assert_true(least && most);
}

static void a_lognormal_delay_has_its_median_and_a_maximum(void **state)
{
    struct fault fault = fault_of(FAULT_DELAY);
    int below = 0;
    (void)state;
    fault.effect.delay = (struct fault_delay){.median_ms = 200, .sigma = 3};
    for (int i = 0; i < 10000; i++) {
        struct fault_hit hit;
        assert_true(fault_ask(&fault, 1, &get_one, &hit));
        assert_in_range(hit.delay_ms, 0, FAULT_CALL_MOST_MS);
        below += hit.delay_ms < 200;
    }
    assert_in_range(below, 4800, 5200);
}

static void each_fault_has_its_own_parameters(void **state)
{
    (void)state;
    assert_int_equal(fault_params(FAULT_SLOW, FAULT_ON_API),
                     FAULT_HAS_BYTES_PER_S | FAULT_HAS_METHOD | FAULT_HAS_PATH);
    assert_int_equal(fault_params(FAULT_HALF, FAULT_ON_CALLBACK), FAULT_HAS_TRANSITION);
    assert_int_equal(fault_needs(FAULT_SLOW), FAULT_HAS_BYTES_PER_S);
    assert_int_equal(fault_needs(FAULT_STATUS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_place_has_its_own_faults),
        cmocka_unit_test(the_second_step_of_a_fault_has_the_name_of_the_first),
        cmocka_unit_test(the_suggested_name_belongs_to_the_place),
        cmocka_unit_test(delays_are_a_duration_or_a_range),
        cmocka_unit_test(paths_match_with_or_without_api_and_with_stars),
        cmocka_unit_test(every_part_of_a_match_must_fit),
        cmocka_unit_test(callbacks_match_by_the_reported_status),
        cmocka_unit_test(only_a_creation_can_have_a_callback_before_its_response),
        cmocka_unit_test(a_callback_after_a_held_one_is_not_held),
        cmocka_unit_test(after_and_times_limit_the_hits),
        cmocka_unit_test(the_oldest_fault_that_fires_wins),
        cmocka_unit_test(a_subject_that_does_not_match_is_not_counted),
        cmocka_unit_test(the_same_random_stream_gives_the_same_decisions),
        cmocka_unit_test(a_probability_is_a_share_of_the_matches),
        cmocka_unit_test(delays_stay_in_their_range_and_reach_its_ends),
        cmocka_unit_test(a_lognormal_delay_has_its_median_and_a_maximum),
        cmocka_unit_test(each_fault_has_its_own_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
