#include "api/api.h"

#include "base/text.h"
#include "store/store_invoice.h"

/* An invoice of the route's kind. */
static bool find_made(struct call *call, const char *reference_id, struct invoice *ret_earlier)
{
    return store_invoice_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                      call->route->kind, reference_id, ret_earlier);
}

static bool find_refunded(struct call *call, const char *reference_id, struct invoice *ret_earlier)
{
    struct refund refund;
    return store_refund_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                     reference_id, &refund) &&
           store_invoice_get(call->engine->store, call->arena, refund.invoice, ret_earlier);
}

/* The calls that can repeat an earlier one. */
static const struct repeat {
    const char *pattern;
    bool (*find)(struct call *call, const char *reference_id, struct invoice *ret_earlier);
    invoice_writer write;
} repeats[] = {
    {"/payment-invoices", find_made, view_invoice_document},
    {"/public-api/payment-invoices", find_made, view_invoice_public},
    {"/public-api/payment-invoices/process", find_made, view_invoice_public},
    {"/payout-invoices", find_made, view_invoice_document},
    {"/payment-invoices/{id}/refund", find_refunded, view_invoice_document},
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

static struct answer *reply_repeated(struct call *call)
{
    const struct repeat *repeat = find_repeat(call);
    struct invoice earlier;
    json_t *body = repeat ? call_document(call) : NULL;
    const char *id = json_string_value(json_object_get(call_attributes(body), "reference_id"));
    if (!id || !*id || !repeat->find(call, id, &earlier)) {
        return NULL;
    }
    return invoice_reply_repeated(call, &earlier, repeat->find == find_refunded ? id : NULL,
                                  repeat->write);
}

struct answer *conflict_reply(struct call *call)
{
    return reply_repeated(call) ?: api_process_conflict(call);
}
