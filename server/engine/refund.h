/*
 * Refunds as a merchant asks for them (P551, P560): the invoice becomes refund_pending, and what
 * is planned then happens on a timer, as with a payment. The amount waits in a row of its own.
 */
#pragma once

#include "engine/engine.h"

/* What a request asks for, checked. Texts must live until refund_start returns. */
struct refund_order {
    int64_t amount;           /* above 0, or MONEY_NONE: all that is left */
    const char *reference_id; /* NULL: one is made */
    const char *description;  /* or NULL */
    const char *outcome;      /* X-Mock-Outcome, an outcome of a refund; or NULL */
};

enum refund_result {
    REFUND_STARTED,
    REFUND_REPEATED,  /* the account has a refund of this reference_id: its invoice came back */
    REFUND_FORBIDDEN, /* the invoice is in no state for it, or nothing is left */
    REFUND_TOO_MUCH,  /* more than invoice_left */
};

/*
 * Starts a refund, with its callback. What happens to it: an outcome queued for refunds, the
 * order's own, a rule of the fixtures, or it succeeds. That takes the place of what was planned for
 * the invoice. `ret_awaited`: the callback whose end the reply must wait for (outbox_insert), 0:
 * none.
 */
enum refund_result refund_start(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                struct invoice *invoice, const struct refund_order *order,
                                int64_t *ret_awaited);
