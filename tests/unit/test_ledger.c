/* Balances: opening balances, and the effect of each status of an invoice. */
#include "engine_bench.h"

#include "engine/ledger.h"
#include "engine/transition.h"

static int64_t active(struct bench *b, const char *currency)
{
    struct ledger_balance balance;
    ledger_balance(&b->engine, b->tenant, currency, &balance);
    return balance.active;
}

static bool become(struct bench *b, struct invoice *invoice, enum status status, int64_t amount)
{
    const struct transition_request request = {
        .status = status,
        .amount = amount,
        .at_ms = clock_now(b->tenant),
        .cause = "command",
        .force = true,
    };
    return engine_transition(&b->engine, b->tenant, &b->arena, invoice, &request);
}

static void a_balance_starts_with_the_setting_or_a_million_of_a_service_currency(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING);
    assert_int_equal(active(&b, "QQQ"), 0); /* no service has this currency */
    struct settings settings;
    settings_default(&settings);
    settings.opening_balances = "{\"USD\":\"12.5\",\"QQQ\":\"3\"}";
    engine_change_account(&b.engine, b.tenant, &settings);
    assert_int_equal(active(&b, "USD"), 1250 * (MONEY_ONE / 100));
    assert_int_equal(active(&b, "QQQ"), 3 * MONEY_ONE);
    bench_commit(&b);
    bench_end(&b);
}

static void a_change_posts_the_difference(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", NULL);
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING);
    assert_true(become(&b, &invoice, STATUS_PROCESSED, MONEY_NONE));
    int64_t paid = invoice.processed_deposit;
    assert_true(paid > 0);
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING + paid);
    assert_true(become(&b, &invoice, STATUS_PARTIALLY_REFUNDED, 30 * MONEY_ONE));
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING + paid - 30 * MONEY_ONE);
    assert_true(become(&b, &invoice, STATUS_PARTIALLY_CHARGED_BACK, 20 * MONEY_ONE));
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING + paid - 50 * MONEY_ONE);
    assert_true(
        become(&b, &invoice, STATUS_REFUNDED, MONEY_NONE)); /* refunds the remaining amount */
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING + paid - invoice.processed_amount);
    bench_commit(&b);
    bench_end(&b);
}

/* After any two changes of status, the balance equals the effect of the invoice's last status. */
static void after_any_two_changes_the_balance_is_what_the_invoice_is_worth(void **state)
{
    struct bench b;
    int changed = 0;
    (void)state;
    bench_begin(&b);
    int64_t others = 0;
    for (int first = 0; first < STATUS_COUNT; first++) {
        for (int second = 0; second < STATUS_COUNT; second++) {
            struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", NULL);
            changed += become(&b, &invoice, (enum status)first, MONEY_NONE);
            changed += become(&b, &invoice, (enum status)second, MONEY_NONE);
            int64_t worth = invoice_balance_effect(&invoice);
            assert_row(status_name((enum status)second),
                       active(&b, "USD") == LEDGER_OPENING + others + worth);
            others += worth;
            arena_reset(&b.arena);
        }
    }
    assert_true(changed > STATUS_COUNT * STATUS_COUNT / 2);
    bench_commit(&b);
    bench_end(&b);
}

static struct ledger_balance balance(struct bench *b)
{
    struct ledger_balance balance;
    ledger_balance(&b->engine, b->tenant, "USD", &balance);
    return balance;
}

/* A payout of 100 with a fee of 2 that is not started. */
static struct invoice new_payout(struct bench *b)
{
    struct invoice payout;
    int64_t awaited;
    const struct order order = {
        .kind = INVOICE_PAYOUT,
        .service =
            service_find(&b->fixture.services.catalogues[INVOICE_PAYOUT], "payment_card_usd"),
        .draft.currency = "USD",
        .draft.amount = 100 * MONEY_ONE,
        .draft.metadata = "{}",
        .draft.base_url = "http://localhost",
        .draft.expires_ms = TIME_NONE,
        .start_delay_ms = TIME_NONE,
        .header_outcome = "process_pending",
    };
    assert_int_equal(engine_create(&b->engine, b->tenant, &b->arena, &order, &payout, &awaited),
                     CREATE_DONE);
    payout.fee = 2 * MONEY_ONE;
    payout.deposit = payout.amount + payout.fee;
    return payout;
}

