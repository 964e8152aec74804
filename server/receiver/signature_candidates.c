#include "signature_candidates.h"

#include "base/text.h"
#include "wire/json_reencode.h"

#include <string.h>

/* ------------------------------------------------------------------ keys */

/* Gives key `i` of `n`; `names` may be NULL. */
static bool give_key(const char *const *keys, const char *const *names, size_t n, size_t i,
                     struct candidate *ret_key)
{
    if (i < n) {
        *ret_key = (struct candidate){keys[i], strlen(keys[i]), names ? names[i] : ""};
    }
    return i < n;
}

bool key_right(struct probe *p, size_t i, struct candidate *ret_key)
{
    return give_key(p->right, NULL, p->n_right, i, ret_key);
}

static bool own_secret(const struct probe *p, size_t i, struct candidate *ret_key)
{
    const struct account_keys *keys = p->given->keys;
    const char *const secrets[] = {keys->secret_key, keys->secret_live_key};
    const char *const names[] = {"test secret key, sk_test_...", "live secret key, sk_live_..."};
    return give_key(secrets, names, ARRAY_SIZE(secrets), i, ret_key);
}

/* The name says what the reader must know of this key. */
static const char *name_of_old(const struct probe *p, const struct account_old_key *key)
{
    bool valid = account_old_key_holds(key, p->given->now_ms);
    bool test = key->kind == ACCOUNT_KEY_SECRET;
    const char *rest = !(test ? p->of_test : p->of_live) ? " of the mode in test_mode"
                       : valid                           ? ""
                               : "; a callback that was queued before keeps its signature";
    return arena_printf(p->arena,
                        "%s secret key, which was replaced at %lld and %s valid until %lld: use "
                        "the new one%s",
                        test ? "test" : "live", (long long)(key->replaced_ms / 1000),
                        valid ? "is" : "was", (long long)(key->until_ms / 1000), rest);
}

bool key_previous(struct probe *p, size_t i, struct candidate *ret_key)
{
    const struct account_old_keys *old = p->given->key ? NULL : p->given->old;
    for (size_t at = old ? old->n : 0; at-- > 0;) {
        const struct account_old_key *key = &old->list[at];
        bool secret = key->kind == ACCOUNT_KEY_SECRET || key->kind == ACCOUNT_KEY_SECRET_LIVE;
        if (secret && !i--) {
            *ret_key = (struct candidate){key->text, strlen(key->text), name_of_old(p, key)};
            return true;
        }
    }
    return false;
}

bool key_while_previous_sent(struct probe *p, size_t i, struct candidate *ret_key)
{
    bool previous = account_old_key_find(p->given->old, p->given->key);
    return previous && (p->of_live || !i) && own_secret(p, p->of_test ? i : i + 1, ret_key);
}

/* The sent key is not one of the account's secrets. */
static bool sent_foreign(const struct probe *p)
{
    const struct signature_case *given = p->given;
    return given->key && !p->public_sent && !text_equal(given->key, given->keys->secret_key) &&
           !text_equal(given->key, given->keys->secret_live_key);
}

/* The right key is among them, but it was tried before and does not match. */
bool key_other_mode(struct probe *p, size_t i, struct candidate *ret_key)
{
    return !sent_foreign(p) && own_secret(p, i, ret_key);
}

bool key_not_sent(struct probe *p, size_t i, struct candidate *ret_key)
{
    return sent_foreign(p) && own_secret(p, i, ret_key);
}

bool key_public(struct probe *p, size_t i, struct candidate *ret_key)
{
    const struct account_keys *keys = p->given->keys;
    const char *const publics[] = {keys->public_key, keys->public_live_key};
    const char *const names[] = {"pk_test_...", "pk_live_..."};
    return give_key(publics, names, ARRAY_SIZE(publics), i, ret_key);
}

bool key_api(struct probe *p, size_t i, struct candidate *ret_key)
{
    return give_key(&p->given->keys->api_key, NULL, 1, i, ret_key);
}

bool key_while_public_sent(struct probe *p, size_t i, struct candidate *ret_key)
{
    return p->public_sent && key_right(p, i, ret_key);
}

static const char *const line_ends[] = {"\n", "\r\n"};

bool key_with_line_end(struct probe *p, size_t i, struct candidate *ret_key)
{
    bool there = key_right(p, i / ARRAY_SIZE(line_ends), ret_key);
    if (there) {
        const char *end = line_ends[i % ARRAY_SIZE(line_ends)];
        ret_key->data = arena_printf(p->arena, "%s%s", ret_key->data, end);
        ret_key->size += strlen(end);
    }
    return there;
}

/* Bytes without trailing line ends. */
static size_t trimmed(const char *data, size_t size)
{
    while (size && (data[size - 1] == '\n' || data[size - 1] == '\r')) {
        size--;
    }
    return size;
}

