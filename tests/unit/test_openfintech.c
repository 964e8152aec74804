/* --catalogue: what is taken of a checkout, and what is not. The files have openfintech's layout.
 */
#include "folder.h"

#include "domain/money.h"
#include "fixture/fixture.h"

/* A fixture with the files of a folder. */
struct bench {
    char folder[FOLDER_TEXT];
    struct fixture fixture;
};

static void write_file(const struct bench *b, const char *name, const char *text)
{
    FILE *file = fopen(folder_path(b->folder, name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void begin(struct bench *b)
{
    folder_make(b->folder);
    assert_null(fixture_load(NULL, &b->fixture));
}

static const char *add(struct bench *b)
{
    return fixture_add_openfintech(b->folder, &b->fixture);
}

static void finish(struct bench *b)
{
    fixture_finish(&b->fixture);
    folder_remove(b->folder);
}

#define METHOD(code)                                                                               \
    "{\"code\":\"" code "\",\"category\":\"alternative\",\"name\":{\"en\":\"Beach\"}}"
#define SERVICE(code, method, more)                                                                \
    "{\"code\":\"" code "\",\"method\":\"" method "\",\"flow\":\"hpp\",\"currency\":\"FJD\","      \
    "\"amount_min\":0.5,\"amount_max\":\"20\"" more "}"
#define PAYOUT(code, method, more)                                                                 \
    "{\"code\":\"" code "\",\"method\":\"" method "\",\"currency\":\"FJD\","                       \
    "\"amount_min\":\"1\",\"amount_max\":\"20\"" more "}"

static void a_service_is_added_with_its_method(void **state)
{
    struct bench b;
    (void)state;
    begin(&b);
    size_t before = b.fixture.services.catalogues[INVOICE_PAYMENT].n_services;
    write_file(
        &b, "payment_methods.json",
        "[{\"code\":\"shells\",\"category\":\"alternative\",\"status\":\"active\",\"vendor\":\"x\","
        "\"countries\":[\"FJ\"],\"name\":{\"en\":\"Shells\",\"uk\":\"Мушлі\",\"zh\":\"x\"},"
        "\"description\":{\"en\":\"From the beach\",\"ru\":\"x\"}}]");
    write_file(
        &b, "payment_services.json",
        "[" SERVICE("shells_fjd_hpp", "shells",
                    ",\"status\":\"active\",\"fields\":[{\"key\":\"colour\",\"type\":\"string\","
                    "\"label\":{\"en\":\"Colour\"},\"hint\":{\"en\":\"Enter it\"},"
                    "\"regexp\":\"/^\\\\p{L}{2,9}$/u\",\"required\":true,\"position\":1,"
                    "\"options\":{\"validators\":[]}}]") "]");
    assert_null(add(&b));
    assert_int_equal(b.fixture.services.catalogues[INVOICE_PAYMENT].n_services, before + 1);
    const struct service *service =
        service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "shells_fjd_hpp");
    assert_non_null(service);
    assert_true(service_is_usable(service) && service->test_mode && !service->active);
    assert_string_equal(service->flow, "hpp");
    assert_string_equal(service->account_currency, "FJD");
    assert_int_equal(service->amount_min, MONEY_ONE / 2);
    assert_int_equal(service->amount_max, 20 * MONEY_ONE);
    assert_int_equal(service->fee_rate + service->fee_fix + service->fee_min + service->fee_max, 0);
    assert_ptr_equal(service_find_id(&b.fixture.services.catalogues[INVOICE_PAYMENT], service->id),
                     service);
    const struct payment_method *method = service->method;
    assert_string_equal(method->name.ru, "Shells");
    assert_string_equal(method->name.uk, "Мушлі");
    assert_string_equal(method->description, "From the beach");
    assert_string_equal(method->logo,
                        "https://static.openfintech.io/payment_methods/shells/logo.svg");
    assert_string_equal(method->metadata, "null");
    assert_string_equal(pattern_text(service->fields[0].pattern), "^\\p{L}{2,9}$");
    assert_true(service_field_holds(&service->fields[0], "rosé"));
    assert_false(service_field_holds(&service->fields[0], "r2"));
    assert_non_null(sorted_find(&b.fixture.services.served, "FJD"));
    finish(&b);
}

static void payouts_have_no_flow_and_share_the_methods(void **state)
{
    struct bench b;
    (void)state;
    begin(&b);
    write_file(&b, "payout_methods.json", "[" METHOD("shells") "," METHOD("payment_card") "]");
    write_file(&b, "payout_services.json",
               "[" PAYOUT("shells_fjd", "shells", ",\"flow\":\"x\"") "," PAYOUT(
                   "payment_card_fjd", "payment_card", "") "]");
    assert_null(add(&b));
    const struct service *shells =
        service_find(&b.fixture.services.catalogues[INVOICE_PAYOUT], "shells_fjd");
    const struct service *card =
        service_find(&b.fixture.services.catalogues[INVOICE_PAYOUT], "payment_card_fjd");
    assert_non_null(shells);
    assert_null(shells->flow);
    assert_memory_equal(shells->id, "comcpos_", 8);
    assert_string_equal(shells->method->icon,
                        "https://static.openfintech.io/payout_methods/shells/icon.svg");
    assert_ptr_equal(card->method, service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT],
                                                "payment_card_usd_hpp")
                                       ->method);
    assert_null(service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "shells_fjd"));
    finish(&b);
}

