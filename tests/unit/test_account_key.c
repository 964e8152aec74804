#include "unit.h"

#include "domain/account_key.h"
#include "example_keys.h"
#include "view/key_history.h"

struct ring {
    struct arena arena;
    struct account_keys keys;
    struct account_old_keys old;
};

static void begin(struct ring *r)
{
    memset(r, 0, sizeof *r);
    r->keys = example_keys;
}

static void end(struct ring *r)
{
    arena_finish(&r->arena);
}

/* Replaces the test secret by "sk_test_N" at N seconds. */
static bool replace(struct ring *r, int n, int64_t grace_ms)
{
    const char *text = arena_printf(&r->arena, "sk_test_%d", n);
    int64_t now_ms = (int64_t)n * 1000;
    return account_key_replace(&r->keys, &r->old, ACCOUNT_KEY_SECRET, text, now_ms,
                               now_ms + grace_ms);
}

static void every_key_has_a_name(void **state)
{
    enum account_key kind;
    (void)state;
    for (int i = 0; i < ACCOUNT_KEY_KINDS; i++) {
        assert_true(account_key_parse(account_key_kinds[i].name, &kind));
        assert_int_equal(kind, i);
    }
    assert_false(account_key_parse("id", &kind));
    assert_false(account_key_parse(NULL, &kind));
    assert_string_equal(account_key_text(&example_keys, ACCOUNT_KEY_API), "apiKeyExample");
    assert_string_equal(account_key_text(&example_keys, ACCOUNT_KEY_SECRET_LIVE),
                        "sk_live_example");
}

static void a_replaced_key_is_valid_until_its_grace_ends(void **state)
{
    struct ring r;
    (void)state;
    begin(&r);
    assert_true(replace(&r, 5, 2000));
    assert_string_equal(r.keys.secret_key, "sk_test_5");
    assert_string_equal(r.keys.secret_live_key, "sk_live_example");
    static const struct {
        const char *text;
        enum account_key kind;
        int64_t now_ms;
        bool good;
    } rows[] = {
        {"sk_test_5", ACCOUNT_KEY_SECRET, 5000, true},
        {"sk_test_5", ACCOUNT_KEY_SECRET, 9000, true},
        {"sk_test_example", ACCOUNT_KEY_SECRET, 5000, true},
        {"sk_test_example", ACCOUNT_KEY_SECRET, 6999, true},
        {"sk_test_example", ACCOUNT_KEY_SECRET, 7000, false},
        {"sk_test_example", ACCOUNT_KEY_API, 6999, false},
        {"sk_test_1", ACCOUNT_KEY_SECRET, 5000, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].text, account_key_is(&r.keys, &r.old, rows[i].kind, rows[i].text,
                                                rows[i].now_ms) == rows[i].good);
    }
    end(&r);
}

static void without_grace_it_is_invalid_at_once(void **state)
{
    struct ring r;
    (void)state;
    begin(&r);
    assert_true(replace(&r, 5, 0));
    assert_false(account_key_is(&r.keys, &r.old, ACCOUNT_KEY_SECRET, "sk_test_example", 5000));
    assert_non_null(account_old_key_find(&r.old, "sk_test_example"));
    assert_null(account_old_key_find(NULL, "sk_test_example"));
    end(&r);
}

static void the_first_and_the_last_ones_are_kept(void **state)
{
    struct ring r;
    (void)state;
    begin(&r);
    for (int n = 1; n <= 20; n++) {
        assert_true(replace(&r, n, 500));
    }
    static const char *const kept[] = {"sk_test_example", "sk_test_17", "sk_test_18", "sk_test_19"};
    assert_int_equal(r.old.n, ARRAY_SIZE(kept));
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        assert_string_equal(r.old.list[i].text, kept[i]);
    }
    end(&r);
}

static void one_that_is_valid_is_not_forgotten(void **state)
{
    struct ring r;
    (void)state;
    begin(&r);
    for (int n = 1; n <= 4; n++) {
        assert_true(replace(&r, n, 3500));
    }
    assert_false(replace(&r, 5, 3500)); /* sk_test_1 is valid until 5.5 */
    assert_string_equal(r.keys.secret_key, "sk_test_4");
    assert_int_equal(r.old.n, 4);
    assert_true(replace(&r, 6, 3500));
    assert_null(account_old_key_find(&r.old, "sk_test_1"));
    end(&r);
}

static void every_kind_has_its_own_room(void **state)
{
    struct ring r;
    (void)state;
    begin(&r);
    for (int n = 1; n <= 9; n++) {
        for (int kind = 0; kind < ACCOUNT_KEY_KINDS; kind++) {
            assert_true(account_key_replace(&r.keys, &r.old, (enum account_key)kind,
                                            arena_printf(&r.arena, "%d-%d", kind, n), n, n));
        }
    }
    assert_int_equal(r.old.n, ACCOUNT_OLD_MOST);
    account_keys_restart(&r.keys, &r.old);
    assert_memory_equal(&r.keys, &example_keys, sizeof example_keys); /* the same texts */
    assert_int_equal(r.old.n, 0);
    end(&r);
}

static void keys_survive_as_text(void **state)
{
    struct ring r, again;
    (void)state;
    begin(&r);
    begin(&again);
    assert_null(key_history_text(&r.arena, &r.old));
    assert_true(replace(&r, 5, 2000));
    assert_true(account_key_replace(&r.keys, &r.old, ACCOUNT_KEY_API, "api-\"1\\", 6000, 6000));
    key_history_read(key_history_text(&r.arena, &r.old), &again.arena, &again.old);
    assert_int_equal(again.old.n, 2);
    assert_string_equal(again.old.list[0].text, "sk_test_example");
    assert_int_equal(again.old.list[0].kind, ACCOUNT_KEY_SECRET);
    assert_int_equal(again.old.list[0].replaced_ms, 5000);
    assert_int_equal(again.old.list[0].until_ms, 7000);
    assert_string_equal(again.old.list[1].text, "apiKeyExample");
    end(&again);
    begin(&again);
    key_history_read_all(NULL, &again.arena, &again.keys, &again.old);
    assert_string_equal(again.keys.api_key, "apiKeyExample");
    key_history_read_all(key_history_text_all(&r.arena, &r.keys, &r.old), &again.arena, &again.keys,
                         &again.old);
    assert_string_equal(again.keys.api_key, "api-\"1\\");
    assert_string_equal(again.keys.secret_key, "sk_test_5");
    assert_string_equal(again.keys.id, example_keys.id);
    assert_int_equal(again.old.n, 2);
    end(&r);
    end(&again);
}

static void a_text_that_is_no_list_holds_no_keys(void **state)
{
    static const char *const texts[] = {"", "{}", "[1,{},{\"api_key\":2},null]", "["};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct arena arena = {0};
        struct account_old_keys old;
        key_history_read(texts[i], &arena, &old);
        assert_row(texts[i], old.n == 0);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_a_name),
        cmocka_unit_test(a_replaced_key_is_valid_until_its_grace_ends),
        cmocka_unit_test(without_grace_it_is_invalid_at_once),
        cmocka_unit_test(the_first_and_the_last_ones_are_kept),
        cmocka_unit_test(one_that_is_valid_is_not_forgotten),
        cmocka_unit_test(every_kind_has_its_own_room),
        cmocka_unit_test(keys_survive_as_text),
        cmocka_unit_test(a_text_that_is_no_list_holds_no_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
