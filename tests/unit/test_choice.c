/* Invoices that are created without a service, which the payer then chooses. */
#include "folder.h"

#include "base/text.h"
#include "engine/create.h"
#include "engine/life.h"
#include "engine/lookup.h"
#include "engine/payment.h"
#include "engine/plan.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define START_MS ((int64_t)1700000000000)
#define CARD "payment_card_usd_hpp"

struct bench {
    char folder[FOLDER_TEXT];
    struct fixture fixture;
    struct store *store;
    struct engine engine;
    struct tenant *tenant;
    struct arena arena;
    struct invoice invoice; /* `created`, without a service */
};

static const struct order plain = {
    .draft.currency = "USD",
    .draft.amount = 100 * MONEY_ONE,
    .draft.test_mode = true,
    .draft.source = SOURCE_PLATFORM_PUBLIC_API,
    .draft.metadata = "{}",
    .draft.base_url = "http://localhost",
    .draft.callback_url = "http://127.0.0.1:9/callback",
    .draft.expires_ms = TIME_NONE,
};

static void order_again(struct bench *b, const struct order *order)
{
    int64_t awaited;
    assert_int_equal(engine_create(&b->engine, b->tenant, &b->arena, order, &b->invoice, &awaited),
                     CREATE_DONE);
}

/* An engine with one invoice of the demo account, whose clock is frozen. */
static void begin(struct bench *b, const struct order *order)
{
    const struct engine_options options = {.settle_after_ms = 2000};
    memset(b, 0, sizeof *b);
    folder_make(b->folder);
    const char *file = folder_path(b->folder, "db");
    assert_null(fixture_load(NULL, &b->fixture));
    assert_null(store_open(file, STORE_DURABLE_NONE, &b->arena, &b->store));
    assert_null(engine_start(b->store, &b->fixture, &options, &b->arena, &b->engine));
    b->tenant = b->engine.tenants.demo;
    clock_set(b->tenant, b->store, true, START_MS);
    order_again(b, order);
}

static void end(struct bench *b)
{
    engine_finish(&b->engine);
    store_close(b->store);
    fixture_finish(&b->fixture);
    arena_finish(&b->arena);
    folder_remove(b->folder);
}

static const struct service *service(const struct bench *b, const char *code)
{
    const struct service *found =
        service_find(&b->fixture.services.catalogues[INVOICE_PAYMENT], code);
    assert_non_null(found);
    return found;
}

static bool choose(struct bench *b, const char *code)
{
    return engine_choose(&b->engine, b->tenant, &b->arena, &b->invoice, service(b, code), NULL,
                         NULL);
}

static struct invoice stored(struct bench *b)
{
    struct invoice invoice;
    assert_true(store_invoice_get(b->store, &b->arena, b->invoice.seq, &invoice));
    return invoice;
}

static size_t callbacks(struct bench *b, struct callback **ret_rows)
{
    return store_callback_of_invoice(b->store, &b->arena, b->invoice.seq, STORE_CALLBACKS_ALL,
                                     ret_rows);
}

static void note(void *arg, const struct transition *row)
{
    struct bench *b = arg;
    assert_int_equal(row->old, STATUS_CREATED);
    assert_int_equal(row->new, STATUS_PROCESS_PENDING);
    assert_string_equal(row->cause, "payer");
    assert_int_equal(row->at_ms, START_MS + 5000);
    b->tenant = NULL; /* shows the test that it was called */
}

static void an_order_without_a_service_waits_for_its_expiry(void **state)
{
    struct bench b;
    struct callback *rows;
    (void)state;
    begin(&b, &plain);
    struct invoice invoice = stored(&b);
    assert_int_equal(invoice.status, STATUS_CREATED);
    assert_int_equal(invoice.statuses_reached, STATUS_BIT(STATUS_CREATED));
    assert_null(invoice.service);
    assert_true(invoice_awaits_choice(&invoice));
    assert_false(payment_is_open(b.tenant, &b.arena, &invoice));
    assert_string_equal(invoice.plan, "");
    assert_int_equal(invoice.due_ms, START_MS + 1800000);
    assert_int_equal(invoice.fee, 0);
    assert_int_equal(invoice.deposit, 100 * MONEY_ONE);
    assert_int_equal(callbacks(&b, &rows), 0);
    end(&b);
}

static void the_choice_starts_it_and_reports(void **state)
{
    struct bench b;
    struct callback *rows;
    (void)state;
    begin(&b, &plain);
    clock_set(b.tenant, b.store, true, START_MS + 5000);
    assert_true(engine_choose(&b.engine, b.tenant, &b.arena, &b.invoice,
                              service(&b, "bank_transfer_usd_hpp"), "{\"account_number\":\"1\"}",
                              NULL));
    struct invoice invoice = stored(&b);
    assert_int_equal(invoice.status, STATUS_PROCESS_PENDING);
    assert_string_equal(invoice.service, "bank_transfer_usd_hpp");
    assert_string_equal(invoice.service_fields, "{\"account_number\":\"1\"}");
    assert_int_equal(invoice.updated_ms, START_MS + 5000);
    assert_string_equal(invoice.resolution, "ok");
    assert_true(payment_is_open(b.tenant, &b.arena, &invoice));
    assert_int_equal(callbacks(&b, &rows), 1);
    assert_int_equal(rows[0].transition, STATUS_PROCESS_PENDING);
    struct tenant *tenant = b.tenant;
    store_transition_all(b.store, invoice.seq, note, &b);
    assert_null(b.tenant);
    b.tenant = tenant;
    end(&b);
}