bool key_without_line_end(struct probe *p, size_t i, struct candidate *ret_key)
{
    bool there = key_right(p, i, ret_key);
    if (there) {
        ret_key->size = trimmed(ret_key->data, ret_key->size);
    }
    return there;
}

/* ------------------------------------------------------------------ bodies */

/* The candidate in p->body. */
static struct candidate made_body(const struct probe *p, const char *name)
{
    return (struct candidate){buf_str(&p->body), p->body.size, name};
}

bool body_as_sent(struct probe *p, size_t i, struct candidate *ret_body)
{
    *ret_body = (struct candidate){p->given->body, p->given->body_size, ""};
    return i == 0;
}

bool body_empty(struct probe *p, size_t i, struct candidate *ret_body)
{
    (void)p;
    *ret_body = (struct candidate){"", 0, ""};
    return i == 0;
}

/* With a backslash before every `/`, or before none. Backslashes are read in pairs: "\\/" has no
 * escaped slash. */
static struct candidate with_slashes(struct probe *p, bool escaped)
{
    const char *body = p->given->body;
    p->body.size = 0;
    for (size_t i = 0, size = p->given->body_size; i < size; i++) {
        bool escape = body[i] == '\\' && i + 1 < size;
        char c = escape ? body[++i] : body[i];
        if (c == '/' ? escaped : escape) {
            buf_char(&p->body, '\\');
        }
        buf_char(&p->body, c);
    }
    return made_body(p, "");
}

bool body_bare_slashes(struct probe *p, size_t i, struct candidate *ret_body)
{
    *ret_body = with_slashes(p, false);
    return i == 0;
}

bool body_escaped_slashes(struct probe *p, size_t i, struct candidate *ret_body)
{
    *ret_body = with_slashes(p, true);
    return i == 0;
}

/* A truncated result matches nothing. */
static struct candidate reencoded(struct probe *p, const struct json_style *style, const char *name)
{
    p->body.size = 0;
    json_reencode(p->given->body, p->given->body_size, style, SIGNATURE_REENCODE_MOST * 4,
                  &p->body);
    return made_body(p, name);
}

bool body_platform(struct probe *p, size_t i, struct candidate *ret_body)
{
    if (i || !p->is_json) {
        return false;
    }
    *ret_body = reencoded(p, &JSON_STYLE_PLATFORM, "");
    return true;
}

/* The styles of libraries: all kinds of blanks, escapes and slashes. */
bool body_reencoded(struct probe *p, size_t i, struct candidate *ret_body)
{
    static const char *const blanks[] = {
        [JSON_BLANKS_NONE] = "compact",
        [JSON_BLANKS_SPACED] = "with blanks behind : and ,",
        [JSON_BLANKS_INDENT_2] = "indented by 2",
        [JSON_BLANKS_INDENT_4] = "indented by 4",
    };
    static const char *const wides[] = {
        [JSON_WIDE_UTF8] = "UTF-8",
        [JSON_WIDE_LOWER] = "\\u00e9",
        [JSON_WIDE_UPPER] = "\\u00E9",
    };
    const struct json_style style = {
        .blanks = i / 2 / ARRAY_SIZE(wides),
        .wide = i / 2 % ARRAY_SIZE(wides),
        .slashes = i % 2,
    };
    if (!p->is_json || style.blanks >= ARRAY_SIZE(blanks)) {
        return false;
    }
    const char *name = arena_printf(p->arena, "%s, / as %s, non-ASCII as %s", blanks[style.blanks],
                                    style.slashes ? "\\/" : "/", wides[style.wide]);
    *ret_body = reencoded(p, &style, name);
    return true;
}

bool body_with_line_end(struct probe *p, size_t i, struct candidate *ret_body)
{
    if (i == ARRAY_SIZE(line_ends)) {
        return false;
    }
    p->body.size = 0;
    buf_add(&p->body, p->given->body, p->given->body_size);
    buf_text(&p->body, line_ends[i]);
    *ret_body = made_body(p, "");
    return true;
}

bool body_without_line_end(struct probe *p, size_t i, struct candidate *ret_body)
{
    body_as_sent(p, 0, ret_body);
    ret_body->size = trimmed(ret_body->data, ret_body->size);
    return i == 0;
}

/* ------------------------------------------------------------------ digests */

static const struct {
    unsigned bit;
    const char *algorithm, *name;
} hashes[] = {
    {HASH_SHA1, "SHA1", "sha1"},       {HASH_MD5, "MD5", "md5"},
    {HASH_SHA256, "SHA256", "sha256"}, {HASH_SHA384, "SHA384", "sha384"},
    {HASH_SHA512, "SHA512", "sha512"},
};