static void use_newer_statuses(struct bench *b)
{
    struct settings settings;
    settings_default(&settings);
    settings.profile = "2024";
    engine_change_account(&b->engine, b->tenant, &settings);
}

/* What each way of a payout costs in the end; `paid` is what the payee keeps. */
static void a_canceled_payout_returns_its_writeoff_and_a_partly_canceled_one_the_rest(void **state)
{
    enum { STEPS = 5 };
    static const struct {
        const char *name;
        struct {
            enum status status;
            int64_t amount; /* 0: none is given */
        } steps[STEPS];
        int64_t cost, held, paid;
    } rows[] = {
        {"held", {{STATUS_PROCESSING, 0}}, 102, 102, 0},
        {"error", {{STATUS_PROCESS_ERROR, 0}}, 102, 102, 0},
        {"canceled", {{STATUS_CANCELED, 0}}, 0, 0, 0},
        {"canceled later", {{STATUS_PROCESSED, 0}, {STATUS_CANCELED, 0}}, 0, 0, 0},
        {"half of it", {{STATUS_PARTIALLY_CANCELED, 0}}, 52, 0, 50},
        {"30 of it", {{STATUS_PROCESSED, 0}, {STATUS_PARTIALLY_CANCELED, 30}}, 72, 0, 70},
        {"a part of a part",
         {{STATUS_PARTIALLY_PROCESSED, 60}, {STATUS_PARTIALLY_CANCELED, 10}},
         52,
         0,
         50},
        {"two parts",
         {{STATUS_PARTIALLY_CANCELED, 30}, {STATUS_CANCELING, 0}, {STATUS_PARTIALLY_CANCELED, 30}},
         42,
         0,
         40},
        {"a part, then the rest", {{STATUS_PARTIALLY_CANCELED, 30}, {STATUS_CANCELED, 0}}, 0, 0, 0},
        {"being canceled", {{STATUS_CANCELING, 0}}, 102, 102, 0},
        {"being canceled later",
         {{STATUS_PROCESSED, 0}, {STATUS_CANCELING, 0}, {STATUS_CANCEL_ERROR, 0}},
         102,
         0,
         100},
        {"cannot be canceled", {{STATUS_CANCELING, 0}, {STATUS_CANCEL_FAILED, 0}}, 102, 0, 100},
        {"cannot be canceled later",
         {{STATUS_PARTIALLY_PROCESSED, 60}, {STATUS_CANCEL_PENDING, 0}, {STATUS_CANCEL_FAILED, 0}},
         62,
         0,
         60},
        {"failed", {{STATUS_PROCESSING, 0}, {STATUS_PROCESS_FAILED, 0}}, 0, 0, 0},
    };
    struct bench b;
    (void)state;
    bench_begin(&b);
    use_newer_statuses(&b);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct invoice payout = new_payout(&b);
        const struct ledger_balance before = balance(&b);
        assert_true(become(&b, &payout, STATUS_PROCESS_PENDING, MONEY_NONE));
        for (int k = 0; k < STEPS && rows[i].steps[k].status; k++) {
            int64_t amount = rows[i].steps[k].amount;
            assert_row(rows[i].name, become(&b, &payout, rows[i].steps[k].status,
                                            amount ? amount * MONEY_ONE : MONEY_NONE));
        }
        const struct ledger_balance after = balance(&b);
        assert_row(rows[i].name, before.active - after.active == rows[i].cost * MONEY_ONE);
        assert_row(rows[i].name, after.pending - before.pending == rows[i].held * MONEY_ONE);
        assert_row(rows[i].name,
                   money_or_zero(payout.processed_amount) == rows[i].paid * MONEY_ONE);
        arena_reset(&b.arena);
    }
    bench_commit(&b);
    bench_end(&b);
}

/* As with payments, over any two changes, without the state table. */
static void after_any_two_changes_the_balance_is_what_the_payout_is_worth(void **state)
{
    struct bench b;
    int changed = 0;
    (void)state;
    bench_begin(&b);
    use_newer_statuses(&b);
    for (int first = 0; first < STATUS_COUNT; first++) {
        for (int second = 0; second < STATUS_COUNT; second++) {
            const struct ledger_balance before = balance(&b);
            struct invoice payout = new_payout(&b);
            changed += become(&b, &payout, (enum status)first, MONEY_NONE);
            changed += become(&b, &payout, (enum status)second, MONEY_NONE);
            const struct ledger_balance after = balance(&b);
            const char *name = status_name((enum status)second);
            assert_row(name, after.active - before.active == invoice_balance_effect(&payout));
            assert_row(name, after.pending - before.pending == invoice_reserved(&payout));
            assert_row(name, !status_is_final(payout.status) || !invoice_reserved(&payout));
            arena_reset(&b.arena);
        }
    }
    assert_true(changed > STATUS_COUNT * STATUS_COUNT / 2);
    bench_commit(&b);
    bench_end(&b);
}

