/* What the ways to make an invoice have in common, of payments and payouts alike. */
#pragma once

#include "api/invoice_reply.h"
#include "api/order_read.h"

/*
 * POST of the private API, ORDER_PRIVATE or ORDER_PAYOUT: reads the order, makes the invoice and
 * answers 201 with its document; 400, 403, 409 or 422 when it cannot be (P451, P608).
 */
void invoice_create(struct call *call, enum order_way way);

/* 409 for a reference_id that the account knows: `earlier` has it, and is shown by `write`. */
void invoice_create_conflict(struct call *call, const struct invoice *earlier,
                             invoice_writer write);