static void the_page_decides_the_time_and_the_plan_the_outcome(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, &plain);
    assert_true(choose(&b, "paypal_usd_hpp"));
    struct invoice invoice = stored(&b);
    assert_string_equal(invoice.plan, "processed:ok");
    assert_int_equal(invoice.plan_due_ms, TIME_NONE);
    assert_int_equal(invoice.due_ms, invoice.expires_ms);
    assert_int_equal(payment_confirmed(&b.engine, b.tenant, &b.arena, &invoice, NULL, NULL),
                     PAYMENT_DONE);
    assert_int_equal(invoice.status, STATUS_PROCESSED);
    end(&b);
}

static void fee_and_deposit_follow_from_the_service(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, &plain);
    struct service dear = *service(&b, CARD);
    dear.fee_rate = 2 * MONEY_ONE;
    dear.fee_fix = MONEY_ONE / 2;
    assert_true(engine_choose(&b.engine, b.tenant, &b.arena, &b.invoice, &dear, NULL, NULL));
    struct invoice invoice = stored(&b);
    assert_int_equal(invoice.fee, 5 * MONEY_ONE / 2);
    assert_int_equal(invoice.deposit, 195 * MONEY_ONE / 2);
    end(&b);
}

static void outcomes_keep_their_order_of_precedence(void **state)
{
    static const struct {
        const char *queued, *header, *metadata, *field;
        int64_t amount;
        const char *plan;
    } rows[] = {
        {NULL, NULL, NULL, NULL, 100 * MONEY_ONE, "processed:ok"},
        {NULL, NULL, NULL, NULL, 4000 * MONEY_ONE + MONEY_ONE / 100,
         "process_failed:insufficient_funds"},
        {NULL, NULL, NULL, "process_failed:declined", 4000 * MONEY_ONE + MONEY_ONE / 100,
         "process_failed:declined"},
        {NULL, NULL, "process_failed:fatal_error", "processed", 100 * MONEY_ONE,
         "process_failed:fatal_error"},
        {NULL, "PROCESSED@3s", "process_failed", "processed", 100 * MONEY_ONE,
         "processed:ok@3000ms"},
        {"process_failed:antifraud_error", "processed@3s", NULL, NULL, 100 * MONEY_ONE,
         "process_failed:antifraud_error"},
        {NULL, "process_pending", NULL, "processed", 100 * MONEY_ONE, ""},
        {NULL, NULL, NULL, "", 100 * MONEY_ONE, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct bench b;
        struct order order = plain;
        order.header_outcome = rows[i].header;
        order.metadata_outcome = rows[i].metadata;
        order.draft.amount = rows[i].amount;
        begin(&b, &order);
        if (rows[i].queued) {
            engine_queue_outcome(&b.engine, b.tenant, rows[i].queued);
        }
        assert_true(engine_choose(&b.engine, b.tenant, &b.arena, &b.invoice,
                                  service(&b, "test_usd_test"), NULL, rows[i].field));
        assert_row_text(rows[i].plan, stored(&b).plan, rows[i].plan);
        assert_int_equal(b.tenant->outcomes, 0);
        assert_int_equal(store_outcome_count(b.store, b.tenant->account.num), 0);
        end(&b);
    }
}

static void an_outcome_unknown_to_the_fixtures_is_dropped(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, &plain);
    b.invoice.plan = "process_failed:of_other_fixtures";
    assert_true(choose(&b, CARD));
    assert_string_equal(stored(&b).plan, "processed:ok");
    end(&b);
}

static void a_second_choice_changes_nothing(void **state)
{
    struct bench b;
    struct callback *rows;
    (void)state;
    begin(&b, &plain);
    assert_true(choose(&b, CARD));
    assert_false(choose(&b, "paypal_usd_hpp"));
    assert_string_equal(stored(&b).service, CARD);
    assert_int_equal(callbacks(&b, &rows), 1);
    end(&b);
}

static void an_impossible_choice_changes_nothing(void **state)
{
    static const struct {
        const char *code;
        int64_t amount, later_ms;
    } rows[] = {
        {"payment_card_eur_hpp", 100 * MONEY_ONE, 0},     /* another currency */
        {"paypal_usd_hpp", 10000 * MONEY_ONE + 1, 0},     /* above the maximum */
        {"bank_transfer_usd_hpp", 5 * MONEY_ONE - 1, 0},  /* below the minimum */
        {CARD, 100 * MONEY_ONE, (int64_t)1800 * 1000},    /* expires in this millisecond */
        {CARD, 1000000 * MONEY_ONE + MONEY_ONE / 100, 0}, /* above the maximum */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct bench b;
        struct order order = plain;
        order.draft.amount = rows[i].amount;
        begin(&b, &order);
        clock_set(b.tenant, b.store, true, START_MS + rows[i].later_ms);
        engine_queue_outcome(&b.engine, b.tenant, "processed");
        assert_row(rows[i].code, !choose(&b, rows[i].code));
        assert_row(rows[i].code, stored(&b).status == STATUS_CREATED && !b.invoice.service);
        assert_int_equal(b.tenant->outcomes, 1);
        end(&b);
    }
}

