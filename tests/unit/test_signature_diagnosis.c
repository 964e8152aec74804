#include "unit.h"

#include "example_keys.h"
#include "receiver/signature_diagnosis.h"

/* The signatures below were computed with Python's hashlib and json, with example_keys. */
#define BODY                                                                                       \
    "{\"data\":{\"id\":\"cpi_1\",\"attributes\":{\"url\":\"http:\\/\\/"                            \
    "a.b\",\"name\":\"Zo\\u00eb\","                                                                \
    "\"n\":[1,2.5],\"e\":[],\"test_mode\":true}}}"
#define BARE                                                                                       \
    "{\"data\":{\"id\":\"cpi_1\",\"attributes\":{\"url\":\"http://a.b\",\"name\":\"Zo\\u00eb\","   \
    "\"n\":[1,2.5],\"e\":[],\"test_mode\":true}}}"
#define BY_JSON_STRINGIFY                                                                          \
    "{\"data\":{\"id\":\"cpi_1\",\"attributes\":{\"url\":\"http://a.b\",\"name\":\"Zo\xc3\xab\","  \
    "\"n\":[1,2.5],\"e\":[],\"test_mode\":true}}}"
#define RIGHT "/0sIgrKF/1aifRJ2aAQEoug6KQ4="
#define BY_LIVE "hDBPV2IDLTBLx43XeVT5h9lLbC8="
#define BY_NEW "xx/TL4i0F3m0kXlZHq7pG4KTRGE="      /* sk_test_new */
#define BY_NEW_LIVE "CqVyRRPWITUAG679sI+px1wG54Y=" /* sk_live_new */
#define BY_PUBLIC "O6wfmMtzMHoSGNYIhnhS1qPbYr8="

static void examine(struct arena *arena, const char *body, const char *signature, const char *key,
                    struct signature_verdict *ret_verdict)
{
    const struct signature_case given = {body, strlen(body), signature, key, &example_keys};
    signature_examine(arena, &given, ret_verdict);
}

struct row {
    const char *what, *body, *signature, *key;
    enum signature_reason reason;
    const char *says; /* part of the message */
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena arena = {0};
        struct signature_verdict verdict;
        examine(&arena, rows[i].body, rows[i].signature, rows[i].key, &verdict);
        const char *is = signature_reason_name(verdict.reason);
        const char *wanted = signature_reason_name(rows[i].reason);
        assert_row_text(rows[i].what, is ? is : "", wanted ? wanted : "");
        if (!strstr(verdict.message, rows[i].says)) {
            fail_msg("row \"%s\": no \"%s\" in \"%s\"", rows[i].what, rows[i].says,
                     verdict.message);
        }
        arena_finish(&arena);
    }
}

static void a_correct_signature_is_valid(void **state)
{
    static const struct row rows[] = {
        {"by the mode of the body", BODY, RIGHT, NULL, SIGNATURE_RIGHT, "right"},
        {"by the key that was sent", BODY, BY_LIVE, "sk_live_example", SIGNATURE_RIGHT, "right"},
        {"no callback, test", "{\"a\":\"b\\/c\"}", "ORrt2XY7KYnYh6To7+hRlLYaOdM=", NULL,
         SIGNATURE_RIGHT, "right"},
        {"no callback, live", "{}", "PXWZishx9yCWOz3UXJDug4bc6hw=", NULL, SIGNATURE_RIGHT, "right"},
        {"no body", "", "cqDX8JQCllKvP+A3p+srO8LplVk=", NULL, SIGNATURE_RIGHT, "right"},
    };
    (void)state;
    check_rows(rows, ARRAY_SIZE(rows));
}

