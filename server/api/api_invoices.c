#include "api_invoices.h"

#include "api/order_read.h"
#include "api/wait.h"
#include "base/text.h"
#include "store/store_invoice.h"

#include <string.h>

/* ------------------------------------------------------------------ answers */

typedef void (*view_writer)(struct json_out *, const struct view_invoice *, enum view_kind);

static void reply_invoice(struct call *call, unsigned status, const struct tenant *tenant,
                          const struct invoice *invoice, view_writer write, enum view_kind kind)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    const struct view_invoice view = engine_view(call->engine, tenant, invoice);
    call->invoice = invoice->seq;
    json_out_object(&out, NULL);
    write(&out, &view, kind);
    json_out_object_end(&out);
}

/* 409: an error and the earlier invoice as a GET shows it (mock.md). */
static void write_conflict(struct call *call, const struct tenant *tenant,
                           const struct invoice *earlier, view_writer write, const char *detail)
{
    struct json_out out = {.buf = http_reply(call->request, 409, HTTP_JSON)};
    const struct view_invoice view = engine_view(call->engine, tenant, earlier);
    call->invoice = earlier->seq;
    json_out_object(&out, NULL);
    json_out_array(&out, "errors");
    json_out_object(&out, NULL);
    json_out_text(&out, "status", "Conflict");
    json_out_text(&out, "code", "409");
    json_out_text(&out, "title", "conflict");
    json_out_text(&out, "detail", detail);
    json_out_object_end(&out);
    json_out_array_end(&out);
    write(&out, &view, VIEW_READ);
    json_out_object_end(&out);
}

static void reply_conflict(struct call *call, const struct tenant *tenant,
                           const struct invoice *earlier, view_writer write)
{
    write_conflict(call, tenant, earlier, write,
                   arena_printf(call->arena,
                                "A payment invoice with reference_id \"%s\" exists already.",
                                earlier->reference_id));
}

void api_invoices_reply(struct call *call, unsigned status, const struct invoice *invoice)
{
    reply_invoice(call, status, call->tenant, invoice, view_invoice_document, VIEW_READ);
}

void api_invoices_reply_conflict(struct call *call, const struct invoice *earlier,
                                 const char *detail)
{
    write_conflict(call, call->tenant, earlier, view_invoice_document, detail);
}

/* ------------------------------------------------------------------ creation */

json_t *api_invoices_attributes(json_t *body)
{
    json_t *data = json_object_get(body, "data");
    json_t *attributes = json_object_get(data, "attributes");
    return json_is_object(attributes) ? attributes : json_is_object(data) ? data : body;
}

void api_invoices_create_private(struct call *call)
{
    json_t *body = call_body(call, false);
    struct order order;
    struct invoice invoice;
    struct json_errors errors = {.arena = call->arena};
    if (!body) {
        return;
    }
    if (!account_is_active(&call->tenant->account)) {
        http_reply_error_because(call->request, 403, "the account is not active");
        return;
    }
    order_read(call, ORDER_PRIVATE, api_invoices_attributes(body), false, &order, &errors);
    if (errors.n) {
        call_reply_errors(call, &errors);
    } else if (engine_create(call->engine, call->tenant, call->arena, &order, &invoice) ==
               CREATE_CONFLICT) {
        reply_conflict(call, call->tenant, &invoice, view_invoice_document);
    } else {
        reply_invoice(call, 201, call->tenant, &invoice, view_invoice_document, VIEW_CREATE);
        waits_hold_reply(call);
    }
}

/*
 * The account of the key in the body. A missing key is one more wrong field, told with the others;
 * any other that opens nothing is answered at once (401, 403) and ends the call: false.
 */
static bool find_public_account(struct call *call, const json_t *body, bool *ret_test_mode,
                                struct json_errors *errors)
{
    const json_t *value = json_object_get(body, "public_key");
    const char *key = json_string_value(value);
    if (!key || !*key) {
        bool absent = !value || json_is_null(value) || key;
        json_errors_add(errors, "public_key",
                        absent ? MESSAGE_BLANK : "This value should be of type string.");
        return true;
    }
    struct tenant *tenant = tenants_by_public_key(&call->engine->tenants, key, ret_test_mode);
    if (!tenant) {
        http_reply_error(call->request, 401);
        return false;
    }
    if (!call_enter(call, tenant, NULL)) {
        return false;
    }
    bool active = account_is_active(&call->tenant->account);
    if (!active || !call->tenant->account.settings.public_creation) {
        http_reply_error_because(call->request, 403,
                                 active ? "creation through the public API is switched off"
                                        : "the account is not active");
        return false;
    }
    return true;
}

