/* What a rehearsal reads and fills, without a server (server/rehearse/). */
#include "base/embedded.h"
#include "domain/money.h"
#include "rehearse/fill_me.h"
#include "rehearse/init.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/rehearse_ledger.h"
#include "rehearse/rehearse_oracles.h"
#include "rehearse/rehearse_steps.h"
#include "unit.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void every_step_of_the_catalogue_is_known(void **state)
{
    const struct embedded_file *file = embedded_find("server/rehearse/scenarios.json");
    json_t *root = json_loadb(file->data, file->size, JSON_REJECT_DUPLICATES, NULL), *each, *step;
    size_t i, k;
    (void)state;
    assert_non_null(root);
    json_array_foreach(json_object_get(root, "scenarios"), i, each)
    {
        json_array_foreach(json_object_get(each, "steps"), k, step)
        {
            const char *name = json_object_iter_key(json_object_iter(step));
            assert_int_equal(json_object_size(step), 1);
            assert_row(name, step_is_known(name));
        }
    }
    json_decref(root);
}

static void placeholders_are_filled_and_other_braces_stay(void **state)
{
    static const struct {
        const char *text, *filled, *url;
    } rows[] = {
        {"{shop}/orders/{order}", "http://shop/orders/a b", "http://shop/orders/a%20b"},
        {"{\"amount\": {amount}}", "{\"amount\": 5.00}", "{\"amount\": 5.00}"},
        {"{orders} {unknown} {", "{orders} {unknown} {", "{orders} {unknown} {"},
        {"{reference}|", "|", "|"}, /* not known yet */
    };
    struct scene scene = {.shop = "http://shop", .order = "a b", .amount = "5.00"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_string_equal(hook_fill(&scene, rows[i].text), rows[i].filled);
        assert_string_equal(hook_fill_url(&scene, rows[i].text), rows[i].url);
    }
    arena_finish(&scene.arena);
}

static void values_are_found_by_pointers_and_patterns(void **state)
{
    struct pattern_set set = {0};
    const struct {
        struct rehearse_extract extract;
        const char *value;
    } rows[] = {
        {{.pointer = "/data/0/status"}, "paid"},
        {{.pointer = "/data/0/n"}, "2"},
        {{.pointer = "/a~1b/c~0d"}, "true"},
        {{.pointer = "/data/1/status"}, NULL},
        {{.pointer = "/none"}, NULL},
        {{.pointer = "/null"}, NULL},
        {{.pattern = pattern_add(&set, "\"status\": *\"([a-z]+)\"")}, "paid"},
        {{.pattern = pattern_add(&set, "nothing")}, NULL},
        {{.pattern = pattern_add(&set, "/orders/(\\d+)"), .header = "location"}, "17"},
        {{.pattern = pattern_add(&set, "/orders/(\\d+)"), .header = "Other"}, NULL},
    };
    struct scene scene = {0};
    struct hook_answer answer = {.headers = json_pack("{s:s}", "Location", "/orders/17")};
    (void)state;
    buf_text(&answer.body,
             "{\"data\": [{\"status\": \"paid\", \"n\": 2}], \"a/b\": {\"c~d\": true}, "
             "\"null\": null}");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *value = hook_extract(&scene, &rows[i].extract, &answer);
        if (rows[i].value) {
            assert_non_null(value);
            assert_string_equal(value, rows[i].value);
        } else {
            assert_null(value);
        }
    }
    hook_answer_finish(&answer);
    pattern_set_finish(&set);
    arena_finish(&scene.arena);
}

static void shares_are_amounts_of_the_currency(void **state)
{
    int64_t amount = 14289 * (MONEY_ONE / 100);
    (void)state;
    assert_int_equal(ledger_share(amount, 30, "USD"), 4286 * (MONEY_ONE / 100));
    assert_int_equal(ledger_share(1000 * MONEY_ONE, 15, "JPY"), 150 * MONEY_ONE);
}

/* ------------------------------------------------------------------ calls */

static bool is_refused(const char *url)
{
    struct arena arena = {0};
    struct rehearse_reply reply;
    const struct rehearse_call call = {.method = "GET", .url = url, .timeout_ms = 1000};
    rehearse_call(&arena, &call, &reply);
    bool refused = reply.refused;
    rehearse_reply_finish(&reply);
    arena_finish(&arena);
    return refused;
}

