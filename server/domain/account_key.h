/*
 * The keys of an account. All but the id can be replaced while the account is in use; a replaced
 * key can stay valid for a while, its grace, on the account's clock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account_keys {
    const char *id; /* coma_..., the Basic login */
    const char *api_key, *public_key, *public_live_key, *secret_key, *secret_live_key;
};

/* Those that can be replaced; the numbers are places in tables. */
enum account_key {
    ACCOUNT_KEY_API,
    ACCOUNT_KEY_PUBLIC,
    ACCOUNT_KEY_PUBLIC_LIVE,
    ACCOUNT_KEY_SECRET,
    ACCOUNT_KEY_SECRET_LIVE,
    ACCOUNT_KEY_KINDS,
};

struct account_key_kind {
    const char *name;   /* its name in JSON, of its member too */
    size_t offset;      /* into struct account_keys */
    const char *prefix; /* of new keys */
};

extern const struct account_key_kind account_key_kinds[ACCOUNT_KEY_KINDS];

/* Returns false if there is no key with this name. */
bool account_key_parse(const char *name, enum account_key *ret_kind);

const char *account_key_text(const struct account_keys *keys, enum account_key kind);
void account_key_set(struct account_keys *keys, enum account_key kind, const char *text);

/* A key that was replaced. */
struct account_old_key {
    enum account_key kind;
    const char *text;
    int64_t replaced_ms; /* account time */
    int64_t until_ms;    /* account time: valid before it */
};

#define ACCOUNT_OLD_OF_KIND 4 /* the first one of each kind, for resets, and the last ones */
#define ACCOUNT_OLD_MOST ((size_t)ACCOUNT_KEY_KINDS * ACCOUNT_OLD_OF_KIND)

/* Oldest first. */
struct account_old_keys {
    struct account_old_key list[ACCOUNT_OLD_MOST];
    size_t n;
};

bool account_old_key_holds(const struct account_old_key *key, int64_t now_ms);

/* The replaced key with this text, or NULL. `old` may be NULL. */
const struct account_old_key *account_old_key_find(const struct account_old_keys *old,
                                                   const char *text);

/* True if `text` is the account's key of this kind, or a replaced one that is still valid. */
bool account_key_is(const struct account_keys *keys, const struct account_old_keys *old,
                    enum account_key kind, const char *text, int64_t now_ms);

/*
 * Replaces a key by `text`; the present one joins the old ones. Returns false, and changes nothing,
 * if an old one that is still valid would have to be forgotten.
 */
bool account_key_replace(struct account_keys *keys, struct account_old_keys *old,
                         enum account_key kind, const char *text, int64_t now_ms, int64_t until_ms);

/* Takes all replacements back: the keys are those of the beginning, and none is old. */
void account_keys_restart(struct account_keys *keys, struct account_old_keys *old);
