/* The parts that the views of an invoice share: its source, its service, its links, its token. */
#pragma once

#include "view/view_invoice.h"

/* The invoice's service; one with empty fields when the fixtures no longer have it, with NULLs when
 * it is not chosen yet. Never NULL. */
const struct service *view_service_of(const struct view_invoice *view);

/* The link to the payment page (P751). */
void view_hpp_url(struct json_out *out, const char *key, const struct invoice *invoice);

/* flow_data, and the payload of active_payment: {action, method, params, metadata{sid, token}} */
void view_flow_data(struct json_out *out, const char *key, const struct view_invoice *view);

/* `source` (P458). */
const char *view_source_name(enum invoice_source source);

/* The form of the card session token in bodies of this profile (P1102, P1105). */
enum token_form view_token_form(enum profile profile);

/* The absolute URL of the card page; `hpp_url` is made of the same base (P751). */
void view_invoice_action(struct buf *out, const struct invoice *invoice);

/* The member `callback_logs`: what the invoice keeps, else what view.write_logs writes. */
void view_write_callback_logs(struct json_out *out, const char *key,
                              const struct view_invoice *view, enum view_kind kind);
