#include "imports.h"

#include "api/control.h"
#include "engine/snapshot_file.h"

#include <stdlib.h>
#include <sys/queue.h>

struct import {
    TAILQ_ENTRY(import) link;
    struct imports *imports;
    struct http_request *request;
    struct json_errors errors;
    struct snapshot_reading *reading;
    const char *account, *name;
};

struct imports {
    struct engine *engine;
    const struct router *router;
    TAILQ_HEAD(, import) queue;
};

static void leave(void *arg)
{
    struct import *import = arg;
    TAILQ_REMOVE(&import->imports->queue, import, link);
    snapshot_file_free(import->reading);
    free(import);
}

struct answer *imports_add(struct imports *imports, const struct call *call)
{
    struct http_request *request = call->request;
    struct import *import = mem_alloc(sizeof *import);
    *import = (struct import){
        .imports = imports,
        .request = request,
        .errors = {.arena = call->arena},
        .account = arena_strdup(call->arena, call->tenant->account.keys.id),
        .name = call->params[0],
    };
    import->reading =
        snapshot_file_read(imports->engine, request->body, request->body_size, &import->errors);
    TAILQ_INSERT_TAIL(&imports->queue, import, link);
    http_park(request, leave, import);
    return call_answered(call);
}

/* ------------------------------------------------------------------ answers */

void snapshot_write(struct json_out *out, const struct snapshot *snapshot)
{
    json_out_text(out, "name", snapshot->name);
    json_out_seconds(out, "created", snapshot->created_ms);
    json_out_int(out, "invoices", snapshot->invoices);
}

struct answer *snapshot_refuse(struct call *call, enum snapshot_result result)
{
    switch (result) {
    case SNAPSHOT_ADVANCING:
        return call_control_error(call, 409, "advancing",
                                  "the clock is being advanced by another call");
    case SNAPSHOT_TOO_MANY:
        return call_control_error(call, 409, "too_many_snapshots",
                                  "the account has %d snapshots already; delete some",
                                  SNAPSHOTS_MOST);
    case SNAPSHOT_TOO_LARGE:
        return call_control_error(call, 409, "snapshot_too_large",
                                  "a snapshot has at most %d invoices, and its file %zu MiB",
                                  SNAPSHOT_INVOICES_MOST, SNAPSHOT_FILE_MOST >> 20);
    case SNAPSHOT_DONE:
        break;
    }
    return NULL;
}

static void write_renamed(void *arg, const char *old_id, const char *new_id)
{
    json_out_text(arg, old_id, new_id);
}

static struct answer *reply_imported(struct call *call, const struct snapshot *snapshot,
                                     const struct buf *renamed)
{
    struct json_out out = call_reply_object(call, 201);
    snapshot_write(&out, snapshot);
    json_out_raw(&out, "renamed", renamed->data);
    return call_reply_end(&out);
}

static struct answer *place(struct call *call, const struct import *import)
{
    struct snapshot snapshot;
    buf_auto renamed = {0};
    struct json_out out = {.buf = &renamed};
    const struct snapshot_import made = {import->name, snapshot_file_of(import->reading),
                                         call->arena, write_renamed, &out};
    json_out_object(&out, NULL);
    enum snapshot_result result = snapshot_import(call->engine, call->tenant, &made, &snapshot);
    json_out_object_end(&out);
    return snapshot_refuse(call, result) ?: reply_imported(call, &snapshot, &renamed);
}

static struct answer *answer(struct import *import, enum snapshot_step step)
{
    const struct imports *imports = import->imports;
    struct call call = {
        .request = import->request,
        .arena = import->errors.arena,
        .engine = imports->engine,
        .router = imports->router,
        .tenant = tenants_by_id(&imports->engine->tenants, import->account),
    };
    if (!call.tenant) {
        return call_control_error(&call, 404, "unknown_account", "there is no account %s",
                                  import->account);
    }
    if (step == SNAPSHOT_STEP_BROKEN) {
        return call_control_error(&call, 400, "invalid_json", "%s",
                                  snapshot_file_broken(import->reading));
    }
    return step == SNAPSHOT_STEP_WRONG ? control_reply_errors(&call, &import->errors)
                                       : place(&call, import);
}

static void finish(struct import *import)
{
    struct http_request *request = import->request;
    leave(import);
    http_unpark(request);
}

/* ------------------------------------------------------------------ the queue */

void imports_run(void *arg)
{
    struct imports *imports = arg;
    struct import *import = TAILQ_FIRST(&imports->queue);
    enum snapshot_step step = import ? snapshot_file_step(import->reading) : SNAPSHOT_STEP_MORE;
    if (step != SNAPSHOT_STEP_MORE && answer(import, step)) {
        finish(import);
    }
}

int64_t imports_wait_ms(const void *arg)
{
    const struct imports *imports = arg;
    return TAILQ_EMPTY(&imports->queue) ? -1 : 0;
}

void imports_end(void *arg)
{
    struct imports *imports = arg;
    struct import *import;
    while ((import = TAILQ_FIRST(&imports->queue))) {
        http_reply_error(import->request, 503);
        finish(import);
    }
}

struct imports *imports_new(struct engine *engine, const struct router *router)
{
    struct imports *imports = mem_alloc(sizeof *imports);
    imports->engine = engine;
    imports->router = router;
    TAILQ_INIT(&imports->queue);
    return imports;
}
