#include "unit.h"

#include "domain/status.h"

/* The statuses of P801 to P814 and the changes of P822 to P825. The numbers are those in the
 * database. */
static const struct {
    const char *name;
    int number;
    bool final, failure, paid;
    const char *next; /* blank between names */
} rows[] = {
    {"created", 0, false, false, false, "process_pending expired terminated"},
    {"expired", 1, true, true, false, ""},
    {"process_pending", 2, false, false, false,
     "processed process_failed verified partially_processed terminated"},
    {"processed", 3, true, false, true,
     "refund_pending refunded partially_refunded refund_failed charged_back "
     "partially_charged_back"},
    {"process_failed", 4, true, true, false, "process_pending"},
    {"verified", 5, true, false, true, ""},
    {"refund_pending", 6, false, false, true, "refunded partially_refunded refund_failed"},
    {"partially_refunded", 7, true, false, true,
     "refund_pending refunded charged_back partially_charged_back"},
    {"refunded", 8, true, false, true, ""},
    {"refund_failed", 9, true, true, true,
     "refund_pending refunded charged_back partially_charged_back"},
    {"charged_back", 10, true, false, true, ""},
    {"partially_charged_back", 11, true, false, true, "charged_back refund_pending"},
    {"partially_processed", 12, true, false, true,
     "refund_pending refunded partially_refunded refund_failed charged_back "
     "partially_charged_back"},
    {"terminated", 13, true, true, false, ""},
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

static void the_state_table_is_that_of_the_platform(void **state)
{
    (void)state;
    for (int from = 0; from < STATUS_COUNT; from++) {
        for (int to = 0; to < STATUS_COUNT; to++) {
            bool may = status_may_become((enum status)from, (enum status)to);
            if (may != has_word(rows[from].next, rows[to].name)) {
                fail_msg("%s %s %s", rows[from].name, may ? "must not become" : "must become",
                         rows[to].name);
            }
        }
    }
}

static void a_status_never_follows_itself(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_row(rows[i].name, !status_may_become((enum status)i, (enum status)i));
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
        assert_row(rows[i].name, status_payment_name((enum status)i) != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_keeps_its_number_and_name),
        cmocka_unit_test(names_are_found_in_any_letter_case),
        cmocka_unit_test(other_names_are_not_statuses),
        cmocka_unit_test(the_state_table_is_that_of_the_platform),
        cmocka_unit_test(a_status_never_follows_itself),
        cmocka_unit_test(final_failed_and_paid_are_distinguished),
        cmocka_unit_test(a_pending_payment_is_invoked_and_a_processed_one_processed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
