#include "outbox_fault.h"

#include "base/crypt.h"
#include "base/text.h"
#include "domain/money.h"
#include "engine/clock.h"
#include "engine/journal_notes.h"
#include "store/store_callback.h"

#include <string.h>

#define UNKNOWN_STATUS "under_review"

/* ------------------------------------------------------------------ what becomes of an attempt */

static bool drop(struct tenant *tenant, struct callback *callback, const struct fault_hit *hit)
{
    (void)tenant;
    (void)hit;
    callback->state = CALLBACK_DROPPED;
    return false;
}

static bool delay(struct tenant *tenant, struct callback *callback, const struct fault_hit *hit)
{
    callback->state = CALLBACK_QUEUED;
    callback->due_ms = clock_now(tenant) + hit->delay_ms;
    return false;
}

/* Held as one that is being sent but was never handed over: after a crash it is sent like those. */
static bool hold(struct tenant *tenant, struct callback *callback, const struct fault_hit *hit)
{
    (void)callback;
    (void)hit;
    tenant->faults.held++;
    return false;
}

/* The faults that keep an attempt from being made now; all others change what it sends. */
static bool (*const keepers[FAULT_KINDS])(struct tenant *, struct callback *,
                                          const struct fault_hit *) = {
    [FAULT_DROP] = drop,
    [FAULT_DELAY] = delay,
    [FAULT_REORDER] = hold,
};

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
    invoice_id(engine->rows, callback->invoice, id);
    const struct fault_subject subject = {
        .place = FAULT_ON_CALLBACK,
        .invoice = id,
        .transition = callback->transition,
        .answered = answered,
        .behind = is_behind(engine, tenant, callback->invoice),
    };
    if (!faults_ask(tenant, &subject, &hit)) {
        return true;
    }
    callback->fault = hit.effect.kind;
    journal_fault(engine, tenant, callback->invoice, hit.number, fault_place_name(subject.place),
                  fault_kind_name(hit.effect.kind));
    return !keepers[callback->fault] || keepers[callback->fault](tenant, callback, &hit);
}

void outbox_let_go(struct engine *engine, struct tenant *tenant, int64_t invoice, int64_t before)
{
    struct callback callback;
    while (tenant->faults.held &&
           store_callback_held(engine->store, &engine->scratch, tenant->account.num, invoice,
                               &callback) &&
           callback.seq < before) {
        outbox_send(engine, tenant, &callback);
    }
}

/* ------------------------------------------------------------------ what an attempt sends */

struct spoiling {
    const struct tenant *tenant;
    struct arena *arena;
    const struct callback *callback;
    struct delivery *delivery;
};

static void sign(const struct spoiling *s, bool test_mode)
{
    char signature[CRYPT_SHA1_TEXT];
    crypt_sandwich_sha1(account_secret(&s->tenant->account, test_mode), s->delivery->body,
                        s->delivery->body_size, signature);
    s->delivery->signature = arena_strdup(s->arena, signature);
}

static void bad_signature(const struct spoiling *s)
{
    char *signature = arena_strdup(s->arena, s->delivery->signature);
    signature[0] = signature[0] == 'A' ? 'B' : 'A';
    s->delivery->signature = signature;
}

/* The likely mistake: the secret of the other mode. */
static void wrong_secret(const struct spoiling *s)
{
    sign(s, !s->callback->test_mode);
}

static void no_signature(const struct spoiling *s)
{
    s->delivery->signature = NULL;
}

static void half(const struct spoiling *s)
{
    struct delivery *delivery = s->delivery;
    delivery->body_size /= 2;
    delivery->body = arena_copy(s->arena, delivery->body, delivery->body_size);
}

/* As a proxy does that reads JSON and writes it again: "\/" becomes "/". */
static void reencoded(const struct spoiling *s)
{
    struct delivery *delivery = s->delivery;
    char *body = arena_copy(s->arena, delivery->body, delivery->body_size), *to = body;
    for (const char *from = body; *from;) {
        if (*from == '\\') {
            bool slash = from[1] == '/';
            *to = *from;
            to += !slash;
            from++; /* what follows a backslash is copied as it is, another one too */
        }
        *to++ = *from++;
    }
    *to = '\0';
    delivery->body = body;
    delivery->body_size = (size_t)(to - body);
}

/*
 * Where the value of an attribute stands. The first key of this name is the attribute's: before it
 * come only the platform's own values, and within texts quotes are escaped.
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

static void replace(const struct spoiling *s, size_t at, size_t size, const char *value)
{
    struct delivery *delivery = s->delivery;
    delivery->body = arena_printf(s->arena, "%.*s%s%s", (int)at, delivery->body, value,
                                  delivery->body + at + size);
    delivery->body_size = strlen(delivery->body);
}

/* All that say how much was paid, so that whichever a receiver compares is wrong. */
static void wrong_amount(const struct spoiling *s)
{
    static const char *const keys[] = {"amount", "payment_amount", "processed_amount"};
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        size_t at, size;
        int64_t amount;
        char text[MONEY_TEXT];
        if (find_value(s->delivery->body, keys[i], &at, &size) &&
            money_parse(arena_copy(s->arena, s->delivery->body + at, size), &amount) == MONEY_OK) {
            money_format(amount + MONEY_ONE, text);
            replace(s, at, size, text);
        }
    }
    sign(s, s->callback->test_mode);
}

static void unknown_status(const struct spoiling *s)
{
    size_t at, size;
    if (find_value(s->delivery->body, "status", &at, &size)) {
        replace(s, at, size, "\"" UNKNOWN_STATUS "\"");
    }
    sign(s, s->callback->test_mode);
}

static void (*const spoilers[FAULT_KINDS])(const struct spoiling *) = {
    [FAULT_BAD_SIGNATURE] = bad_signature,   [FAULT_WRONG_SECRET] = wrong_secret,
    [FAULT_NO_SIGNATURE] = no_signature,     [FAULT_HALF] = half,
    [FAULT_REENCODED] = reencoded,           [FAULT_WRONG_AMOUNT] = wrong_amount,
    [FAULT_UNKNOWN_STATUS] = unknown_status,
};

void outbox_fault_spoil(const struct tenant *tenant, struct arena *arena,
                        const struct callback *callback, struct delivery *delivery)
{
    const struct spoiling spoiling = {tenant, arena, callback, delivery};
    if (spoilers[callback->fault]) {
        spoilers[callback->fault](&spoiling);
    }
}

/* What a spoiled attempt was signed with; the others are signed rightly. */
static const char *const spoilt[FAULT_KINDS] = {
    [FAULT_BAD_SIGNATURE] = "the fault bad_signature changed the signature",
    [FAULT_NO_SIGNATURE] = "the fault no_signature left the signature out",
    [FAULT_HALF] = "the fault truncate cut the body after it was signed",
    [FAULT_REENCODED] = "the fault reencoded changed the body after it was signed",
};

const char *outbox_fault_signing(struct arena *arena, const struct callback *callback)
{
    if (spoilt[callback->fault]) {
        return spoilt[callback->fault];
    }
    bool wrong = callback->fault == FAULT_WRONG_SECRET;
    return arena_printf(arena, "%ssigned with the %s secret: the invoice has test_mode %s",
                        wrong ? "the fault wrong_secret " : "",
                        callback->test_mode != wrong ? "test" : "live",
                        callback->test_mode ? "true" : "false");
}
