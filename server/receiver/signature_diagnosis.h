/*
 * Checks callback signatures, and finds the likely mistake behind a wrong one: each known mistake
 * is tried, and the one that gives the signature is reported.
 */
#pragma once

#include "base/crypt.h"
#include "base/mem.h"
#include "domain/account.h"

#include <stdbool.h>
#include <stddef.h>

/* server/docs/signatures.md */
enum signature_reason {
    SIGNATURE_RIGHT,
    SIGNATURE_SLASHES_UNESCAPED,
    SIGNATURE_RESERIALIZED,
    SIGNATURE_OTHER_MODE_KEY,
    SIGNATURE_PREVIOUS_KEY,
    SIGNATURE_PUBLIC_KEY,
    SIGNATURE_HEX,
    SIGNATURE_HMAC,
    SIGNATURE_TRAILING_NEWLINE,
    SIGNATURE_UNKNOWN,
};

/* "hex" and so on; NULL for a valid signature. */
const char *signature_reason_name(enum signature_reason reason);

/* The signature to check. */
struct signature_case {
    const char *body; /* any bytes */
    size_t body_size;
    const char *signature;
    const char *key;                    /* the receiver's key; NULL: the account's */
    const struct account_keys *keys;    /* of the account */
    const struct account_old_keys *old; /* those that were replaced; NULL: none */
    int64_t now_ms;                     /* account time: which of them are valid */
};

struct signature_verdict {
    enum signature_reason reason;
    char expected[CRYPT_SHA1_TEXT];
    const char *message; /* one sentence, which says how to fix it */
};

/*
 * Checks a signature. The expected one uses `key`; without it, the account's secret key for the
 * mode in the body (data.attributes.test_mode). A body without a mode may be signed with either:
 * the one that matches is expected, else the test one. A replaced key that is still valid is right
 * too, and the message says so. The message is in `arena`.
 */
void signature_examine(struct arena *arena, const struct signature_case *given,
                       struct signature_verdict *ret_verdict);

/* True if the signature was made with one of the account's secret keys, or with a replaced one that
 * is still valid. `old` may be NULL. */
bool signature_is_genuine(const struct account_keys *keys, const struct account_old_keys *old,
                          int64_t now_ms, const char *body, size_t size, const char *signature);
