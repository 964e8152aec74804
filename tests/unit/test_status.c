#include "unit.h"

#include "domain/status.h"

/* The statuses of P801 to P816 and P617 to P619, and the changes of P822 to P825 and P832. The
 * numbers are those in the database. */
#define PAYS                                                                                       \
    "processed process_failed verified partially_processed terminated verify_failed "              \
    "authorize_failed"
#define GOES_BACK                                                                                  \
    "refund_pending refunding refunded partially_refunded refund_failed charged_back "             \
    "partially_charged_back"
#define PAYS_OUT                                                                                   \
    "processed process_failed partially_processed terminated canceled partially_canceled "         \
    "canceling"
#define CANCELS "canceling cancel_pending canceled"
#define CANCEL_ENDS "canceled partially_canceled cancel_failed"
static const struct {
    const char *name;
    int number;
    bool final, failure, paid;
    const char *next; /* blank between names */
    const char *payout_next;
} rows[] = {
    {"created", 0, false, false, false, "process_pending expired terminated",
     "process_pending process_failed expired terminated"},
    {"expired", 1, true, true, false, "", ""},
    {"process_pending", 2, false, false, false, PAYS " processing process_error",
     PAYS_OUT " processing process_error"},
    {"processed", 3, true, false, true, GOES_BACK, CANCELS " partially_canceled"},
    {"process_failed", 4, true, true, false, "process_pending", ""},
    {"verified", 5, true, false, true, "", ""},
    {"refund_pending", 6, false, false, true, "refunding refunded partially_refunded refund_failed",
     ""},
    {"partially_refunded", 7, true, false, true,
     "refund_pending refunding refunded charged_back partially_charged_back", ""},
    {"refunded", 8, true, false, true, "", ""},
    {"refund_failed", 9, true, true, true,
     "refund_pending refunding refunded charged_back partially_charged_back", ""},
    {"charged_back", 10, true, false, true, "", ""},
    {"partially_charged_back", 11, true, false, true, "charged_back refund_pending refunding", ""},
    {"partially_processed", 12, true, false, true, GOES_BACK, CANCELS " partially_canceled"},
    {"terminated", 13, true, true, false, "", ""},
    {"canceled", 14, true, false, false, "", ""},
    {"partially_canceled", 15, true, false, true, "", CANCELS},
    {"processing", 16, false, false, false, PAYS " process_pending process_error",
     PAYS_OUT " process_pending process_error"},
    {"process_error", 17, false, false, false, PAYS " process_pending processing",
     PAYS_OUT " process_pending processing"},
    {"verify_failed", 18, true, true, false, "", ""},
    {"authorize_failed", 19, true, true, false, "", ""},
    {"refunding", 20, false, false, true,
     "refund_pending refunded partially_refunded refund_failed", ""},
    {"canceling", 21, false, false, false, "", CANCEL_ENDS " cancel_pending cancel_error"},
    {"cancel_pending", 22, false, false, false, "", CANCEL_ENDS " canceling cancel_error"},
    {"cancel_error", 23, false, false, false, "", CANCEL_ENDS " canceling cancel_pending"},
    {"cancel_failed", 24, true, true, true, "", CANCELS " partially_canceled"},
};

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at++) {
        bool starts = at == list || at[-1] == ' ';
        if (starts && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static void every_status_keeps_its_number_and_name(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_SIZE(rows), STATUS_COUNT);
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_row(rows[i].name, rows[i].number == i);
        assert_row_text(rows[i].name, status_name((enum status)i), rows[i].name);
    }
}

static void names_are_found_in_any_letter_case(void **state)
{
    static const struct {
        const char *name;
        enum status status;
    } cases[] = {
        {"created", STATUS_CREATED},
        {"PROCESSED", STATUS_PROCESSED},
        {"Process_Failed", STATUS_PROCESS_FAILED},
        {"partially_charged_back", STATUS_PARTIALLY_CHARGED_BACK},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        enum status status = STATUS_COUNT;
        assert_row(cases[i].name, status_parse(cases[i].name, &status));
        assert_row(cases[i].name, status == cases[i].status);
    }
}