static void posting_zero_writes_nothing(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    ledger_post(&b.engine, b.tenant, "USD", 0, 0, 0);
    assert_false(store_in_turn(b.store));
    ledger_post(&b.engine, b.tenant, "USD", 0, 5, 0);
    ledger_post(&b.engine, b.tenant, "USD", 0, 0, 7);
    assert_true(store_in_turn(b.store));
    struct ledger_balance balance;
    ledger_balance(&b.engine, b.tenant, "USD", &balance);
    assert_int_equal(balance.active, LEDGER_OPENING);
    assert_int_equal(balance.pending, 5);
    assert_int_equal(balance.reserved, 7);
    bench_commit(&b);
    bench_end(&b);
}

static void a_rolled_back_turn_leaves_the_balance_as_it_was(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    ledger_post(&b.engine, b.tenant, "USD", 5 * MONEY_ONE, 0, 0);
    store_poison(b.store, "on purpose");
    assert_false(store_commit(b.store));
    engine_rolled_back(&b.engine);
    assert_int_equal(active(&b, "USD"), LEDGER_OPENING);
    bench_end(&b);
}

static void the_list_has_each_currency_once_and_the_catalogue_first(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    struct settings settings;
    settings_default(&settings);
    settings.opening_balances = "{\"USD\":\"1\",\"XXA\":\"2\"}";
    engine_change_account(&b.engine, b.tenant, &settings);
    ledger_post(&b.engine, b.tenant, "XXB", MONEY_ONE, 0, 0);
    const struct view_balances view = ledger_view(&b.engine, b.tenant, &b.arena);
    assert_string_equal(view.list[0].currency,
                        b.fixture.services.catalogues[INVOICE_PAYMENT].services[0].currency);
    assert_string_equal(view.list[view.n - 2].currency, "XXA");
    assert_string_equal(view.list[view.n - 1].currency, "XXB");
    assert_int_equal(view.list[view.n - 1].active, MONEY_ONE);
    for (size_t i = 0; i < view.n; i++) {
        for (size_t j = i + 1; j < view.n; j++) {
            assert_string_not_equal(view.list[i].currency, view.list[j].currency);
        }
    }
    bench_commit(&b);
    bench_end(&b);
}

/* The list grows beyond its initial size. */
static void an_account_may_have_any_number_of_currencies(void **state)
{
    struct bench b;
    char currency[4] = "QAA";
    (void)state;
    bench_begin(&b);
    size_t before = ledger_view(&b.engine, b.tenant, &b.arena).n;
    for (int i = 0; i < 40; i++) {
        currency[1] = (char)('A' + i / 26);
        currency[2] = (char)('A' + i % 26);
        ledger_post(&b.engine, b.tenant, currency, MONEY_ONE, 0, 0);
    }
    const struct view_balances view = ledger_view(&b.engine, b.tenant, &b.arena);
    assert_int_equal(view.n, before + 40);
    assert_string_equal(view.list[0].currency,
                        b.fixture.services.catalogues[INVOICE_PAYMENT].services[0].currency);
    bench_commit(&b);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_balance_starts_with_the_setting_or_a_million_of_a_service_currency),
        cmocka_unit_test(a_change_posts_the_difference),
        cmocka_unit_test(after_any_two_changes_the_balance_is_what_the_invoice_is_worth),
        cmocka_unit_test(a_canceled_payout_returns_its_writeoff_and_a_partly_canceled_one_the_rest),
        cmocka_unit_test(after_any_two_changes_the_balance_is_what_the_payout_is_worth),
        cmocka_unit_test(posting_zero_writes_nothing),
        cmocka_unit_test(a_rolled_back_turn_leaves_the_balance_as_it_was),
        cmocka_unit_test(the_list_has_each_currency_once_and_the_catalogue_first),
        cmocka_unit_test(an_account_may_have_any_number_of_currencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
