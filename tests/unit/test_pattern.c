/* Regular expressions as PHP reads them (base/pattern.h). */
#include "base/mem.h"
#include "base/pattern.h"
#include "unit.h"

#include <string.h>

static void a_pattern_matches_as_php_would(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"^\\d{6}$", "123456", true},
        {"^\\d{6}$", "12345", false},
        {"^\\d{6}$", "٣٣٣٣٣٣", false}, /* \d is ASCII without the flag u */
        {"^[-\\s\\p{L}]{2,100}$", "Їжак О", true},
        {"^[-\\s\\p{L}]{2,100}$", "R2", false},
        {"^.{2}$", "éé", true}, /* bare ones are read as UTF-8 */
        {"/^.{2}$/", "éé", false},
        {"/^.{4}$/", "éé", true}, /* bytes without the flag u */
        {"/^.{2}$/u", "éé", true},
        {"/^(CPF|CNPJ)$/", "CNPJ", true},
        {"/^(CPF|CNPJ)$/", "cnpj", false},
        {"/^(CPF|CNPJ)$/i", "cnpj", true},
        {"/^[0-9\\.\\-\\/]{1,18}$/", "12/3", true}, /* slashes inside */
        {"^/$", "/", true},                         /* no slash at its beginning */
        {"/a", "x/a", true},                        /* one slash only */
        {"/^\\p{L}+$/u", "\xff", false},            /* not UTF-8 */
    };
    struct pattern_set set = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct pattern *pattern = pattern_add(&set, rows[i].pattern);
        assert_row(rows[i].pattern, pattern_matches(pattern, rows[i].text) == rows[i].matches);
    }
    pattern_set_finish(&set);
}

static void a_pattern_returns_its_group(void **state)
{
    static const struct {
        const char *pattern, *text, *group;
    } rows[] = {
        {"id=(\\d+)", "a id=17 b", "17"}, {"id=\\d+", "a id=17 b", "id=17"}, /* without a group, the
                                                                                whole match */
        {"id=(\\d*)", "id=", ""},         {"id=(\\d+)", "none", NULL},       {"(", "none", NULL},
    };
    struct pattern_set set = {0};
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *text = rows[i].text, *group;
        group = pattern_group(pattern_add(&set, rows[i].pattern), &arena, text, strlen(text));
        bool same =
            group && rows[i].group ? strcmp(group, rows[i].group) == 0 : group == rows[i].group;
        assert_row(rows[i].pattern, same);
    }
    pattern_set_finish(&set);
    arena_finish(&arena);
}

static void equal_patterns_are_stored_once(void **state)
{
    struct pattern_set set = {0};
    (void)state;
    struct pattern *first = pattern_add(&set, "/^a$/u");
    assert_ptr_equal(pattern_add(&set, "/^a$/u"), first);
    assert_ptr_not_equal(pattern_add(&set, "^a$"), first);
    assert_string_equal(pattern_text(first), "^a$");
    assert_string_equal(pattern_given(first), "/^a$/u");
    pattern_set_finish(&set);
}

static void a_wrong_pattern_is_told_and_matches_nothing(void **state)
{
    static const struct {
        const char *pattern, *why;
    } rows[] = {
        {"^[a-z$", "missing terminating ]"},
        {"(", "missing closing parenthesis"},
        {"/a/q", "unknown flag in \"q\""},
        {"\\p{Nothing}", "unknown property"},
    };
    struct pattern_set set = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char why[PATTERN_WHY];
        struct pattern *pattern = pattern_add(&set, rows[i].pattern);
        assert_row(rows[i].pattern, !pattern_check(pattern, why) && strstr(why, rows[i].why));
        assert_false(pattern_matches(pattern, "a"));
    }
    pattern_set_finish(&set);
}

/* (a+)+$ takes 2^n steps for n letters. */
static void a_search_without_end_is_given_up(void **state)
{
    struct pattern_set set = {0};
    (void)state;
    struct pattern *pattern = pattern_add(&set, "^(a|a|aa)+$");
    char text[251];
    memset(text, 'a', 250);
    text[249] = '!';
    text[250] = '\0';
    assert_false(pattern_matches(pattern, text));
    assert_true(pattern_matches(pattern, "aaa"));
    pattern_set_finish(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_matches_as_php_would),
        cmocka_unit_test(a_pattern_returns_its_group),
        cmocka_unit_test(equal_patterns_are_stored_once),
        cmocka_unit_test(a_wrong_pattern_is_told_and_matches_nothing),
        cmocka_unit_test(a_search_without_end_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
