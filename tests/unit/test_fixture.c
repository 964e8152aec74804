#include "folder.h"

#include "base/embedded.h"
#include "domain/money.h"
#include "fixture/fixture.h"

static void the_embedded_fixtures_load(void **state)
{
    struct fixture fixture;
    (void)state;
    assert_null(fixture_load(NULL, &fixture));
    assert_true(fixture.services.catalogues[INVOICE_PAYMENT].n_services > 20);
    assert_true(fixture.services.catalogues[INVOICE_PAYMENT].n_methods > 0);
    assert_true(fixture.cards.n > 0);
    assert_true(fixture.scenarios.n > 0);
    assert_true(fixture.n_accounts > 0);
    fixture_finish(&fixture);
}

static void the_demo_account_has_its_published_keys(void **state)
{
    struct fixture fixture;
    (void)state;
    assert_null(fixture_load(NULL, &fixture));
    const struct fixture_account *demo = &fixture.accounts[0];
    assert_string_equal(demo->keys.id, "coma_Demo4DocsAccount");
    assert_string_equal(demo->keys.api_key, "demoApiKeyForLocalDevelopmentAndCiOnly_0001");
    assert_string_equal(demo->keys.public_key,
                        "pk_test_ClSQHi2T9WXuFa76WcwwBB6rspRpg6ANM69cS9zNOJy");
    assert_string_equal(demo->keys.public_live_key,
                        "pk_live_demoPublicKeyForLiveModeLocalUseOnly_000001");
    assert_string_equal(demo->keys.secret_key,
                        "sk_test_demoSecretKeyForTestModeLocalUseOnly_000001");
    assert_string_equal(demo->keys.secret_live_key,
                        "sk_live_demoSecretKeyForLiveModeLocalUseOnly_000001");
    assert_string_equal(demo->settings.name, "4Docs");
    assert_string_equal(demo->settings.description, "4Docs only");
    assert_string_equal(demo->settings.merchant_url, "https://lets.doc.it");
    assert_string_equal(demo->settings.outcome, "processed");
    fixture_finish(&fixture);
}

static void the_documented_services_exist_and_are_usable(void **state)
{
    static const char *const codes[] = {
        "payment_card_usd_hpp",  "payment_card_eur_hpp", "payment_card_gbp_hpp",
        "payment_card_aud_hpp",  "payment_card_uah_hpp", "applepay_usd_hpp",
        "googlepay_usd_hpp",     "paypal_usd_hpp",       "bitcoin_btc_hpp",
        "bank_transfer_usd_hpp", "test_usd_test",        "test_eur_test",
        "test_xts_test",
    };
    struct fixture fixture;
    (void)state;
    assert_null(fixture_load(NULL, &fixture));
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        const struct service *service =
            service_find(&fixture.services.catalogues[INVOICE_PAYMENT], codes[i]);
        assert_row(codes[i], service && service_is_usable(service));
        assert_row(codes[i], service_find_id(&fixture.services.catalogues[INVOICE_PAYMENT],
                                             service->id) == service);
        assert_row(codes[i], service->method && service->method->name.en);
        assert_row(codes[i], service_is_test(service) == (strncmp(codes[i], "test_", 5) == 0));
        assert_row(codes[i], service->amount_min > 0 && service->amount_min <= service->amount_max);
    }
    fixture_finish(&fixture);
}

static void a_field_accepts_what_its_regexp_matches(void **state)
{
    struct fixture fixture;
    (void)state;
    assert_null(fixture_load(NULL, &fixture));
    const struct service *bank =
        service_find(&fixture.services.catalogues[INVOICE_PAYMENT], "bank_transfer_usd_hpp");
    assert_int_equal(bank->n_fields, 11);
    const struct service_field *field = &bank->fields[0];
    assert_string_equal(field->key, "account_number");
    assert_true(field->required);
    assert_true(service_field_holds(field, field->example));
    assert_false(service_field_holds(field, "nothing"));
    const struct service *test =
        service_find(&fixture.services.catalogues[INVOICE_PAYMENT], "test_usd_test");
    assert_string_equal(pattern_text(test->fields[0].pattern), "^[a-zA-Z_]*$");
    assert_true(service_field_holds(&test->fields[0], ""));
    assert_true(service_field_holds(&test->fields[0], "processed"));
    assert_false(service_field_holds(&test->fields[0], "pro-cessed"));
    fixture_finish(&fixture);
}

