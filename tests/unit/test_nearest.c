#include "unit.h"

#include "base/attr.h"
#include "base/nearest.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"status",    "insufficient_funds", "settle-after",
                                    "log-level", "bad_signature",      "no_signature",
                                    NULL};

static const char *nearest_of(const char *said)
{
    struct nearest nearest = nearest_to(said);
    nearest_offer_list(&nearest, names);
    return nearest.name;
}

static void the_distance_of_names_counts_the_letters_that_differ(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"a", "", 1},
        {"", "abc", 3},
        {"status", "Status", 0},
        {"statsu", "status", 1},
        {"stats", "status", 1},
        {"slow", "show", 1},
        {"abc", "xyz", 3},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].a, nearest_distance(rows[i].a, rows[i].b) == rows[i].distance);
        assert_row(rows[i].b, nearest_distance(rows[i].b, rows[i].a) == rows[i].distance);
    }
}

static void a_near_name_has_at_most_a_third_of_its_letters_wrong(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("statsu"), "status");
    assert_string_equal(nearest_of("SETTLE_AFER"), "settle-after");
    assert_string_equal(nearest_of("insuficient_funds"), "insufficient_funds");
    assert_null(nearest_of("amount"));
    assert_null(nearest_of(""));
}

static void else_a_name_with_a_word_in_common_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("insufficient"), "insufficient_funds");
    assert_string_equal(nearest_of("insuff"), "insufficient_funds");
    assert_string_equal(nearest_of("level"), "log-level");
    assert_string_equal(nearest_of("signature"), "no_signature"); /* the shorter one */
    assert_string_equal(nearest_of("order.status"), "status");
    assert_null(nearest_of("log")); /* too short for a word */
    assert_null(nearest_of("icient"));
}

static void words_do_not_count_where_only_letters_do(void **state)
{
    struct nearest nearest = nearest_to("level");
    (void)state;
    nearest.letters_only = true;
    nearest_offer_list(&nearest, names);
    assert_null(nearest.name);
}

static void an_alias_leads_to_its_name(void **state)
{
    static const struct nearest_alias aliases[] = {{"timeout", "commit_then_timeout"}};
    struct nearest nearest = nearest_to("timout");
    (void)state;
    nearest_offer_list(&nearest, names);
    nearest_offer_aliases(&nearest, aliases, ARRAY_SIZE(aliases));
    assert_string_equal(nearest.name, "commit_then_timeout");
}

static void a_text_of_any_length_is_near_nothing(void **state)
{
    (void)state;
    char *longer = calloc(1, 1 << 20);
    memset(longer, 'a', (1 << 20) - 1);
    memcpy(longer, "status ", 7);
    assert_null(nearest_of(longer));
    free(longer);
}

static void a_hint_names_the_nearest_or_says_something_else(void **state)
{
    struct arena arena = {0};
    struct nearest near = nearest_to("statsu"), far = nearest_to("amount");
    (void)state;
    nearest_offer_list(&near, names);
    nearest_offer_list(&far, names);
    assert_string_equal(nearest_hint(&near, &arena, "see --help"), "; did you mean status?");
    assert_string_equal(nearest_hint(&far, &arena, "see --help"), "; see --help");
    assert_string_equal(nearest_hint(&far, &arena, NULL), "");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_of_names_counts_the_letters_that_differ),
        cmocka_unit_test(a_near_name_has_at_most_a_third_of_its_letters_wrong),
        cmocka_unit_test(else_a_name_with_a_word_in_common_is_near),
        cmocka_unit_test(words_do_not_count_where_only_letters_do),
        cmocka_unit_test(an_alias_leads_to_its_name),
        cmocka_unit_test(a_text_of_any_length_is_near_nothing),
        cmocka_unit_test(a_hint_names_the_nearest_or_says_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
