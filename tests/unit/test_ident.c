#include "unit.h"

#include "domain/ident.h"

static const uint8_t key[CRYPT_KEY_SIZE] = {1, 2, 3};
static const uint8_t other_key[CRYPT_KEY_SIZE] = {3, 2, 1};
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void a_new_id_has_the_platforms_format(void **state)
{
    static const char *const prefixes[] = {"cpi", "cgi", "cus", "coma", "comcps", "org"};
    struct ident_source source = {.counter = 0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        char id[IDENT_TEXT];
        ident_next(&source, prefixes[i], id);
        assert_row(id, ident_has_form(id, prefixes[i]));
        assert_int_equal(strlen(ident_serial(id)), IDENT_SERIAL);
    }
}

static void new_ids_differ(void **state)
{
    struct ident_source source = {.counter = 0};
    char last[IDENT_TEXT] = "";
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char id[IDENT_TEXT];
        ident_next(&source, "cpi", id);
        assert_string_not_equal(id, last);
        memcpy(last, id, sizeof id);
    }
}

static void the_same_key_and_counter_give_the_same_ids(void **state)
{
    struct ident_source a = {.counter = 7}, b = {.counter = 7}, c = {.counter = 7};
    char id_a[IDENT_TEXT], id_b[IDENT_TEXT], id_c[IDENT_TEXT];
    (void)state;
    memcpy(a.key, key, sizeof key);
    memcpy(b.key, key, sizeof key);
    memcpy(c.key, other_key, sizeof key);
    ident_next(&a, "cpi", id_a);
    ident_next(&b, "cpi", id_b);
    ident_next(&c, "cpi", id_c);
    assert_string_equal(id_a, id_b);
    assert_string_not_equal(id_a, id_c);
    assert_int_equal(a.counter, 8);
}

static void a_secret_takes_a_digest_for_each_32_characters(void **state)
{
    struct ident_source all = {.counter = 7}, first = {.counter = 7}, second = {.counter = 8};
    char secret[73], part[33];
    (void)state;
    ident_next_secret(&all, secret, 72);
    assert_int_equal(strlen(secret), 72);
    assert_int_equal(all.counter, 10);
    ident_next_secret(&first, part, 32);
    assert_memory_equal(secret, part, 32);
    ident_next_secret(&second, part, 32);
    assert_memory_equal(secret + 32, part, 32);
}

static void a_secret_uses_all_characters_of_base64url(void **state)
{
    struct ident_source source = {.counter = 0};
    char secret[2001];
    (void)state;
    ident_next_secret(&source, secret, 2000);
    assert_int_equal(strspn(secret, base64url), 2000);
    for (const char *c = base64url; *c; c++) {
        assert_row(c, strchr(secret, *c));
    }
}

static void other_formats_are_not_ids(void **state)
{
    static const struct {
        const char *text, *prefix;
        bool has;
    } rows[] = {
        {"cpi_Y8Puis4vtNjAYZwb", "cpi", true},
        {"coma_Demo4DocsAccount", "coma", true},
        {"cpi_Y8Puis4vtNjAYZw", "cpi", false},
        {"cpi_Y8Puis4vtNjAYZwbb", "cpi", false},
        {"cgi_Y8Puis4vtNjAYZwb", "cpi", false},
        {"cpi_Y8Puis4vtNjAYZw-", "cpi", false},
        {"cpi-Y8Puis4vtNjAYZwb", "cpi", false},
        {"CPI_Y8Puis4vtNjAYZwb", "cpi", false},
        {"cpi_Y8Puis4vtNjAYZwb ", "cpi", false},
        {"cpi_Y8Puis4vtNjAYZw\xc3", "cpi", false},
        {"", "cpi", false},
        {"cpi", "cpi", false},
        {"cpi_", "cpi", false},
        {"cp", "cpi", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].text, ident_has_form(rows[i].text, rows[i].prefix) == rows[i].has);
    }
}

/* Calls `body` with a block cipher. */
static void with_block(const uint8_t key_bytes[CRYPT_KEY_SIZE],
                       void (*body)(struct crypt_block *block))
{
    struct crypt_block *block = crypt_block_new(key_bytes);
    body(block);
    crypt_block_free(block);
}

static void rows_there_and_back(struct crypt_block *block)
{
    static const int64_t rows[] = {
        1, 2, 3, 61, 62, 63, 1000, 1000000, INT32_MAX, (int64_t)1 << 40, (int64_t)1 << 47};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char id[IDENT_TEXT], session[IDENT_TEXT];
        int64_t back;
        ident_of_row(block, "cpi", rows[i], id);
        ident_of_row(block, "cgi", rows[i], session);
        assert_row(id, ident_has_form(id, "cpi"));
        assert_row(session, ident_has_form(session, "cgi"));
        assert_string_not_equal(ident_serial(session), ident_serial(id));
        assert_row(id, ident_to_row(block, "cpi", id, &back));
        assert_int_equal(back, rows[i]);
        assert_row(session, ident_to_row(block, "cgi", session, &back));
        assert_int_equal(back, rows[i]);
    }
}

static void an_id_leads_back_to_its_row(void **state)
{
    (void)state;
    with_block(key, rows_there_and_back);
}

