#include "unit.h"

#include "view/settings.h"
#include "view/settings_lists.h"

static const char *const others[] = {"id", "api_key", NULL};
static const char *const extra_names[] = {"velocity_limit"};
static const struct resolution_set extra = {extra_names, 1};

struct reading {
    struct arena arena;
    struct json_errors errors;
    struct settings settings;
};

static void begin(struct reading *r, const char *json)
{
    memset(r, 0, sizeof *r);
    r->errors.arena = &r->arena;
    settings_default(&r->settings);
    const char *why = "";
    json_t *object = json_parse(json, strlen(json), &r->arena, &why);
    if (!object) {
        fail_msg("%s: %s", json, why);
    }
    settings_read(object, others, &extra, &r->settings, &r->errors);
    json_decref(object); /* the settings must not point into the document */
}

static void end(struct reading *r)
{
    arena_finish(&r->arena);
}

static const char *errors_of(struct reading *r)
{
    const char *text = "";
    for (const struct json_error *error = r->errors.first; error; error = error->next) {
        text = arena_printf(&r->arena, "%s%s%s: %s", text, *text ? "; " : "", error->path,
                            error->message);
    }
    return text;
}

static const char *text_of(struct reading *r)
{
    buf_auto buf = {0};
    struct json_out out = {.buf = &buf};
    json_out_object(&out, NULL);
    settings_write(&out, &r->settings);
    json_out_object_end(&out);
    return arena_strdup(&r->arena, buf_str(&buf));
}

static void a_new_account_has_the_defaults(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{}");
    assert_string_equal(errors_of(&r), "");
    assert_string_equal(r.settings.status, "active");
    assert_string_equal(r.settings.outcome, "processed");
    assert_true(r.settings.public_creation);
    assert_false(r.settings.only_final);
    assert_null(r.settings.callback_url);
    assert_int_equal(r.settings.settle_after_ms, ACCOUNT_UNSET);
    assert_int_equal(r.settings.lifetime_s, 1800);
    assert_int_equal(r.settings.retry_interval_s, 60);
    assert_int_equal(r.settings.retry_limit, 100);
    assert_int_equal(r.settings.attempt_limit, 5);
    end(&r);
}

static void every_default_is_a_valid_setting(void **state)
{
    (void)state;
    for (size_t i = 0; i < account_settings_count; i++) {
        const struct setting *setting = &account_settings[i];
        assert_row(setting->name, setting->help && *setting->help);
        assert_row(setting->name, setting->kind != SETTING_CHOICE || setting->choices);
        if (setting->kind == SETTING_INT && setting->number != ACCOUNT_UNSET) {
            assert_row(setting->name,
                       setting->number >= setting->least && setting->number <= setting->most);
        }
        for (size_t k = 0; k < i; k++) {
            assert_row(setting->name, strcmp(setting->name, account_settings[k].name) != 0);
        }
    }
}

static void settings_can_be_at_top_level_or_under_settings(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{\"id\":5,\"name\":\"a\",\"settings\":{\"only_final\":true,\"lifetime_s\":60},"
              "\"retry_limit\":3,"
              "\"opening_balances\":{\"USD\":1.5},\"outcome\":\"process_failed:velocity_limit\","
              "\"callback_url\":\"http://a/\"}");
    assert_string_equal(errors_of(&r), "");
    assert_string_equal(r.settings.name, "a");
    assert_true(r.settings.only_final);
    assert_int_equal(r.settings.lifetime_s, 60);
    assert_int_equal(r.settings.retry_limit, 3);
    assert_string_equal(r.settings.opening_balances, "{\"USD\":1.5}");
    assert_string_equal(r.settings.outcome, "process_failed:velocity_limit");
    assert_string_equal(r.settings.callback_url, "http://a/");
    end(&r);
}

static void null_unsets_optional_settings(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{\"name\":null,\"callback_url\":null,\"settle_after_ms\":null,\"opening_balances\":"
              "null,\"ttl_s\":null}");
    assert_string_equal(errors_of(&r), "");
    assert_null(r.settings.name);
    assert_null(r.settings.callback_url);
    assert_int_equal(r.settings.settle_after_ms, ACCOUNT_UNSET);
    assert_null(r.settings.opening_balances);
    end(&r);
}

#define HEADER_NAME                                                                                \
    "callback_headers: names must be 1 to 64 letters, digits or hyphens, as of HTTP headers"
#define HEADER_VALUE                                                                               \
    "callback_headers: A must be a text of 1 to 1024 printable ASCII characters, without line "    \
    "breaks and without blanks at its ends"
#define PATH(n)                                                                                    \
    "required_fields: item " #n " must be a dotted path such as customer.name, at most 128 "       \
    "characters"

