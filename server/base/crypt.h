/* Digests, random bytes and base64, based on OpenSSL. No function returns an error: a failing
 * library ends the process. */
#pragma once

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

#define CRYPT_KEY_SIZE 32
#define CRYPT_SHA1_TEXT 29 /* base64 of 20 bytes, with its NUL */

/* Call it first: OpenSSL then ends the program when memory is exhausted. */
void crypt_setup(void);

void crypt_random(void *data, size_t size);

/* base64(SHA1(secret || body || secret)): the platform's callback signature (P962). */
void crypt_callback_signature(const char *secret, const void *body, size_t size,
                              char ret_text[CRYPT_SHA1_TEXT]);

/* SHA-256 of a text. */
void crypt_sha256(const char *text, uint8_t ret_digest[32]);

/* HMAC-SHA-256. */
void crypt_hmac(const uint8_t key[CRYPT_KEY_SIZE], const void *data, size_t size,
                uint8_t ret_mac[32]);

/*
 * A block cipher with a fixed key (AES-128), used as a fast pseudo-random function: 16 bytes in, 16
 * bytes out.
 */
struct crypt_block;
struct crypt_block *
crypt_block_new(const uint8_t key[CRYPT_KEY_SIZE]); /* the first half of the key */
void crypt_block_free(struct crypt_block *block);   /* may be NULL */
void crypt_block_run(struct crypt_block *block, const uint8_t in[16], uint8_t ret_out[16]);

/* The key stream of ChaCha20 that begins at `start`, its counter and nonce. */
void crypt_stream(const uint8_t key[CRYPT_KEY_SIZE], const uint8_t start[16], uint8_t *ret_stream,
                  size_t size);

/* A keyed MAC of any length (KMAC-256). */
void crypt_kmac256(const uint8_t key[CRYPT_KEY_SIZE], const void *data, size_t size,
                   uint8_t *ret_mac, size_t mac_size);

/*
 * Digests by their OpenSSL name ("SHA1", "SHA256", "MD5"): of concatenated pieces, and as an
 * HMAC. Each returns the digest's size.
 */
#define CRYPT_DIGEST_MOST 64
struct crypt_piece {
    const void *data;
    size_t size;
};
bool crypt_has(const char *algorithm); /* e.g. MD5 is absent where only FIPS hashes are allowed */
size_t crypt_digest(const char *algorithm, const struct crypt_piece *pieces, size_t n,
                    uint8_t ret_digest[CRYPT_DIGEST_MOST]);
size_t crypt_hmac_named(const char *algorithm, const struct crypt_piece *key,
                        const struct crypt_piece *data, uint8_t ret_mac[CRYPT_DIGEST_MOST]);

/* Appends standard base64 with padding. */
void crypt_base64(struct buf *out, const void *data, size_t size);

/* Appends base64url without padding. */
void crypt_base64url(struct buf *out, const void *data, size_t size);

/* Decodes standard or URL-safe base64, padded or not. Returns false on any other byte. */
bool crypt_base64_decode(const char *text, struct buf *out);

/* Compares two texts in constant time. */
bool crypt_equal(const char *a, const char *b);