static void other_names_are_not_statuses(void **state)
{
    static const char *const names[] = {"",        "paid",       "processed ", " processed",
                                        "process", "processedx", "ok",         "processed\n"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        enum status status = STATUS_COUNT;
        assert_row(names[i], !status_parse(names[i], &status));
        assert_row(names[i], status == STATUS_COUNT);
    }
}

static void check_change(const char *kind, int from, int to, bool may, const char *next)
{
    if (may != has_word(next, rows[to].name)) {
        fail_msg("%s: %s %s %s", kind, rows[from].name, may ? "must not become" : "must become",
                 rows[to].name);
    }
}

static void the_state_tables_are_those_of_the_platform(void **state)
{
    (void)state;
    for (int from = 0; from < STATUS_COUNT; from++) {
        for (int to = 0; to < STATUS_COUNT; to++) {
            enum status old = (enum status)from, new = (enum status)to;
            check_change("payment", from, to, status_may_become(old, new), rows[from].next);
            check_change("payout", from, to, status_payout_may_become(old, new),
                         rows[from].payout_next);
        }
    }
}

static void statuses_belong_to_the_kinds_and_profiles_that_reach_them(void **state)
{
    static const char only_payments[] =
        "verified refund_pending partially_refunded refunded refund_failed charged_back "
        "partially_charged_back verify_failed authorize_failed refunding";
    static const char only_payouts[] =
        "canceled partially_canceled canceling cancel_pending cancel_error cancel_failed";
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        enum status status = (enum status)i;
        assert_row(rows[i].name,
                   status_is_of_payment(status) == !has_word(only_payouts, rows[i].name));
        assert_row(rows[i].name,
                   status_is_of_payout(status) == !has_word(only_payments, rows[i].name));
        assert_row(rows[i].name, status_is_in(status, PROFILE_2020) == (i < STATUS_PROCESSING));
        assert_row(rows[i].name, status_is_in(status, PROFILE_2024));
    }
}

static void failures_have_a_reason_and_errors_may_have_one(void **state)
{
    static const char open[] = "process_pending processing process_error cancel_error";
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        enum status status = (enum status)i;
        bool any = has_word(open, rows[i].name);
        assert_row(rows[i].name,
                   status_takes_resolution(status, "ok") == (any || !rows[i].failure));
        assert_row(rows[i].name,
                   status_takes_resolution(status, "declined") == (any || rows[i].failure));
        assert_row(rows[i].name, status_takes_resolution(status, status_resolution(status)));
    }
    assert_string_equal(status_resolution(STATUS_PROCESS_ERROR), "provider_error");
    assert_string_equal(status_resolution(STATUS_CANCEL_FAILED), "general_decline");
    assert_string_equal(status_resolution(STATUS_CANCELED), "ok");
}

static void a_status_never_follows_itself(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_row(rows[i].name, !status_may_become((enum status)i, (enum status)i));
        assert_row(rows[i].name, !status_payout_may_become((enum status)i, (enum status)i));
    }
}

static void final_failed_and_paid_are_distinguished(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_row(rows[i].name, status_is_final((enum status)i) == rows[i].final);
        assert_row(rows[i].name, status_is_failure((enum status)i) == rows[i].failure);
        assert_row(rows[i].name, status_is_paid((enum status)i) == rows[i].paid);
    }
}

static void a_pending_payment_is_invoked_and_a_processed_one_processed(void **state)
{
    (void)state;
    assert_string_equal(status_payment_name(STATUS_PROCESS_PENDING), "invoked");
    assert_string_equal(status_payment_name(STATUS_PROCESSED), "processed");
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_row(rows[i].name, (status_payment_name((enum status)i) != NULL) ==
                                     status_is_of_payment((enum status)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_keeps_its_number_and_name),
        cmocka_unit_test(names_are_found_in_any_letter_case),
        cmocka_unit_test(other_names_are_not_statuses),
        cmocka_unit_test(the_state_tables_are_those_of_the_platform),
        cmocka_unit_test(statuses_belong_to_the_kinds_and_profiles_that_reach_them),
        cmocka_unit_test(failures_have_a_reason_and_errors_may_have_one),
        cmocka_unit_test(a_status_never_follows_itself),
        cmocka_unit_test(final_failed_and_paid_are_distinguished),
        cmocka_unit_test(a_pending_payment_is_invoked_and_a_processed_one_processed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