static void an_invalid_setting_is_reported_and_changes_nothing(void **state)
{
    static const struct {
        const char *json, *errors;
    } rows[] = {
        {"{\"nmae\":\"a\"}", "nmae: unknown name; did you mean name?"},
        {"{\"settings\":{\"nmae\":\"a\"}}", "settings.nmae: unknown name; did you mean name?"},
        {"{\"settings\":{\"id\":\"a\"}}", "settings.id: unknown name"},
        {"{\"settings\":{\"settings\":{}}}", "settings.settings: unknown name"},
        {"{\"settings\":[]}", "settings: must be an object"},
        {"{\"name\":1}", "name: must be a string"},
        {"{\"name\":\"a\\u0000b\"}", "name: must be a string"},
        {"{\"callback_url\":\"nowhere\"}", "callback_url: must be an http or https URL"},
        {"{\"status\":\"gone\"}",
         "status: must be one of new, active, inactive, moderation_requested, "
         "moderation_pending, archived"},
        {"{\"status\":null}", "status: must be a string"},
        {"{\"outcome\":\"paid\"}", "outcome: unknown status \"paid\"; did you mean processed?"},
        {"{\"outcome\":null}", "outcome: must be a string"},
        {"{\"only_final\":1}", "only_final: must be true or false"},
        {"{\"only_final\":null}", "only_final: must be true or false"},
        {"{\"retry_limit\":0}", "retry_limit: must be a whole number from 1 to 100"},
        {"{\"retry_limit\":101}", "retry_limit: must be a whole number from 1 to 100"},
        {"{\"retry_limit\":1.5}", "retry_limit: must be a whole number from 1 to 100"},
        {"{\"retry_limit\":\"5\"}", "retry_limit: must be a whole number from 1 to 100"},
        {"{\"retry_limit\":null}", "retry_limit: must be a whole number from 1 to 100"},
        {"{\"retry_limit\":9223372036854775807}",
         "retry_limit: must be a whole number from 1 to 100"},
        {"{\"ttl_s\":-9223372036854775808}", "ttl_s: must be a whole number from 1 to 31536000"},
        {"{\"opening_balances\":[]}",
         "opening_balances: must be an object of at most 100 currencies"},
        {"{\"callback_headers\":[]}",
         "callback_headers: must be an object of at most 20 header fields"},
        {"{\"callback_headers\":{\"A\":1}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\"\"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\" b\"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\"b \"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\"b\\r\\nC: d\"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\"b\\nC\"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\"b\\u0000\"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A\":\"\\u00e9\"}}", HEADER_VALUE},
        {"{\"callback_headers\":{\"A:\":\"b\"}}", HEADER_NAME},
        {"{\"callback_headers\":{\"A\\r\\nB\":\"b\"}}", HEADER_NAME},
        {"{\"callback_headers\":{\"\":\"b\"}}", HEADER_NAME},
        {"{\"callback_headers\":{\"A;\":\"b\"}}", HEADER_NAME},
        {"{\"callback_headers\":{\"A-B\":\"b\",\"a-b\":\"c\"}}",
         "callback_headers: a-b is given twice"},
        {"{\"callback_headers\":{\"host\":\"b\"}}",
         "callback_headers: host cannot be set: it follows from the URL"},
        {"{\"callback_headers\":{\"Content-Length\":\"1\"}}",
         "callback_headers: Content-Length cannot be set: it frames the message"},
        {"{\"callback_headers\":{\"TRANSFER-ENCODING\":\"chunked\"}}",
         "callback_headers: TRANSFER-ENCODING cannot be set: it frames the message"},
        {"{\"callback_headers\":{\"Connection\":\"close\"}}",
         "callback_headers: Connection cannot be set: it controls the connection"},
        {"{\"callback_headers\":{\"x-signature\":\"b\"}}",
         "callback_headers: x-signature cannot be set: the platform's sender sets it"},
        {"{\"required_fields\":{}}",
         "required_fields: must be a list of at most 50 fields of an order"},
        {"{\"required_fields\":[\"a\",1]}", PATH(2)},
        {"{\"required_fields\":[\"\"]}", PATH(1)},
        {"{\"required_fields\":[\".a\"]}", PATH(1)},
        {"{\"required_fields\":[\"a.\"]}", PATH(1)},
        {"{\"required_fields\":[\"a..b\"]}", PATH(1)},
        {"{\"required_fields\":[\"a b\"]}", PATH(1)},
        {"{\"required_fields\":[\"a\\u0000b\"]}", PATH(1)},
        {"{\"strict_test_mode\":null}", "strict_test_mode: must be true or false"},
        {"{\"only_final\":1,\"more\":1,\"settings\":{\"name\":1}}",
         "only_final: must be true or false; more: unknown name; settings.name: must be a string"},
    };
    (void)state;
    struct reading defaults;
    begin(&defaults, "{}");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i].json);
        assert_row_text(rows[i].json, errors_of(&r), rows[i].errors);
        assert_row_text(rows[i].json, text_of(&r), text_of(&defaults));
        end(&r);
    }
    end(&defaults);
}

