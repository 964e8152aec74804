#include "signature_diagnosis.h"

#include "base/text.h"
#include "receiver/signature_candidates.h"
#include "wire/json_read.h"

/* ------------------------------------------------------------------ the mistakes */

#define RAW "the raw bytes of the request, before any JSON is decoded"
#define RULE "X-Signature is base64(sha1(secret + body + secret)) of the raw 20 bytes"

#define PLATFORM                                                                                   \
    {                                                                                              \
        HASH_SHA1, ARRANGED_AROUND                                                                 \
    }

/* Tried from the top, the most specific first. The name of the candidate, or the formula of a
 * digest that is not the platform's, goes between the two halves of the message. */
static const struct mistake {
    enum signature_reason reason;
    candidate_fn *key, *body;
    struct digest_recipes recipes;
    unsigned ways; /* in which it is read */
    const char *message, *rest;
} mistakes[] = {
    {SIGNATURE_PUBLIC_KEY, key_while_public_sent, body_as_sent, PLATFORM, AS_ANY,
     "the signature is right, but the key that you sent is a public one, which verifies nothing: "
     "give your receiver the secret key, sk_test_... or sk_live_...",
     ""},
    {SIGNATURE_UNKNOWN, key_right, body_as_sent, PLATFORM, AS_BASE64,
     "the digest is right, but its base64 is not the usual one: write it with + and /, with = at "
     "the end, and without blanks around it, 28 characters in all",
     ""},
    {SIGNATURE_TRAILING_NEWLINE, key_right, body_with_line_end, PLATFORM, AS_BASE64,
     "the signature was made over the body and a line end behind it: sign the body alone (printf "
     "'%s' instead of echo)",
     ""},
    {SIGNATURE_TRAILING_NEWLINE, key_right, body_without_line_end, PLATFORM, AS_BASE64,
     "the signature is right for this body without the line end behind it: pass the body as it "
     "came (curl --data-binary @file, and no editor that adds a line end)",
     ""},
    {SIGNATURE_SLASHES_UNESCAPED, key_right, body_bare_slashes, PLATFORM, AS_BASE64,
     "the signature was made over the body with / instead of \\/, so the JSON was decoded and "
     "encoded again before: sign " RAW,
     ""},
    {SIGNATURE_SLASHES_UNESCAPED, key_right, body_escaped_slashes, PLATFORM, AS_BASE64,
     "the signature is right for this body with \\/ instead of /, so the JSON was decoded and "
     "encoded again on its way here: verify " RAW,
     ""},
    {SIGNATURE_RESERIALIZED, key_right, body_platform, PLATFORM, AS_BASE64,
     "the signature is right for this JSON as the platform spells it (compact, / as \\/, non-ASCII "
     "as \\u00e9), so it was decoded and encoded again on its way here: verify " RAW,
     ""},
    {SIGNATURE_RESERIALIZED, key_right, body_reencoded, PLATFORM, AS_BASE64,
     "the signature was made over this JSON encoded anew (", "): sign " RAW},
    {SIGNATURE_PREVIOUS_KEY, key_previous, body_as_sent, PLATFORM, AS_BASE64,
     "the signature was made with the account's previous ", ""},
    {SIGNATURE_PREVIOUS_KEY, key_while_previous_sent, body_as_sent, PLATFORM, AS_BASE64,
     "the signature is right, but the key that you sent was replaced: give your receiver the "
     "account's new ",
     ""},
    {SIGNATURE_OTHER_MODE_KEY, key_other_mode, body_as_sent, PLATFORM, AS_BASE64,
     "the signature was made with the account's ",
     ", which is the one of the other mode: take the secret key that goes with the invoice's "
     "test_mode"},
    {SIGNATURE_PUBLIC_KEY, key_public, body_as_sent, PLATFORM, AS_BASE64,
     "the signature was made with the public key, ",
     ": callbacks are signed with the secret key of the same mode, sk_test_... or sk_live_..."},
    {SIGNATURE_HEX, key_right, body_as_sent, PLATFORM, AS_HEX,
     "the digest is right but written in hex: encode its raw 20 bytes in base64 "
     "(base64_encode(sha1($text, true)) in PHP, digest('base64') in Node.js)",
     ""},
    {SIGNATURE_HEX, key_right, body_as_sent, PLATFORM, AS_BASE64_OF_HEX,
     "the digest is right, but the base64 is that of its hex text: encode its raw 20 bytes "
     "(sha1($text, true) in PHP, .digest() instead of .hexdigest() in Python)",
     ""},
    {SIGNATURE_HMAC,
     key_right,
     body_as_sent,
     {HASH_ANY, ARRANGED_HMAC | ARRANGED_HMAC_SWAPPED},
     AS_ANY,
     "the signature is an HMAC, ",
     ": the platform uses none, " RULE},
    {SIGNATURE_TRAILING_NEWLINE, key_with_line_end, body_as_sent, PLATFORM, AS_BASE64,
     "the signature was made with a line end behind the secret key: trim the key where it is read "
     "from a file or from the environment",
     ""},
    {SIGNATURE_TRAILING_NEWLINE, key_without_line_end, body_as_sent, PLATFORM, AS_BASE64,
     "the signature is right for the key without the line end behind it: trim the key where it is "
     "read from a file or from the environment",
     ""},
    {SIGNATURE_UNKNOWN, key_right, body_empty, PLATFORM, AS_ANY,
     "the signature was made over an empty body: something had read the request's body before, so "
     "read it once and keep its bytes",
     ""},
    {SIGNATURE_UNKNOWN,
     key_right,
     body_as_sent,
     {HASH_ANY, ARRANGED_BEFORE | ARRANGED_BEHIND},
     AS_ANY,
     "the signature was made with the secret key on one side of the body only, ",
     ": " RULE},
    {SIGNATURE_UNKNOWN,
     key_right,
     body_as_sent,
     {HASH_OTHERS, ARRANGED_AROUND},
     AS_ANY,
     "the signature was made with another hash than SHA-1, ",
     ": " RULE},
    {SIGNATURE_UNKNOWN,
     key_right,
     body_as_sent,
     {HASH_ANY, ARRANGED_WITHOUT},
     AS_ANY,
     "the signature was made without the secret key, ",
     ": " RULE},
    {SIGNATURE_UNKNOWN, key_api, body_as_sent, PLATFORM, AS_BASE64,
     "the signature was made with the API key, which is the password of the private API: callbacks "
     "are signed with the secret key, sk_test_... or sk_live_...",
     ""},
    {SIGNATURE_UNKNOWN, key_not_sent, body_as_sent, PLATFORM, AS_BASE64,
     "the signature was made with this account's ",
     ", and the key that you sent is another: give your receiver that one"},
};

