/* The change of an invoice, and everything that follows from it. */
#pragma once

#include "domain/invoice.h"
#include "engine/engine.h"

struct transition_request {
    enum status status;
    const char *resolution; /* NULL: ok, or general_decline for a failure */
    int64_t amount;         /* MONEY_NONE: all of it */
    int64_t at_ms;          /* account time */
    const char *cause;      /* timer, expiry, payer, command */
    bool force;             /* past the state table */
    const char *payload;    /* JSON of what was paid with, NULL: the first test card */
    int64_t *ret_awaited;   /* outbox_insert */
};

/*
 * Applies a change and everything that follows from it; false when the state table forbids it, the
 * invoice waits for a service and would start without one, or there is no such money to move
 * (invoice_range). While a refund is pending, `refunded` and `partially_refunded` without an amount
 * both mean that it succeeds: which of them it is follows from what is left.
 */
bool engine_transition(struct engine *engine, struct tenant *tenant, struct arena *arena,
                       struct invoice *invoice, const struct transition_request *request);

/* True when such a change without an amount and without force would be applied, under this name. */
bool engine_may_become(const struct engine *engine, struct arena *arena,
                       const struct invoice *invoice, enum status status);

/* Saves an invoice whose plan or texts changed without a transition. */
void engine_save(struct engine *engine, struct tenant *tenant, struct invoice *invoice);
