#include "api_invoices.h"

#include "api/invoice_create.h"
#include "api/wait.h"
#include "base/text.h"
#include "engine/create.h"
#include "store/store_invoice.h"

#include <string.h>

/* ------------------------------------------------------------------ creation */

void api_invoices_create_private(struct call *call)
{
    invoice_create(call, ORDER_PRIVATE);
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
    *ret_result = engine_create(call->engine, call->tenant, call->arena, ret_order, ret_invoice,
                                &call->awaited);
    call->invoice = ret_invoice->seq;
    return true;
}

void api_invoices_create_public(struct call *call)
{
    struct order order;
    struct invoice invoice;
    enum create_result result;
    if (!create_public(call, ORDER_PUBLIC, call_body(call), &order, &invoice, &result)) {
        return;
    }
    if (result == CREATE_CONFLICT) {
        invoice_create_conflict(call, &invoice, view_invoice_public);
    } else {
        invoice_reply(call, 201, &invoice, view_invoice_public, VIEW_CREATE);
        waits_hold_reply(call);
    }
}

bool api_invoices_create_by_form(struct call *call, struct invoice *ret_invoice)
{
    struct order order;
    enum create_result result;
    if (!create_public(call, ORDER_FORM, call_form(call), &order, ret_invoice, &result)) {
        return false;
    }
    if (result == CREATE_CONFLICT) {
        invoice_create_conflict(call, ret_invoice, view_invoice_public);
        return false;
    }
    return true;
}

/* An invoice of any account by its unguessable id: gives its account, NULL: there is none. */
static struct tenant *find_any(struct call *call, const char *id, struct invoice *ret_invoice)
{
    bool found = engine_find_payment_any_account(call->engine, call->arena, id, ret_invoice);
    return found ? tenants_by_num(&call->engine->tenants, ret_invoice->account) : NULL;
}

static bool enter(struct call *call, struct tenant *tenant, const struct invoice *invoice)
{
    call->invoice = invoice->seq;
    return call_enter(call, tenant, invoice->id);
}

/* A page by an invoice's id: what else the link says does not matter, not even its key. */
static bool enter_page(struct call *call, const char *id, struct invoice *ret_invoice)
{
    struct tenant *tenant = find_any(call, id, ret_invoice);
    if (!tenant) {
        http_reply_error(call->request, 404);
        return false;
    }
    return enter(call, tenant, ret_invoice);
}

bool api_invoices_create_by_page(struct call *call, struct invoice *ret_invoice)
{
    struct order order;
    enum create_result result;
    bool post = text_equal(call->request->method, "POST");
    const json_t *given = post ? call_form(call) : http_query(call->request);
    const char *id = json_string_value(json_object_get(given, "cpi"));
    if (id && *id) {
        return enter_page(call, id, ret_invoice);
    }
    if (!create_public(call, ORDER_PAGE, given, &order, ret_invoice, &result)) {
        return false;
    }
    bool same =
        ret_invoice->amount == order.amount && text_equal(ret_invoice->currency, order.currency);
    if (result == CREATE_CONFLICT && !same) {
        invoice_create_conflict(call, ret_invoice, view_invoice_public);
        return false;
    }
    return true;
}

/* ------------------------------------------------------------------ reading */

void api_invoices_get_private(struct call *call)
{
    struct invoice invoice;
    if (!engine_find_payment(call->engine, call->tenant, call->arena, call->params[0], &invoice)) {
        http_reply_error(call->request, 404);
        return;
    }
    invoice_reply(call, 200, &invoice, view_invoice_document, VIEW_READ);
}

void api_invoices_get_public(struct call *call)
{
    struct invoice invoice;
    struct tenant *tenant = find_any(call, call->params[0], &invoice);
    if (invoice_key_holds(call, tenant) && enter(call, tenant, &invoice)) {
        invoice_reply(call, 200, &invoice, view_invoice_public, VIEW_READ);
    }
}
