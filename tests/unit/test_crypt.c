#include "unit.h"

#include "base/crypt.h"

/* P962 */
static void a_callback_is_signed_as_the_platform_does(void **state)
{
    static const struct {
        const char *secret, *body, *signature;
    } rows[] = {
        {"sk_test_example",
         "{\"data\":{\"type\":\"payment-invoice\",\"id\":\"cpi_0000000000000001\"}}",
         "9j/mv47pQbnddXCwVD6LYtFJ9TM="},
        {"sk_test_example", "{\"a\":\"b\\/c\"}", "ORrt2XY7KYnYh6To7+hRlLYaOdM="},
        {"sk_test_example", "{\"a\":\"b/c\"}", "Xdi8KVChifmI/SAdBNs0HAYuhHI="},
        {"", "", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="},
    };
    (void)state;
    for (int round = 0; round < 2;
         round++) { /* the second round uses the same context of the digest */
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
            char text[CRYPT_SHA1_TEXT];
            crypt_callback_signature(rows[i].secret, rows[i].body, strlen(rows[i].body), text);
            assert_row_text(rows[i].body, text, rows[i].signature);
        }
    }
}

static void a_signature_covers_every_byte_of_the_body(void **state)
{
    char a[CRYPT_SHA1_TEXT], b[CRYPT_SHA1_TEXT], c[CRYPT_SHA1_TEXT];
    char *large = repeat('x', 1 << 20);
    (void)state;
    crypt_callback_signature("sk_test_x", large, 1 << 20, a);
    large[(1 << 20) - 1] = '\0';
    crypt_callback_signature("sk_test_x", large, 1 << 20, b);
    crypt_callback_signature("sk_test_x", large, (1 << 20) - 1, c);
    assert_string_not_equal(a, b);
    assert_string_not_equal(b, c);
    free(large);
}

static void digests_are_the_standard_ones(void **state)
{
    static const uint8_t sha256_of_abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                              0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                              0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                              0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    /* RFC 4231, case 2 uses another key size; this one is HMAC-SHA-256 of "abc" under 32 zero bytes
     */
    static const uint8_t hmac_of_abc[32] = {0xfd, 0x7a, 0xdb, 0x15, 0x2c, 0x05, 0xef, 0x80,
                                            0xdc, 0xcf, 0x50, 0xa1, 0xfa, 0x4c, 0x05, 0xd5,
                                            0xa3, 0xec, 0x6d, 0xa9, 0x55, 0x75, 0xfc, 0x31,
                                            0x2a, 0xe7, 0xc5, 0xd0, 0x91, 0x83, 0x63, 0x51};
    static const uint8_t key[CRYPT_KEY_SIZE] = {0};
    uint8_t digest[32];
    (void)state;
    crypt_sha256("abc", digest);
    assert_memory_equal(digest, sha256_of_abc, sizeof digest);
    crypt_hmac(key, "abc", 3, digest);
    assert_memory_equal(digest, hmac_of_abc, sizeof digest);
}

/* More keys than contexts are kept. */
static void an_hmac_is_of_its_own_key(void **state)
{
    uint8_t first[8][32], again[32];
    (void)state;
    for (uint8_t i = 0; i < 8; i++) {
        const uint8_t key[CRYPT_KEY_SIZE] = {i};
        crypt_hmac(key, "abc", 3, first[i]);
        assert_true(i == 0 || memcmp(first[i], first[i - 1], 32) != 0);
    }
    for (uint8_t i = 0; i < 8; i++) {
        const uint8_t key[CRYPT_KEY_SIZE] = {(uint8_t)(i * 3 % 8)};
        crypt_hmac(key, "abc", 3, again);
        assert_memory_equal(again, first[key[0]], 32);
    }
}

/* The first bytes of the stream in the example of RFC 8439, 2.4.2. */
static void a_stream_is_that_of_the_standard(void **state)
{
    static const uint8_t start[16] = {1, [11] = 0x4a};
    static const uint8_t expected[16] = {0x22, 0x4f, 0x51, 0xf3, 0x40, 0x1b, 0xd9, 0xe1,
                                         0x2f, 0xde, 0x27, 0x6f, 0xb8, 0x63, 0x1d, 0xed};
    uint8_t key[CRYPT_KEY_SIZE], stream[200], again[200];
    (void)state;
    for (uint8_t i = 0; i < CRYPT_KEY_SIZE; i++) {
        key[i] = i;
    }
    crypt_stream(key, start, stream, sizeof stream);
    assert_memory_equal(stream, expected, sizeof expected);
    key[0]++;
    crypt_stream(key, start, again, sizeof again);
    assert_memory_not_equal(stream, again, sizeof again);
    key[0]--;
    crypt_stream(key, start, again, sizeof again);
    assert_memory_equal(stream, again, sizeof again);
}

static void a_long_mac_depends_on_key_data_and_length(void **state)
{
    static const uint8_t key[CRYPT_KEY_SIZE] = {1}, other_key[CRYPT_KEY_SIZE] = {2};
    uint8_t a[512], b[512], c[512], d[512], shorter[256];
    (void)state;
    crypt_kmac256(key, "data", 4, a, sizeof a);
    crypt_kmac256(other_key, "data", 4, c, sizeof c);
    crypt_kmac256(key, "date", 4, d, sizeof d);
    crypt_kmac256(key, "data", 4, shorter, sizeof shorter);
    crypt_kmac256(key, "data", 4, b, sizeof b);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    assert_memory_not_equal(a, d, sizeof a);
    assert_memory_not_equal(a, shorter, sizeof shorter);
}