static void the_length_of_a_text_is_limited_in_characters(void **state)
{
    char *longest = repeat('n', 255), *longer = repeat('n', 256), *huge = repeat('n', 1 << 20);
    const char *const texts[] = {longest, longer, huge};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct reading r;
        buf_auto json = {0};
        buf_printf(&json, "{\"name\":\"%s\"}", texts[i]);
        begin(&r, json.data);
        assert_string_equal(errors_of(&r), i ? "name: must be at most 255 characters" : "");
        end(&r);
    }
    free(longest);
    free(longer);
    free(huge);
}

static void lists_are_bounded(void **state)
{
    static const struct {
        int n;
        const char *open, *before, *after, *close, *errors;
    } rows[] = {
        {20, "{\"callback_headers\":{", "\"X-", "\":\"v\"", "}}", ""},
        {21, "{\"callback_headers\":{", "\"X-", "\":\"v\"", "}}",
         "callback_headers: must be an object of at most 20 header fields"},
        {50, "{\"required_fields\":[", "\"metadata.f", "\"", "]}", ""},
        {51, "{\"required_fields\":[", "\"metadata.f", "\"", "]}",
         "required_fields: must be a list of at most 50 fields of an order"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        buf_auto json = {0};
        buf_text(&json, rows[i].open);
        for (int k = 0; k < rows[i].n; k++) {
            buf_printf(&json, "%s%s%d%s", k ? "," : "", rows[i].before, k, rows[i].after);
        }
        buf_text(&json, rows[i].close);
        begin(&r, buf_str(&json));
        assert_row_text(buf_str(&json), errors_of(&r), rows[i].errors);
        end(&r);
    }
}

static void empty_lists_are_null(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{\"callback_headers\":{},\"required_fields\":[]}");
    assert_string_equal(errors_of(&r), "");
    assert_null(r.settings.callback_headers);
    assert_null(r.settings.required_fields);
    end(&r);
}

static void fields_that_the_account_requires(void **state)
{
    static const struct {
        const char *order, *errors;
    } rows[] = {
        {"{}", "description: B; customer.metadata.ip: B"},
        {"{\"description\":\" \",\"customer\":{\"metadata\":{\"ip\":null}}}",
         "description: B; customer.metadata.ip: B"},
        {"{\"description\":false,\"customer\":{\"metadata\":{\"ip\":\"::1\"}}}", ""},
        {"{\"description\":0,\"customer\":{\"metadata\":{\"ip\":[]}}}", "customer.metadata.ip: B"},
        {"{\"description\":\"a\",\"customer\":\"b\"}", "customer.metadata.ip: B"},
        {"{\"description\":\"a\",\"customer\":[{\"metadata\":1}]}", "customer.metadata.ip: B"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, "{\"required_fields\":[\"description\",\"customer.metadata.ip\"]}");
        json_auto_t *order = json_loads(rows[i].order, 0, NULL);
        settings_check_required(&r.settings, order, &r.errors);
        const char *text = "";
        for (const struct json_error *error = r.errors.first; error; error = error->next) {
            assert_row_text(rows[i].order, error->message, MESSAGE_BLANK);
            text = arena_printf(&r.arena, "%s%s%s: B", text, *text ? "; " : "", error->path);
        }
        assert_row_text(rows[i].order, text, rows[i].errors);
        end(&r);
    }
}

static void written_settings_can_be_read_back(void **state)
{
    struct reading r, again;
    (void)state;
    begin(&r, "{\"name\":\"\\u00e9\\u20ac/"
              "\",\"only_final\":true,\"settle_after_ms\":0,\"connect_timeout_ms\":5,"
              "\"callback_headers\":{\"X-Forwarded-For\":\"10.0.0.1\"},"
              "\"required_fields\":[\"customer.name\"],"
              "\"opening_balances\":{},\"return_url\":\"https://a.example/b\"}");
    assert_string_equal(errors_of(&r), "");
    begin(&again, text_of(&r));
    assert_string_equal(errors_of(&again), "");
    assert_string_equal(text_of(&again), text_of(&r));
    assert_string_equal(again.settings.name, "\xc3\xa9\xe2\x82\xac/");
    assert_string_equal(again.settings.opening_balances, "{}");
    assert_int_equal(again.settings.settle_after_ms, 0);
    end(&r);
    end(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_account_has_the_defaults),
        cmocka_unit_test(every_default_is_a_valid_setting),
        cmocka_unit_test(settings_can_be_at_top_level_or_under_settings),
        cmocka_unit_test(null_unsets_optional_settings),
        cmocka_unit_test(an_invalid_setting_is_reported_and_changes_nothing),
        cmocka_unit_test(the_length_of_a_text_is_limited_in_characters),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(empty_lists_are_null),
        cmocka_unit_test(fields_that_the_account_requires),
        cmocka_unit_test(written_settings_can_be_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
