/*
 * Invoices as the platform shows them: the private JSON:API document, which is also the body of
 * callbacks, and the flat public one (P358, P510). Keys, their order and their spelling follow the
 * samples. The form of the private one depends on the account's profile: the page's samples (P452,
 * P502) or the platform's answers since 2024 (P472, P993).
 */
#pragma once

#include "domain/account.h"
#include "domain/card.h"
#include "domain/invoice.h"
#include "domain/service.h"
#include "domain/token.h"
#include "wire/json_out.h"

/* The parameter that a service with a POST flow sends to the payment page: the card session. */
#define VIEW_PARAM_SESSION "sid"

/* The data that a view needs besides the invoice. */
struct view_invoice {
    const struct invoice *invoice;
    const struct service *service; /* NULL: not chosen yet, or no longer in the fixtures */
    const struct account *account;
    const struct card_table *cards;    /* details of a card that the invoice does not keep */
    const struct token_key *token_key; /* key for card session tokens and random-looking values */
    enum profile profile;
    /* Writes the newest `logs_most` of callback_logs for an invoice that does not keep them ("").
     */
    void (*write_logs)(const struct view_invoice *view, struct buf *out);
    int64_t logs_most;
    /* Writes the invoice's refunds (view_refund), oldest first, into an open array. */
    void (*write_refunds)(const struct view_invoice *view, struct json_out *out);
    void *store; /* for these two */
};

enum view_kind {
    VIEW_CREATE,   /* the answer to a creation: with hpp_url */
    VIEW_READ,     /* GET and lists: without, in the profile of 2020 */
    VIEW_CALLBACK, /* the body of a callback: as VIEW_READ, with empty callback_logs */
};

/* The resource object of the private API, of a payout too, as the value of `key` or
 * as an array's element. */
void view_invoice_private(struct json_out *out, const char *key, const struct view_invoice *view,
                          enum view_kind kind);

/*
 * The document of one invoice, as members of the open object: `data`, and in the profile of 2024
 * `included` if there is a customer. Lists have no `included`: no source shows one there.
 */
void view_invoice_document(struct json_out *out, const struct view_invoice *view,
                           enum view_kind kind);

/* The same for the public API: `data`. Profiles differ only in the form of the token. */
void view_invoice_public(struct json_out *out, const struct view_invoice *view,
                         enum view_kind kind);

/* `callback_logs` of an invoice from its callbacks, oldest first. */
void view_callback_logs(struct buf *out, const struct callback *callbacks, size_t n);

/* ------------------------------------------------------------------ refunds */

/* A refund of the invoice as a resource (P573): the value of `key`, or an array's element. */
void view_refund(struct json_out *out, const char *key, const struct refund *refund,
                 const struct invoice *invoice);

/* ------------------------------------------------------------------ payouts */

/* The resource object of the private API; view_invoice_private writes it for a payout. */
void view_payout_private(struct json_out *out, const char *key, const struct view_invoice *view,
                         enum view_kind kind);

/* The object of the public API. No sample is known, so it has the keys of a payment that a payout
 * has too. */
void view_payout_public(struct json_out *out, const struct view_invoice *view, enum view_kind kind);

/* ------------------------------------------------------------------ payload */

/*
 * `payload`: the means of payment. An invoice keeps the text of the profile of 2020, and bodies of
 * that profile show it as it is. Those of 2024 are made from it, so it works after an account
 * changes its profile.
 */

/* The text that is kept (P503). client_ip and token may be NULL, and card, if none was used. */
void view_payload(struct buf *out, const struct card_shown *card, const char *client_ip,
                  const char *token);

/* The payload of 2024 (P505) from the text that the invoice keeps; null if it has none. */
void view_payload_newer(struct json_out *out, const char *key, const struct view_invoice *view);