static void test_cards_and_expiries_decide_as_published(void **state)
{
    static const struct {
        const char *number, *expiry, *outcome;
    } rows[] = {
        {"5123817234060000", "1224", "processed"},
        {"5123817234060000", "0777", "process_pending:auth_3ds_required"},
        {"5519283812030000", "0777", "process_pending"},
        {"4412397212080000", "0529", "process_failed:insufficient_funds"},
        {"4302912837020000", "0125", "process_failed:invalid_credentials"},
        {"4302912837020000", "1224", "process_failed:general_fatal_error"},
        {"4111111111111112", "1224", "process_failed:invalid_card"},
        {"4111111111111111", "1224", "process_failed:general_fatal_error"},
    };
    struct fixture fixture;
    (void)state;
    assert_null(fixture_load(NULL, &fixture));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct card_entry entry = {0};
        memcpy(entry.number, rows[i].number, 16);
        memcpy(entry.expiry, rows[i].expiry, 4);
        assert_row_text(rows[i].number, card_outcome(&fixture.cards, &entry), rows[i].outcome);
    }
    fixture_finish(&fixture);
}

static void amount_rules_decide_as_published(void **state)
{
    static const struct {
        const char *amount, *outcome; /* outcome NULL: no rule */
    } rows[] = {
        {"4000.01", "process_failed:insufficient_funds"},
        {"4000.10", "process_failed:invalid_3ds_code"},
        {"4000.12", "process_failed:fatal_error"},
        {"4000.9", "expired"},
        {"4000.91", "process_pending"},
        {"4000.92", "processed@10s"},
        {"4000", NULL},
        {"4000.13", NULL},
        {"4000.001", NULL},
    };
    struct fixture fixture;
    (void)state;
    assert_null(fixture_load(NULL, &fixture));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct invoice invoice = {.currency = "USD", .service = "x", .reference_id = "r"};
        assert_int_equal(money_parse(rows[i].amount, &invoice.amount), MONEY_OK);
        const char *outcome = scenario_find(&fixture.scenarios, OUTCOME_OF_PAYMENT, &invoice, NULL);
        assert_row(rows[i].amount, (outcome == NULL) == (rows[i].outcome == NULL));
        if (outcome) {
            assert_row_text(rows[i].amount, outcome, rows[i].outcome);
        }
    }
    fixture_finish(&fixture);
}

/* ------------------------------------------------------------------ a folder with other files */

static const char *load_text(const char *name, const char *text, size_t size,
                             struct fixture *ret_fixture)
{
    char folder[FOLDER_TEXT];
    folder_make(folder);
    folder_write(folder, name, text, size);
    const char *why = fixture_load(folder, ret_fixture);
    folder_remove(folder);
    bool in_folder = why && strncmp(why, folder, strlen(folder)) == 0;
    return in_folder ? why + strlen(folder) + 1 : why;
}

static void a_file_in_the_folder_replaces_the_embedded_one(void **state)
{
    static const char text[] =
        "{\"resolutions\":[\"velocity_limit\"],\"rules\":["
        "{\"match\":{\"currency\":\"EUR\",\"customer_email\":{\"glob\":\"*@slow.example\"}},"
        "\"outcome\":\"processed@1h\"},"
        "{\"name\":\"all\",\"match\":{},\"outcome\":\"process_failed:velocity_limit\"}]}";
    struct fixture fixture;
    struct invoice invoice = {.currency = "EUR", .amount = 400001000000};
    (void)state;
    assert_null(load_text("scenarios.json", text, strlen(text), &fixture));
    assert_int_equal(fixture.scenarios.n, 2);
    assert_string_equal(fixture.scenarios.rules[0].name, "rules[0]");
    assert_string_equal(
        scenario_find(&fixture.scenarios, OUTCOME_OF_PAYMENT, &invoice, "a@slow.example"),
        "processed@1h");
    assert_string_equal(scenario_find(&fixture.scenarios, OUTCOME_OF_PAYMENT, &invoice, NULL),
                        "process_failed:velocity_limit");
    assert_string_equal(resolution_find("VELOCITY_LIMIT", &fixture.resolutions), "velocity_limit");
    assert_string_equal(fixture.accounts[0].keys.id, "coma_Demo4DocsAccount");
    fixture_finish(&fixture);
}