/* Reads and creates for all public ways. True: `ret_invoice` was made or is the earlier one; else
 * answered. `given` NULL: it was no JSON, and that was answered. */
static bool create_public(struct call *call, enum order_way way, const json_t *given,
                          struct order *ret_order, struct invoice *ret_invoice,
                          enum create_result *ret_result)
{
    struct json_errors errors = {.arena = call->arena};
    bool test_mode = true;
    if (!given || !find_public_account(call, given, &test_mode, &errors)) {
        return false;
    }
    order_read(call, way, given, test_mode, ret_order, &errors);
    if (errors.n) {
        call_reply_errors(call, &errors);
        return false;
    }
    *ret_result = engine_create(call->engine, call->tenant, call->arena, ret_order, ret_invoice);
    call->invoice = ret_invoice->seq;
    return true;
}

void api_invoices_create_public(struct call *call)
{
    struct order order;
    struct invoice invoice;
    enum create_result result;
    if (!create_public(call, ORDER_PUBLIC, call_body(call, false), &order, &invoice, &result)) {
        return;
    }
    if (result == CREATE_CONFLICT) {
        reply_conflict(call, call->tenant, &invoice, view_invoice_public);
    } else {
        reply_invoice(call, 201, call->tenant, &invoice, view_invoice_public, VIEW_CREATE);
        waits_hold_reply(call);
    }
}

bool api_invoices_create_by_form(struct call *call, struct invoice *ret_invoice)
{
    struct order order;
    enum create_result result;
    if (!create_public(call, ORDER_FORM, call_body(call, true), &order, ret_invoice, &result)) {
        return false;
    }
    if (result == CREATE_CONFLICT) {
        reply_conflict(call, call->tenant, ret_invoice, view_invoice_public);
        return false;
    }
    return true;
}

/* An invoice by its unguessable id, of any account or of `only`; false when there is none, which is
 * answered 404, or a fault ends the call. */
static bool find_public(struct call *call, const char *id, const struct tenant *only,
                        struct invoice *ret_invoice)
{
    bool found = engine_find_any(call->engine, call->arena, id, ret_invoice);
    struct tenant *tenant =
        found ? tenants_by_num(&call->engine->tenants, ret_invoice->account) : NULL;
    if (!tenant || (only && only != tenant)) {
        http_reply_error(call->request, 404);
        return false;
    }
    call->invoice = ret_invoice->seq;
    return call_enter(call, tenant, ret_invoice->id);
}

bool api_invoices_create_by_page(struct call *call, struct invoice *ret_invoice)
{
    struct order order;
    enum create_result result;
    bool post = text_equal(call->request->method, "POST");
    const json_t *given = post ? call_body(call, true) : http_query(call->request);
    const char *id = json_string_value(json_object_get(given, "cpi"));
    if (id && *id) {
        return find_public(call, id, NULL, ret_invoice);
    }
    if (!create_public(call, ORDER_PAGE, given, &order, ret_invoice, &result)) {
        return false;
    }
    bool same =
        ret_invoice->amount == order.amount && text_equal(ret_invoice->currency, order.currency);
    if (result == CREATE_CONFLICT && !same) {
        reply_conflict(call, call->tenant, ret_invoice, view_invoice_public);
        return false;
    }
    return true;
}

/* ------------------------------------------------------------------ reading */

void api_invoices_get_private(struct call *call)
{
    struct invoice invoice;
    if (!engine_find(call->engine, call->tenant, call->arena, call->params[0], &invoice)) {
        http_reply_error(call->request, 404);
        return;
    }
    api_invoices_reply(call, 200, &invoice);
}

/* The unguessable id is the capability; a key, if there is one, must be the account's (facts.md
 * a.3). */
void api_invoices_get_public(struct call *call)
{
    struct invoice invoice;
    bool test_mode;
    const char *key = http_query_text(call->request, "public_key");
    const struct tenant *by_key =
        key ? tenants_by_public_key(&call->engine->tenants, key, &test_mode) : NULL;
    if (key && !by_key) {
        http_reply_error(call->request, 401);
        return;
    }
    if (find_public(call, call->params[0], by_key, &invoice)) {
        reply_invoice(call, 200, call->tenant, &invoice, view_invoice_public, VIEW_READ);
    }
}
