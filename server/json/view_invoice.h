/*
 * Invoices as the platform shows them: the private JSON:API document (SEED:508-592, 664-774), which
 * is also the body of callbacks, and the flat public one (SEED:336-372, 616-652). Keys, their order
 * and their spelling are the samples'.
 */
#pragma once

#include "domain/account.h"
#include "domain/card.h"
#include "domain/invoice.h"
#include "domain/service.h"
#include "json/json_out.h"

/* The parameter that a service with a POST flow brings to the payment page: the card session. */
#define VIEW_PARAM_SESSION "sid"

/* What a view needs beside the invoice. */
struct view_invoice {
    const struct invoice *invoice;
    const struct service *service; /* NULL: not chosen yet, or no longer in the fixtures */
    const struct account *account;
    const uint8_t *token_key; /* signs card session tokens */
};

enum view_kind {
    VIEW_CREATE,   /* the answer to a creation: with hpp_url */
    VIEW_READ,     /* GET and lists: without */
    VIEW_CALLBACK, /* the body of a callback: as VIEW_READ, with empty callback_logs */
};

/* `source` (facts.md b.5). */
const char *view_source_name(enum invoice_source source);

/* The resource object of the private API, of a payout too (view_payout.h), as the value of `key` or
 * as an array's element. */
void view_invoice_private(struct json_out *out, const char *key, const struct view_invoice *view,
                          enum view_kind kind);

/* The object of the public API. */
void view_invoice_public(struct json_out *out, const char *key, const struct view_invoice *view,
                         enum view_kind kind);

/* The absolute URL of the card page; `hpp_url` is made of the same base (facts.md e.1). */
void view_invoice_action(struct buf *out, const struct invoice *invoice);

/* `callback_logs` of an invoice from its callbacks, oldest first (facts.md d.5). */
void view_callback_logs(struct buf *out, const struct callback *callbacks, size_t n);

/* `payload` of a paid invoice (SEED:704-717); client_ip and token may be NULL. */
void view_payload(struct buf *out, const struct card_shown *card, const char *client_ip,
                  const char *token);