static void every_subject_can_be_matched(void **state)
{
    static const struct {
        const char *match;
        bool fits;
    } rows[] = {
        {"{\"amount\":100}", true},
        {"{\"amount\":\"100.00\"}", true},
        {"{\"amount\":{\"equals\":100}}", true},
        {"{\"amount\":{\"glob\":\"1*\"}}", true},
        {"{\"amount\":{\"glob\":\"1*.*\"}}", false},
        {"{\"amount\":101}", false},
        {"{\"currency\":\"USD\"}", true},
        {"{\"currency\":{\"equals\":\"usd\"}}", true},
        {"{\"currency\":{\"glob\":\"u*\"}}", true},
        {"{\"service\":{\"glob\":\"payment_card_*\"}}", true},
        {"{\"reference_id\":\"order-7\"}", true},
        {"{\"reference_id\":{\"glob\":\"order-[0-6]\"}}", false},
        {"{\"description\":{\"glob\":\"*shoes*\"}}", true},
        {"{\"customer_email\":\"a@b.example\"}", true},
        {"{\"customer_email\":{\"glob\":\"*\"},\"amount\":5}", false},
        {"{\"customer_email\":{\"glob\":\"*\"},\"amount\":100}", true},
    };
    const struct invoice invoice = {.amount = 10000000000,
                                    .currency = "USD",
                                    .service = "payment_card_usd_hpp",
                                    .reference_id = "order-7",
                                    .description = "blue shoes"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char text[512];
        struct fixture fixture;
        snprintf(text, sizeof text, "{\"rules\":[{\"match\":%s,\"outcome\":\"expired\"}]}",
                 rows[i].match);
        const char *why = load_text("scenarios.json", text, strlen(text), &fixture);
        if (why) {
            fail_msg("row %s: %s", rows[i].match, why);
        }
        assert_row(rows[i].match, (scenario_find(&fixture.scenarios, OUTCOME_OF_PAYMENT, &invoice,
                                                 "a@b.example") != NULL) == rows[i].fits);
        fixture_finish(&fixture);
    }
}

static void missing_members_of_methods_and_services_have_defaults(void **state)
{
    static const char text[] =
        "{\"methods\":[{\"code\":\"m\",\"category\":\"alternative\",\"name\":{\"en\":\"M\"},"
        "\"metadata\":{\"a/b\":{}},\"position\":3}],"
        "\"services\":[{\"id\":\"comcps_0000000000000000\",\"code\":\"m_usd\",\"method\":\"m\","
        "\"currency\":\"USD\","
        "\"flow\":\"hpp\",\"amount_min\":\"0.5\",\"amount_max\":10,\"account_currency\":\"EUR\"}],"
        "\"accounts\":[{\"id\":\"coma_0000000000000000\",\"api_key\":\"k\",\"public_key\":\"pk_"
        "test_1\","
        "\"public_live_key\":\"pk_live_1\",\"secret_key\":\"sk_test_1\",\"secret_live_key\":\"sk_"
        "live_1\","
        "\"settings\":{\"lifetime_s\":60}}]}";
    struct fixture fixture;
    (void)state;
    assert_null(load_text("default.json", text, strlen(text), &fixture));
    const struct payment_method *method = &fixture.services.catalogues[INVOICE_PAYMENT].methods[0];
    assert_string_equal(method->name.uk, "M");
    assert_string_equal(method->description, "");
    assert_null(method->logo);
    assert_string_equal(method->metadata, "{\"a\\/b\":[]}");
    assert_string_equal(method->position, "3");
    assert_string_equal(method->hide, "null");
    const struct service *service = &fixture.services.catalogues[INVOICE_PAYMENT].services[0];
    assert_true(service->available && service->enabled && service->test_mode && !service->active);
    assert_int_equal(service->amount_min, 50000000);
    assert_int_equal(service->n_fields, 0);
    assert_int_equal(fixture.accounts[0].settings.lifetime_s, 60);
    fixture_finish(&fixture);
}

