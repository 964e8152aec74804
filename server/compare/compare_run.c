/* Reads an account: a table of calls that change nothing. */
#include "base/text.h"
#include "compare/compare_call.h"

#include <string.h>

#define IDS_MOST 20
#define IDS_MOST_LEARNED 100
#define JSON_TYPE "application/json"
#define NOT_THERE "cpi_0000000000000000"

/* What lists name. */
enum kept {
    KEPT_NOTHING,
    KEPT_PAYMENTS,
    KEPT_PAYMENT_SERVICES,
    KEPT_PAYOUTS,
    KEPT_PAYOUT_SERVICES,
    KEPT_COUNT,
};

static const char *const kept_names[KEPT_COUNT] = {
    [KEPT_PAYMENTS] = "the account has no payment invoice",
    [KEPT_PAYMENT_SERVICES] = "the account has no payment service",
    [KEPT_PAYOUTS] = "the account has no payout invoice",
    [KEPT_PAYOUT_SERVICES] = "the account has no payout service",
};

/* Ids, one for each pair of status and resolution; all of them when shapes are learned. */
struct ids {
    const char *list[IDS_MOST_LEARNED], *seen[IDS_MOST_LEARNED];
    size_t n;
};

struct run {
    struct comparison *comparison;
    struct ids ids[KEPT_COUNT];
};

struct probe {
    const char *document; /* what the mock answers */
    const char *method;
    const char *path; /* %s: an id */
    enum compare_login login;
    const char *body; /* %s: the public key */
    enum kept keeps;  /* the ids of the list that comes */
    enum kept takes;  /* makes the call for each of these ids */
    bool public;      /* requires the public key */
};

/* clang-format off */
static const struct probe probes[] = {
    {"GET /payment-invoices", "GET", "/payment-invoices?page%5Bsize%5D=100", .keeps = KEPT_PAYMENTS},
    {"GET /payment-invoices/{id}", "GET", "/payment-invoices/%s", .takes = KEPT_PAYMENTS},
    {"GET /public-api/payment-invoices/{id}", "GET", "/public-api/payment-invoices/%s", COMPARE_LOGIN_NONE,
     .takes = KEPT_PAYMENTS},
    {"GET /payment-services", "GET", "/payment-services", .keeps = KEPT_PAYMENT_SERVICES},
    {"GET /payment-services", "GET", "/payment-services?page%5Bsize%5D=100"},
    {"GET /payment-services/{id}", "GET", "/payment-services/%s", .takes = KEPT_PAYMENT_SERVICES},
    {"GET /payout-invoices", "GET", "/payout-invoices?page%5Bsize%5D=100", .keeps = KEPT_PAYOUTS},
    {"GET /payout-invoices/{id}", "GET", "/payout-invoices/%s", .takes = KEPT_PAYOUTS},
    {"GET /public-api/payout-invoices/{id}", "GET", "/public-api/payout-invoices/%s", COMPARE_LOGIN_NONE,
     .takes = KEPT_PAYOUTS},
    {"GET /payout-services", "GET", "/payout-services", .keeps = KEPT_PAYOUT_SERVICES},
    {"GET /payout-services", "GET", "/payout-services?page%5Bsize%5D=100"},
    {"GET /payout-services/{id}", "GET", "/payout-services/%s", .takes = KEPT_PAYOUT_SERVICES},
    {"GET /account/profile", "GET", "/account/profile"},
    {"GET /account/balances", "GET", "/account/balances"},
    {"private 401", "GET", "/payment-invoices", COMPARE_LOGIN_NONE},
    {"private 401", "GET", "/payment-invoices", COMPARE_LOGIN_WRONG},
    {"private 404", "GET", "/payment-invoices/" NOT_THERE},
    {"private 405", "PUT", "/payment-services"},
    {"POST /public-api/payment-prerequest", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE,
     "{\"public_key\":\"%s\",\"currency\":\"USD\"}", .public = true},
    {"public 422", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE,
     "{\"public_key\":\"%s\",\"currency\":\"?\"}", .public = true},
    {"public 401", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE,
     "{\"public_key\":\"pk_test_0000000000000000000000000000000000000000000\",\"currency\":\"USD\"}"},
    {"public 404", "GET", "/public-api/payment-invoices/" NOT_THERE, COMPARE_LOGIN_NONE},
    {"public 405", "GET", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE},
};
/* clang-format on */

/* ------------------------------------------------------------------ ids */

