/* /_mock/snapshots: named states of an account, kept, brought back, written to and read from files.
 */
#include "control.h"

#include "api/imports.h"
#include "api/snapshot_reply.h"
#include "engine/engine_journal.h"

/* ------------------------------------------------------------------ answers */

static void reply_snapshot(struct call *call, unsigned status, const struct snapshot *snapshot)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    json_out_object(&out, NULL);
    snapshot_write(&out, snapshot);
    json_out_object_end(&out);
}

/* The name of the path; answers 422 or 404 and returns false when it is none. */
static bool check_name(struct call *call)
{
    if (!control_has_tenant(call)) {
        return false;
    }
    bool good = snapshot_name_holds(call->params[0]);
    if (!good) {
        call_control_error(call, 422, "invalid",
                           "a snapshot's name is 1 to 64 letters, digits, \"_\", \".\" or \"-\"");
    }
    return good;
}

/* The snapshot of the path; answers 422 or 404 and returns false when there is none. */
static bool find_snapshot(struct call *call, struct snapshot *ret_snapshot)
{
    if (!check_name(call)) {
        return false;
    }
    if (store_snapshot_get(call->engine->store, call->arena, call->tenant->account.keys.id,
                           call->params[0], ret_snapshot)) {
        return true;
    }
    call_control_error(call, 404, "unknown_snapshot", "the account has no snapshot %s",
                       call->params[0]);
    return false;
}

/* ------------------------------------------------------------------ the list */

void control_snapshots_list(struct call *call)
{
    const char *after;
    int64_t limit;
    struct snapshot *rows;
    if (!control_has_tenant(call) || !control_read_page(call, &limit, &after)) {
        return;
    }
    struct store *store = call->engine->store;
    const char *account = call->tenant->account.keys.id;
    size_t n =
        store_snapshot_list(store, call->arena, account, after ? after : "", limit + 1, &rows);
    bool more = n > (size_t)limit;
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    for (size_t i = 0; i < n - more; i++) {
        json_out_object(&out, NULL);
        snapshot_write(&out, &rows[i]);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_int(&out, "total", store_snapshot_count(store, account));
    json_out_text(&out, "next", more ? rows[limit - 1].name : NULL);
    json_out_object_end(&out);
}

/* ------------------------------------------------------------------ one of them */

void control_snapshots_take(struct call *call)
{
    struct snapshot snapshot;
    if (!check_name(call) || !control_read(call, true, NULL, 0, NULL)) {
        return;
    }
    enum snapshot_result result =
        snapshot_take(call->engine, call->tenant, call->arena, call->params[0], &snapshot);
    if (result == SNAPSHOT_DONE) {
        reply_snapshot(call, 201, &snapshot);
    } else {
        snapshot_reply_refusal(call, result);
    }
}

void control_snapshots_restore(struct call *call)
{
    struct snapshot snapshot;
    if (find_snapshot(call, &snapshot) && control_read(call, true, NULL, 0, NULL)) {
        snapshot_restore(call->engine, call->tenant, &snapshot);
        journal_account(call->engine, call->tenant, JOURNAL_RESTORED);
        reply_snapshot(call, 200, &snapshot);
    }
}

void control_snapshots_delete(struct call *call)
{
    struct snapshot snapshot;
    if (find_snapshot(call, &snapshot)) {
        snapshot_delete(call->engine, &snapshot);
        struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
        json_out_object(&out, NULL);
        json_out_text(&out, "deleted", snapshot.name);
        json_out_object_end(&out);
    }
}

/* ------------------------------------------------------------------ files */

void control_snapshots_export(struct call *call)
{
    struct snapshot snapshot;
    if (find_snapshot(call, &snapshot)) {
        snapshot_reply_refusal(call, snapshot_export(call->engine, &snapshot,
                                                     http_reply(call->request, 200, HTTP_JSON)));
    }
}

void control_snapshots_import(struct call *call)
{
    const char *why = call_why_no_text(call);
    if (!check_name(call)) {
        return;
    }
    if (why) {
        call_control_error(call, 400, "invalid_json", "%s", why);
        return;
    }
    imports_add(call->router->imports, call);
}