static void each_mistake_has_its_own_diagnosis(void **state)
{
    static const struct row rows[] = {
        {"signed without \\/", BODY, "WOLyruFL9g1QhvW8ktbEqEjVirQ=", NULL,
         SIGNATURE_SLASHES_UNESCAPED, "made over the body with / instead of \\/"},
        {"sent without \\/", BARE, RIGHT, NULL, SIGNATURE_SLASHES_UNESCAPED,
         "right for this body with \\/"},
        {"JSON.stringify(JSON.parse())", BODY, "ijMxDPxhc4mhAkqvdDtyV7RI+2w=", NULL,
         SIGNATURE_RESERIALIZED, "(compact, / as /, non-ASCII as UTF-8)"},
        {"json.dumps(json.loads())", BODY, "lEwSeOrObWjXMFWJrtfFqUiP10M=", NULL,
         SIGNATURE_RESERIALIZED, "(with blanks behind : and ,, / as /, non-ASCII as \\u00e9)"},
        {"indented by 2", BODY, "UAHXfztvzaqplgVPOC6zCJtmuUE=", NULL, SIGNATURE_RESERIALIZED,
         "indented by 2"},
        {"indented by 4, as PHP does", BODY, "e93ytLBCTHVrMMVGVCpVztK4Vik=", NULL,
         SIGNATURE_RESERIALIZED, "(indented by 4, / as \\/, non-ASCII as \\u00e9)"},
        {"sent as JSON.stringify() writes it", BY_JSON_STRINGIFY, RIGHT, NULL,
         SIGNATURE_RESERIALIZED, "as the platform spells it"},
        {"the other mode's key", BODY, BY_LIVE, NULL, SIGNATURE_OTHER_MODE_KEY, "sk_live_..."},
        {"verified with the other mode's key", BODY, RIGHT, "sk_live_example",
         SIGNATURE_OTHER_MODE_KEY, "sk_test_..."},
        {"the public key", BODY, BY_PUBLIC, NULL, SIGNATURE_PUBLIC_KEY, "public key, pk_test_..."},
        {"the public key, sent too", BODY, BY_PUBLIC, "pk_test_example", SIGNATURE_PUBLIC_KEY,
         "public key, pk_test_..."},
        {"verified with the public key", BODY, RIGHT, "pk_test_example", SIGNATURE_PUBLIC_KEY,
         "the key that you sent is a public one"},
        {"hex", BODY, "ff4b0882b285ff56a27d1276680404a2e83a290e", NULL, SIGNATURE_HEX, "in hex"},
        {"HEX", BODY, "FF4B0882B285FF56A27D1276680404A2E83A290E", NULL, SIGNATURE_HEX, "in hex"},
        {"base64 of hex", BODY, "ZmY0YjA4ODJiMjg1ZmY1NmEyN2QxMjc2NjgwNDA0YTJlODNhMjkwZQ==", NULL,
         SIGNATURE_HEX, "of its hex text"},
        {"HMAC-SHA-1", BODY, "UHhNFrlRAyZNwlT8L4UYC/sxrHE=", NULL, SIGNATURE_HMAC, "HMAC"},
        {"HMAC-MD5 in hex", BODY, "426df7e60a856b624465729419794b37", NULL, SIGNATURE_HMAC,
         "hex(md5 HMAC(body, key: secret)): the platform uses none"},
        {"HMAC-SHA-1 with the body as the key", BODY, "ShJYvQrdcCL4bCbHn0RXbgG/v68=", NULL,
         SIGNATURE_HMAC, "base64(sha1 HMAC(secret, key: body)): "},
        {"HMAC-SHA-256 in hex", BODY,
         "52abf9b03825ec0a0b4e4091b315cfbb407c84efec240313d69571c03ce03034", NULL, SIGNATURE_HMAC,
         "HMAC"},
        {"HMAC-SHA-512", BODY,
         "KKG7aafKw4yQ/DkIruk9Uij+/IDccYg+kmsQlU/"
         "zxNoCIPhAuULEU/Bp1m+nc0Fja3+a6xaoBlVtL5wc+0dVfw==",
         NULL, SIGNATURE_HMAC, "HMAC"},
        {"signed with a line end", BODY, "S6gnaBKFknykuQnai3ZIrJgvHZc=", NULL,
         SIGNATURE_TRAILING_NEWLINE, "a line end behind it"},
        {"sent with a line end", BODY "\n", RIGHT, NULL, SIGNATURE_TRAILING_NEWLINE,
         "without the line end"},
        {"sent with another one", BODY "\r\n", RIGHT, NULL, SIGNATURE_TRAILING_NEWLINE,
         "without the line end"},
        {"a line end behind the key", BODY, "34sJpTW1+Jz0NwamHg/YhZwhrtU=", NULL,
         SIGNATURE_TRAILING_NEWLINE, "behind the secret key"},
        {"sent with a line end behind the key", BODY, RIGHT, "sk_test_example\n",
         SIGNATURE_TRAILING_NEWLINE, "trim the key"},
    };
    (void)state;
    check_rows(rows, ARRAY_SIZE(rows));
}

