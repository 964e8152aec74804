#include "crypt.h"

#include "die.h"
#include "mem.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

static void check(int ok)
{
    if (ok != 1) {
        die("a cryptographic primitive failed");
    }
}

void crypt_random(void *data, size_t size)
{
    check(RAND_bytes(data, (int)size));
}

/* Fetched once: fetching by name costs more than a digest. */
static const EVP_MD *sha1(void)
{
    static EVP_MD *md;
    if (!md) {
        md = EVP_MD_fetch(NULL, "SHA1", NULL);
    }
    return md;
}

void crypt_callback_signature(const char *secret, const void *body, size_t size,
                              char ret_text[CRYPT_SHA1_TEXT])
{
    static EVP_MD_CTX *ctx;
    if (!ctx) {
        ctx = EVP_MD_CTX_new();
    }
    uint8_t digest[20];
    size_t length = strlen(secret);
    check(EVP_DigestInit_ex2(ctx, sha1(), NULL));
    check(EVP_DigestUpdate(ctx, secret, length));
    check(EVP_DigestUpdate(ctx, body, size));
    check(EVP_DigestUpdate(ctx, secret, length));
    check(EVP_DigestFinal_ex(ctx, digest, NULL));
    EVP_EncodeBlock((unsigned char *)ret_text, digest, sizeof digest);
}

void crypt_sha256(const char *text, uint8_t ret_digest[32])
{
    size_t size = 32;
    check(EVP_Q_digest(NULL, "SHA256", NULL, text, strlen(text), ret_digest, &size));
}

void crypt_hmac(const uint8_t key[CRYPT_KEY_SIZE], const void *data, size_t size,
                uint8_t ret_mac[32])
{
    unsigned int length = 32;
    check(HMAC(EVP_sha256(), key, CRYPT_KEY_SIZE, data, size, ret_mac, &length) != NULL);
}

struct crypt_block {
    EVP_CIPHER_CTX *ctx;
};

struct crypt_block *crypt_block_new(const uint8_t key[CRYPT_KEY_SIZE])
{
    struct crypt_block *block = mem_alloc(sizeof *block);
    block->ctx = EVP_CIPHER_CTX_new();
    check(block->ctx && EVP_EncryptInit_ex2(block->ctx, EVP_aes_128_ecb(), key, NULL, NULL));
    EVP_CIPHER_CTX_set_padding(block->ctx, 0);
    return block;
}

void crypt_block_free(struct crypt_block *block)
{
    if (block) {
        EVP_CIPHER_CTX_free(block->ctx);
        free(block);
    }
}

void crypt_block_run(struct crypt_block *block, const uint8_t in[16], uint8_t ret_out[16])
{
    int size = 16;
    check(EVP_EncryptUpdate(block->ctx, ret_out, &size, in, 16));
}

void crypt_kmac256(const uint8_t key[CRYPT_KEY_SIZE], const void *data, size_t size,
                   uint8_t *ret_mac, size_t mac_size)
{
    static EVP_MAC_CTX *ctx;
    if (!ctx) {
        EVP_MAC *mac = EVP_MAC_fetch(NULL, "KMAC-256", NULL);
        ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
        EVP_MAC_free(mac);
        if (!ctx) {
            die("no KMAC-256 in this OpenSSL");
        }
    }
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &mac_size),
                                 OSSL_PARAM_construct_end()};
    size_t written;
    check(EVP_MAC_init(ctx, key, CRYPT_KEY_SIZE, params));
    check(EVP_MAC_update(ctx, data, size));
    check(EVP_MAC_final(ctx, ret_mac, &written, mac_size));
}

size_t crypt_digest(const char *algorithm, const struct crypt_piece *pieces, size_t n,
                    uint8_t ret_digest[CRYPT_DIGEST_MOST])
{
    EVP_MD *md = EVP_MD_fetch(NULL, algorithm, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned int size;
    check(md && ctx && EVP_DigestInit_ex2(ctx, md, NULL));
    for (size_t i = 0; i < n; i++) {
        check(EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].size));
    }
    check(EVP_DigestFinal_ex(ctx, ret_digest, &size));
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
    return size;
}

size_t crypt_hmac_named(const char *algorithm, const struct crypt_piece *key,
                        const struct crypt_piece *data, uint8_t ret_mac[CRYPT_DIGEST_MOST])
{
    size_t size;
    check(EVP_Q_mac(NULL, "HMAC", NULL, algorithm, NULL, key->data, key->size, data->data,
                    data->size, ret_mac, CRYPT_DIGEST_MOST, &size) != NULL);
    return size;
}

void crypt_base64(struct buf *out, const void *data, size_t size)
{
    unsigned char *p = (unsigned char *)buf_reserve(out, size / 3 * 4 + 5);
    out->size += (size_t)EVP_EncodeBlock(p, data, (int)size);
}

void crypt_base64url(struct buf *out, const void *data, size_t size)
{
    size_t from = out->size;
    crypt_base64(out, data, size);
    while (out->size > from && out->data[out->size - 1] == '=') {
        out->size--;
    }
    out->data[out->size] = '\0';
    for (char *p = out->data + from; *p; p++) {
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    }
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool crypt_base64_decode(const char *text, struct buf *out)
{
    uint32_t bits = 0;
    size_t n = 0;
    for (; text[n] && text[n] != '='; n++) {
        int value = base64_value(text[n]);
        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        if (n % 4) {
            buf_char(out, (char)(bits >> (6 - n % 4 * 2) & 0xff));
        }
    }
    size_t padding = strspn(text + n, "=");
    bool fits = padding == 0 || (padding <= 2 && (n + padding) % 4 == 0);
    return fits && n % 4 != 1 && text[n + padding] == '\0';
}

bool crypt_equal(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && CRYPTO_memcmp(a, b, length) == 0;
}
