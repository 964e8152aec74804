#include "api/api.h"
#include "view/view_invoice.h"

bool api_find(struct call *call, const char *id, struct invoice *ret_invoice)
{
    return engine_find_invoice(call->engine, call->tenant, call->arena, id, ret_invoice) &&
           invoice_kind(ret_invoice->seq) == call->route->kind;
}

struct answer *api_create(struct call *call)
{
    return order_reply(call, call->route->kind == INVOICE_PAYOUT ? ORDER_PAYOUT : ORDER_PRIVATE);
}

struct answer *api_create_public(struct call *call)
{
    return order_reply(call, ORDER_PUBLIC);
}

struct answer *api_get(struct call *call)
{
    struct invoice invoice;
    return api_find(call, call->params[0], &invoice)
               ? invoice_reply(call, 200, &invoice, view_invoice_document, VIEW_READ)
               : call_error(call, 404);
}

struct answer *api_get_public(struct call *call)
{
    bool payout = call->route->kind == INVOICE_PAYOUT;
    return invoice_reply(call, 200, call->found, payout ? view_payout_public : view_invoice_public,
                         VIEW_READ);
}
