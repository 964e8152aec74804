/*
 * Payout invoices as the platform shows them: the private JSON:API document (P609), which
 * is also the body of callbacks, and a flat public one in the manner of the payments'.
 */
#pragma once

#include "view/view_invoice.h"

/* The resource object of the private API; view_invoice_private writes it for a payout. */
void view_payout_private(struct json_out *out, const char *key, const struct view_invoice *view,
                         enum view_kind kind);

/* The object of the public API: no samples are known, so it has the payments' keys that a payout
 * has too. */
void view_payout_public(struct json_out *out, const struct view_invoice *view, enum view_kind kind);
