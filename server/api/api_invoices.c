/* Invoices through both APIs: created from an order, read, and as the reply of other calls. */
#include "api/api.h"
#include "api/wait.h"
#include "base/text.h"

#include <string.h>

/* ------------------------------------------------------------------ replies */

struct answer *invoice_reply(struct call *call, unsigned status, const struct invoice *invoice,
                             invoice_writer write, enum view_kind kind)
{
    struct json_out out = call_reply_object(call, status);
    struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    if (text_equal(call->request->method, "GET")) {
        view.logs_most = LOOKUP_LOGS_MOST;
    }
    call->invoice = invoice->seq;
    write(&out, &view, kind);
    return call_reply_end(&out);
}

struct json_out api_conflict_begin(struct call *call, const char *detail)
{
    call->detail = detail;
    struct json_out out = call_reply_object(call, 409);
    json_out_array(&out, "errors");
    json_out_object(&out, NULL);
    json_out_text(&out, "status", "Conflict");
    json_out_text(&out, "code", "409");
    json_out_text(&out, "title", "conflict");
    json_out_text(&out, "detail", detail);
    json_out_object_end(&out);
    json_out_array_end(&out);
    return out;
}

struct answer *invoice_reply_conflict(struct call *call, const struct invoice *invoice,
                                      const char *detail, invoice_writer write)
{
    struct json_out out = api_conflict_begin(call, detail);
    const struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    call->invoice = invoice->seq;
    write(&out, &view, VIEW_READ);
    return call_reply_end(&out);
}

struct answer *invoice_reply_repeated(struct call *call, const struct invoice *earlier,
                                      invoice_writer write)
{
    call->remedy = "data has it: go on with that one, or send another reference_id";
    return invoice_reply_conflict(
        call, earlier,
        arena_printf(call->arena, "A %s invoice with reference_id \"%s\" exists already.",
                     invoice_kinds[invoice_kind(earlier->seq)].noun, earlier->reference_id),
        write);
}

/* ------------------------------------------------------------------ creation */

static invoice_writer writer_of(enum order_way way)
{
    return way == ORDER_PRIVATE || way == ORDER_PAYOUT ? view_invoice_document
                                                       : view_invoice_public;
}

/* What the caller probably meant instead of an order with `public_key`, or NULL. */
static const char *meant_instead(const struct call *call)
{
    const char *header = http_header(call->request, "Authorization");
    if (header && strstr(header, "pk_")) {
        return "Authorization has the public key: it is the field public_key";
    }
    bool private = header || json_object_get(call->fields, "data");
    return private && call->route->access != ACCESS_PAGE
               ? "an order with Authorization or data goes to the private API: its base URL has no "
                 "/public-api"
               : NULL;
}

/* A missing key is a wrong field, reported with the others. */
static struct answer *refuse_key(struct call *call, struct json_errors *errors)
{
    const json_t *value = json_object_get(call->fields, "public_key");
    const char *key = json_string_value(value);
    if (key && *key) {
        return call_refuse_key(call, key);
    }
    bool absent = !value || json_is_null(value) || key;
    call->detail = meant_instead(call);
    json_errors_add(errors, "public_key",
                    absent ? MESSAGE_BLANK : "This value should be of type string.");
    return NULL;
}

struct answer *api_check_active(struct call *call)
{
    return account_is_active(&call->tenant->account)
               ? NULL
               : call_error_because(call, 403,
                                    "the account is not active; PATCH /_mock/accounts/{id} with "
                                    "status active lets it create, refund and pay out");
}

static struct answer *check_account(struct call *call, struct json_errors *errors)
{
    if (!call->tenant) {
        return refuse_key(call, errors);
    }
    struct answer *refused = api_check_active(call);
    bool allowed = call->tenant->account.settings.public_creation ||
                   call->route->account == account_by_api_key;
    return refused || allowed
               ? refused
               : call_error_because(call, 403,
                                    "creation through the public API is switched off; PATCH "
                                    "/_mock/accounts/{id} with public_creation true allows it");
}

/* The fields of the order, unless the route's finder has read them. */
static struct answer *read_fields(struct call *call)
{
    json_t *body;
    struct answer *refused = call->fields ? NULL : call_body(call, &body);
    if (!refused && !call->fields) {
        call->fields = call_attributes(body);
    }
    return refused;
}

/* True if it repeats the same order. */
static bool is_reload(const struct order *order, const struct invoice *earlier)
{
    return earlier->amount == order->draft.amount &&
           text_equal(earlier->currency, order->draft.currency);
}

struct answer *order_create(struct call *call, enum order_way way, struct invoice *ret_invoice)
{
    struct json_errors errors = {.arena = call->arena};
    struct order order;
    struct answer *refused = read_fields(call) ?: check_account(call, &errors);
    if (refused) {
        return refused;
    }
    order_read(call, way, call->fields, &order, &errors);
    if (errors.n) {
        return call_reply_errors(call, &errors);
    }
    enum create_result result =
        engine_create(call->engine, call->tenant, call->arena, &order, ret_invoice, &call->awaited);
    call->invoice = ret_invoice->seq;
    bool conflict =
        result == CREATE_CONFLICT && !(way == ORDER_PAGE && is_reload(&order, ret_invoice));
    return conflict ? invoice_reply_repeated(call, ret_invoice, writer_of(way)) : NULL;
}

/* 201 with the invoice's document (P451, P608). */
static struct answer *create(struct call *call, enum order_way way)
{
    struct invoice invoice;
    return order_create(call, way, &invoice)
               ?: waits_hold_reply(call,
                                   invoice_reply(call, 201, &invoice, writer_of(way), VIEW_CREATE));
}

struct answer *api_create(struct call *call)
{
    return create(call, call->route->kind == INVOICE_PAYOUT ? ORDER_PAYOUT : ORDER_PRIVATE);
}

struct answer *api_create_public(struct call *call)
{
    return create(call, ORDER_PUBLIC);
}

/* ------------------------------------------------------------------ reading */

bool api_find(struct call *call, const char *id, struct invoice *ret_invoice)
{
    return engine_find_invoice(call->engine, call->tenant, call->arena, id, ret_invoice) &&
           invoice_kind(ret_invoice->seq) == call->route->kind;
}

struct answer *api_get(struct call *call)
{
    struct invoice invoice;
    return api_find(call, call->params[0], &invoice)
               ? invoice_reply(call, 200, &invoice, view_invoice_document, VIEW_READ)
               : api_missing(call, call->params[0]);
}

struct answer *api_get_public(struct call *call)
{
    bool payout = call->route->kind == INVOICE_PAYOUT;
    if (!call->found) {
        return api_missing(call, call->params[0]);
    }
    return invoice_reply(call, 200, call->found, payout ? view_payout_public : view_invoice_public,
                         VIEW_READ);
}
