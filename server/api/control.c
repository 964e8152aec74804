#include "control.h"

#include "api/api.h"
#include "base/embedded.h"
#include "base/text.h"
#include "base/wall.h"
#include "store/store_invoice.h"

#include <string.h>

#define LIST_LIMIT 100
#define LIST_LIMIT_MOST 1000

/* What people send in the body, though the account of every call is in its query. */
static bool is_account(const struct call *call, const struct json_error *error)
{
    const struct route *route = call->route;
    return route && (route->account == account_by_query || route->account == account_to_reset) &&
           text_equal(error->path, "account") && text_starts(error->message, MESSAGE_NOT_EXPECTED);
}

struct answer *control_reply_errors(struct call *call, const struct json_errors *errors)
{
    buf_auto list = {0};
    for (const struct json_error *error = errors->first; error; error = error->next) {
        buf_printf(&list, "%s%s: %s", list.size ? "; " : "", error->path,
                   is_account(call, error) ? "It is a parameter of the query: ?account=coma_..."
                                           : error->message);
    }
    return call_invalid(call, "%s", buf_str(&list));
}

struct answer *control_body(struct call *call, bool optional, json_t **ret_body)
{
    *ret_body = NULL;
    return optional && !call->request->body_size ? NULL : call_body(call, ret_body);
}

struct answer *control_read(struct call *call, bool optional, const struct json_field *fields,
                            size_t n, void *into)
{
    struct json_errors errors = {.arena = call->arena};
    json_t *body;
    struct answer *refused = control_body(call, optional, &body);
    if (!refused && body) {
        json_read(body, fields, n, true, into, &errors);
    }
    return errors.n ? control_reply_errors(call, &errors) : refused;
}

struct answer *control_reply_text(struct call *call, const char *name, const char *text)
{
    struct json_out out = call_reply_object(call, 200);
    json_out_text(&out, name, text);
    return call_reply_end(&out);
}

struct answer *control_find_invoice(struct call *call, const char *id, struct invoice *ret_invoice)
{
    if (!engine_find_invoice(call->engine, call->tenant, call->arena, id, ret_invoice)) {
        return call_control_error(call, 404, "unknown_invoice", "the account has no invoice %s",
                                  id);
    }
    call->invoice = ret_invoice->seq;
    return NULL;
}

struct answer *control_find_in_path(struct call *call, struct invoice *ret_invoice)
{
    struct answer *refused = control_find_invoice(call, call->params[0], ret_invoice);
    if (refused) {
        return refused;
    }
    enum invoice_kind kind = invoice_kind(ret_invoice->seq);
    return kind == call->route->kind
               ? NULL
               : call_control_error(call, 404, "unknown_invoice",
                                    "%s must be requested under /_mock/%s/", ret_invoice->id,
                                    invoice_kinds[kind].type);
}

struct answer *control_reply_invoice(struct call *call, unsigned status,
                                     const struct invoice *invoice)
{
    struct json_out out = call_reply_object(call, status);
    const struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    view_invoice_document(&out, &view, VIEW_READ);
    return call_reply_end(&out);
}

struct answer *control_read_page(struct call *call, int64_t *ret_limit, const char **ret_after)
{
    const char *limit = http_query_text(call->request, "limit");
    *ret_limit = LIST_LIMIT;
    *ret_after = http_query_text(call->request, "after");
    bool good = !limit || text_to_int(limit, ret_limit);
    return good && *ret_limit >= 1 && *ret_limit <= LIST_LIMIT_MOST
               ? NULL
               : call_invalid(call, "limit: must be a whole number from 1 to %d", LIST_LIMIT_MOST);
}

struct answer *control_read_bool(struct call *call, const char *name, bool *value)
{
    static const char *const words[] = {"false", "true", "0", "1", NULL};
    const char *text = http_query_text(call->request, name);
    int at = text_index(words, text);
    *value = at < 0 ? *value : at % 2;
    return !text || at >= 0 ? NULL : call_invalid(call, "%s: must be true or false", name);
}

bool control_read_codes(const char *text, int64_t *ret_least, int64_t *ret_most)
{
    int64_t n;
    if (strlen(text) == 3 && *text >= '1' && *text <= '5' && text_equal_nocase(text + 1, "xx")) {
        *ret_least = (int64_t)(*text - '0') * 100;
        *ret_most = *ret_least + 99;
        return true;
    }
    if (!text_to_int(text, &n) || n < 100 || n > 599) {
        return false;
    }
    *ret_least = *ret_most = n;
    return true;
}

/* ------------------------------------------------------------------ the server itself */

struct answer *control_health(struct call *call)
{
    struct json_out out = call_reply_object(call, 200);
    json_out_text(&out, "status", "ok");
    json_out_text(&out, "version", MILKYPAY_VERSION);
    json_out_int(&out, "uptime_ms", mono_now_ms() - call->engine->started_ms);
    json_out_int(&out, "invoices", store_invoice_count(call->engine->store));
    json_out_int(&out, "due", store_invoice_due_count(call->engine->store));
    return call_reply_end(&out);
}

struct answer *control_openapi(struct call *call)
{
    const struct embedded_file *file = embedded_find("schema/openapi.yaml");
    http_reply_fixed(call->request, 200, "application/yaml", file->data, file->size);
    return call_answered(call);
}
