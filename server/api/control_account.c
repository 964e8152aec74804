#include "control.h"

#include "engine/engine_account.h"
#include "engine/ledger.h"
#include "view/key_history.h"
#include "view/settings.h"

/* ------------------------------------------------------------------ showing */

static void write_account(struct json_out *out, const struct tenant *tenant)
{
    const struct account_keys *keys = &tenant->account.keys;
    json_out_text(out, "id", keys->id);
    json_out_text(out, "api_key", keys->api_key);
    json_out_text(out, "public_key", keys->public_key);
    json_out_text(out, "public_live_key", keys->public_live_key);
    json_out_text(out, "secret_key", keys->secret_key);
    json_out_text(out, "secret_live_key", keys->secret_live_key);
    key_history_write(out, "previous_keys", &tenant->account.old_keys, clock_now(tenant));
    json_out_object(out, "settings");
    settings_write(out, &tenant->account.settings);
    json_out_object_end(out);
}

struct answer *control_reply_account(struct call *call, unsigned status,
                                     const struct tenant *tenant)
{
    struct json_out out = call_reply_object(call, status);
    write_account(&out, tenant);
    return call_reply_end(&out);
}

struct answer *control_accounts_get(struct call *call)
{
    return control_reply_account(call, 200, call->tenant);
}

struct answer *control_accounts_list(struct call *call)
{
    const struct tenants *tenants = &call->engine->tenants;
    const char *after;
    int64_t limit;
    struct answer *refused = control_read_page(call, &limit, &after);
    if (refused) {
        return refused;
    }
    const struct tenant *last = after ? tenants_by_id(tenants, after) : NULL;
    if (after && !last) {
        return call_invalid(call, "after: must be an account's id");
    }
    size_t at = 0;
    while (last && at < tenants->n && tenants->list[at]->account.num <= last->account.num) {
        at++;
    }
    struct json_out out = call_reply_list(call);
    for (; at < tenants->n && limit > 0; at++, limit--) {
        json_out_object(&out, NULL);
        write_account(&out, tenants->list[at]);
        json_out_object_end(&out);
    }
    return call_reply_list_end(&out, (int64_t)tenants->n,
                               at && at < tenants->n ? tenants->list[at - 1]->account.keys.id
                                                     : NULL);
}

struct answer *control_accounts_balances(struct call *call)
{
    const struct view_balances balances = ledger_view(call->engine, call->tenant, call->arena);
    struct json_out out = call_reply_list(call);
    view_account_balance_items(&out, &balances);
    return call_reply_list_end(&out, (int64_t)balances.n, NULL);
}

/* ------------------------------------------------------------------ changing */

/* Reads settings over the current ones. */
static struct answer *read_settings(struct call *call, bool optional, struct settings *settings)
{
    struct json_errors errors = {.arena = call->arena};
    json_t *body;
    struct answer *refused = control_body(call, optional, &body);
    if (!refused && body) {
        settings_read(body, NULL, &call->engine->fixture->resolutions, settings, &errors);
    }
    return errors.n ? control_reply_errors(call, &errors) : refused;
}

static struct answer *refuse_another(struct call *call)
{
    return call_control_error(call, 409, "too_many_accounts",
                              "there are %d accounts already; delete some or use ttl_s",
                              TENANTS_MOST);
}

struct answer *control_accounts_add(struct call *call)
{
    struct settings settings;
    settings_default(&settings);
    struct answer *refused = read_settings(call, true, &settings);
    if (refused) {
        return refused;
    }
    const struct tenant *tenant = engine_add_account(call->engine, &settings);
    return tenant ? control_reply_account(call, 201, tenant) : refuse_another(call);
}

struct answer *control_accounts_change(struct call *call)
{
    struct tenant *tenant = call->tenant;
    struct settings settings = tenant->account.settings;
    struct answer *refused = read_settings(call, false, &settings);
    if (refused) {
        return refused;
    }
    engine_change_account(call->engine, tenant, &settings);
    return control_reply_account(call, 200, tenant);
}

struct answer *control_accounts_delete(struct call *call)
{
    struct answer *answer = control_reply_text(call, "deleted", call->tenant->account.keys.id);
    engine_delete_account(call->engine, call->tenant);
    call->tenant = NULL;
    return answer;
}

struct answer *control_reset(struct call *call)
{
    struct answer *refused = control_read(call, true, NULL, 0, NULL);
    if (refused) {
        return refused;
    }
    call->tenant = call->tenant ?: engine_restore_demo(call->engine);
    if (!call->tenant) {
        return refuse_another(call);
    }
    engine_reset(call->engine, call->tenant);
    call->unrecorded = true; /* a reset empties the journal */
    return control_reply_text(call, "reset", call->tenant->account.keys.id);
}
