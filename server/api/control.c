#include "control.h"

#include "base/embedded.h"
#include "base/text.h"
#include "base/wall.h"
#include "store/store_invoice.h"

#define LIST_LIMIT 100
#define LIST_LIMIT_MOST 1000

struct tenant *control_find_account(struct call *call)
{
    struct tenant *tenant = tenants_by_id(&call->engine->tenants, call->params[0]);
    if (!tenant) {
        call_control_error(call, 404, "unknown_account", "there is no account %s", call->params[0]);
        return NULL;
    }
    tenant->used_ms = mono_now_ms();
    return tenant;
}

bool control_has_tenant(struct call *call)
{
    if (!call->tenant) {
        call_control_error(call, 404, "unknown_account",
                           "the demo account is not there; name one with ?account=");
    }
    return call->tenant;
}

void control_reply_errors(struct call *call, const struct json_errors *errors)
{
    buf_auto list = {0};
    for (const struct json_error *error = errors->first; error; error = error->next) {
        buf_printf(&list, "%s%s: %s", list.size ? "; " : "", error->path, error->message);
    }
    call_control_error(call, 422, "invalid", "%s", buf_str(&list));
}

const json_t *control_body(struct call *call, bool optional, bool *ret_good)
{
    bool absent = optional && !call->request->body_size;
    const json_t *body = absent ? NULL : call_body(call);
    *ret_good = absent || body;
    return body;
}

bool control_read(struct call *call, bool optional, const struct json_field *fields, size_t n,
                  void *into)
{
    struct json_errors errors = {.arena = call->arena};
    bool good;
    const json_t *body = control_body(call, optional, &good);
    if (body) {
        json_read(body, fields, n, true, into, &errors);
    }
    if (errors.n) {
        control_reply_errors(call, &errors);
    }
    return good && !errors.n;
}

bool control_find_invoice(struct call *call, const char *id, struct invoice *ret_invoice)
{
    if (engine_find_invoice(call->engine, call->tenant, call->arena, id, ret_invoice)) {
        call->invoice = ret_invoice->seq;
        return true;
    }
    call_control_error(call, 404, "unknown_invoice", "the account has no invoice %s", id);
    return false;
}

bool control_find_in_path(struct call *call, struct invoice *ret_invoice)
{
    if (!control_find_invoice(call, call->params[0], ret_invoice)) {
        return false;
    }
    const char *type = invoice_type(invoice_kind(ret_invoice->seq));
    if (text_starts(call->route->pattern, arena_printf(call->arena, "/_mock/%s/", type))) {
        return true;
    }
    call_control_error(call, 404, "unknown_invoice", "%s stands under /_mock/%s/", ret_invoice->id,
                       type);
    return false;
}

void control_reply_invoice(struct call *call, unsigned status, const struct invoice *invoice)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    const struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    json_out_object(&out, NULL);
    view_invoice_document(&out, &view, VIEW_READ);
    json_out_object_end(&out);
}

bool control_read_page(struct call *call, int64_t *ret_limit, const char **ret_after)
{
    const char *limit = http_query_text(call->request, "limit");
    *ret_limit = LIST_LIMIT;
    *ret_after = http_query_text(call->request, "after");
    if (limit && (!text_to_int(limit, ret_limit) || *ret_limit < 1)) {
        call_control_error(call, 422, "invalid", "limit: a whole number from 1 is wanted");
        return false;
    }
    *ret_limit = *ret_limit > LIST_LIMIT_MOST ? LIST_LIMIT_MOST : *ret_limit;
    return true;
}

/* ------------------------------------------------------------------ the server itself */

void control_health(struct call *call)
{
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_text(&out, "status", "ok");
    json_out_text(&out, "version", MILKYPAY_VERSION);
    json_out_int(&out, "uptime_ms", mono_now_ms() - call->engine->started_ms);
    json_out_int(&out, "invoices", store_invoice_count(call->engine->store));
    json_out_int(&out, "due", store_invoice_due_count(call->engine->store));
    json_out_object_end(&out);
}

void control_openapi(struct call *call)
{
    const struct embedded_file *file = embedded_find("schema/openapi.yaml");
    http_reply_fixed(call->request, 200, "application/yaml", file->data, file->size);
}