/* Each row breaks one thing in a valid file, by replacing `from` with `to`. */
static const struct {
    const char *file, *from, *to, *why;
} broken[] = {
    {"default.json", "{\n  \"methods\"", "{\n  \"mehtods\"",
     "default.json: methods: This value should not be blank."},
    {"default.json", "{\n  \"methods\"", "{\"more\": 1,\n  \"methods\"",
     "default.json: more: This field was not expected."},
    {"default.json", "\"category\": \"payment_card\"", "\"kategory\": \"payment_card\"",
     "default.json: methods[0].category: This value should not be blank."},
    {"default.json", "\"code\": \"applepay\"", "\"code\": \"payment_card\"",
     "default.json: methods[1].code: \"payment_card\" is there already"},
    {"default.json", "\"code\": \"applepay\"", "\"code\": \"Apple Pay\"",
     "default.json: methods[1].code: must be a code of a-z, 0-9, _ and -, at most 127 characters"},
    {"default.json", "\"en\": \"Payment card\"", "\"de\": \"Karte\"",
     "default.json: methods[0].name.en: This value should not be blank."},
    {"default.json", "\"logo\": \"https:", "\"logo\": \"gopher:",
     "default.json: methods[0].logo: This value is not a valid URL."},
    {"default.json", "comcps_u1xxlHVw1NyeqmjJ", "comcps_u1xxlHVw1NyeqmjJJ",
     "default.json: services[1].id: must be comcps_ and 16 letters or digits"},
    {"default.json", "comcps_u1xxlHVw1NyeqmjJ", "comcps_wQmYGz5RbkcgfdLI",
     "default.json: services[1].id: \"comcps_wQmYGz5RbkcgfdLI\" is there already"},
    {"default.json", "\"code\": \"payment_card_usd_hpp\"", "\"code\": \"test_xts_test\"",
     "default.json: services[1].code: \"test_xts_test\" is there already"},
    {"default.json", "\"method\": \"payment_card\"", "\"method\": \"card\"",
     "default.json: services[1].method: there is no method \"card\"; did you mean payment_card?"},
    {"default.json", "\"currency\": \"XTS\"", "\"currency\": \"x-s\"",
     "default.json: services[0].currency: This value is not a valid currency."},
    {"default.json", "\"amount_min\": 0.01", "\"amount_min\": 10000000",
     "default.json: services[0].amount_min: larger than amount_max"},
    {"default.json", "\"amount_min\": 0.01", "\"amount_min\": -0.01",
     "default.json: services[0].amount_min: an amount is never negative"},
    {"default.json", "\"amount_min\": 0.01", "\"amount_min\": 0.0000000001",
     "default.json: services[0].amount_min: This value should have 8 decimals or less."},
    {"default.json", "\"fields\": [\"status\"]", "\"available\": \"maybe\"",
     "default.json: services[0].available: This value should be of type bool."},
    {"default.json", "\"^[a-zA-Z_]*$\"", "\"^[a-zA-Z_*$\"",
     "default.json: fields[56].regexp: missing terminating ] for character class (at offset "},
    {"default.json", "\"position\": 0", "\"position\": \"x\"",
     "default.json: fields[0].position: This value should be of type integer."},
    {"default.json", "\"id\": \"document_type_br\"", "\"id\": \"email\"",
     "default.json: fields[14].id: \"email\" is there already"},
    {"default.json", "\"fields\": [\"status\"]", "\"fields\": [\"stature\"]",
     "default.json: services[0].fields[0]: there is no field \"stature\" in \"fields\"; did you "
     "mean status?"},
    {"default.json", "\"fields\": [\"status\"]", "\"fields\": [\"status\", \"status\"]",
     "default.json: services[0].fields[1].key: \"status\" is there already"},
    {"default.json", "\"fields\": [\"status\"]", "\"fields\": [7]",
     "default.json: services[0].fields[0]: must be an object"},
    {"default.json", "\"coma_Demo4DocsAccount\"", "\"coma_Demo\"",
     "default.json: accounts[0].id: must be coma_ and 16 letters or digits"},
    {"default.json", "\"pk_test_ClSQHi2T9WXuFa76WcwwBB6rspRpg6ANM69cS9zNOJy\"", "\"pk_live_x\"",
     "default.json: accounts[0].public_key: must be pk_test_ and printable ASCII without blanks, "
     "at most 255 characters"},
    {"default.json", "\"sk_test_demoSecretKeyForTestModeLocalUseOnly_000001\"", "\"sk_test_\"",
     "default.json: accounts[0].secret_key: must be sk_test_ and printable ASCII without blanks, "
     "at most 255 characters"},
    {"default.json", "\"demoApiKeyForLocalDevelopmentAndCiOnly_0001\"", "\"two words\"",
     "default.json: accounts[0].api_key: must be printable ASCII without blanks, at most 255 "
     "characters"},
    {"default.json", "\"demoApiKeyForLocalDevelopmentAndCiOnly_0001\"", "7",
     "default.json: accounts[0].api_key: must be a text"},
    {"default.json", "\"demoApiKeyForLocalDevelopmentAndCiOnly_0001\"",
     "\"pk_live_demoPublicKeyForLiveModeLocalUseOnly_000001\"",
     "default.json: accounts[0].public_live_key: "
     "\"pk_live_demoPublicKeyForLiveModeLocalUseOnly_000001\" is there already"},
    {"default.json", "\"accounts\": [", "\"accounts\": [5, ",
     "default.json: accounts[0]: must be an object"},
    {"default.json", "\"accounts\": [", "\"accounts\": [], \"more\": [",
     "default.json: accounts: must have at least one entry"},
    {"default.json", "\"fee_min\": 0.5, \"fee_max\": 25", "\"fee_min\": 26, \"fee_max\": 25",
     "default.json: services[20].fee_min: larger than fee_max"},
    {"default.json", "\"website\": null", "\"webside\": null",
     "default.json: accounts[0].webside: unknown name; did you mean website?"},
    {"default.json", "\"website\": null", "\"outcome\": \"paid\"",
     "default.json: accounts[0].outcome: unknown status \"paid\"; did you mean processed?"},
    {"default.json", "\"website\": null", "\"retry_limit\": 0",
     "default.json: accounts[0].retry_limit: must be a whole number from 1 to 100"},
    {"scenarios.json", "\"process_failed:insufficient_funds\"", "\"paid\"",
     "scenarios.json: rules[0].outcome: unknown status \"paid\"; did you mean processed?"},
    {"scenarios.json", "\"process_failed:insufficient_funds\"", "\"pa\\nid\\u0000\"",
     "scenarios.json: line "},
    {"scenarios.json", "\"process_failed:insufficient_funds\"", "\"pa\\nid\"",
     "scenarios.json: rules[0].outcome: unknown status \"pa?id\"; did you mean processed?"},
    {"scenarios.json", "\"process_failed:declined\"", "\"process_failed:broke\"",
     "scenarios.json: rules[1].outcome: unknown resolution \"broke\"; GET /_mock/resolutions lists "
     "them"},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"amuont\": 4000.01}",
     "scenarios.json: rules[0].match.amuont: This field was not expected. Did you mean amount?"},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"amount\": \"much\"}",
     "scenarios.json: rules[0].match.amount.equals: This value should be of type numeric."},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"amount\": {}}",
     "scenarios.json: rules[0].match.amount: must be either equals or glob"},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"amount\": null}",
     "scenarios.json: rules[0].match.amount: must be either equals or glob"},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"amount\": {\"equals\": 1, \"glob\": \"1\"}}",
     "scenarios.json: rules[0].match.amount: must be either equals or glob"},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"service\": {\"regexp\": \"x\"}}",
     "scenarios.json: rules[0].match.service.regexp: This field was not expected."},
    {"scenarios.json", "{\"amount\": 4000.01}", "[]",
     "scenarios.json: rules[0].match: must be an object"},
    {"scenarios.json", "{\"amount\": 4000.01}", "{\"amount\": 1, \"amount\": 2}",
     "scenarios.json: line "},
    {"scenarios.json", "\"resolutions\": []", "\"resolutions\": [\"Not-Snake\"]",
     "scenarios.json: resolutions[0]: must be a name of a-z, 0-9 and _, at most 63 characters"},
    {"scenarios.json", "\"resolutions\": []", "\"resolutions\": {}",
     "scenarios.json: resolutions: must be a list"},
    {"test-cards.json", "\"number\": \"5123817234060000\"", "\"number\": \"5123 8172 3406 0000\"",
     "test-cards.json: cards[0].number: must be 12 to 19 digits"},
    {"test-cards.json", "\"number\": \"5123817234060000\"", "\"number\": \"12345678901\"",
     "test-cards.json: cards[0].number: must be 12 to 19 digits"},
    {"test-cards.json", "\"number\": \"5519283812030000\"", "\"number\": \"5123817234060000\"",
     "test-cards.json: cards[1].number: \"5123817234060000\" is there already"},
    {"test-cards.json", "\"expiry\": \"1224\"", "\"expiry\": \"12/24\"",
     "test-cards.json: cards[0].expiry: must be an expiry MMYY"},
    {"test-cards.json", "\"0777\": \"process_pending:auth_3ds_required\"",
     "\"1377\": \"process_pending\"",
     "test-cards.json: cards[0].outcomes.1377: must be an expiry MMYY or \"*\""},
    {"test-cards.json", "\"0777\": \"process_pending:auth_3ds_required\"", "\"0777\": 1",
     "test-cards.json: cards[0].outcomes.0777: must be an outcome"},
    {"test-cards.json", "{\"0777\": \"process_pending:auth_3ds_required\", \"*\": \"processed\"}",
     "{\"0777\": \"processed\"}",
     "test-cards.json: cards[0].outcomes: must be an object with an entry \"*\""},
    {"test-cards.json", "\"0856\": \"process_failed:access_denied\"",
     "\"0856\": \"process_failed:nobody\"",
     "test-cards.json: outcome_tables.declines_by_expiry.0856: unknown resolution \"nobody\"; GET "
     "/_mock/resolutions lists them"},
    {"test-cards.json", "\"outcomes\": \"declines_by_expiry\"", "\"outcomes\": \"declines\"",
     "test-cards.json: cards[2].outcomes: there is no \"declines\" in outcome_tables; did you mean "
     "declines_by_expiry?"},
    {"test-cards.json", "\"outcome_tables\": {", "\"outcome_tables\": 5, \"more\": {",
     "test-cards.json: outcome_tables: must be an object"},
    {"test-cards.json", "\"luhn_failure\": \"process_failed:invalid_card\"",
     "\"luhn_failure\": \"no\"",
     "test-cards.json: unknown_cards.luhn_failure: unknown status \"no\"; GET /_mock/statuses "
     "lists them"},
    {"test-cards.json", "\"unknown_cards\"", "\"unknown_card\"",
     "test-cards.json: unknown_cards: This value should not be blank."},
};