static const struct {
    unsigned bit;
    bool before, behind; /* where the key is */
    const char *formula;
} arrangements[] = {
    {ARRANGED_AROUND, true, true, "(secret + body + secret)"},
    {ARRANGED_BEFORE, true, false, "(secret + body)"},
    {ARRANGED_BEHIND, false, true, "(body + secret)"},
    {ARRANGED_WITHOUT, false, false, "(body)"},
    {ARRANGED_HMAC, .formula = " HMAC(body, key: secret)"},
    {ARRANGED_HMAC_SWAPPED, .formula = " HMAC(secret, key: body)"},
};

/* Returns 0 if the library does not have the hash: some have no MD5. */
static size_t digest(const char *algorithm, size_t arranged, const struct candidate *key,
                     const struct candidate *body, uint8_t ret_bytes[CRYPT_DIGEST_MOST])
{
    const struct crypt_piece k = {key->data, key->size}, b = {body->data, body->size};
    const struct crypt_piece none = {"", 0};
    const struct crypt_piece pieces[] = {arrangements[arranged].before ? k : none, b,
                                         arrangements[arranged].behind ? k : none};
    if (!crypt_has(algorithm)) {
        return 0;
    }
    switch (arrangements[arranged].bit) {
    case ARRANGED_HMAC:
        return crypt_hmac_named(algorithm, &k, &b, ret_bytes);
    case ARRANGED_HMAC_SWAPPED:
        return crypt_hmac_named(algorithm, &b, &k, ret_bytes);
    default:
        return crypt_digest(algorithm, pieces, ARRAY_SIZE(pieces), ret_bytes);
    }
}

bool recipe_digest(const struct digest_recipes *recipes, size_t i, const struct candidate *key,
                   const struct candidate *body, struct digest_made *ret_made)
{
    for (size_t at = 0; at < ARRAY_SIZE(hashes) * ARRAY_SIZE(arrangements); at++) {
        size_t hash = at / ARRAY_SIZE(arrangements), arranged = at % ARRAY_SIZE(arrangements);
        bool in_set = recipes->hashes & hashes[hash].bit &&
                      recipes->arrangements & arrangements[arranged].bit;
        if (in_set && !i--) {
            ret_made->size = digest(hashes[hash].algorithm, arranged, key, body, ret_made->bytes);
            ret_made->hash = hashes[hash].name;
            ret_made->formula = arrangements[arranged].formula;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ signatures */

static void read_hex(const char *text, size_t size, struct reading *ret_reading)
{
    struct reading reading = {.size = size / 2};
    if (size % 2 || reading.size > CRYPT_DIGEST_MOST) {
        return;
    }
    for (size_t i = 0; i < reading.size; i++) {
        int high = text_hex_digit(text[2 * i]), low = text_hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return;
        }
        reading.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *ret_reading = reading;
}

/* Blanks around it and the other base64 alphabet are accepted here; rows of their own report
 * them. */
void decode_signature(struct probe *p)
{
    const char *text = p->given->signature + strspn(p->given->signature, " \t\r\n");
    size_t size = strlen(text);
    while (size && strchr(" \t\r\n", text[size - 1])) {
        size--;
    }
    const char *plain = arena_copy(p->arena, text, size);
    buf_auto decoded = {0};
    read_hex(plain, size, &p->hex);
    if (!crypt_base64_decode(plain, &decoded)) {
        return;
    }
    read_hex(buf_str(&decoded), decoded.size, &p->base64_of_hex);
    if (decoded.size <= CRYPT_DIGEST_MOST) {
        memcpy(p->base64.bytes, buf_str(&decoded), decoded.size);
        p->base64.size = decoded.size;
    }
}

static bool is_read(const struct reading *reading, const uint8_t *bytes, size_t size)
{
    return reading->size == size && memcmp(reading->bytes, bytes, size) == 0;
}

unsigned encoding_of(const struct probe *p, unsigned ways, const uint8_t *bytes, size_t size)
{
    return !size                                                                ? 0
           : ways & AS_BASE64 && is_read(&p->base64, bytes, size)               ? AS_BASE64
           : ways & AS_HEX && is_read(&p->hex, bytes, size)                     ? AS_HEX
           : ways & AS_BASE64_OF_HEX && is_read(&p->base64_of_hex, bytes, size) ? AS_BASE64_OF_HEX
                                                                                : 0;
}

const char *recipe_formula(struct arena *arena, const struct digest_made *made, unsigned way)
{
    static const struct {
        const char *open, *close;
    } encodings[] = {
        [AS_BASE64] = {"base64(", ")"},
        [AS_HEX] = {"hex(", ")"},
        [AS_BASE64_OF_HEX] = {"base64(hex(", "))"},
    };
    return arena_printf(arena, "%s%s%s%s", encodings[way].open, made->hash, made->formula,
                        encodings[way].close);
}
