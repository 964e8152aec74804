#include "unit.h"

#include "http/form.h"

/* Returns the form as JSON, or on errors "PATH: MESSAGE" for each, separated by '|'. The caller
 * frees it. */
static char *show(const json_t *form, const struct json_errors *errors)
{
    struct buf said = {0};
    for (const struct json_error *error = errors->first; error; error = error->next) {
        buf_printf(&said, "%s%s: %s", said.size ? "|" : "", error->path, error->message);
    }
    if (said.size) {
        return buf_take(&said);
    }
    buf_finish(&said);
    return json_dumps(form, JSON_COMPACT);
}

static char *read_form(const char *query, size_t size)
{
    struct arena arena = {0};
    struct json_errors errors = {.arena = &arena};
    json_auto_t *form = form_parse(query, size, &errors);
    char *shown = show(form, &errors);
    arena_finish(&arena);
    return shown;
}

/* The same of a form in parts; "?" if it is none. */
static char *read_parts(const char *type, const char *body, size_t size)
{
    struct arena arena = {0};
    struct json_errors errors = {.arena = &arena};
    struct form form = {.errors = &errors};
    const char *why = form_read_parts(type, body, size, &form);
    json_auto_t *root = form_finish(&form);
    char *shown = why ? mem_strdup("?") : show(root, &errors);
    arena_finish(&arena);
    return shown;
}

/* PHP computed the rows (php_tables.php). */
static void forms_are_read_as_phps_parse_str_reads_them(void **state)
{
    json_auto_t *rows = json_load_file(TABLES "/parse_str.json", 0, NULL);
    size_t i;
    json_t *row;
    (void)state;
    assert_true(json_array_size(rows) > 1000);
    json_array_foreach(rows, i, row)
    {
        const char *query = json_string_value(json_array_get(row, 0));
        char *is = read_form(query, strlen(query));
        char *wanted = json_dumps(json_array_get(row, 1), JSON_COMPACT);
        assert_row_text(query, is, wanted);
        free(is);
        free(wanted);
    }
}

static void fields_that_php_drops_are_rejected_by_name(void **state)
{
    static const struct {
        const char *query, *said;
    } rows[] = {
        {"=1", ": This field has no name."},
        {"+=1", " : This field has no name."},
        {"[k]=1", "[k]: This field has no name."},
        {"a%00b=1", "a%00b: This name must not contain a NUL character."},
        {"a[k%00]=1", "a[k%00]: This name must not contain a NUL character."},
        {"a=x%00", "a: This value must not contain a NUL character."},
        {"a[k][]=%00&b=1", "a.k[]: This value must not contain a NUL character."},
        {"caf%E9=1", "caf%E9: This name is not valid UTF-8."},
        {"caf\xe9[k]=1", "caf%E9[k]: This name is not valid UTF-8."},
        {"description=caf%E9&reference_id=commande-%E9-1",
         "description: This value is not valid UTF-8.|reference_id: This value is not valid "
         "UTF-8."},
        {"metadata[x]=\xff", "metadata.x: This value is not valid UTF-8."},
        {"a=%ed%a0%80", "a: This value is not valid UTF-8."},
        {"a=%c0%80", "a: This value is not valid UTF-8."},
        {"a[9223372036854775807]=1&a[]=2", "a[]: There is no index after 9223372036854775807."},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char *is = read_form(rows[i].query, strlen(rows[i].query));
        assert_row_text(rows[i].query, is, rows[i].said);
        free(is);
    }
}

static void a_nul_byte_does_not_end_a_form(void **state)
{
    static const char query[] = "a=x\0&b=y";
    (void)state;
    char *is = read_form(query, sizeof query - 1);
    assert_string_equal(is, "a: This value must not contain a NUL character.");
    free(is);
}

static void fields_and_levels_have_the_limits_of_php(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        buf_auto fields = {0}, levels = {0};
        for (int i = 0; i < FORM_FIELDS_MOST + more; i++) {
            buf_printf(&fields, "&f%d=1", i);
        }
        buf_text(&levels, "a");
        for (int i = 0; i < FORM_LEVELS_MOST + more; i++) {
            buf_text(&levels, "[k]");
        }
        char *of_fields = read_form(buf_str(&fields), fields.size);
        char *of_levels = read_form(buf_str(&levels), levels.size);
        if (more) {
            assert_string_equal(of_fields, "f1000: There are more than 1000 fields.");
            assert_non_null(strstr(of_levels, ": This name has more than 64 levels."));
        } else {
            assert_int_equal(of_fields[0], '{');
            assert_int_equal(of_levels[0], '{');
        }
        free(of_fields);
        free(of_levels);
    }
}

#define HEAD "Content-Disposition: form-data"

