#include "unit.h"

#include "api/order_fields.h"
#include "view/appearance.h"

struct reading {
    struct arena arena;
    struct json_errors errors;
    const char *look;
};

static void begin(struct reading *r, const char *json)
{
    memset(r, 0, sizeof *r);
    r->errors.arena = &r->arena;
    const char *why = "";
    json_auto_t *attributes = json_parse(json, strlen(json), &r->arena, &why);
    if (!attributes) {
        fail_msg("%s: %s", json, why);
    }
    r->look = appearance_read(attributes, &r->errors);
}

static void end(struct reading *r)
{
    arena_finish(&r->arena);
}

static const char *errors_of(struct reading *r)
{
    const char *text = "";
    for (const struct json_error *error = r->errors.first; error; error = error->next) {
        text = arena_printf(&r->arena, "%s%s%s", text, *text ? " " : "", error->path);
    }
    return text;
}

static void given_options_are_stored_in_normal_form(void **state)
{
    static const struct {
        const char *attributes, *look;
    } rows[] = {
        {"{\"display\":{\"hide_header\":\"1\",\"hide_footer\":false}}",
         "{\"display\":{\"hide_header\":true,\"hide_footer\":false},\"style\":{}}"},
        {"{\"style\":{\"primary_color\":\"#0A7cff\",\"theme\":\"dark\",\"show_method_logo\":\"0\"}"
         "}",
         "{\"display\":{},\"style\":{\"show_method_logo\":false,\"theme\":\"dark\","
         "\"primary_color\":\"#0A7cff\"}}"},
        {"{\"theme\":\"light\",\"pay_button_label\":\"donate\"}",
         "{\"display\":{},\"style\":{\"pay_button_label\":\"donate\",\"theme\":\"light\"}}"},
        {"{\"theme\":\"light\",\"style\":{\"theme\":\"dark\"}}",
         "{\"display\":{},\"style\":{\"theme\":\"dark\"}}"},
        {"{\"display\":{\"show_methods\":\"payment_card,,paypal,\"}}",
         "{\"display\":{\"show_methods\":[\"payment_card\",\"paypal\"]},\"style\":{}}"},
        {"{\"display\":{\"hide_methods\":[\"applepay\",\"a,b\"]}}",
         "{\"display\":{\"hide_methods\":[\"applepay\",\"a\",\"b\"]},\"style\":{}}"},
        {"{\"display\":{\"show_methods\":{\"0\":\"paypal\",\"x\":\"bitcoin\"}}}",
         "{\"display\":{\"show_methods\":[\"paypal\",\"bitcoin\"]},\"style\":{}}"},
        {"{\"display\":{\"show_methods\":[]}}", "{\"display\":{\"show_methods\":[]},\"style\":{}}"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i].attributes);
        assert_row_text(rows[i].attributes, errors_of(&r), "");
        assert_row_text(rows[i].attributes, r.look, rows[i].look);
        end(&r);
    }
}

static void without_options_there_is_no_appearance(void **state)
{
    static const char *const rows[] = {
        "{}",
        "{\"amount\":1}",
        "{\"display\":{},\"style\":{}}",
        "{\"display\":[],\"style\":null}",
        "{\"display\":{\"hide_header\":\"\",\"show_methods\":\"\"},\"theme\":null}",
        "{\"style\":{\"theme\":\"\",\"primary_color\":\"\",\"show_method_logo\":\"\"}}",
        "{\"display\":{\"hide_all\":true},\"style\":{\"font_family\":\"x\",\"third_color\":\"x\"}}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i]);
        assert_row_text(rows[i], errors_of(&r), "");
        assert_row(rows[i], r.look == NULL);
        end(&r);
    }
}

