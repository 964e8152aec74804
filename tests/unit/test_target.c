/* The request target: path and query, patterns, and escapes that a path must not contain. */
#include "unit.h"

#include "http/target.h"

static void a_target_is_a_path_and_a_query(void **state)
{
    static const struct {
        const char *target, *path, *query; /* path NULL: rejected */
    } rows[] = {
        {"/", "/", ""},
        {"", "/", ""},
        {"?x=1", "/", "x=1"},
        {"//", "/", ""},
        {"/a/b/", "/a/b", ""},
        {"/a///?x=/y/?z", "/a", "x=/y/?z"},
        {"/a%5Bb%5d", "/a[b]", ""},
        {"/a%", "/a%", ""},
        {"/a%4", "/a%4", ""},
        {"/a%zz", "/a%zz", ""},
        {"/a+b", "/a+b", ""}, /* + means a blank in queries only */
        {"http://host:80/a?b", "/a", "b"},
        {"HTTPS://host/a", "/a", ""},
        {"http://host", "/", ""},
        {"http://host?b", "/", "b"},
        {"/a%00b", NULL, NULL},
        {"/a%2fb", NULL, NULL},
        {"/a%2Fb", NULL, NULL},
        {"/a%2F", NULL, NULL},
        {"/a?x=%2F%00", "/a", "x=%2F%00"},
        {"a/b", NULL, NULL},
        {"*", NULL, NULL},
        {"ftp://host/a", NULL, NULL},
        {"/a%ff", NULL, NULL}, /* not UTF-8 */
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *path = NULL, *query = NULL;
        bool good = target_split(&arena, rows[i].target, &path, &query);
        assert_row(rows[i].target, good == (rows[i].path != NULL));
        if (good) {
            assert_row_text(rows[i].target, path, rows[i].path);
            assert_row_text(rows[i].target, query, rows[i].query);
        }
    }
    arena_finish(&arena);
}

static void a_long_target_is_rejected(void **state)
{
    struct arena arena = {0};
    char *target = repeat('/', TARGET_MOST + 1);
    const char *path, *query;
    (void)state;
    assert_false(target_split(&arena, target, &path, &query));
    target[TARGET_MOST] = '\0';
    assert_true(target_split(&arena, target, &path, &query));
    free(target);
    arena_finish(&arena);
}

static void a_pattern_fits_segment_by_segment(void **state)
{
    static const struct {
        const char *path, *pattern;
        bool fits;
        const char *params[2];
    } rows[] = {
        {"/a", "/a", true, {"", ""}},
        {"/a", "/b", false, {"", ""}},
        {"/a", "/ab", false, {"", ""}},
        {"/ab", "/a", false, {"", ""}},
        {"/a/7", "/a/{id}", true, {"7", ""}},
        {"/a/7/b/8", "/a/{id}/b/{other}", true, {"7", "8"}},
        {"/a/7/c/8", "/a/{id}/b/{other}", false, {"7", ""}},
        {"/a/", "/a/{id}", false, {"", ""}},
        {"/a//b", "/a/{id}/b", false, {"", ""}},
        {"/a/7/", "/a/{id}", false, {"7", ""}},
        {"/1/2/3", "/{a}/{b}/{c}", false, {"1", "2"}}, /* more parameters than the array holds */
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *params[2] = {"", ""};
        bool fits = target_match(&arena, rows[i].path, rows[i].pattern, params, 2);
        assert_row(rows[i].path, fits == rows[i].fits);
        assert_row_text(rows[i].path, params[0], rows[i].params[0]);
        assert_row_text(rows[i].path, params[1], rows[i].params[1]);
    }
    arena_finish(&arena);
}

static void a_glob_may_match_what_its_paths_match(void **state)
{
    static const struct {
        const char *glob, *pattern;
        bool may;
    } rows[] = {
        {"*", "/", true},
        {"*", "/a/{id}/b", true},
        {"/a", "/a", true},
        {"/a", "/ab", false},
        {"/ab", "/a", false},
        {"/a*", "/ab/{id}", true},
        {"/b*", "/ab/{id}", false},
        {"/a/7", "/a/{id}", true},
        {"/a/", "/a/{id}", false},
        {"/a/7/", "/a/{id}", false},
        {"/a//b", "/a/{id}/b", false},
        {"/a/*", "/a/{id}", true},
        {"/a/*", "/a", false},
        {"/a*", "/a", true},
        {"/a/c*7", "/a/{id}", true},
        {"/a/*/b", "/a/{id}/b", true},
        {"/a/*/c", "/a/{id}/b", false},
        {"/a/c*b", "/a/{id}/b", true},
        {"/a/*x*/b*", "/a/{id}/b/{other}", true},
        {"*/b", "/a/{id}", true},
        {"*/b/c", "/a/{id}", false},
        {"*d}", "/a/{id}", true}, /* the name of a parameter is no text */
        {"*d/x", "/a/{id}", false},
        {"*******************************x", "/a/{id}/b", false},
        {"/7/8/9", "/{a}/{b}/{c}", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].glob, target_may_match(rows[i].glob, rows[i].pattern) == rows[i].may);
    }
}

static void a_prefix_matches_whole_segments_only(void **state)
{
    (void)state;
    assert_true(target_is_under("/_mock", "/_mock"));
    assert_true(target_is_under("/_mock/a", "/_mock"));
    assert_false(target_is_under("/_mocks", "/_mock"));
    assert_false(target_is_under("/_moc", "/_mock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_a_path_and_a_query),
        cmocka_unit_test(a_long_target_is_rejected),
        cmocka_unit_test(a_pattern_fits_segment_by_segment),
        cmocka_unit_test(a_glob_may_match_what_its_paths_match),
        cmocka_unit_test(a_prefix_matches_whole_segments_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
