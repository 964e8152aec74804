/*
 * The candidates of the signature diagnosis: keys, bodies, digests, and ways to read a signature.
 * signature_diagnosis.c combines them.
 */
#pragma once

#include "receiver/signature_diagnosis.h"

#include <stdint.h>

/* Callbacks are a few kB. Larger bodies are not encoded again, because each style costs a pass. */
#define SIGNATURE_REENCODE_MOST ((size_t)256 << 10)

/* The signature under examination. */
struct probe {
    struct arena *arena;
    const struct signature_case *given;
    const char *right[2]; /* the keys that may have signed */
    size_t n_right;
    bool of_test, of_live; /* the modes that the body may have */
    bool is_json;
    bool public_sent; /* the sent key is a public one */
    struct buf body;  /* the candidate body */
    struct reading {
        uint8_t bytes[CRYPT_DIGEST_MOST];
        size_t size; /* 0: the text cannot be read so */
    } base64, hex, base64_of_hex;
};

/* A key or a body to try, and its name if the message needs one, else "". */
struct candidate {
    const char *data;
    size_t size;
    const char *name;
};

/* Gives candidate `i` of a kind. Returns false if there are no more. A body is valid until the next
 * one. */
typedef bool candidate_fn(struct probe *p, size_t i, struct candidate *ret_candidate);

candidate_fn key_right;               /* the sent one, or the account's for the mode */
candidate_fn key_previous;            /* the account's replaced secrets, unless a key was sent */
candidate_fn key_while_previous_sent; /* those of the mode, if a replaced key was sent */
candidate_fn key_other_mode;          /* the account's secrets, unless a foreign key was sent */
candidate_fn key_not_sent;            /* the account's secrets, if a foreign key was sent */
candidate_fn key_while_public_sent;   /* the right ones, if a public key was sent */
candidate_fn key_public;              /* the account's public keys */
candidate_fn key_api;                 /* its API key */
candidate_fn key_with_line_end;
candidate_fn key_without_line_end;

candidate_fn body_as_sent;
candidate_fn body_empty;
candidate_fn body_bare_slashes;    /* every \/ as / */
candidate_fn body_escaped_slashes; /* every / as \/ */
candidate_fn body_platform;        /* in the platform's style */
candidate_fn body_reencoded;       /* in the styles of libraries */
candidate_fn body_with_line_end;
candidate_fn body_without_line_end;

/* How a digest of a key and a body is made: every hash with every arrangement of a set. */
enum {
    HASH_SHA1 = 1 << 0, /* the platform's, with ARRANGED_AROUND */
    HASH_MD5 = 1 << 1,
    HASH_SHA256 = 1 << 2,
    HASH_SHA384 = 1 << 3,
    HASH_SHA512 = 1 << 4,
    HASH_OTHERS = HASH_MD5 | HASH_SHA256 | HASH_SHA384 | HASH_SHA512,
    HASH_ANY = HASH_SHA1 | HASH_OTHERS,
};

enum {
    ARRANGED_AROUND = 1 << 0, /* secret + body + secret */
    ARRANGED_BEFORE = 1 << 1,
    ARRANGED_BEHIND = 1 << 2,
    ARRANGED_WITHOUT = 1 << 3,
    ARRANGED_HMAC = 1 << 4,
    ARRANGED_HMAC_SWAPPED = 1 << 5, /* the body as the key */
};

struct digest_recipes {
    unsigned hashes, arrangements;
};

/* The bytes of one digest, and the signature's text that they explain. */
struct digest_made {
    uint8_t bytes[CRYPT_DIGEST_MOST];
    size_t size; /* 0: the library does not have the hash */
    const char *hash;
    const char *formula; /* for the hash's name */
};

/* Makes digest `i` of the set. Returns false if there are no more. */
bool recipe_digest(const struct digest_recipes *recipes, size_t i, const struct candidate *key,
                   const struct candidate *body, struct digest_made *ret_made);

/* Ways to read a signature. */
enum {
    AS_BASE64 = 1, /* of either alphabet, padded or not, with blanks around it */
    AS_HEX = 2,
    AS_BASE64_OF_HEX = 4,
    AS_ANY = 7
};

/* Reads the signature in every way. */
void decode_signature(struct probe *p);

/* The one of `ways` that gives these bytes; 0: none does. */
unsigned encoding_of(const struct probe *p, unsigned ways, const uint8_t *bytes, size_t size);

/* How the signature was made: "hex(md5(secret + body))". In the arena. */
const char *recipe_formula(struct arena *arena, const struct digest_made *made, unsigned way);
