/* Changes an invoice's status, and does everything that follows from it. */
#pragma once

#include "domain/invoice.h"
#include "engine/engine.h"

struct transition_request {
    enum status status;
    const char *resolution; /* NULL: that of status_resolution */
    int64_t amount;         /* MONEY_NONE: all */
    int64_t at_ms;          /* account time */
    const char *cause;      /* timer, expiry, payer, payer_cancelled, command */
    bool force;             /* skips the state table */
    const char *payload;    /* JSON of the means of payment, NULL: the first test card */
    int64_t *ret_awaited;   /* outbox_insert */
};

/*
 * Applies a change and everything that follows from it. Returns false if the state table forbids
 * it, the invoice has no service yet and would start, or there is not that much money to move
 * (invoice_range), or the account's profile lacks the status. While a refund is pending, `refunded`
 * and `partially_refunded` without an amount both mean success; the money that is left decides
 * which one it becomes.
 */
bool engine_transition(struct engine *engine, struct tenant *tenant, struct arena *arena,
                       struct invoice *invoice, const struct transition_request *request);

/* Returns true if the change would be applied without an amount and without force, and would result
 * in this status. */
bool engine_may_become(const struct engine *engine, const struct tenant *tenant,
                       struct arena *arena, const struct invoice *invoice, enum status status);

/* Gives a copy of an invoice another status, with everything that a body then shows. Nothing is
 * saved, and no rule is asked. */
void engine_imagine(struct engine *engine, struct arena *arena, struct invoice *copy,
                    enum status status, int64_t at_ms);

/* Saves an invoice whose plan or texts changed without a transition. */
void engine_save(struct engine *engine, struct tenant *tenant, struct invoice *invoice);