static void random_bytes_differ_each_time(void **state)
{
    uint8_t a[32] = {0}, b[32] = {0}, zero[32] = {0};
    (void)state;
    crypt_random(a, sizeof a);
    crypt_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, zero, sizeof a);
}

static void digests_cover_all_pieces(void **state)
{
    static const struct {
        const char *algorithm, *digest, *mac; /* of "abc"; `mac` with the key "key" */
    } rows[] = {
        {"SHA1", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "T9CyFSdu8S8rPkyOysKBFJi2Vvw="},
        {"SHA256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
         "nBluMtwBdfhvSxy4konWYZ3mvuaZ5MN45oMJ7Zehpqs="},
    };
    static const struct crypt_piece pieces[] = {{"a", 1}, {"", 0}, {"bc", 2}};
    static const struct crypt_piece key = {"key", 3}, data = {"abc", 3};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint8_t digest[CRYPT_DIGEST_MOST];
        buf_auto plain = {0}, keyed = {0};
        size_t size = crypt_digest(rows[i].algorithm, pieces, ARRAY_SIZE(pieces), digest);
        crypt_base64(&plain, digest, size);
        assert_row_text(rows[i].algorithm, buf_str(&plain), rows[i].digest);
        size = crypt_hmac_named(rows[i].algorithm, &key, &data, digest);
        crypt_base64(&keyed, digest, size);
        assert_row_text(rows[i].algorithm, buf_str(&keyed), rows[i].mac);
    }
}

static void base64_is_padded(void **state)
{
    static const struct {
        const char *data, *text;
    } rows[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xff\xef\xfe", "/+/+"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto out = {0};
        buf_text(&out, "<");
        crypt_base64(&out, rows[i].data, strlen(rows[i].data));
        assert_row_text(rows[i].text, out.data + 1, rows[i].text);
        assert_row(rows[i].text, out.size == strlen(rows[i].text) + 1);
    }
}

static void base64url_has_no_padding(void **state)
{
    static const struct {
        const char *data, *text;
    } rows[] = {
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"\xff\xef\xfe", "_-_-"},
        {"fooba", "Zm9vYmE"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto out = {0};
        buf_text(&out, "<");
        crypt_base64url(&out, rows[i].data, strlen(rows[i].data));
        assert_row_text(rows[i].text, out.data + 1, rows[i].text);
        assert_row(rows[i].text, out.size == strlen(rows[i].text) + 1);
    }
}

static void both_base64_alphabets_are_read_with_or_without_padding(void **state)
{
    static const struct {
        const char *text, *data;
    } rows[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zg", "f"},
        {"Zm8=", "fo"},
        {"Zm8", "fo"},
        {"Zm9v", "foo"},
        {"_-_-", "\xff\xef\xfe"},
        {"/+/+", "\xff\xef\xfe"},
        {"Zm9vYmE=", "fooba"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto out = {0};
        assert_row(rows[i].text, crypt_base64_decode(rows[i].text, &out));
        assert_row_text(rows[i].text, buf_str(&out), rows[i].data);
    }
}

static void invalid_base64_is_rejected(void **state)
{
    static const char *const rows[] = {
        "Zg===",  "Z",     "Zm9vY",    "=",        "Zg=g", "Zm 9v",
        "Zm9v\n", "Zm9v!", "\xc3\xa9", "Zg==Zg==", "====",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto out = {0};
        assert_row(rows[i], !crypt_base64_decode(rows[i], &out));
    }
}

static void encoded_base64_decodes_to_the_same_bytes(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size++) {
        uint8_t data[300];
        buf_auto text = {0}, back = {0};
        crypt_random(data, size + 1);
        crypt_base64url(&text, data, size);
        assert_true(crypt_base64_decode(buf_str(&text), &back));
        assert_int_equal(back.size, size);
        assert_true(size == 0 || memcmp(back.data, data, size) == 0);
    }
}

static void texts_compare_by_content_and_length(void **state)
{
    (void)state;
    assert_true(crypt_equal("", ""));
    assert_true(crypt_equal("abc", "abc"));
    assert_false(crypt_equal("abc", "abd"));
    assert_false(crypt_equal("abc", "abcd"));
    assert_false(crypt_equal("abc", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_callback_is_signed_as_the_platform_does),
        cmocka_unit_test(a_signature_covers_every_byte_of_the_body),
        cmocka_unit_test(digests_are_the_standard_ones),
        cmocka_unit_test(an_hmac_is_of_its_own_key),
        cmocka_unit_test(a_stream_is_that_of_the_standard),
        cmocka_unit_test(a_long_mac_depends_on_key_data_and_length),
        cmocka_unit_test(random_bytes_differ_each_time),
        cmocka_unit_test(digests_cover_all_pieces),
        cmocka_unit_test(base64_is_padded),
        cmocka_unit_test(base64url_has_no_padding),
        cmocka_unit_test(both_base64_alphabets_are_read_with_or_without_padding),
        cmocka_unit_test(invalid_base64_is_rejected),
        cmocka_unit_test(encoded_base64_decodes_to_the_same_bytes),
        cmocka_unit_test(texts_compare_by_content_and_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
