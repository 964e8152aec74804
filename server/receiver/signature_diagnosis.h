/*
 * Tells right callback signatures from wrong ones, and of a wrong one the mistake that it is likely
 * to come from: each known mistake is made on purpose, and the one that yields the signature is it.
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
    SIGNATURE_PUBLIC_KEY,
    SIGNATURE_HEX,
    SIGNATURE_HMAC,
    SIGNATURE_TRAILING_NEWLINE,
    SIGNATURE_UNKNOWN,
};

/* "hex" and so on; NULL for a right one. */
const char *signature_reason_name(enum signature_reason reason);

/* What is to be judged. */
struct signature_case {
    const char *body; /* any bytes */
    size_t body_size;
    const char *signature;
    const char *key;                 /* what the receiver verifies with; NULL: the account's */
    const struct account_keys *keys; /* of the account */
};

struct signature_verdict {
    enum signature_reason reason;
    char expected[CRYPT_SHA1_TEXT];
    const char *message; /* one sentence, which names the mending */
};

/*
 * Judges. What is expected is the signature by `key`; without one, by the account's secret for the
 * mode that the body names (data.attributes.test_mode). A body that names none may be signed by
 * either, and the one that fits, else the test one, is expected. The message is in `arena`.
 */
void signature_examine(struct arena *arena, const struct signature_case *given,
                       struct signature_verdict *ret_verdict);

/* True when one of the account's secret keys made the signature. */
bool signature_is_genuine(const struct account_keys *keys, const char *body, size_t size,
                          const char *signature);
