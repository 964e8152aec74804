#include "api/api.h"

#include "base/text.h"
#include "engine/refund.h"
#include "store/store_invoice.h"

/* The calls that can repeat an earlier one. NULL: a refund, which has its own answer. */
static const struct repeat {
    const char *pattern;
    invoice_writer write;
} repeats[] = {
    {"/payment-invoices", view_invoice_document},
    {"/public-api/payment-invoices", view_invoice_public},
    {"/public-api/payment-invoices/process", view_invoice_public},
    {"/payout-invoices", view_invoice_document},
    {"/payment-invoices/{id}/refund", NULL},
};

static const struct repeat *find_repeat(const struct call *call)
{
    for (size_t i = 0; i < ARRAY_SIZE(repeats); i++) {
        if (text_equal(call->request->method, "POST") &&
            text_equal(call->route->pattern, repeats[i].pattern)) {
            return &repeats[i];
        }
    }
    return NULL;
}

static struct answer *reply_refunded(struct call *call, const char *reference_id)
{
    struct refund refund;
    struct invoice invoice;
    return refund_find(call->engine, call->tenant, call->arena, reference_id, &refund, &invoice)
               ? refund_reply_repeated(call, &refund, &invoice)
               : NULL;
}

/* An invoice of the route's kind. */
static struct answer *reply_made(struct call *call, const char *reference_id, invoice_writer write)
{
    struct invoice earlier;
    return store_invoice_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                      call->route->kind, reference_id, &earlier)
               ? invoice_reply_repeated(call, &earlier, write)
               : NULL;
}

static struct answer *reply_repeated(struct call *call)
{
    const struct repeat *repeat = find_repeat(call);
    if (!repeat) {
        return NULL;
    }
    json_t *body = call_document(call);
    const char *id = json_string_value(json_object_get(call_attributes(body), "reference_id"));
    if (!id || !*id) {
        return NULL;
    }
    return repeat->write ? reply_made(call, id, repeat->write) : reply_refunded(call, id);
}

struct answer *conflict_reply(struct call *call)
{
    return reply_repeated(call) ?: api_process_conflict(call);
}
