/* Tokens of card sessions: written tokens can be read, and no other text is accepted. */
#include "unit.h"

#include "base/crypt.h"
#include "domain/token.h"

static const struct token_key key = {.bytes = {1, 2, 3}, .mac = TOKEN_MAC_STREAM};
static const struct token_key old_key = {.bytes = {1, 2, 3}, .mac = TOKEN_MAC_KMAC};

static void both_formats_can_be_read(void **state)
{
    (void)state;
    for (int form = 0; form <= TOKEN_HS256; form++) {
        struct buf text = {0};
        struct token token;
        token_write(&text, &key, (enum token_form)form, "cgi_0000000000000001", 1700000000);
        assert_true(token_read(buf_str(&text), &token));
        assert_int_equal(token.form, form);
        assert_string_equal(token.session, "cgi_0000000000000001");
        assert_int_equal(token.expires_s, 1700000000);
        const char *signature = strrchr(buf_str(&text), '.') + 1;
        assert_int_equal(strlen(signature), token_signature_size((enum token_form)form));
        buf_finish(&text);
    }
}

/* As a client that decodes it strictly sees it. */
static void a_signature_stands_for_512_bytes(void **state)
{
    const struct token_key *const keys[] = {&key, &old_key};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        char text[TOKEN_SIGNATURE_MOST + 1];
        struct buf bytes = {0}, again = {0};
        token_sign(keys[i], TOKEN_RS512, "a.b", 3, text);
        assert_true(crypt_base64_decode(text, &bytes));
        assert_int_equal(bytes.size, 512);
        crypt_base64url(&again, bytes.data, bytes.size);
        assert_string_equal(buf_str(&again), text);
        buf_finish(&bytes);
        buf_finish(&again);
    }
}

/* The last token is cached, so no other token may be mistaken for it. */
static void other_content_or_another_key_gives_another_token(void **state)
{
    static const struct token_key other_key = {.bytes = {3, 2, 1}, .mac = TOKEN_MAC_STREAM};
    static const struct {
        const struct token_key *key;
        enum token_form form;
        const char *session;
        int64_t expires_s;
    } rows[] = {
        {&old_key, TOKEN_RS512, "cgi_1", 5}, {&key, TOKEN_RS512, "cgi_1", 5},
        {&key, TOKEN_HS256, "cgi_1", 5},     {&key, TOKEN_HS256, "cgi_1", 6},
        {&key, TOKEN_HS256, "cgi_2", 6},     {&other_key, TOKEN_HS256, "cgi_2", 6},
    };
    struct buf last = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct buf text = {0}, again = {0};
        token_write(&text, rows[i].key, rows[i].form, rows[i].session, rows[i].expires_s);
        token_write(&again, rows[i].key, rows[i].form, rows[i].session, rows[i].expires_s);
        assert_string_equal(buf_str(&text), buf_str(&again));
        assert_string_not_equal(buf_str(&text), buf_str(&last));
        buf_finish(&last);
        buf_finish(&again);
        last = text;
    }
    buf_finish(&last);
}

static void a_token_with_other_claims_is_rejected(void **state)
{
    static const char *const claims[] = {
        "",
        "{}",
        "{\"sid\":\"\",\"exp\":1}",
        "{\"sid\":\"cgi-1\",\"exp\":1}",
        "{\"sid\":\"cgi_1\"}",
        "{\"sid\":\"cgi_1\",\"exp\":}",
        "{\"sid\":\"cgi_1\",\"exp\":x}",
        "{\"sid\":\"cgi_1\",\"exp\":01}",
        "{\"sid\":\"cgi_1\",\"exp\":1} ",
        "{\"sid\":\"cgi_1\",\"exp\":1,\"more\":2}",
        " {\"sid\":\"cgi_1\",\"exp\":1}",
    };
    struct token token;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
        struct buf text = {0};
        buf_text(&text, "e30.");
        crypt_base64url(&text, claims[i], strlen(claims[i]));
        buf_text(&text, ".c2ln");
        assert_row(claims[i], !token_read(buf_str(&text), &token));
        buf_finish(&text);
    }
}

static void a_text_without_three_parts_is_rejected(void **state)
{
    static const char *const texts[] = {
        "", ".", "a", "a.b", "..", "a.!!.c", "a.AA.c", /* contains a NUL */
    };
    struct token token;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_row(texts[i], !token_read(texts[i], &token));
    }
    char *text = repeat('A', 4000);
    text[1] = text[3998] = '.';
    assert_false(token_read(text, &token));
    free(text);
}

/* Written tokens are kept in fewer places than there are sessions here. */
static void a_kept_token_is_that_of_its_session_key_form_and_end(void **state)
{
    enum { SESSIONS = 600 };
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < SESSIONS; i++) {
            char session[32];
            struct buf text = {0}, other = {0};
            struct token token;
            snprintf(session, sizeof session, "cgi_%016d", i);
            token_write(&text, &key, TOKEN_HS256, session, 1700000000);
            assert_true(token_read(buf_str(&text), &token));
            assert_int_equal(token.form, TOKEN_HS256);
            assert_string_equal(token.session, session);
            assert_int_equal(token.expires_s, 1700000000);
            token_write(&other, &key, TOKEN_RS512, session, 1700000000);
            text.size = 0;
            token_write(&text, &old_key, TOKEN_RS512, session, 1700000000);
            assert_string_not_equal(buf_str(&text), buf_str(&other));
            token_write(&other, &key, TOKEN_HS256, session, 1800000000);
            text.size = 0;
            token_write(&text, &key, TOKEN_HS256, session, 1700000000); /* another may find it */
            assert_true(token_read(buf_str(&text), &token));
            assert_int_equal(token.expires_s, 1700000000);
            buf_finish(&text);
            buf_finish(&other);
        }
    }
}

static void a_token_that_is_too_long_to_keep_is_written_all_the_same(void **state)
{
    (void)state;
    char *session = repeat('x', 400);
    for (int i = 0; i < 2; i++) {
        struct buf text = {0};
        token_write(&text, &key, TOKEN_HS256, session, 1700000000);
        assert_non_null(strchr(buf_str(&text), '.'));
        assert_true(text.size > 400);
        buf_finish(&text);
    }
    free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_token_is_that_of_its_session_key_form_and_end),
        cmocka_unit_test(a_token_that_is_too_long_to_keep_is_written_all_the_same),
        cmocka_unit_test(both_formats_can_be_read),
        cmocka_unit_test(a_signature_stands_for_512_bytes),
        cmocka_unit_test(other_content_or_another_key_gives_another_token),
        cmocka_unit_test(a_token_with_other_claims_is_rejected),
        cmocka_unit_test(a_text_without_three_parts_is_rejected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
