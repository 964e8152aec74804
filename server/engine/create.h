/* Creation: from an order to an invoice in process_pending with its plan and its first callback, at
 * once or, without a service, in two steps: the payer makes the second. */
#pragma once

#include "domain/invoice.h"
#include "engine/engine.h"

/* An order as a request brings it, checked. Texts must live until engine_create returns. */
struct order {
    /* The invoice as far as the order says it: its terms, and what the page and the bodies need.
     * Its currency is one that engine_rate knows for the service; reference_id NULL: one is made;
     * expires_ms TIME_NONE: the account's lifetime; challenge_payload is the card whose token is
     * charged (engine_find_card). engine_create adds the rest. */
    struct invoice draft;
    enum invoice_kind kind;
    const struct service *service; /* NULL: the payer chooses one on the page */
    const char *customer_reference, *customer_email;
    int64_t start_delay_ms;     /* of a payout (engine/payout.h), TIME_NONE: by command only */
    const char *header_outcome; /* X-Mock-Outcome, metadata.mock_outcome, service_fields.status: */
    const char *metadata_outcome;
    const char
        *service_outcome; /* an outcome text each, checked; "" of the last: the payer decides */
};

enum create_result {
    CREATE_DONE,
    CREATE_CONFLICT, /* the account has this reference_id: the earlier invoice came back */
};

/*
 * Makes an invoice and takes it to process_pending, with its plan and its first callback; without a
 * service it stays `created` and plans and reports nothing until engine_choose, or until it
 * expires. So does a payout until its start (engine/payout.h). Texts of the result live in `arena`.
 * `ret_awaited`: the callback whose end the reply must wait for (outbox_insert), 0: none.
 */
enum create_result engine_create(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                 const struct order *order, struct invoice *ret_invoice,
                                 int64_t *ret_awaited);

/*
 * The payer's choice: gives a created invoice its service and takes it to process_pending, with its
 * first callback. What is planned is found now, a queued outcome used up now
 * (server/docs/outcomes.md; what the order asked for was kept), and waits for the page to happen:
 * no timer runs, for the payer stands there. `service_fields` (JSON, checked against the service)
 * may be NULL, and so may `service_outcome` (struct order). False, and nothing changes: the invoice
 * is not `created` any more or its time is over, or the service does not take it
 * (engine_service_accepts).
 */
bool engine_choose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, const struct service *service,
                   const char *service_fields, const char *service_outcome);
