#include "unit.h"

#include "domain/outcome.h"

static struct arena arena; /* for the reasons of errors */

static const char *const extra_names[] = {"velocity_limit"};
static const struct resolution_set extra = {extra_names, ARRAY_SIZE(extra_names)};

static void a_plan_has_one_normal_form(void **state)
{
    static const struct {
        const char *text, *normal;
    } rows[] = {
        {"processed", "processed:ok"},
        {"PROCESSED", "processed:ok"},
        {"processed:ok", "processed:ok"},
        {"processed:OK@0", "processed:ok@0ms"},
        {"processed@10s", "processed:ok@10000ms"},
        {"process_failed", "process_failed:general_decline"},
        {"process_failed:insufficient_funds@500ms", "process_failed:insufficient_funds@500ms"},
        {"Process_Failed:Insufficient_Funds", "process_failed:insufficient_funds"},
        {"process_failed:velocity_limit", "process_failed:velocity_limit"},
        {"process_pending", "process_pending:ok"},
        {"process_pending:auth_3ds_required", "process_pending:auth_3ds_required"},
        {"expired", "process_failed:expired@0ms"},
        {"EXPIRED@5m", "process_failed:expired@300000ms"},
        {"expired:expired", "process_failed:expired@0ms"},
        {"verified", "verified:ok"},
        {"processed@1s,refunded@5s", "processed:ok@1000ms,refunded:ok@5000ms"},
        {"processed, refund_pending, refund_failed:declined",
         "processed:ok,refund_pending:ok,refund_failed:declined"},
        {"process_pending,processed", "process_pending:ok,processed:ok"},
        {"process_failed,process_pending,processed",
         "process_failed:general_decline,process_pending:ok,processed:ok"},
        {"processing,process_error,processed",
         "processing:ok,process_error:provider_error,processed:ok"},
        {"processing:auth_3ds_required", "processing:auth_3ds_required"},
        {"canceling,cancel_error:ok,cancel_failed",
         "canceling:ok,cancel_error:ok,cancel_failed:general_decline"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct outcome outcome;
        char text[OUTCOME_TEXT], again[OUTCOME_TEXT];
        const char *why =
            outcome_parse(rows[i].text, STATUS_PROCESS_PENDING, &extra, &arena, &outcome);
        if (why) {
            fail_msg("row \"%s\": %s", rows[i].text, why);
        }
        outcome_format(&outcome, 0, text);
        assert_row_text(rows[i].text, text, rows[i].normal);
        assert_row(text, !outcome_parse(text, STATUS_PROCESS_PENDING, &extra, NULL, &outcome));
        outcome_format(&outcome, 0, again);
        assert_row_text(text, again, text);
    }
}

#define STATUSES "; GET /_mock/statuses lists them"
#define RESOLUTIONS "; GET /_mock/resolutions lists them"

static void an_invalid_plan_is_rejected_with_its_invalid_part(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "unknown status \"\"" STATUSES},
        {"paid", "unknown status \"paid\"; did you mean processed?"},
        {"proccessed", "unknown status \"proccessed\"; did you mean processed?"},
        {"declined", "unknown status \"declined\"; did you mean process_failed:declined?"},
        {"insuficient_funds",
         "unknown status \"insuficient_funds\"; did you mean process_failed:insufficient_funds?"},
        {"pleased", "unknown status \"pleased\"" STATUSES},
        {"process_failed:insuficient_funds",
         "unknown resolution \"insuficient_funds\"; did you mean insufficient_funds?"},
        {"processed,", "unknown status \"\"" STATUSES},
        {",processed", "unknown status \"\"" STATUSES},
        {"processed ", "unknown status \"processed \"; did you mean processed?"},
        {":ok", "unknown status \"\"" STATUSES},
        {"process_failed:broke", "unknown resolution \"broke\"" RESOLUTIONS},
        {"process_failed:", "unknown resolution \"\"" RESOLUTIONS},
        {"processed:declined", "processed carries the resolution ok, not declined"},
        {"process_failed:ok", "process_failed cannot carry the resolution ok"},
        {"expired:declined", "expired cannot be given a resolution"},
        {"processed@", "\"\" is not a delay: use a whole number and ms, s, m, h or d"},
        {"processed@5", "\"5\" is not a delay: use a whole number and ms, s, m, h or d"},
        {"processed@-1s", "\"-1s\" is not a delay: use a whole number and ms, s, m, h or d"},
        {"processed@1s@2s", "\"1s@2s\" is not a delay: use a whole number and ms, s, m, h or d"},
        {"processed@99999999999999999999s", NULL},
        {"processed,processed", "processed cannot become processed"},
        {"refunded", "process_pending cannot become refunded"},
        {"created", "process_pending cannot become created"},
        {"process_pending,process_pending", "process_pending cannot become process_pending"},
        {"verified,processed", "verified cannot become processed"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct outcome outcome = {.n = -5};
        const char *why =
            outcome_parse(rows[i].text, STATUS_PROCESS_PENDING, &extra, &arena, &outcome);
        assert_row(rows[i].text, why && *why && outcome.n == -5);
        assert_row_text(rows[i].text, why, rows[i].why ? rows[i].why : why);
        assert_row(rows[i].text,
                   outcome_parse(rows[i].text, STATUS_PROCESS_PENDING, &extra, NULL, &outcome));
    }
}