static void what_the_fixtures_have_stays(void **state)
{
    struct bench b;
    (void)state;
    begin(&b);
    size_t before = b.fixture.services.catalogues[INVOICE_PAYMENT].n_services;
    write_file(&b, "payment_methods.json", "[" METHOD("payment_card") "]");
    write_file(&b, "payment_services.json",
               "[" SERVICE("payment_card_usd_hpp", "payment_card", "") "]");
    assert_null(add(&b));
    assert_int_equal(b.fixture.services.catalogues[INVOICE_PAYMENT].n_services, before);
    const struct service *card =
        service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "payment_card_usd_hpp");
    assert_string_equal(card->currency, "USD");
    assert_string_equal(card->id, "comcps_u1xxlHVw1NyeqmjJ");
    assert_string_not_equal(card->method->name.en, "Beach");
    for (size_t i = 0; i < before; i++) {
        const struct service *service = &b.fixture.services.catalogues[INVOICE_PAYMENT].services[i];
        assert_row(service->code, method_find(&b.fixture.services.catalogues[INVOICE_PAYMENT],
                                              service->method->code) == service->method);
    }
    finish(&b);
}

static void an_id_always_belongs_to_its_code(void **state)
{
    char ids[2][32];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct bench b;
        begin(&b);
        write_file(&b, "payment_services.json",
                   i ? "[" SERVICE("a_fjd_hpp", "payment_card",
                                   "") "," SERVICE("shells_fjd_hpp", "payment_card", "") "]"
                     : "[" SERVICE("shells_fjd_hpp", "payment_card", "") "]");
        assert_null(add(&b));
        snprintf(
            ids[i], sizeof *ids, "%s",
            service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "shells_fjd_hpp")->id);
        finish(&b);
    }
    assert_string_equal(ids[0], ids[1]);
    assert_string_equal(ids[0], "comcps_aoKU9BjCfNL0gLzP");
}

/* Each entry stands between two good services. */
static void a_bad_entry_is_skipped(void **state)
{
    static const char *const entries[] = {
        "7",
        "null",
        "{}",
        SERVICE("shells_fjd_hpp", "nothing", ""),
        SERVICE("Shells", "payment_card", ""),
        SERVICE("", "payment_card", ""),
        SERVICE("first_fjd_hpp", "payment_card", ""),
        SERVICE("x", "payment_card", ",\"amount_min\":21"),
        SERVICE("x", "payment_card", ",\"amount_min\":-1"),
        SERVICE("x", "payment_card", ",\"currency\":\"F\""),
        SERVICE("x", "payment_card", ",\"flow\":\"\""),
        SERVICE("x", "payment_card", ",\"fields\":{}"),
        SERVICE("x", "payment_card", ",\"fields\":[{\"key\":\"k\"}]"),
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        struct bench b;
        char text[1024];
        begin(&b);
        size_t before = b.fixture.services.catalogues[INVOICE_PAYMENT].n_services;
        snprintf(text, sizeof text, "[%s,%s,%s]", SERVICE("first_fjd_hpp", "payment_card", ""),
                 entries[i], SERVICE("last_fjd_hpp", "payment_card", ""));
        write_file(&b, "payment_services.json", text);
        assert_row(entries[i], add(&b) == NULL);
        assert_row(entries[i],
                   b.fixture.services.catalogues[INVOICE_PAYMENT].n_services == before + 2);
        assert_row(entries[i],
                   service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "first_fjd_hpp"));
        assert_row(entries[i],
                   service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "last_fjd_hpp"));
        finish(&b);
    }
}

