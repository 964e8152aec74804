/* Refunds through the private API (P551). */
#pragma once

#include "call/call.h"

void api_refund(struct call *call); /* POST /payment-invoices/{id}/refund */

/* What a field of the call takes, by the path of an error, in words; NULL when it is not known. In
 * the arena or static. */
const char *api_refund_accepts(struct arena *arena, const char *path);