static void an_unusable_service_cannot_be_chosen(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, &plain);
    struct service off = *service(&b, CARD);
    off.available = false;
    assert_false(engine_choose(&b.engine, b.tenant, &b.arena, &b.invoice, &off, NULL, NULL));
    off = *service(&b, CARD);
    off.enabled = false;
    assert_false(engine_choose(&b.engine, b.tenant, &b.arena, &b.invoice, &off, NULL, NULL));
    end(&b);
}

static void a_start_without_a_service_must_be_forced(void **state)
{
    struct bench b;
    struct transition_request request = {.status = STATUS_PROCESS_PENDING,
                                         .amount = MONEY_NONE,
                                         .at_ms = START_MS,
                                         .cause = "command"};
    (void)state;
    begin(&b, &plain);
    assert_false(engine_transition(&b.engine, b.tenant, &b.arena, &b.invoice, &request));
    request.force = true;
    assert_true(engine_transition(&b.engine, b.tenant, &b.arena, &b.invoice, &request));
    end(&b);
}

static bool accepts(const struct bench *b, const struct service *service, const char *currency,
                    int64_t amount)
{
    const struct invoice invoice = {.amount = amount, .currency = currency};
    return engine_service_accepts(&b->engine, b->tenant, service, &invoice);
}

/* Limits are in the service's currency. By the rates of the fixtures 100 USD are 92 EUR. */
static void which_services_accept_an_invoice(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, &plain);
    struct service usd = {.currency = "USD",
                          .available = true,
                          .enabled = true,
                          .amount_min = 92 * MONEY_ONE,
                          .amount_max = 100 * MONEY_ONE};
    struct service eur = usd;
    eur.currency = "EUR";
    eur.amount_max = 92 * MONEY_ONE;
    const struct payment_method method = {.code = "payment_card"};
    const int64_t amount = 100 * MONEY_ONE;
    usd.method = eur.method = &method;
    assert_true(accepts(&b, &usd, "USD", amount));
    assert_false(accepts(&b, &usd, "USD", amount + 1));
    assert_false(accepts(&b, &usd, "USD", 91 * MONEY_ONE));
    assert_false(accepts(&b, &eur, "USD", amount));
    b.tenant->account.settings.convert_currency = true;
    assert_true(accepts(&b, &eur, "USD", amount));
    assert_false(accepts(&b, &eur, "USD", amount + MONEY_ONE));
    assert_false(accepts(&b, &eur, "SEK", amount));
    usd.available = false;
    assert_false(accepts(&b, &usd, "USD", amount));
    usd = (struct service){
        .currency = "USD", .method = &method, .available = true, .amount_max = amount};
    assert_false(accepts(&b, &usd, "USD", amount));
    end(&b);
}

/* Payments name the test flow, payouts only the test method. */
static void strict_test_mode_excludes_test_services_from_live_mode(void **state)
{
    const struct payment_method test = {.code = "test"}, card = {.code = "payment_card"};
    static const struct {
        bool strict, test_mode, expected;
    } rows[] = {
        {false, false, true}, {false, true, true}, {true, true, true}, {true, false, false}};
    const struct service services[] = {
        {.method = &test, .available = true, .enabled = true},
        {.method = &card, .flow = "test", .available = true, .enabled = true},
    };
    const struct service other = {
        .method = &card, .flow = "hpp", .available = true, .enabled = true};
    struct bench b;
    (void)state;
    begin(&b, &plain);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        b.tenant->account.settings.strict_test_mode = rows[i].strict;
        for (size_t k = 0; k < ARRAY_SIZE(services); k++) {
            assert_int_equal(engine_service_is_usable(b.tenant, &services[k], rows[i].test_mode),
                             rows[i].expected);
        }
        assert_true(engine_service_is_usable(b.tenant, &other, rows[i].test_mode));
    }
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_without_a_service_waits_for_its_expiry),
        cmocka_unit_test(the_choice_starts_it_and_reports),
        cmocka_unit_test(the_page_decides_the_time_and_the_plan_the_outcome),
        cmocka_unit_test(fee_and_deposit_follow_from_the_service),
        cmocka_unit_test(outcomes_keep_their_order_of_precedence),
        cmocka_unit_test(an_outcome_unknown_to_the_fixtures_is_dropped),
        cmocka_unit_test(a_second_choice_changes_nothing),
        cmocka_unit_test(an_impossible_choice_changes_nothing),
        cmocka_unit_test(an_unusable_service_cannot_be_chosen),
        cmocka_unit_test(a_start_without_a_service_must_be_forced),
        cmocka_unit_test(which_services_accept_an_invoice),
        cmocka_unit_test(strict_test_mode_excludes_test_services_from_live_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