static char *embedded_with(const char *file, const char *from, const char *to)
{
    char name[64];
    snprintf(name, sizeof name, "fixtures/%s", file);
    const char *data = embedded_find(name)->data;
    const char *at = strstr(data, from);
    char *text = NULL;
    if (!at) {
        fail_msg("%s has no %s", file, from);
        return NULL;
    }
    assert_true(asprintf(&text, "%.*s%s%s", (int)(at - data), data, to, at + strlen(from)) > 0);
    return text;
}

/* One of the lines is this one, from the file's name on; or begins with it, if it ends in ": ". */
static bool has_line(const char *why, const char *file, const char *wanted)
{
    size_t size = strlen(wanted);
    bool open_end = strchr(": ", wanted[size - 1]);
    for (const char *at = strstr(why, file); at; at = strstr(at + 1, file)) {
        if (strncmp(at, wanted, size) == 0 && (open_end || strchr("\n", at[size]))) {
            return true;
        }
    }
    return false;
}

static size_t count_lines(const char *text)
{
    size_t n = 1;
    while ((text = strchr(text, '\n'))) {
        text++;
        n++;
    }
    return n;
}

static void an_error_is_one_line_of_file_path_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
        char *text = embedded_with(broken[i].file, broken[i].from, broken[i].to);
        struct fixture fixture;
        const char *why = load_text(broken[i].file, text, strlen(text), &fixture);
        if (!why) {
            fail_msg("row %s -> %s: loads", broken[i].from, broken[i].to);
        }
        if (!has_line(why, broken[i].file, broken[i].why)) {
            fail_msg("row %s -> %s: \"%s\" lacks \"%s\"", broken[i].from, broken[i].to, why,
                     broken[i].why);
        }
        fixture_finish(&fixture);
        free(text);
    }
}