static void resolutions_of_fixtures_are_accepted_only_if_given(void **state)
{
    struct outcome outcome;
    (void)state;
    assert_null(outcome_parse("process_failed:velocity_limit", STATUS_PROCESS_PENDING, &extra, NULL,
                              &outcome));
    assert_non_null(outcome_parse("process_failed:velocity_limit", STATUS_PROCESS_PENDING, NULL,
                                  NULL, &outcome));
}

static void a_plan_starts_at_the_status_of_the_invoice(void **state)
{
    static const struct {
        enum status from;
        const char *text;
        bool fits;
    } rows[] = {
        {STATUS_PROCESSED, "refunded@1s", true},
        {STATUS_PROCESSED, "process_failed", false},
        {STATUS_CREATED, "processed", false},
        {STATUS_CREATED, "process_pending,processed", true},
        {STATUS_REFUNDED, "charged_back", false},
        {STATUS_PROCESS_FAILED, "process_pending,processed", true},
        {STATUS_PARTIALLY_CHARGED_BACK, "charged_back", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct outcome outcome;
        assert_row(rows[i].text, !outcome_parse(rows[i].text, rows[i].from, NULL, NULL, &outcome) ==
                                     rows[i].fits);
    }
}

static void a_plan_has_at_most_8_steps(void **state)
{
    static const char eight[] =
        "process_failed,process_pending,process_failed,process_pending,process_failed,"
        "process_pending,process_failed,process_pending";
    struct outcome outcome;
    char nine[256];
    (void)state;
    assert_null(outcome_parse(eight, STATUS_PROCESS_PENDING, NULL, NULL, &outcome));
    assert_int_equal(outcome.n, OUTCOME_STEPS);
    snprintf(nine, sizeof nine, "%s,processed", eight);
    assert_string_equal(outcome_parse(nine, STATUS_PROCESS_PENDING, NULL, &arena, &outcome),
                        "an outcome must have at most 8 steps");
}

static void a_text_that_is_too_long_is_rejected(void **state)
{
    static const size_t lengths[] = {1022, 1023, 1024, 1 << 20};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        struct outcome outcome;
        char *commas = repeat(',', lengths[i]), *letters = repeat('p', lengths[i]);
        assert_non_null(outcome_parse(commas, STATUS_PROCESS_PENDING, NULL, NULL, &outcome));
        assert_non_null(outcome_parse(letters, STATUS_PROCESS_PENDING, NULL, NULL, &outcome));
        free(commas);
        free(letters);
    }
}

static void the_longest_plan_fits_its_normal_form(void **state)
{
    char name[64];
    memset(name, 'n', 63);
    name[63] = '\0';
    const char *const names[] = {name};
    const struct resolution_set longest = {names, 1};
    struct outcome outcome = {.n = OUTCOME_STEPS};
    char text[OUTCOME_TEXT], again[OUTCOME_TEXT];
    (void)state;
    for (int i = 0; i < OUTCOME_STEPS; i++) {
        struct outcome_step *step = &outcome.steps[i];
        step->status = i % 2 ? STATUS_PROCESS_PENDING : STATUS_PROCESS_FAILED;
        memcpy(step->resolution, name, sizeof name);
        step->delay_ms = (int64_t)3650 * 86400000;
    }
    outcome_format(&outcome, 0, text);
    assert_true(strlen(text) > 700);
    assert_null(outcome_parse(text, STATUS_PROCESS_PENDING, &longest, NULL, &outcome));
    outcome_format(&outcome, 0, again);
    assert_string_equal(again, text);
}

static void the_rest_of_a_plan_is_its_tail(void **state)
{
    struct outcome outcome;
    char text[OUTCOME_TEXT];
    (void)state;
    assert_null(
        outcome_parse("processed@1s,refunded@5s", STATUS_PROCESS_PENDING, NULL, NULL, &outcome));
    outcome_format(&outcome, 1, text);
    assert_string_equal(text, "refunded:ok@5000ms");
    outcome_format(&outcome, 2, text);
    assert_string_equal(text, "");
}

