/*
 * The card session token: a JWT by shape (P1101). There are two forms. Both are always accepted, so
 * a token stays valid when its account's profile changes. Clients cannot verify the platform's RSA
 * signature, so the 512 bytes of that form are a MAC with the server's key (P1108); the other
 * form's signature is a real HMAC-SHA-256 with it. The card page and the card gate check them.
 *
 * The MAC of 512 bytes has two versions, because tokens and stored bodies of a database stay good:
 * a database keeps the version that it was made with.
 */
#pragma once

#include "base/buf.h"
#include "base/crypt.h"

#include <stdbool.h>

enum token_form {
    TOKEN_RS512, /* the page's samples: {"sid":..,"exp":..} */
    TOKEN_HS256, /* bodies of 2024: {"sid":..,"expires":null,"exp":..} */
};

#define TOKEN_SIGNATURE_MOST 683 /* characters of the longest signature's text */

/* Stored in the database: append only. */
enum token_mac {
    TOKEN_MAC_KMAC,   /* KMAC-256 */
    TOKEN_MAC_STREAM, /* a key stream that begins at the HMAC: a fifth of the time */
};

struct token_key {
    uint8_t bytes[CRYPT_KEY_SIZE];
    enum token_mac mac;
};

/* Characters of a signature's text. */
size_t token_signature_size(enum token_form form);

/* The signature's text for the two parts before it, "HEADER.CLAIMS". */
void token_sign(const struct token_key *key, enum token_form form, const char *input, size_t size,
                char ret_text[TOKEN_SIGNATURE_MOST + 1]);

/* The content of a token. */
struct token {
    enum token_form form;
    char session[64];
    int64_t expires_s; /* unix seconds */
};

/*
 * Reads a token. Returns false if the text is not a token. It does not verify the signature: the
 * caller writes the session's token in this form and compares.
 */
bool token_read(const char *text, struct token *ret_token);

/* Appends the token of a card session that ends at `expires_s` (unix seconds). */
void token_write(struct buf *out, const struct token_key *key, enum token_form form,
                 const char *session, int64_t expires_s);
