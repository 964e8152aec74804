/* What the views of an invoice share. For view_invoice.c and its tables of members alone. */
#pragma once

#include "json/view_invoice.h"

/* The invoice's service; one with empty fields when the fixtures no longer have it, with NULLs when
 * it is not chosen yet. Never NULL. */
const struct service *view_service_of(const struct view_invoice *view);

/* The link to the payment page (P751). */
void view_hpp_url(struct json_out *out, const char *key, const struct invoice *invoice);

/* flow_data, and the payload of active_payment: {action, method, params, metadata{sid, token}} */
void view_flow_data(struct json_out *out, const char *key, const struct view_invoice *view);
