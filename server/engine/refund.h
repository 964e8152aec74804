/*
 * Refunds requested by a merchant (P551, P560). The invoice becomes refund_pending, and the planned
 * outcome follows on a timer, as with a payment. The amount is kept in a separate row.
 */
#pragma once

#include "engine/engine.h"

#define REFUND_CAUSE "refund" /* of the transition that starts one */

/* A refund request, already checked. Texts must live until refund_start returns. */
struct refund_order {
    int64_t amount;           /* above 0, or MONEY_NONE: everything left */
    const char *reference_id; /* NULL: generated */
    const char *description;  /* or NULL */
    const char *outcome;      /* X-Mock-Outcome, an outcome of a refund; or NULL */
};

enum refund_result {
    REFUND_STARTED,
    REFUND_REPEATED, /* the account already has a refund with this reference_id: returns that refund
                        and its invoice */
    REFUND_FORBIDDEN, /* the invoice's status does not allow it, or nothing is left */
    REFUND_TOO_MUCH,  /* more than invoice_left */
};

/*
 * Starts a refund, with its callback. It replaces the invoice's plan. The outcome is the next one
 * queued for refunds, else the order's own, else that of a fixture rule, else success.
 * `ret_refund` has texts in the arena or of the order. `ret_awaited`: the callback whose end the
 * reply must wait for (outbox_insert), 0: none.
 */
enum refund_result refund_start(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                struct invoice *invoice, const struct refund_order *order,
                                struct refund *ret_refund, int64_t *ret_awaited);

/* Finds a refund of the account by its reference_id (NULL: none) or its id, and its invoice. */
bool refund_find(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                 const char *reference_id, struct refund *ret_refund, struct invoice *ret_invoice);
bool refund_find_id(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                    const char *id, struct refund *ret_refund, struct invoice *ret_invoice);