static void a_file_that_is_not_a_fixture_is_rejected(void **state)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "[]",
                                        "null",
                                        "{}",
                                        "\xff",
                                        "{\"rules\":[[[[",
                                        "{\"rules\":[{}]}",
                                        "{\"rules\":7}"};
    static const char *const files[] = {"default.json", "scenarios.json", "test-cards.json"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(files); k++) {
            struct fixture fixture;
            bool empty_scenarios = k == 1 && strcmp(texts[i], "{}") == 0;
            const char *why = load_text(files[k], texts[i], strlen(texts[i]), &fixture);
            assert_row(texts[i], !why == empty_scenarios);
            assert_row(texts[i], !why || strncmp(why, files[k], strlen(files[k])) == 0);
            fixture_finish(&fixture);
        }
    }
}

static void a_file_has_at_most_4_mib(void **state)
{
    size_t most = (size_t)4 << 20;
    char *text = repeat(' ', most + 1);
    struct fixture fixture;
    (void)state;
    memcpy(text, "{\"rules\":[]", 11);
    text[most - 1] = '}';
    assert_null(load_text("scenarios.json", text, most, &fixture));
    fixture_finish(&fixture);
    assert_string_equal(load_text("scenarios.json", text, most + 1, &fixture),
                        "scenarios.json: larger than 4 MiB");
    fixture_finish(&fixture);
    free(text);
}

