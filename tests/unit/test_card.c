#include "unit.h"

#include "domain/card.h"

static const struct card_outcome by_expiry[] = {
    {"0529", "process_failed:insufficient_funds"},
    {"0125", "process_failed:invalid_credentials"},
    {"*", "process_failed:general_fatal_error"},
};
static const struct card_outcome always[] = {{"*", "processed"}};
static const struct test_card cards[] = {
    {"5123817234060000", "mastercard", "mastercard", "FIRST DATA CORPORATION", "US", "1224", true,
     always, 1},
    {"4412397212080000", "visa", "visa", "TEST CARD ISSUER", "GB", "1224", true, by_expiry, 3},
};
static const struct card_table table = {
    .cards = cards,
    .n = ARRAY_SIZE(cards),
    .luhn_failure = "process_failed:invalid_card",
    .otherwise = "process_failed:general_fatal_error",
};

static void the_luhn_sum_detects_typing_errors(void **state)
{
    static const struct {
        const char *number;
        bool holds;
    } rows[] = {
        {"4111111111111111", true}, {"4111111111111112", false},    {"79927398713", true},
        {"79927398710", false},     {"0000000000000000", true},     {"5555555555554444", true},
        {"378282246310005", true},  {"9999999999999999999", false}, {"6304000000000000", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].number, card_luhn_holds(rows[i].number) == rows[i].holds);
    }
}

static void numbers_are_12_to_19_digits_with_blanks_and_dashes(void **state)
{
    static const struct {
        const char *text, *number; /* number NULL: rejected */
    } rows[] = {
        {"5123817234060000", "5123817234060000"},
        {"5123 8172 3406 0000", "5123817234060000"},
        {" 5123-8172-3406-0000 ", "5123817234060000"},
        {"123456789012", "123456789012"},
        {"1234567890123456789", "1234567890123456789"},
        {"12345678901", NULL},
        {"12345678901234567890", NULL},
        {"", NULL},
        {"   ", NULL},
        {"5123817234060000x", NULL},
        {"5123.8172.3406.0000", NULL},
        {"５１２３８１７２３４０６", NULL},
        {"5123\t817234060000", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char number[CARD_NUMBER_TEXT];
        bool read = card_number_read(rows[i].text, number);
        assert_row(rows[i].text, read == (rows[i].number != NULL));
        if (read) {
            assert_row_text(rows[i].text, number, rows[i].number);
        }
    }
    char *longest = repeat('4', 1 << 20), number[CARD_NUMBER_TEXT];
    assert_false(card_number_read(longest, number));
    free(longest);
}

static void expiries_are_a_month_and_a_year(void **state)
{
    static const struct {
        const char *text, *expiry;
    } rows[] = {
        {"1224", "1224"},   {"12/24", "1224"}, {"12 / 2024", "1224"}, {"01-25", "0125"},
        {"122024", "1224"}, {"0777", "0777"},  {"0125", "0125"},      {"0024", NULL},
        {"1324", NULL},     {"", NULL},        {"1", NULL},           {"122", NULL},
        {"12244", NULL},    {"1220244", NULL}, {"ab24", NULL},        {"12:24", NULL},
        {"//--", NULL},     {"9999", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char expiry[5];
        bool read = card_expiry_read(rows[i].text, expiry);
        assert_row(rows[i].text, read == (rows[i].expiry != NULL));
        if (read) {
            assert_row_text(rows[i].text, expiry, rows[i].expiry);
        }
    }
}

static void number_and_expiry_decide_the_outcome(void **state)
{
    static const struct {
        const char *number, *expiry, *outcome;
    } rows[] = {
        {"5123817234060000", "1224", "processed"},
        {"5123817234060000", "0529", "processed"},
        {"4412397212080000", "0529", "process_failed:insufficient_funds"},
        {"4412397212080000", "0125", "process_failed:invalid_credentials"},
        {"4412397212080000", "1224", "process_failed:general_fatal_error"},
        {"4111111111111111", "1224", "process_failed:general_fatal_error"},
        {"4111111111111112", "1224", "process_failed:invalid_card"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct card_entry entry = {0};
        memcpy(entry.number, rows[i].number, strlen(rows[i].number));
        memcpy(entry.expiry, rows[i].expiry, 4);
        assert_row_text(rows[i].number, card_outcome(&table, &entry), rows[i].outcome);
    }
}

static void an_invoice_shows_the_first_six_and_last_four_digits(void **state)
{
    static const struct {
        const char *number, *first, *last, *mask;
    } rows[] = {
        {"5123817234060000", "512381", "0000", "512381******0000"},
        {"123456789012", "123456", "9012", "123456**9012"},
        {"1234567890123456789", "123456", "6789", "123456*********6789"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct card_entry entry = {.expiry = "0727"};
        struct card_shown shown;
        memcpy(entry.number, rows[i].number, strlen(rows[i].number));
        card_show(&table, &entry, &shown);
        assert_row_text(rows[i].number, shown.first, rows[i].first);
        assert_row_text(rows[i].number, shown.last, rows[i].last);
        assert_row_text(rows[i].number, shown.mask, rows[i].mask);
        assert_row_text(rows[i].number, shown.expiry_month, "07");
        assert_row_text(rows[i].number, shown.expiry_year, "27");
        assert_null(shown.holder);
    }
}

static void only_a_test_card_shows_its_issuer(void **state)
{
    struct card_entry known = {
        .number = "5123817234060000", .expiry = "1224", .holder = "JANE DOE"};
    struct card_entry unknown = {.number = "4111111111111111", .expiry = "1224"};
    struct card_shown shown;
    (void)state;
    card_show(&table, &known, &shown);
    assert_string_equal(shown.brand, "mastercard");
    assert_string_equal(shown.issuer_name, "FIRST DATA CORPORATION");
    assert_string_equal(shown.issuer_country, "US");
    assert_string_equal(shown.holder, "JANE DOE");
    card_show(&table, &unknown, &shown);
    assert_null(shown.brand);
    assert_null(shown.network);
    assert_null(shown.issuer_name);
    assert_null(shown.issuer_country);
}

static void an_unattended_payment_takes_the_first_test_card(void **state)
{
    struct card_entry entry;
    (void)state;
    card_unattended(&table, &entry);
    assert_string_equal(entry.number, "5123817234060000");
    assert_string_equal(entry.expiry, "1224");
    assert_string_equal(entry.holder, "");
    assert_string_equal(card_outcome(&table, &entry), "processed");
}

static void a_test_card_is_found_by_what_an_invoice_shows(void **state)
{
    (void)state;
    assert_ptr_equal(card_find_shown(&table, "512381******0000"), &cards[0]);
    assert_null(card_find_shown(&table, "411111******1111"));
    assert_null(card_find_shown(&table, "5123817234060000"));
    assert_null(card_find_shown(&table, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_luhn_sum_detects_typing_errors),
        cmocka_unit_test(numbers_are_12_to_19_digits_with_blanks_and_dashes),
        cmocka_unit_test(expiries_are_a_month_and_a_year),
        cmocka_unit_test(number_and_expiry_decide_the_outcome),
        cmocka_unit_test(an_invoice_shows_the_first_six_and_last_four_digits),
        cmocka_unit_test(only_a_test_card_shows_its_issuer),
        cmocka_unit_test(a_test_card_is_found_by_what_an_invoice_shows),
        cmocka_unit_test(an_unattended_payment_takes_the_first_test_card),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
