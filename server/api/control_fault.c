/* POST, GET, DELETE /_mock/faults: the faults of the account's calls, pages and callbacks. */
#include "control.h"

#include "engine/engine_account.h"

#include <string.h>

/* Shows the requested members between id and what it did. */
static void write_fault(struct call *call, struct json_out *out, const struct fault *fault)
{
    char id[IDENT_TEXT];
    const char *name;
    json_t *value;
    json_auto_t *object = json_parse(fault->given, strlen(fault->given), call->arena, NULL);
    ident_number("fault", fault->number, id);
    json_out_text(out, "id", id);
    json_object_foreach(object, name, value)
    {
        if (!json_is_null(value)) {
            json_out_value(out, name, value, false);
        }
    }
    json_out_int(out, "hits", fault->hits);
    json_out_bool(out, "active", fault_is_active(fault));
}

struct answer *control_faults_add(struct call *call)
{
    struct fault fault;
    json_t *body;
    struct answer *refused = call_body(call, &body) ?: fault_read(call, body, &fault);
    if (refused) {
        return refused;
    }
    fault.given = json_text(call->arena, body, false);
    const struct fault *added =
        faults_add(&call->tenant->faults, &call->engine->fault_source, &fault);
    if (!added) {
        return call_control_error(call, 409, "too_many_faults",
                                  "the account has %d faults already; delete some", FAULTS_MOST);
    }
    struct json_out out = call_reply_object(call, 201);
    write_fault(call, &out, added);
    return call_reply_end(&out);
}

static struct answer *reply_list(struct call *call, int64_t limit, int64_t after)
{
    const struct faults *faults = &call->tenant->faults;
    char next[IDENT_TEXT] = "";
    size_t at = 0;
    while (at < faults->n && faults->list[at].number <= after) {
        at++;
    }
    struct json_out out = call_reply_list(call);
    for (; at < faults->n && limit > 0; at++, limit--) {
        json_out_object(&out, NULL);
        write_fault(call, &out, &faults->list[at]);
        json_out_object_end(&out);
        ident_number("fault", faults->list[at].number, next);
    }
    return call_reply_list_end(&out, (int64_t)faults->n, at < faults->n ? next : NULL);
}

struct answer *control_faults_list(struct call *call)
{
    int64_t limit, number = 0;
    const char *after;
    struct answer *refused = control_read_page(call, &limit, &after);
    if (refused) {
        return refused;
    }
    return after && !ident_number_read("fault", after, &number)
               ? call_invalid(call, "after: must be a fault's id")
               : reply_list(call, limit, number);
}

struct answer *control_faults_clear(struct call *call)
{
    engine_delete_faults(call->engine, call->tenant);
    return reply_list(call, 1, 0);
}

struct answer *control_faults_delete(struct call *call)
{
    int64_t number;
    bool deleted = ident_number_read("fault", call->params[0], &number) &&
                   engine_delete_fault(call->engine, call->tenant, number);
    return deleted ? control_reply_text(call, "deleted", call->params[0])
                   : call_control_error(call, 404, "unknown_fault", "the account has no fault %s",
                                        call->params[0]);
}