static void every_mistake_of_every_file_is_told(void **state)
{
    static const char scenarios[] =
        "{\"rules\":[{\"match\":{\"amuont\":1,\"amount\":\"x\"},\"outcome\":\"paid\"},"
        "{\"match\":{},\"outcome\":\"process_failed:broke\",\"nmae\":1}],\"more\":1}";
    static const char rates[] = "{\"base\":\"EUR\",\"rates\":{\"x\":1,\"USD\":-1,\"GBP\":1}}";
    static const char cards[] =
        "{\"cards\":[{\"number\":\"1\",\"expiry\":\"x\",\"outcomes\":{\"y\":\"z\"}},"
        "{\"number\":\"5123817234060000\",\"expiry\":\"1224\",\"outcomes\":\"none\"}],"
        "\"unknown_cards\":{\"luhn_failure\":\"a\",\"otherwise\":\"b\"}}";
    static const char *const wanted[][2] = {
        {"scenarios.json", "scenarios.json: more: This field was not expected."},
        {"scenarios.json", "scenarios.json: rules[0].match.amuont: This field was not expected. "
                           "Did you mean amount?"},
        {"scenarios.json",
         "scenarios.json: rules[0].match.amount.equals: This value should be of type numeric."},
        {"scenarios.json",
         "scenarios.json: rules[0].outcome: unknown status \"paid\"; did you mean processed?"},
        {"scenarios.json",
         "scenarios.json: rules[1].nmae: This field was not expected. Did you mean name?"},
        {"scenarios.json", "scenarios.json: rules[1].outcome: unknown resolution \"broke\": "},
        {"rates.json", "rates.json: rates.x: must be a currency"},
        {"rates.json", "rates.json: rates.USD: must be more than 0: "},
        {"test-cards.json", "test-cards.json: cards[0].number: must be 12 to 19 digits"},
        {"test-cards.json", "test-cards.json: cards[0].expiry: must be an expiry MMYY"},
        {"test-cards.json", "test-cards.json: cards[0].outcomes: must be an object: "},
        {"test-cards.json", "test-cards.json: cards[0].outcomes.y: must be an expiry MMYY: "},
        {"test-cards.json", "test-cards.json: cards[0].outcomes.y: unknown status \"z\": "},
        {"test-cards.json", "test-cards.json: cards[1].outcomes: there is no \"none\": "},
        {"test-cards.json", "test-cards.json: unknown_cards.luhn_failure: unknown status: "},
        {"test-cards.json", "test-cards.json: unknown_cards.otherwise: unknown status: "},
    };
    char folder[FOLDER_TEXT];
    struct fixture fixture;
    (void)state;
    folder_make(folder);
    folder_write(folder, "scenarios.json", scenarios, strlen(scenarios));
    folder_write(folder, "rates.json", rates, strlen(rates));
    folder_write(folder, "test-cards.json", cards, strlen(cards));
    const char *why = fixture_load(folder, &fixture);
    folder_remove(folder);
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        char line[200];
        snprintf(line, sizeof line, "%s", wanted[i][1]);
        size_t size = strlen(line);
        if (strcmp(line + size - 2, ": ") == 0) { /* only the beginning is compared */
            line[size - 2] = '\0';
            assert_row(line, strstr(why, line) != NULL);
        } else {
            assert_row(line, has_line(why, wanted[i][0], line));
        }
    }
    assert_row(why, count_lines(why) == ARRAY_SIZE(wanted));
    fixture_finish(&fixture);
}

