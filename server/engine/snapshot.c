#include "snapshot.h"

#include "base/text.h"
#include "base/wall.h"
#include "engine/engine_account.h"
#include "store/store_invoice.h"
#include "view/key_history.h"
#include "view/settings.h"

#include <string.h>

#define NAME_MOST 64

bool snapshot_name_holds(const char *name)
{
    static const char allowed[] = TEXT_LETTERS TEXT_DIGITS "_.-";
    size_t length = strlen(name);
    return length && length <= NAME_MOST && strspn(name, allowed) == length;
}

bool snapshot_has_room(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                       const char *name)
{
    const char *account = tenant->account.keys.id;
    struct snapshot same;
    return store_snapshot_count(engine->store, account) < SNAPSHOTS_MOST ||
           store_snapshot_get(engine->store, arena, account, name, &same);
}

enum snapshot_result snapshot_take(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, const char *name,
                                   struct snapshot *ret_snapshot)
{
    int64_t invoices = 0;
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        invoices += store_invoice_count_of(engine->store, tenant->account.num,
                                           (enum invoice_kind)kind, SNAPSHOT_INVOICES_MOST + 1);
    }
    if (tenant->advance) {
        return SNAPSHOT_ADVANCING;
    }
    if (!snapshot_has_room(engine, tenant, arena, name)) {
        return SNAPSHOT_TOO_MANY;
    }
    if (invoices > SNAPSHOT_INVOICES_MOST) {
        return SNAPSHOT_TOO_LARGE;
    }
    buf_auto settings = {0};
    const char *services = store_account_services(engine->store, arena, tenant->account.num);
    *ret_snapshot = (struct snapshot){
        .account = tenant->account.keys.id,
        .name = name,
        .created_ms = wall_now_ms(),
        .invoices = invoices,
        .settings = arena_strdup(arena, settings_text(&settings, &tenant->account.settings)),
        .services = services,
        .keys = key_history_text_all(arena, &tenant->account.keys, &tenant->account.old_keys),
        .frozen = tenant->account.clock.frozen,
        .now_ms = clock_now(tenant),
    };
    ret_snapshot->seq = store_snapshot_insert(engine->store, ret_snapshot);
    store_snapshot_take(engine->store, ret_snapshot->seq, tenant->account.num);
    engine->turn.garbage = true; /* the rows of a snapshot that it replaces */
    return SNAPSHOT_DONE;
}

static void restore_keys(struct engine *engine, struct tenant *tenant,
                         const struct snapshot *snapshot)
{
    struct arena arena = {0};
    struct account_keys keys = tenant->account.keys;
    struct account_old_keys old = tenant->account.old_keys;
    key_history_read_all(snapshot->keys, &arena, &keys, &old);
    tenant_set_keys(&engine->tenants, tenant, engine->store, &keys, &old);
    arena_finish(&arena);
}

/* A file has no callback_headers: those of the account stay. */
static void restore_settings(struct engine *engine, struct tenant *tenant,
                             const struct snapshot *snapshot)
{
    struct arena arena = {0};
    const char *headers = tenant->account.settings.callback_headers;
    headers = snapshot->keys || !headers ? NULL : arena_strdup(&arena, headers);
    tenant_read_settings(&engine->tenants, tenant, engine->store, snapshot->settings);
    struct settings settings = tenant->account.settings;
    if (headers && !settings.callback_headers) {
        settings.callback_headers = headers;
        tenant_set_settings(&engine->tenants, tenant, engine->store, &settings);
    }
    arena_finish(&arena);
}

void snapshot_restore(struct engine *engine, struct tenant *tenant, const struct snapshot *snapshot)
{
    engine_empty(engine, tenant);
    store_snapshot_restore(engine->store, snapshot->seq, tenant->account.num);
    restore_settings(engine, tenant, snapshot);
    tenant_load_services(&engine->tenants, tenant, engine->store, snapshot->services);
    restore_keys(engine, tenant, snapshot);
    clock_set(tenant, engine->store, snapshot->frozen, snapshot->now_ms);
    tenant->rate = (struct call_rate){0};
    tenant->outcomes = store_outcome_count(engine->store, tenant->account.num);
    turn_recheck(&engine->turn);
}

void snapshot_delete(struct engine *engine, const struct snapshot *snapshot)
{
    store_snapshot_delete(engine->store, snapshot->account, snapshot->name);
    engine->turn.garbage = true;
}
