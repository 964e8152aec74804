#include "refund.h"

#include "engine/lookup.h"
#include "engine/plan.h"
#include "engine/refund_row.h"
#include "store/store_invoice.h"

/* Rules match the refund's own fields. An outcome does not set the amount, so `refunded` and
 * `partially_refunded` both mean success. */
static const char *planned_outcome(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, const struct invoice *invoice,
                                   const struct refund *refund, const char *asked)
{
    struct invoice subject = *invoice;
    subject.amount = refund->amount;
    subject.reference_id = refund->reference_id;
    subject.description = refund->description;
    const char *text = engine_find_outcome(engine, tenant, arena, OUTCOME_OF_REFUND, asked,
                                           &subject, engine_customer_email(arena, invoice));
    return text ? text : "refunded";
}

bool refund_find(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                 const char *reference_id, struct refund *ret_refund, struct invoice *ret_invoice)
{
    return reference_id &&
           store_refund_by_reference(engine->store, arena, tenant->account.num, reference_id,
                                     ret_refund) &&
           store_invoice_get(engine->store, arena, ret_refund->invoice, ret_invoice);
}

bool refund_find_id(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                    const char *id, struct refund *ret_refund, struct invoice *ret_invoice)
{
    return store_refund_by_id(engine->store, arena, tenant->account.num, id, ret_refund) &&
           store_invoice_get(engine->store, arena, ret_refund->invoice, ret_invoice);
}

/* Inserts the refund and plans its outcome. */
static struct refund make_refund(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                 struct invoice *invoice, const struct refund_order *order,
                                 const struct transition_request *start)
{
    char uuid[IDENT_UUID];
    struct refund refund = {
        .invoice = invoice->seq,
        .account = tenant->account.num,
        .reference_id = order->reference_id,
        .amount = order->amount == MONEY_NONE ? invoice_left(invoice) : order->amount,
        .description = order->description,
        .status = REFUND_PENDING,
        .created_ms = start->at_ms,
        .finished_ms = TIME_NONE,
    };
    if (!refund.reference_id) {
        ident_next_uuid(&engine->idents, uuid);
        refund.reference_id = arena_strdup(arena, uuid);
    }
    refund.id = refund_id(engine, tenant, arena, refund.reference_id);
    store_refund_insert(engine->store, &refund);
    engine_set_plan(engine, tenant, arena, invoice,
                    planned_outcome(engine, tenant, arena, invoice, &refund, order->outcome),
                    STATUS_REFUND_PENDING, start->at_ms);
    return refund;
}

enum refund_result refund_start(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                struct invoice *invoice, const struct refund_order *order,
                                struct refund *ret_refund, int64_t *ret_awaited)
{
    const struct transition_request start = {.status = STATUS_REFUND_PENDING,
                                             .amount = MONEY_NONE,
                                             .at_ms = clock_now(tenant),
                                             .cause = REFUND_CAUSE,
                                             .ret_awaited = ret_awaited};
    *ret_awaited = 0;
    if (refund_find(engine, tenant, arena, order->reference_id, ret_refund, invoice)) {
        return REFUND_REPEATED;
    }
    int64_t left = invoice_left(invoice);
    if (left <= 0 || status_is_refunding(invoice->status) ||
        !engine_may_become(engine, tenant, arena, invoice, STATUS_REFUND_PENDING)) {
        return REFUND_FORBIDDEN;
    }
    if (order->amount != MONEY_NONE && order->amount > left) {
        return REFUND_TOO_MUCH;
    }
    *ret_refund = make_refund(engine, tenant, arena, invoice, order, &start);
    first_callback_expect(engine, tenant, invoice);
    engine_transition(engine, tenant, arena, invoice, &start);
    return REFUND_STARTED;
}