/* What names a refused definition is no further mistake. */
static void a_mistake_is_told_once(void **state)
{
    static const struct {
        const char *file, *from, *to;
    } rows[] = {
        {"default.json", "\"code\": \"payment_card\"", "\"code\": \"Payment Card\""},
        {"default.json", "\"id\": \"document_type_br\"", "\"id\": \"email\""},
        {"scenarios.json", "\"resolutions\": []", "\"resolutions\": [\"Not-Snake\"]"},
        {"scenarios.json", "\"resolutions\": []", "\"resolutions\": ["},
        {"test-cards.json", "\"0856\": \"process_failed:access_denied\"", "\"0856\": 1"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char *text = embedded_with(rows[i].file, rows[i].from, rows[i].to);
        struct fixture fixture;
        const char *why = load_text(rows[i].file, text, strlen(text), &fixture);
        assert_row(why, count_lines(why) == 1);
        fixture_finish(&fixture);
        free(text);
    }
}

static void more_than_a_hundred_mistakes_are_counted(void **state)
{
    buf_auto text = {0};
    struct fixture fixture;
    (void)state;
    for (int i = 0; i < 120; i++) {
        buf_printf(&text, "%s\"A%d\"", i ? "," : "{\"resolutions\":[", i);
    }
    buf_text(&text, "]}");
    const char *why = load_text("scenarios.json", text.data, text.size, &fixture);
    assert_int_equal(count_lines(why), 101);
    assert_string_equal(strrchr(why, '\n'), "\nand 20 more mistakes");
    fixture_finish(&fixture);
}

static void a_misspelt_file_is_refused(void **state)
{
    static const struct {
        const char *name, *near;
    } rows[] = {
        {"scenario.json", "scenarios.json"},
        {"test_cards.json", "test-cards.json"},
        {"defualt.json", "default.json"},
        {"Rates.JSON", "rates.json"},
        {"scenarios.v2.json", "scenarios.json"},
        {"test.json", NULL},
        {"cards.json", NULL},
        {"package.json", NULL},
        {"scenarios.yaml", NULL},
        {".scenario.json", NULL},
        {"scenarios.json~", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct fixture fixture;
        char wanted[200];
        const char *why = load_text(rows[i].name, "", 0, &fixture);
        snprintf(wanted, sizeof wanted, "%s: nothing reads this file; did you mean %s?",
                 rows[i].name, rows[i].near ? rows[i].near : "");
        assert_row(rows[i].name, rows[i].near ? why && strstr(why, wanted) : !why);
        fixture_finish(&fixture);
    }
}

static void the_folder_must_be_a_folder(void **state)
{
    char folder[FOLDER_TEXT], wanted[600];
    struct fixture fixture;
    (void)state;
    folder_make(folder);
    assert_null(fixture_load(folder, &fixture)); /* an empty folder replaces nothing */
    fixture_finish(&fixture);

    folder_write(folder, "file", "", 0);
    snprintf(wanted, sizeof wanted, "%s: not a folder", folder_path(folder, "file"));
    assert_string_equal(fixture_load(folder_path(folder, "file"), &fixture), wanted);
    fixture_finish(&fixture);

    snprintf(wanted, sizeof wanted, "%s: No such file or directory", folder_path(folder, "none"));
    assert_string_equal(fixture_load(folder_path(folder, "none"), &fixture), wanted);
    fixture_finish(&fixture);

    assert_int_equal(mkfifo(folder_path(folder, "default.json"), 0600), 0);
    snprintf(wanted, sizeof wanted, "%s: not a file", folder_path(folder, "default.json"));
    assert_string_equal(fixture_load(folder, &fixture), wanted);
    fixture_finish(&fixture);
    folder_remove(folder);
}

static void a_file_that_cannot_be_read_is_told_with_the_reason(void **state)
{
    static const struct {
        const char *target, *reason;
    } rows[] = {
        {"default.json", "Too many levels of symbolic links"},
        {"/proc/self/mem",
         "Input/output error"}, /* a regular file, with nothing at its beginning */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char folder[FOLDER_TEXT], wanted[600];
        struct fixture fixture;
        folder_make(folder);
        assert_int_equal(symlink(rows[i].target, folder_path(folder, "default.json")), 0);
        snprintf(wanted, sizeof wanted, "%s: %s", folder_path(folder, "default.json"),
                 rows[i].reason);
        assert_row_text(rows[i].target, fixture_load(folder, &fixture), wanted);
        fixture_finish(&fixture);
        folder_remove(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_embedded_fixtures_load),
        cmocka_unit_test(the_demo_account_has_its_published_keys),
        cmocka_unit_test(the_documented_services_exist_and_are_usable),
        cmocka_unit_test(a_field_accepts_what_its_regexp_matches),
        cmocka_unit_test(test_cards_and_expiries_decide_as_published),
        cmocka_unit_test(amount_rules_decide_as_published),
        cmocka_unit_test(a_file_in_the_folder_replaces_the_embedded_one),
        cmocka_unit_test(every_subject_can_be_matched),
        cmocka_unit_test(missing_members_of_methods_and_services_have_defaults),
        cmocka_unit_test(an_error_is_one_line_of_file_path_and_reason),
        cmocka_unit_test(a_file_that_is_not_a_fixture_is_rejected),
        cmocka_unit_test(a_file_has_at_most_4_mib),
        cmocka_unit_test(every_mistake_of_every_file_is_told),
        cmocka_unit_test(a_mistake_is_told_once),
        cmocka_unit_test(more_than_a_hundred_mistakes_are_counted),
        cmocka_unit_test(a_misspelt_file_is_refused),
        cmocka_unit_test(the_folder_must_be_a_folder),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
