/* Creates invoices. An order with a service becomes process_pending at once, with its plan and its
 * first callback. Without a service the invoice stays `created` until the payer chooses one. */
#pragma once

#include "domain/invoice.h"
#include "engine/engine.h"

/* An order as read from a request, already checked. Texts must live until engine_create returns. */
struct order {
    /*
     * The part of the invoice that the order sets: its terms, and what the page and the bodies
     * need. The currency must be one that engine_rate accepts for the service. reference_id NULL:
     * generated. expires_ms TIME_NONE: the account's lifetime. challenge_payload: the card whose
     * token is charged (engine_find_card). engine_create fills in the rest.
     */
    struct invoice draft;
    enum invoice_kind kind;
    const struct service *service; /* NULL: the payer chooses one on the page */
    const char *customer_reference, *customer_email;
    int64_t start_delay_ms; /* of a payout (engine/payout.h); TIME_NONE: starts only by command */
    const char *header_outcome; /* X-Mock-Outcome, metadata.mock_outcome, service_fields.status: */
    const char *metadata_outcome;
    const char *service_outcome; /* outcome texts, checked; the last may be "": the payer decides */
};

enum create_result {
    CREATE_DONE,
    CREATE_CONFLICT, /* the account already has this reference_id; returns that invoice */
};

/*
 * Creates an invoice and moves it to process_pending, with its plan and its first callback. Without
 * a service it stays `created` and sends nothing until engine_choose or until it expires. A payout
 * stays `created` until its start (engine/payout.h). Texts of the result live in `arena`.
 * `ret_awaited`: the callback whose end the reply must wait for (outbox_insert), 0: none.
 */
enum create_result engine_create(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                 const struct order *order, struct invoice *ret_invoice,
                                 int64_t *ret_awaited);

/*
 * The payer chooses a service: sets it on a created invoice and moves the invoice to
 * process_pending, with its first callback. The outcome is found now, and a queued outcome is used
 * up now (server/docs/outcomes.md), but no timer starts: the plan waits for the payer on the page.
 * `service_fields` (JSON, checked against the service) and `service_outcome` (struct order) may be
 * NULL. Returns false and changes nothing if the invoice is no longer `created`, has expired, or
 * the service does not accept it (engine_service_accepts).
 */
bool engine_choose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, const struct service *service,
                   const char *service_fields, const char *service_outcome);

/*
 * The payer chose a service before and now chooses another one: sets it with its prices. Status and
 * plan stay, and nothing is sent: the next callback names the new service. The caller knows that
 * the payment is open (engine/payment.h). Returns false and changes nothing if the invoice was made
 * with a service, or this one does not accept it.
 */
bool engine_choose_again(struct engine *engine, struct tenant *tenant, struct invoice *invoice,
                         const struct service *service);

/* Returns true if the payer chose the invoice's service. */
bool engine_payer_chose(const struct engine *engine, const struct invoice *invoice);