static void other_mistakes_have_a_message_too(void **state)
{
    static const struct row rows[] = {
        {"no padding", BODY, "/0sIgrKF/1aifRJ2aAQEoug6KQ4", NULL, SIGNATURE_UNKNOWN, "base64"},
        {"the url alphabet", BODY, "_0sIgrKF_1aifRJ2aAQEoug6KQ4=", NULL, SIGNATURE_UNKNOWN,
         "base64"},
        {"a blank behind it", BODY, RIGHT " ", NULL, SIGNATURE_UNKNOWN, "blanks"},
        {"the key before", BODY, "NRZ3TTH1iWIb4yEhh3PCtt6YPlk=", NULL, SIGNATURE_UNKNOWN,
         "one side"},
        {"the key behind", BODY, "oF8PhT9VYniF79gM7czNttHlSzE=", NULL, SIGNATURE_UNKNOWN,
         "one side"},
        {"MD5 in hex", BODY, "d784b416d90d66eda8ccf6e44ff81825", NULL, SIGNATURE_UNKNOWN,
         "another hash than SHA-1, hex(md5(secret + body + secret)): "},
        {"MD5", BODY, "14S0FtkNZu2ozPbkT/gYJQ==", NULL, SIGNATURE_UNKNOWN,
         "SHA-1, base64(md5(secret + body + secret)): "},
        {"base64 of MD5 in hex", BODY, "ZDc4NGI0MTZkOTBkNjZlZGE4Y2NmNmU0NGZmODE4MjU=", NULL,
         SIGNATURE_UNKNOWN, "SHA-1, base64(hex(md5(secret + body + secret))): "},
        {"MD5 with the key before", BODY, "ce37df02ad78bbfea271366cec376daf", NULL,
         SIGNATURE_UNKNOWN, "one side of the body only, hex(md5(secret + body)): "},
        {"SHA-256 with the key behind", BODY, "r9lay5OoQctYDElBEoG7a32SvdVdRqUsTVM+Z8VyRDM=", NULL,
         SIGNATURE_UNKNOWN, "one side of the body only, base64(sha256(body + secret)): "},
        {"SHA-384", BODY,
         "39837d16fe35d47f248960774d994cbddfaedbc0ca7d0bea0688dab97a116a4b"
         "024545a2b8c6ce270b4e093f856f9989",
         NULL, SIGNATURE_UNKNOWN, "hex(sha384(secret + body + secret)): "},
        {"SHA-1 without the key", BODY, "txp9dYL3DigV206/u0qtz41vngw=", NULL, SIGNATURE_UNKNOWN,
         "without the secret key, base64(sha1(body)): "},
        {"MD5 without the key", BODY, "79a0acd1e3198a8aaf6de4071fff1308", NULL, SIGNATURE_UNKNOWN,
         "without the secret key, hex(md5(body)): "},
        {"SHA-256", BODY, "a+U33/EGDnJrnOliGHRPLXdNjTZ+RAbUV4042sKzD1w=", NULL, SIGNATURE_UNKNOWN,
         "another hash"},
        {"an empty body", BODY, "cqDX8JQCllKvP+A3p+srO8LplVk=", NULL, SIGNATURE_UNKNOWN,
         "empty body"},
        {"the API key", BODY, "NP1zVT3OfeAn86JrkaixtEGkEvo=", NULL, SIGNATURE_UNKNOWN, "API key"},
        {"verified with a foreign key", BODY, RIGHT, "sk_test_other", SIGNATURE_UNKNOWN,
         "sk_test_..., and the key that you sent is another"},
        {"another body", "{}", RIGHT, NULL, SIGNATURE_UNKNOWN, "base64(sha1(secret + body"},
        {"nothing", BODY, "", NULL, SIGNATURE_UNKNOWN, "base64(sha1(secret + body"},
        {"no base64", BODY, "no, never", NULL, SIGNATURE_UNKNOWN, "base64(sha1(secret + body"},
    };
    (void)state;
    check_rows(rows, ARRAY_SIZE(rows));
}

static void the_expected_signature_follows_the_key_or_the_mode_of_the_body(void **state)
{
    static const struct {
        const char *body, *signature, *key, *expected;
    } rows[] = {
        {BODY, "x", NULL, RIGHT},
        {BODY, RIGHT, NULL, RIGHT},
        {BODY, "x", "sk_live_example", BY_LIVE},
        {BODY, BY_PUBLIC, "pk_test_example", RIGHT},
        {"{}", "x", NULL, "Lic+OMOs0XqeGdAYQGYIXwJMC+E="},
        {"{}", "PXWZishx9yCWOz3UXJDug4bc6hw=", NULL, "PXWZishx9yCWOz3UXJDug4bc6hw="},
        {"{\"data\":{\"attributes\":{\"test_mode\":false}}}", "x", NULL,
         "mMYeCQKwhP5qU/6AN8vpfXJSANo="},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        struct signature_verdict verdict;
        examine(&arena, rows[i].body, rows[i].signature, rows[i].key, &verdict);
        assert_row_text(rows[i].body, verdict.expected, rows[i].expected);
        arena_finish(&arena);
    }
}

static void any_bytes_can_be_diagnosed(void **state)
{
    static const char body[] = "\xff\0{/\\";
    const struct signature_case given = {body, sizeof body - 1,
                                         "raRpp0zqnm1Ndv8YUR455D3boUg=", NULL, &example_keys};
    struct arena arena = {0};
    struct signature_verdict verdict;
    (void)state;
    signature_examine(&arena, &given, &verdict);
    assert_int_equal(verdict.reason, SIGNATURE_RIGHT);
    arena_finish(&arena);
}

