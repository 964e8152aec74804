#include "unit.h"

#include "domain/invoice.h"

#define CENT (MONEY_ONE / 100)

static struct invoice paid(int64_t amount, int64_t processed, int64_t refunded, int64_t back)
{
    return (struct invoice){.status = STATUS_PROCESSED,
                            .payment_amount = amount,
                            .processed_amount = processed,
                            .refunded_amount = refunded,
                            .charged_back_amount = back};
}

static void the_remaining_amount_is_what_was_paid_minus_what_went_back(void **state)
{
    static const struct {
        const char *name;
        int64_t amount, processed, refunded, back, left;
    } rows[] = {
        {"not paid", 100, MONEY_NONE, MONEY_NONE, MONEY_NONE, 100},
        {"paid", 100, 100, MONEY_NONE, MONEY_NONE, 100},
        {"paid in part", 100, 60, MONEY_NONE, MONEY_NONE, 60},
        {"refunded in part", 100, 100, 30, MONEY_NONE, 70},
        {"charged back in part", 100, 100, MONEY_NONE, 30, 70},
        {"both", 100, 100, 30, 70, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct invoice invoice =
            paid(rows[i].amount, rows[i].processed, rows[i].refunded, rows[i].back);
        assert_row(rows[i].name, invoice_left(&invoice) == rows[i].left);
    }
}

static void the_parts_of_the_money_add_up_to_the_effect_on_the_balance(void **state)
{
    static const struct {
        const char *name;
        enum invoice_kind kind;
        enum status status;
        int64_t processed, refunded, back; /* of 100 with a fee of 3 */
        struct invoice_money money;
    } rows[] = {
        {"open", INVOICE_PAYMENT, STATUS_PROCESS_PENDING, MONEY_NONE, MONEY_NONE, MONEY_NONE, {0}},
        {"paid", INVOICE_PAYMENT, STATUS_PROCESSED, 100, MONEY_NONE, MONEY_NONE, {100, 3}},
        {"both", INVOICE_PAYMENT, STATUS_CHARGED_BACK, 100, 30, 70, {100, 3, 30, 70}},
        {"payout", INVOICE_PAYOUT, STATUS_CREATED, MONEY_NONE, MONEY_NONE, MONEY_NONE, {0}},
        {"payout in progress",
         INVOICE_PAYOUT,
         STATUS_PROCESS_PENDING,
         MONEY_NONE,
         MONEY_NONE,
         MONEY_NONE,
         {-100, 3, 0, 0, 103}},
        {"paid out", INVOICE_PAYOUT, STATUS_PROCESSED, 100, MONEY_NONE, MONEY_NONE, {-100, 3}},
        {"paid out in part",
         INVOICE_PAYOUT,
         STATUS_PARTIALLY_PROCESSED,
         40,
         MONEY_NONE,
         MONEY_NONE,
         {-40, 3}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        bool payout = rows[i].kind == INVOICE_PAYOUT, none = rows[i].processed == MONEY_NONE;
        const struct invoice invoice = {
            .seq = invoice_kinds[rows[i].kind].first,
            .status = rows[i].status,
            .payment_amount = 100,
            .fee = 3,
            .deposit = payout ? 103 : 97,
            .processed_amount = rows[i].processed,
            .processed_fee = none ? MONEY_NONE : 3,
            .processed_deposit = none ? MONEY_NONE : rows[i].processed + (payout ? 3 : -3),
            .refunded_amount = rows[i].refunded,
            .charged_back_amount = rows[i].back};
        const struct invoice_money is = invoice_money_of(&invoice);
        assert_row(rows[i].name, memcmp(&is, &rows[i].money, sizeof is) == 0);
        assert_row(rows[i].name, is.paid - is.fee - is.refunded - is.charged_back ==
                                     invoice_balance_effect(&invoice));
        assert_row(rows[i].name, is.reserved == invoice_reserved(&invoice));
    }
}

static void a_change_is_the_difference_and_none_if_there_is_no_difference(void **state)
{
    const struct invoice_money from = {100, 3, 0, 20, 0}, to = {100, 5, 30, 0, 0};
    const struct invoice_money moved = invoice_money_moved(&from, &to);
    (void)state;
    assert_true(moved.paid == MONEY_NONE && moved.fee == 2 && moved.refunded == 30 &&
                moved.charged_back == -20 && moved.reserved == MONEY_NONE);
}

static void a_full_refund_takes_all_that_is_left_and_a_partial_one_less(void **state)
{
    static const struct {
        enum status status;
        int64_t refunded, least, most, usual;
    } rows[] = {
        {STATUS_PROCESSED, MONEY_NONE, 1, 100 * CENT, 100 * CENT},
        {STATUS_PARTIALLY_PROCESSED, MONEY_NONE, 1, 100 * CENT - 1, 50 * CENT},
        {STATUS_REFUNDED, 30 * CENT, 70 * CENT, 70 * CENT, 70 * CENT},
        {STATUS_PARTIALLY_REFUNDED, 30 * CENT, 1, 70 * CENT - 1, 35 * CENT},
        {STATUS_CHARGED_BACK, 30 * CENT, 70 * CENT, 70 * CENT, 70 * CENT},
        {STATUS_PARTIALLY_CHARGED_BACK, 31 * CENT, 1, 69 * CENT - 1, 34 * CENT},
        {STATUS_REFUND_PENDING, MONEY_NONE, 0, 0, 0},
        {STATUS_TERMINATED, MONEY_NONE, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct invoice invoice = paid(100 * CENT, 100 * CENT, rows[i].refunded, MONEY_NONE);
        const struct money_range range = invoice_range(&invoice, rows[i].status);
        const char *name = status_name(rows[i].status);
        assert_row(name, range.least == rows[i].least);
        assert_row(name, range.most == rows[i].most);
        assert_row(name, range.usual == rows[i].usual);
        assert_row(name, money_range_has(&range, rows[i].usual));
    }
}

static void a_half_is_rounded_to_the_smallest_unit_of_the_currency(void **state)
{
    static const struct {
        const char *currency;
        int64_t left, usual;
    } rows[] = {
        {"USD", 101 * CENT, 50 * CENT},
        {"BTC", 3 * CENT, CENT + CENT / 2},
        {"BTC", 5, 2},
        {"JPY", 101 * MONEY_ONE, 50 * MONEY_ONE},
        {"JPY", MONEY_ONE, MONEY_ONE / 2},
        {"KWD", 3 * CENT, CENT + CENT / 2},
        {"KWD", 3 * CENT / 10, CENT / 10},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct invoice invoice = paid(CENT, rows[i].left, MONEY_NONE, MONEY_NONE);
        invoice.currency = rows[i].currency;
        assert_row(rows[i].currency,
                   invoice_range(&invoice, STATUS_PARTIALLY_REFUNDED).usual == rows[i].usual);
    }
}

static void half_of_less_than_a_cent_is_exact_and_nothing_has_no_half(void **state)
{
    static const struct {
        int64_t left, usual;
        bool can;
    } rows[] = {{2 * CENT, CENT, true}, {CENT, CENT / 2, true}, {3, 1, true},  {2, 1, true},
                {1, 0, false},          {0, 0, false},          {-1, 0, false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct invoice invoice = paid(CENT, rows[i].left, MONEY_NONE, MONEY_NONE);
        const struct money_range part = invoice_range(&invoice, STATUS_PARTIALLY_REFUNDED);
        const struct money_range whole = invoice_range(&invoice, STATUS_REFUNDED);
        assert_int_equal(part.usual, rows[i].usual);
        assert_int_equal(money_range_has(&part, part.usual), rows[i].can);
        assert_int_equal(money_range_has(&whole, whole.usual), rows[i].left > 0);
    }
}

static void null_plus_an_amount_is_the_amount(void **state)
{
    int64_t sum = MONEY_NONE;
    (void)state;
    money_raise(&sum, 3);
    assert_int_equal(sum, 3);
    money_raise(&sum, 4);
    assert_int_equal(sum, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_the_money_add_up_to_the_effect_on_the_balance),
        cmocka_unit_test(a_change_is_the_difference_and_none_if_there_is_no_difference),
        cmocka_unit_test(the_remaining_amount_is_what_was_paid_minus_what_went_back),
        cmocka_unit_test(a_full_refund_takes_all_that_is_left_and_a_partial_one_less),
        cmocka_unit_test(a_half_is_rounded_to_the_smallest_unit_of_the_currency),
        cmocka_unit_test(half_of_less_than_a_cent_is_exact_and_nothing_has_no_half),
        cmocka_unit_test(null_plus_an_amount_is_the_amount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