static bool is_id(const char *text)
{
    static const char marks[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return text && *text && strlen(text) <= 64 && !text[strspn(text, marks)];
}

static const char *text_at(const json_t *attributes, const char *key)
{
    const char *text = json_string_value(json_object_get(attributes, key));
    return text ? text : "";
}

static void keep_id(struct run *run, struct ids *ids, const json_t *item)
{
    struct arena *arena = &run->comparison->arena;
    bool learns = run->comparison->options.learn;
    const char *id = json_string_value(json_object_get(item, "id"));
    const json_t *attributes = json_object_get(item, "attributes");
    const char *seen = arena_printf(arena, "%s %s %s", text_at(attributes, "status"),
                                    text_at(attributes, "resolution"), learns && id ? id : "");
    bool new = is_id(id) && ids->n < (size_t)(learns ? IDS_MOST_LEARNED : IDS_MOST);
    for (size_t i = 0; new &&i < ids->n; i++) {
        new = !text_equal(ids->seen[i], seen);
    }
    if (new) {
        ids->seen[ids->n] = seen;
        ids->list[ids->n++] = arena_strdup(arena, id);
    }
}

static void keep_ids(struct run *run, enum kept kept, const json_t *body)
{
    const json_t *list = json_object_get(body, "data");
    for (size_t i = 0; i < json_array_size(list); i++) {
        keep_id(run, &run->ids[kept], json_array_get(list, i));
    }
}

/* ------------------------------------------------------------------ calls */

/* The public API stands beside the private one, which may be called under /api. */
static const char *base_of(struct comparison *comparison, const char *path)
{
    const char *base = comparison->options.against;
    size_t size = strlen(base);
    bool api = size > 4 && text_equal(base + size - 4, "/api");
    return api && text_starts(path, "/public-api/") ? arena_copy(&comparison->arena, base, size - 4)
                                                    : base;
}

static const char *fill(struct comparison *comparison, const char *format, const char *text)
{
    const char *mark = format ? strstr(format, "%s") : NULL;
    return mark ? arena_printf(&comparison->arena, "%.*s%s%s", (int)(mark - format), format, text,
                               mark + 2)
                : format;
}

/* What makes every further call pointless. */
static const char *why_no_more(const struct compare_reply *reply)
{
    return reply->failure ? reply->failure
           : reply->status == 401 || reply->status == 403
               ? "it refuses the login: check --account-id and the key"
           : reply->status / 100 == 3 ? "it redirects to another URL: name that one"
                                      : NULL;
}

/* Replies that say nothing about the contract. */
static const char *why_no_reply(const struct compare_reply *reply)
{
    return reply->failure         ? reply->failure
           : reply->status == 429 ? "it answers 429: too many calls"
           : reply->status >= 502 ? "it is not available"
                                  : NULL;
}

static const char *call(struct run *run, const struct probe *probe, const char *id, bool first)
{
    struct comparison *comparison = run->comparison;
    struct compare_reply reply;
    const struct compare_call what = {
        .method = probe->method,
        .url = arena_printf(&comparison->arena, "%s%s", base_of(comparison, probe->path),
                            fill(comparison, probe->path, id)),
        .login = probe->login,
        .type = probe->body ? JSON_TYPE : NULL,
        .body = fill(comparison, probe->body, comparison->options.public_key),
    };
    compare_call(comparison, &what, &reply);
    comparison->calls++;
    const char *stop = first ? why_no_more(&reply) : NULL;
    const char *why = why_no_reply(&reply);
    json_t *body = NULL;
    if (!stop && why) {
        comparison_note(comparison, true, probe->document, why);
    } else if (!stop) {
        comparison_add(comparison, probe->document, reply.status, reply.headers,
                       buf_str(&reply.body), reply.body.size, &body);
        keep_ids(run, probe->keeps, body);
    }
    json_decref(body);
    compare_reply_finish(&reply);
    return stop;
}

static const char *call_each(struct run *run, const struct probe *probe, bool first)
{
    const struct ids *ids = &run->ids[probe->takes];
    struct comparison *comparison = run->comparison;
    if (probe->public && !comparison->options.public_key) {
        comparison_note(comparison, false, probe->document, "no --public-key was given");
        return NULL;
    }
    if (!probe->takes) {
        return call(run, probe, "", first);
    }
    for (size_t i = 0; i < ids->n; i++) {
        call(run, probe, ids->list[i], false);
    }
    if (!ids->n) {
        comparison_note(comparison, false, probe->document, kept_names[probe->takes]);
    }
    return NULL;
}

const char *compare_run(struct comparison *comparison)
{
    struct run run = {.comparison = comparison};
    const char *why = NULL;
    for (size_t i = 0; !why && i < ARRAY_SIZE(probes); i++) {
        why = call_each(&run, &probes[i], i == 0);
    }
    return why ? arena_printf(&comparison->arena, "%s: %s", comparison->options.against, why)
               : NULL;
}