static void strangers(struct crypt_block *block)
{
    static const char *const rows[] = {
        "",
        "cpi_",
        "cgi_Y8Puis4vtNjAYZwb",
        "cpi_Y8Puis4vtNjAYZw",
        "cpi_Y8Puis4vtNjAYZwb",
        "cpi_0000000000000000",
        "cpi_zzzzzzzzzzzzzzzz",
        "cpi_00000000zzzzzzzz",
    };
    char id[IDENT_TEXT];
    int64_t back;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i], !ident_to_row(block, "cpi", rows[i], &back));
    }
    ident_of_row(block, "cpi", 7, id);
    memcpy(id, "cgi", 3);
    assert_false(ident_to_row(block, "cgi", id, &back));
    ident_of_row(block, "cpi", 7, id);
    id[19] = id[19] == 'a' ? 'b' : 'a';
    assert_false(ident_to_row(block, "cpi", id, &back));
}

static void invented_ids_match_no_row(void **state)
{
    (void)state;
    with_block(key, strangers);
}

static void an_id_of_another_key_matches_no_row(void **state)
{
    struct crypt_block *mine = crypt_block_new(key), *other = crypt_block_new(other_key);
    char id[IDENT_TEXT];
    int64_t back;
    (void)state;
    ident_of_row(mine, "cpi", 7, id);
    assert_false(ident_to_row(other, "cpi", id, &back));
    crypt_block_free(mine);
    crypt_block_free(other);
}

static void a_derived_id_depends_on_key_prefix_and_text(void **state)
{
    char a[IDENT_TEXT], b[IDENT_TEXT], c[IDENT_TEXT], d[IDENT_TEXT], e[IDENT_TEXT];
    (void)state;
    ident_derived(key, "cus", "1:buyer", a);
    ident_derived(key, "cus", "1:buyer", b);
    ident_derived(key, "cus", "2:buyer", c);
    ident_derived(other_key, "cus", "1:buyer", d);
    ident_derived(key, "org", "1:buyer", e);
    assert_true(ident_has_form(a, "cus"));
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_string_not_equal(a, d);
    assert_string_not_equal(ident_serial(a), ident_serial(e));
}

/* A reference has at most 255 characters of up to four bytes. */
static void the_longest_references_still_give_different_ids(void **state)
{
    buf_auto text = {0};
    char a[IDENT_TEXT], b[IDENT_TEXT];
    (void)state;
    for (int i = 0; i < 255; i++) {
        buf_text(&text, "\xf0\x9f\x92\xb3");
    }
    ident_derived(key, "cus", text.data, a);
    text.data[text.size - 1]++;
    ident_derived(key, "cus", text.data, b);
    assert_string_not_equal(a, b);
}

static void a_uuid_has_the_format_of_version_4(void **state)
{
    struct ident_source source = {.counter = 0};
    (void)state;
    for (int i = 0; i < 100; i++) {
        char uuid[IDENT_UUID];
        ident_next_uuid(&source, uuid);
        assert_int_equal(strlen(uuid), 36);
        assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
        assert_row(uuid, uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-');
        assert_row(uuid, uuid[14] == '4' && strchr("89ab", uuid[19]));
    }
}

static void a_secret_has_the_requested_length(void **state)
{
    static const int lengths[] = {0, 1, 31, 32, 33, 43, 64, 100};
    struct ident_source source = {.counter = 0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        char text[128];
        memset(text, '!', sizeof text);
        ident_next_secret(&source, text, lengths[i]);
        assert_int_equal(strlen(text), lengths[i]);
        assert_int_equal(strspn(text, base64url), lengths[i]);
        assert_int_equal(text[lengths[i] + 1], '!');
    }
}

static void a_number_stands_behind_its_prefix(void **state)
{
    static const char *const others[] = {
        "",     "cb",     "cb_",  "cb17",   "cc_17",
        "cb_x", "cb_-17", "cb_0", "cb_17x", "cb_99999999999999999999"};
    int64_t number = 0;
    (void)state;
    assert_true(ident_number_read("cb", "cb_17", &number));
    assert_int_equal(number, 17);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        assert_row(others[i], !ident_number_read("cb", others[i], &number));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_id_has_the_platforms_format),
        cmocka_unit_test(a_number_stands_behind_its_prefix),
        cmocka_unit_test(new_ids_differ),
        cmocka_unit_test(the_same_key_and_counter_give_the_same_ids),
        cmocka_unit_test(a_secret_takes_a_digest_for_each_32_characters),
        cmocka_unit_test(a_secret_uses_all_characters_of_base64url),
        cmocka_unit_test(other_formats_are_not_ids),
        cmocka_unit_test(an_id_leads_back_to_its_row),
        cmocka_unit_test(invented_ids_match_no_row),
        cmocka_unit_test(an_id_of_another_key_matches_no_row),
        cmocka_unit_test(a_derived_id_depends_on_key_prefix_and_text),
        cmocka_unit_test(the_longest_references_still_give_different_ids),
        cmocka_unit_test(a_uuid_has_the_format_of_version_4),
        cmocka_unit_test(a_secret_has_the_requested_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