/* Nothing is sent: the first address is refused, and the other one lacks its interface. */
static void a_shop_may_be_at_a_link_local_address(void **state)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)state;
    if (fd < 0) {
        skip(); /* this machine has no IPv6 */
    }
    close(fd);
    assert_true(is_refused("http://[2001:db8::1]:9/"));
    assert_false(is_refused("http://[fe80::1]:9/"));
}

/* ------------------------------------------------------------------ --init */

static void what_a_purchase_does_not_show_is_left_open(void **state)
{
    static const struct {
        const char *seen, *shop, *state_url;
    } rows[] = {
        {"{\"id\": \"cpi_1\", \"creation\": \"POST /other\", \"service\": \"s\", \"invoice\": "
         "{\"reference_id\": \"a-1\", \"status\": \"processed\", \"currency\": \"USD\"}}",
         "http://127.0.0.1:" FILL_ME, "{shop}/" FILL_ME "/{order}"},
        {"{\"id\": \"cpi_1\", \"creation\": \"POST /payment-invoices\", \"service\": \"s\", "
         "\"invoice\": {\"reference_id\": \"a-1\", \"status\": \"processed\", "
         "\"return_url\": \"http://shop:90/orders/a-1\"}}",
         "http://shop:90", "{shop}/orders/{reference}"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        json_auto_t *seen = json_loads(rows[i].seen, 0, NULL);
        json_auto_t *settings = init_recognise(&arena, NULL, 0, seen);
        const json_t *shop = json_object_get(settings, "shop");
        const json_t *state_hook = json_object_get(settings, "state");
        assert_row_text(rows[i].shop, json_string_value(json_object_get(shop, "url")),
                        rows[i].shop);
        assert_row_text(rows[i].shop, json_string_value(json_object_get(state_hook, "url")),
                        rows[i].state_url);
        arena_finish(&arena);
    }
}

/* ------------------------------------------------------------------ the oracles */

/* The first oracle that finds something; "" if none does. */
static const char *judged(struct scene *scene, struct ledger_invoice invoice, const char *state,
                          int64_t fulfilments)
{
    struct findings findings = {0};
    struct ledger ledger = {.invoices = &invoice, .n = 1, .callbacks = json_object()};
    struct shop_state shop = {.read = true,
                              .told = state,
                              .shown = state,
                              .state = state,
                              .fulfilments = fulfilments,
                              .amount = MONEY_NONE,
                              .refunded = MONEY_NONE};
    scene->invoice = invoice.id;
    scene->presses = 1;
    scene->currency = "USD";
    oracles_judge(&(struct judging){.scene = scene,
                                    .ledger = &ledger,
                                    .shop = invoice.payout ? NULL : &shop,
                                    .payout = invoice.payout ? &shop : NULL,
                                    .last = true,
                                    .findings = &findings});
    ledger_finish(&ledger);
    return findings.n ? findings.list[0].oracle : "";
}

static void the_shop_is_held_against_the_ledger(void **state)
{
    static const struct {
        const char *status;
        int64_t paid;
        const char *shop;
        int64_t fulfilments;
        bool looked; /* the shop knows what the platform knows */
        const char *oracle;
    } rows[] = {
        {"processed", 100, "paid", 1, true, ""},
        {"processed", 100, "paid", 2, true, "O1"},
        {"processed", 100, "pending", 0, true, "O1"},
        {"processed", 100, "pending", 0, false, ""},
        {"processed", 100, "failed", 0, false, "O1"},
        {"process_pending", 0, "pending", 0, true, ""},
        {"process_pending", 0, "paid", -1, true, "O1"},
        {"process_pending", 0, "pending", 1, true, "O1"},
        {"process_pending", 0, "failed", 0, true, "O3"},
        {"partially_processed", 50, "part", 0, true, ""},
        {"partially_processed", 50, "paid", 1, true, "O1"},
        {"process_failed", 0, "failed", 0, true, ""},
        {"refunded", 100, "refunded", 1, true, ""},
        {"refunded", 100, "paid", 1, true, "O3"},
        {"refund_failed", 100, "refunded", 1, true, "O3"},
        {"charged_back", 100, "paid", 1, true, "O3"},
        {"charged_back", 100, "disputed", 1, true, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct scene scene = {.looked = rows[i].looked};
        const struct ledger_invoice invoice = {.id = "cpi_1",
                                               .status = rows[i].status,
                                               .resolution = "ok",
                                               .currency = "USD",
                                               .amount = 100 * MONEY_ONE,
                                               .paid = rows[i].paid * MONEY_ONE};
        const char *oracle = judged(&scene, invoice, rows[i].shop, rows[i].fulfilments);
        assert_row(rows[i].status, strcmp(oracle, rows[i].oracle) == 0);
        arena_finish(&scene.arena);
    }
}

static void what_forgeries_do_is_told_as_that(void **state)
{
    struct scene scene = {.forged = true};
    const struct ledger_invoice invoice = {
        .id = "cpi_1", .status = "process_pending", .resolution = "ok", .amount = MONEY_ONE};
    (void)state;
    assert_string_equal(judged(&scene, invoice, "paid", 1), "O2");
    arena_finish(&scene.arena);
}

static void a_late_shop_goes_on_and_does_not_fall_back(void **state)
{
    static const struct {
        const char *kept, *shop, *oracle;
    } rows[] = {
        {"refunded", "refunded", ""},
        {"unpaid", "refunded", ""},
        {"pending", "paid", ""},
        {"paid", "paid", ""}, /* the scenario leaves out what refunds do */
        {"part_refunded", "refunded", ""},
        {"refunded", "paid", "O3"},
        {"part_refunded", "paid", "O3"},
        {"refunded", "pending", "O3"},
        {"refunded", "unknown", "O3"},
        {"unknown", "unknown", ""},
        {"unknown", "paid", "O3"},
    };
    json_t *scenario = json_pack("{s:[s, s, s]}", "without", "O1", "O3", "O4");
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct scene scene = {
            .scenario = scenario, .kept = rows[i].kept, .kept_shown = rows[i].kept, .looked = true};
        const struct ledger_invoice invoice = {.id = "cpi_1",
                                               .status = "refunded",
                                               .resolution = "ok",
                                               .currency = "USD",
                                               .amount = MONEY_ONE,
                                               .paid = MONEY_ONE};
        const char *oracle = judged(&scene, invoice, rows[i].shop, -1);
        assert_row(rows[i].kept, strcmp(oracle, rows[i].oracle) == 0);
        arena_finish(&scene.arena);
    }
    json_decref(scenario);
}

static void what_the_shop_believes_of_a_payout(void **state)
{
    static const struct {
        const char *status, *shop, *oracle;
    } rows[] = {
        {"created", "pending", ""},
        {"process_pending", "pending", ""},
        {"process_pending", "paid", "O3"},
        {"processed", "paid", ""},
        {"processed", "pending", "O3"},
        {"process_failed", "failed", ""},
        {"process_failed", "pending", "O3"},
        {"canceled", "failed", ""},
        {"canceled", "paid", "O3"},
        {"partially_canceled", "paid", ""}, /* nothing is demanded */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct scene scene = {.payouts = 1};
        const struct ledger_invoice payout = {
            .id = "cpoi_1", .status = rows[i].status, .amount = MONEY_ONE, .payout = true};
        const char *oracle = judged(&scene, payout, rows[i].shop, -1);
        assert_row(rows[i].status, strcmp(oracle, rows[i].oracle) == 0);
        arena_finish(&scene.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_the_catalogue_is_known),
        cmocka_unit_test(placeholders_are_filled_and_other_braces_stay),
        cmocka_unit_test(values_are_found_by_pointers_and_patterns),
        cmocka_unit_test(shares_are_amounts_of_the_currency),
        cmocka_unit_test(a_shop_may_be_at_a_link_local_address),
        cmocka_unit_test(what_a_purchase_does_not_show_is_left_open),
        cmocka_unit_test(the_shop_is_held_against_the_ledger),
        cmocka_unit_test(what_forgeries_do_is_told_as_that),
        cmocka_unit_test(a_late_shop_goes_on_and_does_not_fall_back),
        cmocka_unit_test(what_the_shop_believes_of_a_payout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
