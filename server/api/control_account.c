#include "control.h"

#include "engine/engine_account.h"
#include "engine/ledger.h"
#include "view/settings.h"

/* ------------------------------------------------------------------ showing */

static void write_account(struct json_out *out, const struct tenant *tenant)
{
    const struct account_keys *keys = &tenant->account.keys;
    json_out_object(out, NULL);
    json_out_text(out, "id", keys->id);
    json_out_text(out, "api_key", keys->api_key);
    json_out_text(out, "public_key", keys->public_key);
    json_out_text(out, "public_live_key", keys->public_live_key);
    json_out_text(out, "secret_key", keys->secret_key);
    json_out_text(out, "secret_live_key", keys->secret_live_key);
    json_out_object(out, "settings");
    settings_write(out, &tenant->account.settings);
    json_out_object_end(out);
    json_out_object_end(out);
}

static void reply_account(struct call *call, unsigned status, const struct tenant *tenant)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    write_account(&out, tenant);
}

void control_accounts_get(struct call *call)
{
    const struct tenant *tenant = control_find_account(call);
    if (tenant) {
        reply_account(call, 200, tenant);
    }
}

void control_accounts_list(struct call *call)
{
    const struct tenants *tenants = &call->engine->tenants;
    const char *after;
    int64_t limit;
    if (!control_read_page(call, &limit, &after)) {
        return;
    }
    const struct tenant *last = after ? tenants_by_id(tenants, after) : NULL;
    if (after && !last) {
        call_control_error(call, 422, "invalid", "after must be the id of an account");
        return;
    }
    size_t at = 0;
    while (last && at < tenants->n && tenants->list[at]->account.num <= last->account.num) {
        at++;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    for (; at < tenants->n && limit > 0; at++, limit--) {
        write_account(&out, tenants->list[at]);
    }
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)tenants->n);
    json_out_text(&out, "next",
                  at && at < tenants->n ? tenants->list[at - 1]->account.keys.id : NULL);
    json_out_object_end(&out);
}

void control_accounts_balances(struct call *call)
{
    const struct tenant *tenant = control_find_account(call);
    if (!tenant) {
        return;
    }
    const struct view_balances balances = ledger_view(call->engine, tenant, call->arena);
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    view_account_balance_items(&out, &balances);
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)balances.n);
    json_out_null(&out, "next");
    json_out_object_end(&out);
}

/* ------------------------------------------------------------------ changing */

/* Reads settings onto those that are there; answers 400 or 422 and returns false on an error. */
static bool read_body(struct call *call, bool optional, struct settings *settings)
{
    struct json_errors errors = {.arena = call->arena};
    bool good;
    const json_t *body = control_body(call, optional, &good);
    if (body) {
        settings_read(body, NULL, &call->engine->fixture->resolutions, settings, &errors);
    }
    if (errors.n) {
        control_reply_errors(call, &errors);
    }
    return good && !errors.n;
}

void control_accounts_add(struct call *call)
{
    struct settings settings;
    settings_default(&settings);
    if (!read_body(call, true, &settings)) {
        return;
    }
    const struct tenant *tenant = engine_add_account(call->engine, &settings);
    if (tenant) {
        reply_account(call, 201, tenant);
    } else {
        call_control_error(call, 409, "too_many_accounts",
                           "there are %d accounts already; delete some or use ttl_s", TENANTS_MOST);
    }
}

void control_accounts_change(struct call *call)
{
    struct tenant *tenant = control_find_account(call);
    if (!tenant) {
        return;
    }
    struct settings settings = tenant->account.settings;
    if (read_body(call, false, &settings)) {
        engine_change_account(call->engine, tenant, &settings);
        reply_account(call, 200, tenant);
    }
}

static void reply_id(struct call *call, const char *name, const char *id)
{
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_text(&out, name, id);
    json_out_object_end(&out);
}

void control_accounts_delete(struct call *call)
{
    struct tenant *tenant = control_find_account(call);
    if (tenant) {
        reply_id(call, "deleted", tenant->account.keys.id);
        engine_delete_account(call->engine, tenant);
    }
}

void control_reset(struct call *call)
{
    if (control_has_tenant(call) && control_read(call, true, NULL, 0, NULL)) {
        engine_reset(call->engine, call->tenant);
        call->unrecorded = true; /* the journal begins anew */
        reply_id(call, "reset", call->tenant->account.keys.id);
    }
}
