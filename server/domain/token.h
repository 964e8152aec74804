/*
 * The card session token: a JWT by shape, as in the page's samples (facts.md j). Nobody outside can verify the
 * platform's RSA signature, so the 512 signature bytes are a MAC under the server's key (mock.md); the card page and the
 * card gate check it.
 */
#pragma once

#include "base/buf.h"
#include "base/crypt.h"

/* Appends the token of a card session that ends at `expires_s` (unix seconds). */
void token_write(struct buf *out, const uint8_t key[CRYPT_KEY_SIZE], const char *session, int64_t expires_s);
