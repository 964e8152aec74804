/* Errors of the fields of a request: written in both formats, and read again. */
#include "unit.h"

#include "view/view_errors.h"

static json_t *written(enum profile profile, const struct error_place *place,
                       const struct json_errors *errors)
{
    struct buf text = {0};
    view_errors(&text, view_error_style(profile), place, errors);
    json_t *document = json_loadb(text.data, text.size, 0, NULL);
    assert_non_null(document);
    buf_finish(&text);
    return document;
}

static void an_error_names_its_source(void **state)
{
    static const struct {
        const char *path, *kind, *source;
        struct error_place place;
    } rows[] = {
        {"amount", "pointer", "/amount", {0}},
        {"customer.reference_id", "pointer", "/customer/reference_id", {0}},
        {"metadata.a/b~c", "pointer", "/metadata/a~1b~0c", {0}},
        {"amount", "pointer", "/data/attributes/amount", {.enveloped = true}},
        {"amount", "parameter", "amount", {.in_query = true}},
        {"customer.email", "parameter", "customer[email]", {.in_query = true}},
        {"a.b.c", "parameter", "a[b][c]", {.in_query = true}},
        {"page[size]", "parameter", "page[size]", {.in_query = true}},
        {"X-Mock-Outcome", "header", "X-Mock-Outcome", {.header = "X-Mock-Outcome"}},
        {"amount", "pointer", "/amount", {.header = "X-Mock-Outcome"}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        struct json_errors errors = {.arena = &arena};
        struct error_place place = rows[i].place;
        json_auto_t *envelope = json_pack("{s{s{}}}", "data", "attributes");
        place.document = place.enveloped ? envelope : NULL;
        json_errors_add(&errors, rows[i].path, "wrong");
        json_auto_t *document = written(PROFILE_2024, &place, &errors);
        const json_t *source =
            json_object_get(json_array_get(json_object_get(document, "errors"), 0), "source");
        const char *text = json_string_value(json_object_get(source, rows[i].kind));
        assert_row_text(rows[i].path, text, rows[i].source);
        assert_int_equal(json_object_size(source), 1);
        arena_finish(&arena);
    }
}

static void written_errors_are_read_with_their_paths(void **state)
{
    static const char *const paths[] = {"amount", "customer.reference_id", "metadata.a/b~c",
                                        "metadata.~01"};
    const struct error_place place = {0};
    (void)state;
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        struct arena arena = {0};
        struct json_errors errors = {.arena = &arena};
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
            json_errors_add(&errors, paths[i], "wrong %zu", i);
        }
        json_auto_t *document = written((enum profile)profile, &place, &errors);
        json_auto_t *fields = view_errors_read(document);
        assert_int_equal(json_object_size(fields), ARRAY_SIZE(paths));
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
            assert_row(paths[i], json_is_string(json_object_get(fields, paths[i])));
        }
        arena_finish(&arena);
    }
}

static void other_documents_have_no_errors_to_read(void **state)
{
    static const struct {
        const char *json, *path; /* path NULL: nothing is read */
    } rows[] = {
        {"{}", NULL},
        {"[]", NULL},
        {"{\"errors\":[]}", NULL},
        {"{\"errors\":\"no\"}", NULL},
        {"{\"errors\":[{\"status\":\"Not Found\",\"code\":\"404\"}]}", NULL},
        {"{\"errors\":[{\"source\":{\"pointer\":\"/a\"}}]}", NULL},
        {"{\"errors\":[{\"detail\":\"d\"}]}", NULL},
        {"{\"errors\":[{\"detail\":\"d\",\"source\":{\"pointer\":\"a\"}}]}", ""},
        {"{\"errors\":[{\"detail\":\"d\",\"source\":{\"parameter\":\"a[b]\"}}]}", "a[b]"},
        {"{\"errors\":[{\"detail\":\"d\",\"source\":{\"header\":\"H\"}}]}", "H"},
        {"{\"errors\":[{\"detail\":\"d\",\"source\":{\"pointer\":\"/data/a~\"}}]}", "a~"},
        {"{\"errors\":[{\"detail\":\"d\",\"source\":{\"pointer\":\"/data/attributes/a~2\"}}]}",
         "a~2"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_auto_t *document = json_loads(rows[i].json, 0, NULL);
        json_auto_t *fields = view_errors_read(document);
        assert_row(rows[i].json, (fields != NULL) == (rows[i].path != NULL));
        assert_row(rows[i].json, !fields || json_object_get(fields, rows[i].path));
    }
    assert_null(view_errors_read(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_names_its_source),
        cmocka_unit_test(written_errors_are_read_with_their_paths),
        cmocka_unit_test(other_documents_have_no_errors_to_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