/* With indentation, such a body would have gigabytes. */
static void deep_and_large_bodies_are_diagnosed_within_limits(void **state)
{
    char *body = repeat('[', 200000);
    struct arena arena = {0};
    struct signature_verdict verdict;
    (void)state;
    memset(body + 2000, '1', 1);
    for (size_t i = 2001; i < 198001; i += 2) {
        body[i] = ',';
        body[i + 1] = '1';
    }
    memset(body + 198001, ']', 1999);
    const struct signature_case given = {body, 200000, "x", NULL, &example_keys};
    signature_examine(&arena, &given, &verdict);
    assert_int_equal(verdict.reason, SIGNATURE_UNKNOWN);
    arena_finish(&arena);
    free(body);
}

/* Both secrets of the example were replaced at 1 s; they are valid until 3 s. */
static void a_replaced_secret_is_named(void **state)
{
    static const struct account_old_keys old = {
        .list = {{ACCOUNT_KEY_SECRET, "sk_test_example", 1000, 3000},
                 {ACCOUNT_KEY_SECRET_LIVE, "sk_live_example", 1000, 3000}},
        .n = 2};
    static const struct {
        int64_t now_ms;
        const char *signature, *key;
        enum signature_reason reason;
        const char *says;
    } rows[] = {
        {2999, RIGHT, NULL, SIGNATURE_RIGHT,
         "previous test secret key, which was replaced at 1 and is valid"},
        {3000, RIGHT, NULL, SIGNATURE_PREVIOUS_KEY, "and was valid until 3"},
        {3000, RIGHT, "sk_test_example", SIGNATURE_RIGHT, "the signature is right"},
        {2999, BY_LIVE, NULL, SIGNATURE_PREVIOUS_KEY,
         "previous live secret key, which was replaced at 1 and is valid until 3: use the new one "
         "of the mode in test_mode"},
        {2999, BY_NEW, "sk_test_example", SIGNATURE_PREVIOUS_KEY,
         "give your receiver the account's new test secret key, sk_test_..."},
        {2999, BY_NEW_LIVE, "sk_test_example", SIGNATURE_UNKNOWN,
         "made with this account's live secret key"},
    };
    (void)state;
    struct account_keys new_keys = example_keys;
    new_keys.secret_key = "sk_test_new";
    new_keys.secret_live_key = "sk_live_new";
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        struct signature_verdict verdict;
        const struct signature_case given = {.body = BODY,
                                             .body_size = strlen(BODY),
                                             .signature = rows[i].signature,
                                             .key = rows[i].key,
                                             .keys = &new_keys,
                                             .old = &old,
                                             .now_ms = rows[i].now_ms};
        signature_examine(&arena, &given, &verdict);
        assert_row(rows[i].says, verdict.reason == rows[i].reason);
        assert_row(verdict.message, strstr(verdict.message, rows[i].says) != NULL);
        arena_finish(&arena);
    }
    assert_true(signature_is_genuine(&new_keys, &old, 2999, BODY, strlen(BODY), RIGHT));
    assert_true(signature_is_genuine(&new_keys, &old, 2999, BODY, strlen(BODY), BY_LIVE));
    assert_false(signature_is_genuine(&new_keys, &old, 3000, BODY, strlen(BODY), RIGHT));
}

static void a_body_signed_with_either_secret_is_genuine(void **state)
{
    (void)state;
    assert_true(signature_is_genuine(&example_keys, NULL, 0, BODY, strlen(BODY), RIGHT));
    assert_true(signature_is_genuine(&example_keys, NULL, 0, BODY, strlen(BODY), BY_LIVE));
    assert_false(signature_is_genuine(&example_keys, NULL, 0, BODY, strlen(BODY), BY_PUBLIC));
    assert_false(signature_is_genuine(&example_keys, NULL, 0, BODY, strlen(BODY) - 1, RIGHT));
    assert_false(signature_is_genuine(&example_keys, NULL, 0, BODY, strlen(BODY), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correct_signature_is_valid),
        cmocka_unit_test(each_mistake_has_its_own_diagnosis),
        cmocka_unit_test(other_mistakes_have_a_message_too),
        cmocka_unit_test(the_expected_signature_follows_the_key_or_the_mode_of_the_body),
        cmocka_unit_test(any_bytes_can_be_diagnosed),
        cmocka_unit_test(deep_and_large_bodies_are_diagnosed_within_limits),
        cmocka_unit_test(a_replaced_secret_is_named),
        cmocka_unit_test(a_body_signed_with_either_secret_is_genuine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
