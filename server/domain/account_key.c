#include "account_key.h"

#include "base/crypt.h"
#include "base/text.h"

#include <string.h>

#define KIND(member, begins)                                                                       \
    {                                                                                              \
        .name = #member, .offset = offsetof(struct account_keys, member), .prefix = begins         \
    }
const struct account_key_kind account_key_kinds[ACCOUNT_KEY_KINDS] = {
    [ACCOUNT_KEY_API] = KIND(api_key, ""),
    [ACCOUNT_KEY_PUBLIC] = KIND(public_key, "pk_test_"),
    [ACCOUNT_KEY_PUBLIC_LIVE] = KIND(public_live_key, "pk_live_"),
    [ACCOUNT_KEY_SECRET] = KIND(secret_key, "sk_test_"),
    [ACCOUNT_KEY_SECRET_LIVE] = KIND(secret_live_key, "sk_live_"),
};

bool account_key_parse(const char *name, enum account_key *ret_kind)
{
    for (int kind = 0; kind < ACCOUNT_KEY_KINDS; kind++) {
        if (text_equal(account_key_kinds[kind].name, name)) {
            *ret_kind = (enum account_key)kind;
            return true;
        }
    }
    return false;
}

static const char **place_of(struct account_keys *keys, enum account_key kind)
{
    return (const char **)((char *)keys + account_key_kinds[kind].offset);
}

const char *account_key_text(const struct account_keys *keys, enum account_key kind)
{
    return *place_of((struct account_keys *)keys, kind);
}

void account_key_set(struct account_keys *keys, enum account_key kind, const char *text)
{
    *place_of(keys, kind) = text;
}

bool account_old_key_holds(const struct account_old_key *key, int64_t now_ms)
{
    return now_ms < key->until_ms;
}

const struct account_old_key *account_old_key_find(const struct account_old_keys *old,
                                                   const char *text)
{
    for (size_t i = old ? old->n : 0; text && i-- > 0;) {
        if (crypt_equal(old->list[i].text, text)) {
            return &old->list[i];
        }
    }
    return NULL;
}

bool account_key_is(const struct account_keys *keys, const struct account_old_keys *old,
                    enum account_key kind, const char *text, int64_t now_ms)
{
    const struct account_old_key *found = account_old_key_find(old, text);
    bool valid = found && found->kind == kind && account_old_key_holds(found, now_ms);
    return crypt_equal(account_key_text(keys, kind), text) || valid;
}

/* Makes room for one more of a kind: forgets its second one, because the first is for resets. */
static bool make_room(struct account_old_keys *old, enum account_key kind, int64_t now_ms)
{
    size_t n = 0, second = 0;
    for (size_t i = 0; i < old->n; i++) {
        n += old->list[i].kind == kind;
        second = n == 2 && !second ? i : second;
    }
    if (n < ACCOUNT_OLD_OF_KIND) {
        return true;
    }
    if (account_old_key_holds(&old->list[second], now_ms)) {
        return false;
    }
    memmove(&old->list[second], &old->list[second + 1], (old->n - second - 1) * sizeof *old->list);
    old->n--;
    return true;
}

bool account_key_replace(struct account_keys *keys, struct account_old_keys *old,
                         enum account_key kind, const char *text, int64_t now_ms, int64_t until_ms)
{
    if (!make_room(old, kind, now_ms)) {
        return false;
    }
    const char **place = place_of(keys, kind);
    old->list[old->n++] = (struct account_old_key){kind, *place, now_ms, until_ms};
    *place = text;
    return true;
}

void account_keys_restart(struct account_keys *keys, struct account_old_keys *old)
{
    for (size_t i = old->n; i-- > 0;) { /* the first of each kind comes last */
        *place_of(keys, old->list[i].kind) = old->list[i].text;
    }
    old->n = 0;
}
