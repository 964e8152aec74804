#include "crypt.h"

#include "die.h"
#include "mem.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define HMAC_KEYS_KEPT 4 /* of the engine: tokens, derived ids, new ids; and one of the guard */

/* For OpenSSL, which passes the place of the call. */
static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size ? mem_take(size) : NULL;
}

static void *resize(void *p, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return mem_resize(p, size);
}

static void release(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

void crypt_setup(void)
{
    CRYPTO_set_mem_functions(take, resize, release);
}

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

static EVP_MAC_CTX *mac_new(const char *algorithm)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, algorithm, NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    if (!ctx) {
        die("no %s in this OpenSSL", algorithm);
    }
    return ctx;
}

/* A context keeps its digest and the state after its key, which cost more than a short text. */
static EVP_MAC_CTX *hmac_begin(const uint8_t key[CRYPT_KEY_SIZE])
{
    static struct {
        EVP_MAC_CTX *ctx;
        uint8_t key[CRYPT_KEY_SIZE];
    } kept[HMAC_KEYS_KEPT];
    static size_t next;
    for (size_t i = 0; i < HMAC_KEYS_KEPT && kept[i].ctx; i++) {
        if (CRYPTO_memcmp(kept[i].key, key, CRYPT_KEY_SIZE) == 0) {
            check(EVP_MAC_init(kept[i].ctx, NULL, 0, NULL));
            return kept[i].ctx;
        }
    }
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_end()};
    size_t at = next++ % HMAC_KEYS_KEPT;
    if (!kept[at].ctx) {
        kept[at].ctx = mac_new("HMAC");
    }
    check(EVP_MAC_init(kept[at].ctx, key, CRYPT_KEY_SIZE, params));
    memcpy(kept[at].key, key, CRYPT_KEY_SIZE);
    return kept[at].ctx;
}

void crypt_hmac(const uint8_t key[CRYPT_KEY_SIZE], const void *data, size_t size,
                uint8_t ret_mac[32])
{
    size_t written;
    EVP_MAC_CTX *ctx = hmac_begin(key);
    check(EVP_MAC_update(ctx, data, size));
    check(EVP_MAC_final(ctx, ret_mac, &written, 32));
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

void crypt_stream(const uint8_t key[CRYPT_KEY_SIZE], const uint8_t start[16], uint8_t *ret_stream,
                  size_t size)
{
    static EVP_CIPHER_CTX *ctx;
    static uint8_t last[CRYPT_KEY_SIZE];
    int written;
    bool same = ctx && CRYPTO_memcmp(last, key, sizeof last) == 0;
    if (!ctx) {
        ctx = EVP_CIPHER_CTX_new();
    }
    check(ctx &&
          EVP_EncryptInit_ex2(ctx, same ? NULL : EVP_chacha20(), same ? NULL : key, start, NULL));
    memcpy(last, key, sizeof last);
    memset(ret_stream, 0, size);
    check(EVP_EncryptUpdate(ctx, ret_stream, &written, ret_stream, (int)size));
}

void crypt_kmac256(const uint8_t key[CRYPT_KEY_SIZE], const void *data, size_t size,
                   uint8_t *ret_mac, size_t mac_size)
{
    static EVP_MAC_CTX *ctx;
    if (!ctx) {
        ctx = mac_new("KMAC-256");
    }
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &mac_size),
                                 OSSL_PARAM_construct_end()};
    size_t written;
    check(EVP_MAC_init(ctx, key, CRYPT_KEY_SIZE, params));
    check(EVP_MAC_update(ctx, data, size));
    check(EVP_MAC_final(ctx, ret_mac, &written, mac_size));
}

bool crypt_has(const char *algorithm)
{
    EVP_MD *md = EVP_MD_fetch(NULL, algorithm, NULL);
    EVP_MD_free(md);
    ERR_clear_error();
    return md;
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

/* The value of each character in both alphabets, plus one; 0 if it is in neither. */
static const uint8_t base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['-'] = 63,
    ['/'] = 64, ['_'] = 64,
};

/* Decodes at most four characters into three bytes. Returns false if one is in no alphabet. */
static bool decode_quad(const unsigned char *text, size_t n, char *ret_bytes)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        bits |= (base64_values[text[i]] - 1U) << (18 - 6 * i); /* in neither: sets the top byte */
    }
    ret_bytes[0] = (char)(bits >> 16);
    ret_bytes[1] = (char)(bits >> 8);
    ret_bytes[2] = (char)bits;
    return bits >> 24 == 0;
}

bool crypt_base64_decode(const char *text, struct buf *out)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t n = strcspn(text, "="), whole = n / 4, rest = n % 4;
    char *to = buf_reserve(out, whole * 3 + 3);
    bool known = true;
    for (size_t i = 0; i < whole; i++) {
        known &= decode_quad(from + i * 4, 4, to + i * 3);
    }
    if (!known || !decode_quad(from + whole * 4, rest, to + whole * 3)) {
        return false;
    }
    size_t size = n * 3 / 4;
    to[size] = '\0';
    out->size += size;
    size_t padding = strspn(text + n, "=");
    bool fits = padding == 0 || (padding <= 2 && (n + padding) % 4 == 0);
    return fits && rest != 1 && text[n + padding] == '\0';
}

bool crypt_equal(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && CRYPTO_memcmp(a, b, length) == 0;
}
