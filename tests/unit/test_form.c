#include "unit.h"

#include "http/form.h"

/* Reads a query and returns it as JSON, or on errors "PATH: MESSAGE" for each, separated by '|'.
 * The caller frees it. */
static char *read_form(const char *query, size_t size)
{
    struct arena arena = {0};
    struct json_errors errors = {.arena = &arena};
    struct buf said = {0};
    json_auto_t *form = form_parse(query, size, &errors);
    for (const struct json_error *error = errors.first; error; error = error->next) {
        buf_printf(&said, "%s%s: %s", said.size ? "|" : "", error->path, error->message);
    }
    arena_finish(&arena);
    if (said.size) {
        return buf_take(&said);
    }
    buf_finish(&said);
    return json_dumps(form, JSON_COMPACT);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_read_as_phps_parse_str_reads_them),
        cmocka_unit_test(fields_that_php_drops_are_rejected_by_name),
        cmocka_unit_test(a_nul_byte_does_not_end_a_form),
        cmocka_unit_test(fields_and_levels_have_the_limits_of_php),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
