/* What the handlers of payment and payout invoices have in common. */
#pragma once

#include "call/call.h"

/* A document of view/view_invoice.h. */
typedef void (*invoice_writer)(struct json_out *, const struct view_invoice *, enum view_kind);

/* {"data": the invoice} of call->tenant, and the journal knows which one it was. */
void invoice_reply(struct call *call, unsigned status, const struct invoice *invoice,
                   invoice_writer write, enum view_kind kind);

/* 409: an error with `detail`, and the invoice that is in the way as a GET shows it (P1016). */
void invoice_reply_conflict(struct call *call, const struct invoice *invoice, const char *detail,
                            invoice_writer write);

/* The same for a reference_id that is taken, by a "refund" or what else `noun` says. */
void invoice_reply_repeated(struct call *call, const struct invoice *earlier, const char *noun,
                            const char *reference_id, invoice_writer write);

/*
 * The public API's reading: the unguessable id is the capability, a ?public_key=, if there is one,
 * must be of the invoice's account (P163). `tenant` is that account, NULL: there is no such
 * invoice. Answers 401 or 404 and returns false otherwise.
 */
bool invoice_key_holds(struct call *call, const struct tenant *tenant);
