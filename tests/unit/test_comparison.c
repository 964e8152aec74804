/* What was found of a platform, for a report and for a profile file (server/compare/). */
#include "compare/comparison.h"

#include "folder.h"

#define CALL "GET /payment-invoices/{id}"

/* On the heap, because of its lists. */
static struct comparison *comparison_new(void)
{
    struct comparison *comparison = calloc(1, sizeof *comparison);
    assert_non_null(comparison);
    comparison->learner.arena = comparison->differences.arena = &comparison->arena;
    assert_true(shapes_built_in(&comparison->arena, "2020", &comparison->contract));
    return comparison;
}

static void comparison_end(struct comparison *comparison)
{
    arena_finish(&comparison->arena);
    free(comparison);
}

static void found(struct comparison *comparison, const char *document, int status, const char *body)
{
    json_t *json;
    comparison_add(comparison, document, status, NULL, body, strlen(body), &json);
    json_decref(json);
}

static void a_call_with_two_statuses_is_two_documents(void **state)
{
    struct comparison *comparison = comparison_new();
    const struct shapes_document *contract = shapes_find(&comparison->contract, CALL);
    (void)state;
    found(comparison, CALL, 200, "{}");
    found(comparison, CALL, 404, "{}");
    found(comparison, CALL, 404, "{}");
    assert_int_equal(comparison->found.n, 2);
    assert_string_equal(comparison->found.documents[0].name, CALL);
    assert_string_equal(comparison->found.documents[1].name, CALL " (404)");
    for (size_t i = 0; i < comparison->found.n; i++) {
        const char *name = comparison->found.documents[i].name;
        assert_ptr_equal(comparison_contract(comparison, name), contract);
    }
    assert_null(comparison_contract(comparison, "GET /nothing (404)"));
    comparison_end(comparison);
}

static void only_so_many_documents_are_kept(void **state)
{
    struct comparison *comparison = comparison_new();
    (void)state;
    for (int i = 0; i <= SHAPES_DOCUMENTS_MOST; i++) {
        char name[32];
        snprintf(name, sizeof name, "GET /%d", i);
        found(comparison, name, 200, "{\"a\": 1}");
    }
    assert_int_equal(comparison->found.n, SHAPES_DOCUMENTS_MOST);
    comparison_end(comparison);
}

static void a_document_that_a_full_profile_file_lacks_is_noted(void **state)
{
    struct comparison *comparison = comparison_new();
    char folder[FOLDER_TEXT];
    (void)state;
    for (int i = 0; i < SHAPES_DOCUMENTS_MOST; i++) {
        char name[32];
        snprintf(name, sizeof name, "GET /%d", i);
        assert_non_null(shapes_add(&comparison->arena, &comparison->over, name));
    }
    found(comparison, CALL, 200, "{\"data\": 5}");
    folder_make(folder);
    comparison->options.write_profile = folder_path(folder, "profile.json");
    assert_null(compare_write_profile(comparison));
    assert_true(comparison->failed);
    assert_string_equal(comparison->notes->what, CALL);
    assert_string_equal(comparison->notes->reason, "not in the profile file: too many documents");
    folder_remove(folder);
    comparison_end(comparison);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_with_two_statuses_is_two_documents),
        cmocka_unit_test(only_so_many_documents_are_kept),
        cmocka_unit_test(a_document_that_a_full_profile_file_lacks_is_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