/* Tries every key, body and recipe of a row. Returns the name of the match, or NULL. */
static const char *fits(struct probe *p, const struct mistake *mistake)
{
    struct candidate key, body;
    struct digest_made made;
    bool own = mistake->recipes.arrangements == ARRANGED_AROUND &&
               mistake->recipes.hashes == HASH_SHA1; /* the message says it all */
    for (size_t b = 0; mistake->body(p, b, &body); b++) {
        for (size_t k = 0; mistake->key(p, k, &key); k++) {
            for (size_t m = 0; recipe_digest(&mistake->recipes, m, &key, &body, &made); m++) {
                unsigned way = encoding_of(p, mistake->ways, made.bytes, made.size);
                if (way) {
                    return !own        ? recipe_formula(p->arena, &made, way)
                           : *key.name ? key.name
                                       : body.name;
                }
            }
        }
    }
    return NULL;
}

static void diagnose(struct probe *p, struct signature_verdict *verdict)
{
    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        const char *name = fits(p, &mistakes[i]);
        if (name) {
            verdict->reason = mistakes[i].reason;
            verdict->message =
                arena_printf(p->arena, "%s%s%s", mistakes[i].message, name, mistakes[i].rest);
            return;
        }
    }
    verdict->reason = SIGNATURE_UNKNOWN;
    verdict->message = "the signature is none that the usual mistakes make: see that body and "
                       "signature are of one "
                       "request and the key is that of the account (?account=); " RULE;
}

/* ------------------------------------------------------------------ judging */

/* Reads the body as JSON. Returns its test_mode, or NULL if it has none. */
static const json_t *read_body(struct probe *p, json_t **ret_document)
{
    const struct signature_case *given = p->given;
    *ret_document = given->body_size <= SIGNATURE_REENCODE_MOST
                        ? json_parse(given->body, given->body_size, p->arena, NULL)
                        : NULL;
    p->is_json = *ret_document;
    const json_t *data = json_object_get(*ret_document, "data");
    const json_t *mode = json_object_get(json_object_get(data, "attributes"), "test_mode");
    return json_is_boolean(mode) ? mode : NULL;
}