static void the_first_step_decides_what_an_outcome_is_for(void **state)
{
    static const struct {
        const char *text;
        enum outcome_kind kind;
    } rows[] = {
        {"processed", OUTCOME_OF_PAYMENT},
        {"processed@1s,refunded", OUTCOME_OF_PAYMENT},
        {"charged_back", OUTCOME_OF_PAYMENT},
        {"canceled", OUTCOME_OF_PAYMENT},
        {"refunding,refunded", OUTCOME_OF_REFUND},
        {"nonsense", OUTCOME_OF_PAYMENT},
        {"", OUTCOME_OF_PAYMENT},
        {"refunded", OUTCOME_OF_REFUND},
        {"Refund_Failed:declined@500ms", OUTCOME_OF_REFUND},
        {" partially_refunded@1s,charged_back", OUTCOME_OF_REFUND},
        {"refund_pending,refunded", OUTCOME_OF_REFUND},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].text, outcome_kind(rows[i].text) == rows[i].kind);
    }
    char *longest = repeat('r', 2000);
    assert_int_equal(outcome_kind(longest), OUTCOME_OF_PAYMENT);
    free(longest);
    assert_int_equal(outcome_start(OUTCOME_OF_PAYMENT), STATUS_PROCESS_PENDING);
    assert_int_equal(outcome_start(OUTCOME_OF_REFUND), STATUS_REFUND_PENDING);
}

static void resolutions_are_snake_case_of_at_most_63_characters(void **state)
{
    static const struct {
        const char *name;
        bool has;
    } rows[] = {
        {"a", true},    {"card_3ds_enrolled", true}, {"", false}, {"A", false}, {"a-b", false},
        {"a b", false}, {"\xc3\xa9", false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].name, resolution_has_form(rows[i].name) == rows[i].has);
    }
    char *longest = repeat('a', 63), *longer = repeat('a', 64);
    assert_true(resolution_has_form(longest));
    assert_false(resolution_has_form(longer));
    free(longest);
    free(longer);
}

static void an_outcome_must_be_possible_for_its_subject(void **state)
{
    static const struct {
        const char *text;
        struct outcome_subject subject;
        const char *why; /* NULL if the outcome is possible */
    } rows[] = {
        {"processed,refunded", {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_CHARGE}, NULL},
        {"processed,refunded",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_VERIFY},
         "a payment invoice that is verified cannot become refunded"},
        {"processed,refunded",
         {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE},
         "a payout invoice that is processed cannot become refunded"},
        {"process_failed,process_pending,processed",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_VERIFY},
         NULL},
        {"process_failed,process_pending",
         {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE},
         "a payout invoice that is process_failed cannot become process_pending"},
        {"process_pending,terminated", {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE}, NULL},
        {"verified", {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE}, NULL},
        {"refund_pending,refunded", {STATUS_REFUND_PENDING, INVOICE_PAYMENT, FLOW_CHARGE}, NULL},
        {"processed,canceled", {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE}, NULL},
        {"canceled",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_CHARGE},
         "a payment invoice that is process_pending cannot become canceled"},
        {"processing,processed",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_CHARGE, PROFILE_2024},
         NULL},
        {"processing,processed",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_CHARGE, PROFILE_2020},
         "processing is not a status of the profile 2020: set the account's profile to 2024 or "
         "later"},
        {"canceling,canceled",
         {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE, PROFILE_2024},
         NULL},
        {"verify_failed",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_VERIFY, PROFILE_2024},
         NULL},
        {"verify_failed",
         {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, FLOW_CHARGE, PROFILE_2024},
         "a payment invoice with the flow charge cannot become verify_failed"},
        {"refunding,refunded",
         {STATUS_REFUND_PENDING, INVOICE_PAYMENT, FLOW_CHARGE, PROFILE_2024},
         NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct outcome outcome;
        assert_row(rows[i].text,
                   !outcome_parse(rows[i].text, rows[i].subject.from, &extra, NULL, &outcome));
        const char *why = outcome_fits(&outcome, &rows[i].subject, &arena);
        assert_row_text(rows[i].text, why ? why : "", rows[i].why ? rows[i].why : "");
    }
}

static int drop_reasons(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_has_one_normal_form),
        cmocka_unit_test(an_invalid_plan_is_rejected_with_its_invalid_part),
        cmocka_unit_test(resolutions_of_fixtures_are_accepted_only_if_given),
        cmocka_unit_test(a_plan_starts_at_the_status_of_the_invoice),
        cmocka_unit_test(a_plan_has_at_most_8_steps),
        cmocka_unit_test(a_text_that_is_too_long_is_rejected),
        cmocka_unit_test(the_longest_plan_fits_its_normal_form),
        cmocka_unit_test(the_rest_of_a_plan_is_its_tail),
        cmocka_unit_test(the_first_step_decides_what_an_outcome_is_for),
        cmocka_unit_test(an_outcome_must_be_possible_for_its_subject),
        cmocka_unit_test(resolutions_are_snake_case_of_at_most_63_characters),
    };
    return cmocka_run_group_tests(tests, NULL, drop_reasons);
}