static void the_head_of_a_part(void **state)
{
    static const struct {
        const char *head, *said;
    } rows[] = {
        {HEAD "; name=\"a\"", "{\"a\":\"v\"}"},
        {"content-disposition:form-data;NAME=a", "{\"a\":\"v\"}"},
        {HEAD "; x=\"; name=b\"; name=a ; y=1", "{\"a\":\"v\"}"},
        {HEAD "; filename*=b; name=\"a\\\"\\\\\"", "{\"a\\\"\\\\\":\"v\"}"},
        {HEAD "; name=\"a", "{\"a\":\"v\"}"},
        {HEAD "; name=a\n" HEAD "; name=b", "{\"a\":\"v\"}"},
        {HEAD "; name=a; name='b'; c=d", "{\"b\":\"v\"}"},
        {HEAD ";\n\tname = b;\n name= \"a\"", "{\"a\":\"v\"}"},
        {HEAD "; name=a b", "{\"a\":\"v\"}"},
        {HEAD "\n" HEAD "; name=a",
         ": This part has no name: write Content-Disposition: form-data; name=\"...\"."},
        {"X-Y: z\nContent-Transfer-Encoding: 8bit\n" HEAD "; name=a", "{\"a\":\"v\"}"},
        {HEAD "; name=\"\"",
         ": This part has no name: write Content-Disposition: form-data; name=\"...\"."},
        {HEAD "; name",
         ": This part has no name: write Content-Disposition: form-data; name=\"...\"."},
        {HEAD "; xname=a",
         ": This part has no name: write Content-Disposition: form-data; name=\"...\"."},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto body = {0};
        buf_printf(&body, "--b\n%s\n\nv\n--b--\n", rows[i].head);
        char *is = read_parts("multipart/form-data; boundary=b", body.data, body.size);
        assert_row_text(rows[i].head, is, rows[i].said);
        free(is);
    }
}

/* The empty line is not a header that goes on. */
static void a_value_may_begin_with_a_blank(void **state)
{
    static const char *const values[] = {" v", "\tv", "  \r\n v", "\n v", " "};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        buf_auto body = {0};
        buf_printf(&body, "--b\n" HEAD "; name=a\n\n%s\n--b--\n", values[i]);
        char *is = read_parts("multipart/form-data; boundary=b", body.data, body.size);
        json_auto_t *form = json_loads(is, 0, NULL);
        assert_row_text(values[i], json_string_value(json_object_get(form, "a")), values[i]);
        free(is);
    }
}

static void a_nul_byte_in_the_head_of_a_part_is_refused(void **state)
{
    static const char body[] = "--b\n" HEAD "; name=\"a\0b\"\n\nv\n--b--\n";
    (void)state;
    char *is = read_parts("multipart/form-data; boundary=b", body, sizeof body - 1);
    assert_string_equal(is, "?");
    free(is);
}

/* A head as long as a body can be costs a few times its size. */
static void heads_have_any_number_of_parameters(void **state)
{
    buf_auto type = {0}, body = {0};
    (void)state;
    buf_text(&type, "multipart/form-data");
    buf_text(&body, "--b\n" HEAD);
    for (int i = 0; i < 100000; i++) {
        buf_text(&type, ";a=\"\"");
        buf_text(&body, ";a=\"\"");
    }
    buf_text(&type, "; boundary=b");
    buf_text(&body, "; name=\"a\"\n\nv\n--b--\n");
    char *is = read_parts(buf_str(&type), body.data, body.size);
    assert_string_equal(is, "{\"a\":\"v\"}");
    free(is);
}

/* Each dash may begin a delimiter, and each line looks like one. */
static void a_body_of_what_may_be_delimiters_costs_its_size(void **state)
{
    buf_auto type = {0}, body = {0};
    (void)state;
    buf_text(&type, "multipart/form-data; boundary=");
    for (int i = 0; i < 8000; i++) {
        buf_text(&type, "-");
    }
    for (int i = 0; i < 1000000; i++) {
        buf_text(&body, i % 9000 == 8999 ? "\n" : "-");
    }
    buf_printf(&body, "\n--%s\n" HEAD "; name=a\n\nv\n--%s--\n", strchr(buf_str(&type), '=') + 1,
               strchr(buf_str(&type), '=') + 1);
    char *is = read_parts(buf_str(&type), body.data, body.size);
    assert_string_equal(is, "?"); /* the first line of dashes is the last delimiter */
    free(is);
}

static void file_inputs_that_were_left_empty_are_no_fields(void **state)
{
    buf_auto body = {0};
    (void)state;
    for (int i = 0; i < 3 * FORM_FIELDS_MOST; i++) {
        buf_printf(&body, "--b\n" HEAD "; name=f%d; filename=\"\"\n\n\n", i);
    }
    buf_text(&body, "--b\n" HEAD "; name=a\n\nv\n--b--\n");
    char *is = read_parts("multipart/form-data; boundary=b", body.data, body.size);
    assert_string_equal(is, "{\"a\":\"v\"}");
    free(is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_read_as_phps_parse_str_reads_them),
        cmocka_unit_test(fields_that_php_drops_are_rejected_by_name),
        cmocka_unit_test(a_nul_byte_does_not_end_a_form),
        cmocka_unit_test(fields_and_levels_have_the_limits_of_php),
        cmocka_unit_test(the_head_of_a_part),
        cmocka_unit_test(a_value_may_begin_with_a_blank),
        cmocka_unit_test(a_nul_byte_in_the_head_of_a_part_is_refused),
        cmocka_unit_test(heads_have_any_number_of_parameters),
        cmocka_unit_test(a_body_of_what_may_be_delimiters_costs_its_size),
        cmocka_unit_test(file_inputs_that_were_left_empty_are_no_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
