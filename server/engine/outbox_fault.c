#include "outbox_fault.h"

#include "base/text.h"
#include "domain/money.h"
#include "engine/engine_journal.h"
#include "store/store_callback.h"

#include <string.h>

#define UNKNOWN_STATUS "under_review"

/* ------------------------------------------------------------------ before an attempt */

/* Returns true if the attempt is made now; else sets what happens instead. */
static bool is_made(struct tenant *tenant, struct callback *callback, const struct fault_hit *hit)
{
    if (callback->fault == FAULT_DROP) {
        callback->state = CALLBACK_DROPPED;
    } else if (callback->fault == FAULT_DELAY || callback->fault == FAULT_AFTER_RETURN) {
        bool delay = callback->fault == FAULT_DELAY;
        callback->state = CALLBACK_QUEUED;
        callback->due_ms = clock_now(tenant) + (delay ? hit->delay_ms : hit->effect.hold_ms);
    } else if (callback->fault == FAULT_REORDER) {
        tenant->faults.held++; /* callback_is_held */
    } else {
        return true;
    }
    return false;
}

static bool is_behind(struct engine *engine, const struct tenant *tenant, int64_t invoice)
{
    struct callback held;
    return tenant->faults.held && store_callback_held(engine->store, &engine->scratch,
                                                      tenant->account.num, invoice, &held);
}

bool outbox_fault_meet(struct engine *engine, struct tenant *tenant, struct callback *callback,
                       bool answered)
{
    char id[IDENT_TEXT];
    struct fault_hit hit;
    invoice_id(engine->keys.rows, callback->invoice, id);
    const struct fault_subject subject = {
        .place = FAULT_ON_CALLBACK,
        .invoice = id,
        .transition = callback->transition,
        .answered = answered,
        .by_payer = callback->by_payer,
        .behind = is_behind(engine, tenant, callback->invoice),
    };
    if (!faults_ask(&tenant->faults, tenant->account.keys.id, &subject, &hit)) {
        return true;
    }
    callback->fault = hit.effect.kind;
    callback->second_after_ms = hit.delay_ms;
    journal_fault(engine, tenant, callback->invoice, hit.number, fault_place_name(subject.place),
                  fault_kind_name(hit.effect.kind));
    return is_made(tenant, callback, &hit);
}

/* ------------------------------------------------------------------ what an attempt sends */

struct tampering {
    const struct tenant *tenant;
    struct arena *arena;
    const struct callback *callback;
    struct delivery *delivery;
};

static void sign(const struct tampering *t, bool test_mode)
{
    t->delivery->signature = account_sign(&t->tenant->account, t->arena, test_mode,
                                          t->delivery->body, t->delivery->body_size);
}

static void bad_signature(const struct tampering *t)
{
    char *signature = arena_strdup(t->arena, t->delivery->signature);
    signature[0] = signature[0] == 'A' ? 'B' : 'A';
    t->delivery->signature = signature;
}

/* Signs with the secret of the other mode, the most likely mistake. */
static void wrong_secret(const struct tampering *t)
{
    sign(t, !t->callback->test_mode);
}

static void no_signature(const struct tampering *t)
{
    t->delivery->signature = NULL;
}

static void half(const struct tampering *t)
{
    struct delivery *delivery = t->delivery;
    delivery->body_size /= 2;
    delivery->body = arena_copy(t->arena, delivery->body, delivery->body_size);
}

/* Like a proxy that parses and rewrites JSON: "\/" becomes "/". */
static void reencoded(const struct tampering *t)
{
    struct delivery *delivery = t->delivery;
    char *body = arena_copy(t->arena, delivery->body, delivery->body_size), *to = body;
    for (const char *from = body; *from;) {
        if (*from == '\\') {
            bool slash = from[1] == '/';
            *to = *from;
            to += !slash;
            from++; /* copy the character after a backslash, even another backslash */
        }
        *to++ = *from++;
    }
    *to = '\0';
    delivery->body = body;
    delivery->body_size = (size_t)(to - body);
}

/*
 * Finds the value of an attribute. The first key with this name is the attribute's own: only values
 * of the platform come before it, and quotes within texts are escaped.
 */
static bool find_value(const char *body, const char *key, size_t *ret_at, size_t *ret_size)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *found = strstr(body, quoted);
    if (!found) {
        return false;
    }
    found += strlen(quoted);
    *ret_at = (size_t)(found - body);
    *ret_size = strcspn(found, ",}");
    return true;
}

static void replace(const struct tampering *t, size_t at, size_t size, const char *value)
{
    struct delivery *delivery = t->delivery;
    delivery->body = arena_printf(t->arena, "%.*s%s%s", (int)at, delivery->body, value,
                                  delivery->body + at + size);
    delivery->body_size = strlen(delivery->body);
}

/* Changes every attribute that carries the amount, so the receiver notices whichever it
 * compares. */