static void an_error_has_the_path_of_the_invalid_value(void **state)
{
    static const struct {
        const char *attributes, *errors;
    } rows[] = {
        {"{\"display\":1,\"style\":\"x\"}", "display style"},
        {"{\"theme\":\"blue\",\"pay_button_label\":1}", "pay_button_label theme"},
        {"{\"style\":{\"theme\":\"blue\",\"pay_button_label\":true}}",
         "style.pay_button_label style.theme"},
        {"{\"display\":{\"hide_footer\":\"yes\",\"hide_header\":2}}",
         "display.hide_header display.hide_footer"},
        {"{\"style\":{\"on_primary_color\":\"reds\",\"info_color\":\"#12\"}}",
         "style.info_color style.on_primary_color"},
        {"{\"style\":{\"info_color\":\"#fff\\u0000\",\"danger_color\":\"#fff \"}}",
         "style.danger_color style.info_color"},
        {"{\"display\":{\"show_methods\":\"<b>\",\"hide_methods\":[1]}}",
         "display.show_methods display.hide_methods"},
        {"{\"display\":{\"show_methods\":true,\"hide_methods\":[\"a\\u0000b\"]}}",
         "display.show_methods display.hide_methods"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i].attributes);
        assert_row_text(rows[i].attributes, errors_of(&r), rows[i].errors);
        end(&r);
    }
}

static void lists_of_methods_are_limited(void **state)
{
    char *codes = repeat(',', 99), *code = repeat('a', 64);
    struct reading r;
    (void)state;
    for (size_t i = 0; i < 99; i += 2) {
        codes[i] = 'm';
    }
    const char *const fine[] = {codes, code};
    for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
        char json[256];
        snprintf(json, sizeof json, "{\"display\":{\"show_methods\":\"%s\"}}", fine[i]);
        begin(&r, json);
        assert_string_equal(errors_of(&r), "");
        end(&r);
        snprintf(json, sizeof json, "{\"display\":{\"show_methods\":\"%s%s\"}}", fine[i],
                 i ? "a" : ",m");
        begin(&r, json);
        assert_string_equal(errors_of(&r), "display.show_methods");
        end(&r);
    }
    free(codes);
    free(code);
}

static struct appearance coloured(const char *theme, const char *property, const char *value)
{
    struct appearance appearance = {.theme = theme, .n_colours = 1};
    appearance.colours[0].property = property;
    snprintf(appearance.colours[0].value, COLOUR_TEXT, "%s", value);
    return appearance;
}

static void the_style_sheet_fits_the_colours_to_each_theme(void **state)
{
    static const struct {
        const char *theme, *has, *lacks;
    } rows[] = {
        {NULL, "--link: light-dark(", "!"},
        {"light", "--accent: #777777;", "light-dark("},
        {"dark", "--accent: #777777;", "light-dark("},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct appearance appearance = coloured(rows[i].theme, "--accent", "#777777");
        buf_auto css = {0};
        appearance_css(&css, &appearance);
        assert_row(rows[i].has, strstr(buf_str(&css), rows[i].has));
        assert_row(rows[i].has, !strstr(buf_str(&css), rows[i].lacks));
        assert_row(rows[i].has, !strstr(buf_str(&css), "@supports") == (rows[i].theme != NULL));
    }
}

static void texts_that_the_merchant_made_hard_to_read_are_named(void **state)
{
    struct arena arena = {0};
    struct appearance faint = coloured("light", "--ink", "#eeeeee");
    struct appearance good = coloured("light", "--ink", "#111111");
    const struct appearance plain = {.theme = "light"};
    (void)state;
    const char *said = appearance_faint(&faint, &arena);
    assert_non_null(said);
    assert_non_null(
        strstr(said, "primary_text_color on the page's primary_background_color 1.2:1"));
    assert_null(appearance_faint(&good, &arena));
    assert_null(appearance_faint(&plain, &arena));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_options_are_stored_in_normal_form),
        cmocka_unit_test(without_options_there_is_no_appearance),
        cmocka_unit_test(an_error_has_the_path_of_the_invalid_value),
        cmocka_unit_test(lists_of_methods_are_limited),
        cmocka_unit_test(the_style_sheet_fits_the_colours_to_each_theme),
        cmocka_unit_test(texts_that_the_merchant_made_hard_to_read_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
