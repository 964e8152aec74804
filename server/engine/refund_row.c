#include "refund_row.h"

#include "store/store_invoice.h"

const char *refund_id(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                      const char *reference_id)
{
    char id[IDENT_TEXT];
    const char *owned = arena_printf(arena, "%s:%s", tenant->account.keys.id, reference_id);
    ident_derived(engine->keys.derive, "ref", owned, id);
    return arena_strdup(arena, id);
}

/* The reference of the invoice's refund number `n`. It is derived, so that the ids of a seeded run
 * do not depend on it. */
static const char *reference_of(const struct engine *engine, struct arena *arena,
                                const struct invoice *invoice, size_t n)
{
    char uuid[IDENT_UUID];
    ident_derived_uuid(engine->keys.derive, "refund", arena_printf(arena, "%s:%zu", invoice->id, n),
                       uuid);
    return arena_strdup(arena, uuid);
}

static enum refund_status status_of(enum status status)
{
    return status_is_refunding(status)                     ? REFUND_PENDING
           : status_money(status) == STATUS_MONEY_REFUNDED ? REFUND_DONE
                                                           : REFUND_FAILED;
}

void refund_row_add(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                    const struct refund_change *change)
{
    const struct invoice *invoice = change->invoice;
    struct refund *earlier;
    size_t n = store_refund_all(engine->store, arena, invoice->seq, &earlier);
    struct refund refund = {
        .invoice = invoice->seq,
        .account = tenant->account.num,
        .reference_id = reference_of(engine, arena, invoice, n),
        .amount = change->amount ? change->amount : invoice_left(invoice),
        .status = status_of(invoice->status),
        .created_ms = change->at_ms,
        .finished_ms = status_is_refunding(invoice->status) ? TIME_NONE : change->at_ms,
        .unrequested = true,
    };
    if (refund.amount <= 0) {
        return; /* forced, and nothing was left */
    }
    refund.id = refund_id(engine, tenant, arena, refund.reference_id);
    store_refund_insert(engine->store, &refund);
}

void refund_row_end(struct engine *engine, struct refund *refund, enum status status,
                    int64_t amount, int64_t at_ms)
{
    refund->status = status_of(status);
    refund->amount = refund->status == REFUND_DONE ? amount : refund->amount;
    refund->finished_ms = at_ms;
    store_refund_update(engine->store, refund);
}
