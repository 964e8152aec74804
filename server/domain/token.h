/*
 * The card session token: a JWT by shape, as in the page's samples (facts.md j). Nobody outside can
 * verify the platform's RSA signature, so the 512 signature bytes are a MAC under the server's key
 * (mock.md); the card page and the card gate check it.
 */
#pragma once

#include "base/buf.h"
#include "base/crypt.h"

#include <stdbool.h>

#define TOKEN_SIGNATURE 683 /* characters of the signature's text */

/* The signature's text for the two parts before it, "HEADER.CLAIMS". */
void token_sign(const uint8_t key[CRYPT_KEY_SIZE], const char *input, size_t size,
                char ret_text[TOKEN_SIGNATURE + 1]);

/* Room for the text of a card session in a token. */
#define TOKEN_SESSION 64

/*
 * Reads the session and the end out of a token's claims. False when it is no token; whether it is
 * one of ours is for the caller to find out, by writing the session's token and comparing.
 */
bool token_read(const char *token, char ret_session[TOKEN_SESSION], int64_t *ret_expires_s);

/* Appends the token of a card session that ends at `expires_s` (unix seconds). */
void token_write(struct buf *out, const uint8_t key[CRYPT_KEY_SIZE], const char *session,
                 int64_t expires_s);
