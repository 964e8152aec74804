#include "imports.h"

#include "api/control.h"
#include "api/snapshot_reply.h"
#include "engine/snapshot.h"
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

static void leave(struct import *import)
{
    TAILQ_REMOVE(&import->imports->queue, import, link);
    snapshot_file_free(import->reading);
    free(import);
}

static void gone(void *arg)
{
    leave(arg);
}

void imports_add(struct imports *imports, const struct call *call)
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
    http_park(request, gone, import);
}

/* ------------------------------------------------------------------ the end of one */

static void write_renamed(void *arg, const char *old_id, const char *new_id)
{
    json_out_text(arg, old_id, new_id);
}

static void reply_imported(struct call *call, const struct snapshot *snapshot,
                           const struct buf *renamed)
{
    struct json_out out = {.buf = http_reply(call->request, 201, HTTP_JSON)};
    json_out_object(&out, NULL);
    snapshot_write(&out, snapshot);
    json_out_raw(&out, "renamed", renamed->data);
    json_out_object_end(&out);
}

static void place(struct call *call, const struct import *import)
{
    struct snapshot snapshot;
    buf_auto renamed = {0};
    struct json_out out = {.buf = &renamed};
    const struct snapshot_import made = {import->name, snapshot_file_of(import->reading),
                                         call->arena, write_renamed, &out};
    json_out_object(&out, NULL);
    enum snapshot_result result = snapshot_import(call->engine, call->tenant, &made, &snapshot);
    json_out_object_end(&out);
    if (result == SNAPSHOT_DONE) {
        reply_imported(call, &snapshot, &renamed);
    } else {
        snapshot_reply_refusal(call, result);
    }
}

static void answer(struct import *import, enum snapshot_step step)
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
        call_control_error(&call, 404, "unknown_account", "there is no account %s",
                           import->account);
    } else if (step == SNAPSHOT_STEP_BROKEN) {
        call_control_error(&call, 400, "invalid_json", "%s", snapshot_file_broken(import->reading));
    } else if (step == SNAPSHOT_STEP_WRONG) {
        control_reply_errors(&call, &import->errors);
    } else {
        place(&call, import);
    }
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
    if (step != SNAPSHOT_STEP_MORE) {
        answer(import, step);
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

void imports_free(struct imports *imports)
{
    free(imports);
}
