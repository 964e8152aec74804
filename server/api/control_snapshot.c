/* /_mock/snapshots: named states of an account: take, restore, export and import them. */
#include "control.h"

#include "api/imports.h"
#include "engine/engine_journal.h"

/* ------------------------------------------------------------------ answers */

static struct answer *reply_snapshot(struct call *call, unsigned status,
                                     const struct snapshot *snapshot)
{
    struct json_out out = call_reply_object(call, status);
    snapshot_write(&out, snapshot);
    return call_reply_end(&out);
}

/* The name of the path. */
static struct answer *check_name(struct call *call)
{
    return snapshot_name_holds(call->params[0])
               ? NULL
               : call_invalid(call, "a snapshot's name is 1 to 64 letters, digits, \"_\", \".\" "
                                    "or \"-\"");
}

/* The snapshot of the path. */
static struct answer *find_snapshot(struct call *call, struct snapshot *ret_snapshot)
{
    struct answer *refused = check_name(call);
    if (refused ||
        store_snapshot_get(call->engine->store, call->arena, call->tenant->account.keys.id,
                           call->params[0], ret_snapshot)) {
        return refused;
    }
    return call_control_error(call, 404, "unknown_snapshot", "the account has no snapshot %s",
                              call->params[0]);
}

/* ------------------------------------------------------------------ the list */

struct answer *control_snapshots_list(struct call *call)
{
    const char *after;
    int64_t limit;
    struct snapshot *rows;
    struct answer *refused = control_read_page(call, &limit, &after);
    if (refused) {
        return refused;
    }
    struct store *store = call->engine->store;
    const char *account = call->tenant->account.keys.id;
    size_t n =
        store_snapshot_list(store, call->arena, account, after ? after : "", limit + 1, &rows);
    bool more = n > (size_t)limit;
    struct json_out out = call_reply_list(call);
    for (size_t i = 0; i < n - more; i++) {
        json_out_object(&out, NULL);
        snapshot_write(&out, &rows[i]);
        json_out_object_end(&out);
    }
    return call_reply_list_end(&out, store_snapshot_count(store, account),
                               more ? rows[limit - 1].name : NULL);
}

/* ------------------------------------------------------------------ one of them */

struct answer *control_snapshots_take(struct call *call)
{
    struct snapshot snapshot;
    return check_name(call)
            ?: control_read(call, true, NULL, 0, NULL)
            ?: snapshot_refuse(call, snapshot_take(call->engine, call->tenant, call->arena,
                                                   call->params[0], &snapshot)) ?: reply_snapshot(call, 201, &snapshot);
}

struct answer *control_snapshots_restore(struct call *call)
{
    struct snapshot snapshot;
    struct answer *refused =
        find_snapshot(call, &snapshot) ?: control_read(call, true, NULL, 0, NULL);
    if (refused) {
        return refused;
    }
    snapshot_restore(call->engine, call->tenant, &snapshot);
    journal_account(call->engine, call->tenant, JOURNAL_RESTORED);
    return reply_snapshot(call, 200, &snapshot);
}

struct answer *control_snapshots_delete(struct call *call)
{
    struct snapshot snapshot;
    struct answer *refused = find_snapshot(call, &snapshot);
    if (refused) {
        return refused;
    }
    snapshot_delete(call->engine, &snapshot);
    return control_reply_text(call, "deleted", snapshot.name);
}

/* ------------------------------------------------------------------ files */

struct answer *control_snapshots_export(struct call *call)
{
    struct snapshot snapshot;
    return find_snapshot(call, &snapshot)
            ?: snapshot_refuse(call, snapshot_export(call->engine, &snapshot,
                                                     http_reply(call->request, 200, HTTP_JSON))) ?: call_answered(call);
}

struct answer *control_snapshots_import(struct call *call)
{
    const char *why = call_why_no_text(call);
    struct answer *refused = check_name(call);
    if (refused) {
        return refused;
    }
    return why ? call_control_error(call, 400, "invalid_json", "%s", why)
               : imports_add(call->router->imports, call);
}
