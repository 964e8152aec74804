/*
 * The refunds of an invoice as rows. Each return of money has one (P579): that of the call that
 * requested it (refund.h), or one that is made here with the change of a planned outcome or a
 * command.
 */
#pragma once

#include "engine/engine.h"

/* The id of the account's refund with this reference, in the arena. */
const char *refund_id(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                      const char *reference_id);

/* A change to a status of a refund that has no row yet. */
struct refund_change {
    const struct invoice *invoice; /* changed already */
    int64_t amount;                /* that went back; 0: nothing yet, or it failed */
    int64_t at_ms;
};

/* Makes the row; it says what the invoice's new status says. */
void refund_row_add(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                    const struct refund_change *change);

/* Ends a pending refund: done if the invoice became refunded, else failed. `amount`: what went
 * back. */
void refund_row_end(struct engine *engine, struct refund *refund, enum status status,
                    int64_t amount, int64_t at_ms);
