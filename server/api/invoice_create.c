#include "invoice_create.h"

#include "api/wait.h"
#include "engine/create.h"
#include "view/envelope.h"

void invoice_create_conflict(struct call *call, const struct invoice *earlier, invoice_writer write)
{
    const char *noun =
        arena_printf(call->arena, "%s invoice", invoice_kind_label(invoice_kind(earlier->seq)));
    invoice_reply_repeated(call, earlier, noun, earlier->reference_id, write);
}

/* The order in the body, checked; answers and returns false when there is none. */
static bool read_order(struct call *call, enum order_way way, struct order *ret_order)
{
    json_t *body = call_body(call);
    struct json_errors errors = {.arena = call->arena};
    if (!body) {
        return false;
    }
    if (!account_is_active(&call->tenant->account)) {
        http_reply_error_because(call->request, 403, "the account is not active");
        return false;
    }
    order_read(call, way, envelope_attributes(body), false, ret_order, &errors);
    if (errors.n) {
        call_reply_errors(call, &errors);
    }
    return !errors.n;
}

void invoice_create(struct call *call, enum order_way way)
{
    struct order order;
    struct invoice invoice;
    if (!read_order(call, way, &order)) {
        return;
    }
    switch (
        engine_create(call->engine, call->tenant, call->arena, &order, &invoice, &call->awaited)) {
    case CREATE_CONFLICT:
        invoice_create_conflict(call, &invoice, view_invoice_document);
        break;
    case CREATE_DONE:
        invoice_reply(call, 201, &invoice, view_invoice_document, VIEW_CREATE);
        waits_hold_reply(call);
        break;
    }
}
