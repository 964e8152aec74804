/* What must hold of the stage's replies and of its database. */
#include "stage.h"

#include "base/text.h"
#include "call/call.h"
#include "engine/ledger.h"
#include "http/target.h"
#include "store/store_account.h"
#include "store/store_invoice.h"
#include "store/store_private.h"

#include <string.h>

#define INVOICES_MOST 1000

/* ------------------------------------------------------------------ replies */

/* {"error":{"code":"..","message":".."}} of the control API, {"errors":..} of the platform's. */
static bool is_error(const char *path, const json_t *body)
{
    const json_t *error = json_object_get(body, "error"), *errors = json_object_get(body, "errors");
    bool control = json_is_string(json_object_get(error, "code")) &&
                   json_is_string(json_object_get(error, "message"));
    if (target_is_under(path, CALL_CONTROL_PREFIX)) {
        return control;
    }
    return (control && text_equal(path, "/")) || /* the way to the dashboard is guarded as it is */
           target_is_under(path, "/payment") ||  /* the card gate has its own errors */
           json_object_size(errors) || json_array_size(errors);
}

/* The path as the router sees it. What is none is refused in the platform's form. */
static const char *path_of(struct arena *arena, const char *target)
{
    const char *path, *query;
    return target_split(arena, target, &path, &query) ? path : "/";
}

static bool is_as_it_must(struct arena *arena, const char *target, const struct stage_reply *reply)
{
    static const unsigned refusals[] = {501, 503, 505}; /* a coding, busy, a version of HTTP */
    const char *path = path_of(arena, target);
    bool sink = target_is_under(path, "/_mock/sink"); /* answers as it was programmed */
    bool wrong = reply->status >= 500 && !sink;
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        wrong = wrong && reply->status != refusals[i];
    }
    if (wrong) {
        return false;
    }
    if (!text_starts(reply->type, "application/json") || !reply->whole || !reply->size) {
        return true;
    }
    json_auto_t *body = stage_json(reply);
    return body && (reply->status < 400 || sink || is_error(path, body));
}

void stage_check_reply(const char *target, const struct stage_reply *reply, bool faulty)
{
    struct arena arena = {0};
    if (!faulty && !is_as_it_must(&arena, target, reply)) {
        fprintf(stderr, "%s was answered:\n%s\n", target, buf_str(&reply->bytes));
        PROMISE(!"a reply of this form");
    }
    arena_finish(&arena);
}

/* ------------------------------------------------------------------ the books */

/* Both kinds' invoices of an account in a currency. */
static int64_t effects(struct arena *arena, const struct tenant *tenant, const char *currency,
                       int64_t *ret_reserved)
{
    int64_t sum = 0;
    *ret_reserved = 0;
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        const struct invoice_list all = {
            .first_seq = invoice_kinds[kind].first,
            .last_seq = invoice_kinds[kind].last,
            .created_from_ms = TIME_NONE,
            .created_before_ms = TIME_NONE,
            .limit = INVOICES_MOST,
        };
        struct invoice *list;
        size_t n = store_invoice_list(stage()->store, arena, tenant->account.num, &all, &list);
        for (size_t i = 0; i < n; i++) {
            bool same = text_equal(list[i].currency, currency);
            sum = money_add(sum, same ? invoice_balance_effect(&list[i]) : 0);
            *ret_reserved = money_add(*ret_reserved, same ? invoice_reserved(&list[i]) : 0);
        }
    }
    return sum;
}

static void check_balance(struct arena *arena, const struct tenant *tenant, const char *currency)
{
    struct ledger_balance posted = {.currency = currency};
    int64_t reserved;
    store_balance_get(stage()->store, tenant->account.num, currency, &posted);
    int64_t sum = effects(arena, tenant, currency, &reserved);
    bool limited = money_add(sum, MONEY_ONE) == sum; /* a sum that reached MONEY_MOST */
    PROMISE(limited || posted.active == sum);
    PROMISE(limited || posted.pending == reserved);
}

void stage_check_books(void)
{
    struct engine *engine = &stage()->engine;
    struct arena arena = {0};
    for (size_t i = 0; i < engine->tenants.n; i++) {
        const struct tenant *tenant = engine->tenants.list[i];
        const struct view_balances all = ledger_view(engine, tenant, &arena);
        for (size_t k = 0; k < all.n; k++) {
            check_balance(&arena, tenant, all.list[k].currency);
        }
    }
    arena_finish(&arena);
}

/* ------------------------------------------------------------------ the database */

static int is_ok(void *arg, int n, char **values, char **names)
{
    (void)arg;
    (void)names;
    PROMISE(n == 1 && strcmp(values[0], "ok") == 0);
    return 0;
}

static int is_none(void *arg, int n, char **values, char **names)
{
    (void)arg;
    (void)n;
    (void)values;
    (void)names;
    PROMISE(!"a row of PRAGMA foreign_key_check");
    return 1;
}

void stage_check_database(void)
{
    sqlite3 *db = stage()->store->db;
    PROMISE(!sqlite3_exec(db, "PRAGMA integrity_check", is_ok, NULL, NULL));
    PROMISE(!sqlite3_exec(db, "PRAGMA foreign_key_check", is_none, NULL, NULL));
}
