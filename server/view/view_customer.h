/* The customer of an invoice as a resource, in bodies of the profile of 2024 (P993). */
#pragma once

#include "view/view_invoice.h"

/* `included` with the customer alone, or nothing when the invoice has none. */
void view_customer_included(struct json_out *out, const struct view_invoice *view);