static void wrong_amount(const struct tampering *t)
{
    static const char *const keys[] = {"amount", "payment_amount", "payout_amount",
                                       "processed_amount"};
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        size_t at, size;
        int64_t amount;
        char text[MONEY_TEXT];
        if (find_value(t->delivery->body, keys[i], &at, &size) &&
            money_parse(arena_copy(t->arena, t->delivery->body + at, size), &amount) == MONEY_OK) {
            money_format(amount + MONEY_ONE, text);
            replace(t, at, size, text);
        }
    }
    sign(t, t->callback->test_mode);
}

static void unknown_status(const struct tampering *t)
{
    size_t at, size;
    if (find_value(t->delivery->body, "status", &at, &size)) {
        replace(t, at, size, "\"" UNKNOWN_STATUS "\"");
    }
    sign(t, t->callback->test_mode);
}

/* Faults that change what an attempt sends, what that is to its receiver, and what to report about
 * a signature they break. */
static const struct {
    void (*apply)(const struct tampering *t);
    enum evidence_sent sent;
    const char *signing;
} mutators[FAULT_KINDS] = {
    [FAULT_BAD_SIGNATURE] = {bad_signature, SENT_FORGED,
                             "the fault bad_signature changed the signature"},
    [FAULT_WRONG_SECRET] = {wrong_secret, SENT_FORGED, NULL},
    [FAULT_NO_SIGNATURE] = {no_signature, SENT_FORGED,
                            "the fault no_signature left the signature out"},
    [FAULT_HALF] = {half, SENT_TAMPERED, "the fault truncate cut the body after it was signed"},
    [FAULT_REENCODED] = {reencoded, SENT_TAMPERED,
                         "the fault reencoded changed the body after it was signed"},
    [FAULT_WRONG_AMOUNT] = {wrong_amount, SENT_TAMPERED, NULL},
    [FAULT_UNKNOWN_STATUS] = {unknown_status, SENT_TAMPERED, NULL},
    [FAULT_BY_HAND_EDITED] = {NULL, SENT_TAMPERED, "the callback was made by hand"},
    [FAULT_BY_HAND_FORGED] = {NULL, SENT_FORGED,
                              "the callback was made by hand, with another signature"},
};

enum evidence_sent outbox_fault_sent(enum fault_kind kind)
{
    return mutators[kind].sent;
}

void outbox_fault_apply(const struct tenant *tenant, struct arena *arena,
                        const struct callback *callback, struct delivery *delivery)
{
    const struct tampering tampering = {tenant, arena, callback, delivery};
    if (mutators[callback->fault].apply) {
        mutators[callback->fault].apply(&tampering);
    }
}

/* The replaced secret that made the callback's signature, or NULL. */
static const struct account_old_key *old_signer(const struct account *account,
                                                const struct callback *callback, const char *body)
{
    const struct account_old_keys *old = &account->old_keys;
    char signature[CRYPT_SHA1_TEXT];
    for (size_t i = old->n; i-- > 0;) {
        crypt_callback_signature(old->list[i].text, body, strlen(body), signature);
        if (text_equal(signature, callback->signature)) {
            return &old->list[i];
        }
    }
    return NULL;
}

/* The last replacement of this secret, or NULL. */
static const struct account_old_key *last_replaced(const struct account *account, bool test_mode)
{
    enum account_key kind = test_mode ? ACCOUNT_KEY_SECRET : ACCOUNT_KEY_SECRET_LIVE;
    for (size_t i = account->old_keys.n; i-- > 0;) {
        if (account->old_keys.list[i].kind == kind) {
            return &account->old_keys.list[i];
        }
    }
    return NULL;
}

/* What to do about it, where the key may have been replaced. `mode`: the mode of the key. */
static const char *advice_for(const struct account *account, struct arena *arena, bool mode,
                              const struct account_old_key *signer)
{
    const struct account_old_key *last = last_replaced(account, mode);
    if (signer) {
        return arena_printf(arena,
                            "; that key was replaced at %lld: resend with resign to sign with "
                            "the new one",
                            (long long)(signer->replaced_ms / 1000));
    }
    return last ? arena_printf(arena,
                               "; it replaced another key at %lld: does the receiver verify with "
                               "the new one?",
                               (long long)(last->replaced_ms / 1000))
                : ": does the receiver verify with that key, over the bytes as they came?";
}

const char *outbox_fault_signing(const struct tenant *tenant, struct arena *arena,
                                 const struct callback *callback, const char *body)
{
    const struct account *account = &tenant->account;
    if (mutators[callback->fault].signing) {
        return mutators[callback->fault].signing;
    }
    bool wrong = callback->fault == FAULT_WRONG_SECRET;
    bool mode = callback->test_mode != wrong;
    bool resigned = mutators[callback->fault].apply != NULL;
    const struct account_old_key *signer = resigned ? NULL : old_signer(account, callback, body);
    return arena_printf(arena, "%ssigned with the %s%s secret key, %s test_mode is %s%s",
                        wrong ? "the fault wrong_secret " : "", signer ? "previous " : "",
                        mode ? "test" : "live", wrong ? "although" : "because",
                        callback->test_mode ? "true" : "false",
                        wrong ? "" : advice_for(account, arena, mode, signer));
}