static void a_status_other_than_active_makes_a_service_unavailable(void **state)
{
    struct bench b;
    (void)state;
    begin(&b);
    write_file(&b, "payment_services.json",
               "[" SERVICE("old", "payment_card", ",\"status\":\"deprecated\"") "]");
    assert_null(add(&b));
    assert_false(
        service_is_usable(service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "old")));
    finish(&b);
}

static void a_currency_has_its_exponent(void **state)
{
    struct bench b;
    (void)state;
    begin(&b);
    write_file(
        &b, "currencies.json",
        "[{\"code\":\"FJD\",\"exponent\":3},{\"code\":\"XRP\",\"exponent\":2,\"status\":\"x\"},"
        "{\"code\":\"FINE\",\"exponent\":18},{\"code\":\"BAD\",\"exponent\":-1},"
        "{\"code\":\"FJD\",\"exponent\":0},{\"code\":\"NONE\"}]");
    assert_null(add(&b));
    assert_int_equal(currency_decimals("FJD"), 3);
    assert_int_equal(currency_step("XRP"), MONEY_ONE / 100);
    assert_int_equal(currency_decimals("FINE"), 8);
    assert_int_equal(currency_decimals("BAD"), 8);
    assert_int_equal(currency_unit("NONE"), 1);
    finish(&b);
    assert_int_equal(currency_decimals("FJD"), 8);
}

static void a_method_has_a_description_of_some_size(void **state)
{
    (void)state;
    for (size_t size = 4096; size <= 4097; size++) {
        struct bench b;
        char *long_text = repeat('x', size), *methods;
        begin(&b);
        assert_true(asprintf(&methods,
                             "[{\"code\":\"shells\",\"category\":\"alternative\",\"name\":{\"en\":"
                             "\"Beach\"},\"description\":\"%s\"}]",
                             long_text) > 0);
        write_file(&b, "payment_methods.json", methods);
        write_file(&b, "payment_services.json", "[" SERVICE("shells_fjd", "shells", "") "]");
        assert_null(add(&b));
        const struct service *service =
            service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "shells_fjd");
        assert_true(!service == (size > 4096));
        assert_true(!service || strcmp(service->method->description, long_text) == 0);
        finish(&b);
        free(long_text);
        free(methods);
    }
}

static void a_wrong_file_is_refused_with_its_name(void **state)
{
    static const struct {
        const char *name, *text, *why;
    } rows[] = {
        {"payment_services.json", "{}", "/payment_services.json: must be a list of at most 100000"},
        {"currencies.json", "[", "/currencies.json: line 1 column 1: "},
        {"currencies.json", "", "/currencies.json: the file is empty"},
        {"payment_methods.json", "[]", ": has no payment_services.json, payout_services.json or "},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct bench b;
        begin(&b);
        write_file(&b, rows[i].name, rows[i].text);
        const char *why = add(&b);
        assert_row(rows[i].why, why && strstr(why, rows[i].why));
        finish(&b);
    }
}

static void the_folder_may_be_a_whole_checkout(void **state)
{
    struct bench b;
    (void)state;
    begin(&b);
    assert_int_equal(mkdir(folder_path(b.folder, "data"), 0700), 0);
    write_file(&b, "data/payment_services.json", "[" SERVICE("x", "payment_card", "") "]");
    assert_null(add(&b));
    assert_non_null(service_find(&b.fixture.services.catalogues[INVOICE_PAYMENT], "x"));
    finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_is_added_with_its_method),
        cmocka_unit_test(payouts_have_no_flow_and_share_the_methods),
        cmocka_unit_test(what_the_fixtures_have_stays),
        cmocka_unit_test(an_id_always_belongs_to_its_code),
        cmocka_unit_test(a_bad_entry_is_skipped),
        cmocka_unit_test(a_status_other_than_active_makes_a_service_unavailable),
        cmocka_unit_test(a_currency_has_its_exponent),
        cmocka_unit_test(a_method_has_a_description_of_some_size),
        cmocka_unit_test(a_wrong_file_is_refused_with_its_name),
        cmocka_unit_test(the_folder_may_be_a_whole_checkout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