static void choose_keys(struct probe *p)
{
    const struct signature_case *given = p->given;
    const struct account_keys *keys = given->keys;
    json_auto_t *document = NULL;
    const json_t *mode = read_body(p, &document);
    p->public_sent =
        text_equal(given->key, keys->public_key) || text_equal(given->key, keys->public_live_key);
    p->of_test = !mode || json_is_true(mode);
    p->of_live = !mode || json_is_false(mode);
    if (given->key && !p->public_sent) {
        p->right[p->n_right++] = given->key;
        return;
    }
    if (p->of_test) {
        p->right[p->n_right++] = keys->secret_key;
    }
    if (p->of_live) {
        p->right[p->n_right++] = keys->secret_live_key;
    }
}

/* Made with a replaced secret of these modes that is still valid. */
static bool made_by_old(const struct signature_case *given, bool of_test, bool of_live)
{
    char expected[CRYPT_SHA1_TEXT];
    for (size_t i = 0; given->old && i < given->old->n; i++) {
        const struct account_old_key *key = &given->old->list[i];
        bool fits = (key->kind == ACCOUNT_KEY_SECRET && of_test) ||
                    (key->kind == ACCOUNT_KEY_SECRET_LIVE && of_live);
        if (fits && account_old_key_holds(key, given->now_ms)) {
            crypt_callback_signature(key->text, given->body, given->body_size, expected);
            if (crypt_equal(expected, given->signature)) {
                return true;
            }
        }
    }
    return false;
}

/* Names the account's key, so that a receiver with the other one is found. */
static const char *right_message(const struct probe *p, const char *key)
{
    return p->given->key                       ? "the signature is right"
           : key == p->given->keys->secret_key ? "the signature is right, made with the test "
                                                 "secret key"
                                               : "the signature is right, made with the live "
                                                 "secret key";
}

void signature_examine(struct arena *arena, const struct signature_case *given,
                       struct signature_verdict *ret_verdict)
{
    struct probe p = {.arena = arena, .given = given};
    choose_keys(&p);
    for (size_t i = p.n_right; i-- > 0;) {
        crypt_callback_signature(p.right[i], given->body, given->body_size, ret_verdict->expected);
        if (!p.public_sent && crypt_equal(ret_verdict->expected, given->signature)) {
            ret_verdict->reason = SIGNATURE_RIGHT;
            ret_verdict->message = right_message(&p, p.right[i]);
            return;
        }
    }
    decode_signature(&p);
    diagnose(&p, ret_verdict);
    if (ret_verdict->reason == SIGNATURE_PREVIOUS_KEY && !given->key &&
        made_by_old(given, p.of_test, p.of_live)) {
        ret_verdict->reason = SIGNATURE_RIGHT; /* with the message, which tells of the new key */
    }
    buf_finish(&p.body);
}

bool signature_is_genuine(const struct account_keys *keys, const struct account_old_keys *old,
                          int64_t now_ms, const char *body, size_t size, const char *signature)
{
    char test[CRYPT_SHA1_TEXT], live[CRYPT_SHA1_TEXT];
    const struct signature_case given = {
        .body = body, .body_size = size, .signature = signature, .old = old, .now_ms = now_ms};
    crypt_callback_signature(keys->secret_key, body, size, test);
    crypt_callback_signature(keys->secret_live_key, body, size, live);
    return crypt_equal(test, signature) || crypt_equal(live, signature) ||
           made_by_old(&given, true, true);
}

const char *signature_reason_name(enum signature_reason reason)
{
    static const char *const names[] = {
        [SIGNATURE_SLASHES_UNESCAPED] = "slashes_unescaped",
        [SIGNATURE_RESERIALIZED] = "reserialized",
        [SIGNATURE_OTHER_MODE_KEY] = "other_mode_key",
        [SIGNATURE_PREVIOUS_KEY] = "previous_key",
        [SIGNATURE_PUBLIC_KEY] = "public_key",
        [SIGNATURE_HEX] = "hex",
        [SIGNATURE_HMAC] = "hmac",
        [SIGNATURE_TRAILING_NEWLINE] = "trailing_newline",
        [SIGNATURE_UNKNOWN] = "unknown",
    };
    return names[reason];
}
