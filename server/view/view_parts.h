/* Parts that views share: those of an invoice, and those of all JSON:API resources (P319, P459). */
#pragma once

#include "view/view_invoice.h"

/* What is shown of the invoice's service, NULL if none is chosen yet. If the fixtures no longer
 * have it: its code as the method, the flow of a page, and the invoice's currency. */
const char *view_service_method(const struct view_invoice *view);
const char *view_service_flow(const struct view_invoice *view);
const char *view_service_currency(const struct view_invoice *view);

#define OPTION_BYPASS_HPP "bypass_hpp"
#define OPTION_SEND_CONTEXT "send_operation_context_on_return"

/* An option of a payment's order, or `otherwise` if the order has none of this name. */
bool view_invoice_option(const struct invoice *invoice, const char *name, bool otherwise);

/* The member `attributes` of a payment, by the table of the account's profile. */
void view_attributes(struct json_out *out, const struct view_invoice *view, enum view_kind kind);

/* The link to the payment page (P751). */
void view_hpp_url(struct json_out *out, const char *key, const struct invoice *invoice);

/* flow_data, and the payload of active_payment: {action, method, params, metadata{sid, token}} */
void view_flow_data(struct json_out *out, const char *key, const struct view_invoice *view);

/* The form of the card session token in bodies of this profile (P1102, P1105). */
enum token_form view_token_form(enum profile profile);

/* The absolute URL of the card page; `hpp_url` is made of the same base (P751). */
void view_invoice_action(struct buf *out, const struct invoice *invoice);

/* The member `callback_logs`: what the invoice keeps, else what view.write_logs writes. */
void view_write_callback_logs(struct json_out *out, const char *key,
                              const struct view_invoice *view, enum view_kind kind);

/* ------------------------------------------------------------------ of all resources */

/* "name":{"data":{"type":..,"id":..}}, a member of "relationships"; "data" is null when `id` is
 * NULL */
void view_relationship(struct json_out *out, const char *name, const char *type, const char *id);

/* "resolution", which the public API shows in upper case (P858, P859). */
void view_public_resolution(struct json_out *out, const char *resolution);

/* "links":{"self":PATH + id}; the path is in JSON's spelling already:
 * "\\/api\\/payment-services\\/". */
void view_self_link(struct json_out *out, const char *path, const char *id);
