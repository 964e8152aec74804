/* POST, GET, DELETE /_mock/faults: what the account's calls, pages and callbacks are to meet. */
#include "control.h"

#include "api/fault_read.h"
#include "engine/engine_account.h"

#include <string.h>

/* What was asked for, between id and hits. */
static void write_fault(struct call *call, struct json_out *out, const struct fault *fault)
{
    char id[IDENT_TEXT];
    const char *name;
    json_t *value;
    json_auto_t *object = json_parse(fault->given, strlen(fault->given), call->arena, NULL);
    fault_id(fault->number, id);
    json_out_object(out, NULL);
    json_out_text(out, "id", id);
    json_object_foreach(object, name, value)
    {
        if (!json_is_null(value)) {
            json_out_value(out, name, value, false);
        }
    }
    json_out_int(out, "hits", fault->hits);
    json_out_object_end(out);
}

void control_faults_add(struct call *call)
{
    struct fault fault;
    bool good;
    const json_t *body = control_has_tenant(call) ? control_body(call, false, &good) : NULL;
    if (!body || !fault_read(call, body, &fault)) {
        return;
    }
    fault.given = json_text(call->arena, body, false);
    const struct fault *added =
        faults_add(&call->tenant->faults, &call->engine->fault_source, &fault);
    if (!added) {
        call_control_error(call, 409, "too_many_faults",
                           "the account has %d faults already; delete some", FAULTS_MOST);
        return;
    }
    struct json_out out = {.buf = http_reply(call->request, 201, HTTP_JSON)};
    write_fault(call, &out, added);
}

static void reply_list(struct call *call, int64_t limit, int64_t after)
{
    const struct faults *faults = &call->tenant->faults;
    char next[IDENT_TEXT] = "";
    size_t at = 0;
    while (at < faults->n && faults->list[at].number <= after) {
        at++;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    for (; at < faults->n && limit > 0; at++, limit--) {
        write_fault(call, &out, &faults->list[at]);
        fault_id(faults->list[at].number, next);
    }
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)faults->n);
    json_out_text(&out, "next", at < faults->n ? next : NULL);
    json_out_object_end(&out);
}

void control_faults_list(struct call *call)
{
    int64_t limit, number = 0;
    const char *after;
    if (!control_has_tenant(call) || !control_read_page(call, &limit, &after)) {
        return;
    }
    if (after && !fault_id_read(after, &number)) {
        call_control_error(call, 422, "invalid", "after: a fault's id is wanted");
        return;
    }
    reply_list(call, limit, number);
}

void control_faults_clear(struct call *call)
{
    if (control_has_tenant(call)) {
        engine_delete_faults(call->engine, call->tenant);
        reply_list(call, 1, 0);
    }
}

void control_faults_delete(struct call *call)
{
    int64_t number;
    if (!control_has_tenant(call)) {
        return;
    }
    if (!fault_id_read(call->params[0], &number) ||
        !engine_delete_fault(call->engine, call->tenant, number)) {
        call_control_error(call, 404, "unknown_fault", "the account has no fault %s",
                           call->params[0]);
        return;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_text(&out, "deleted", call->params[0]);
    json_out_object_end(&out);
}
