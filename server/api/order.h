/*
 * Reads orders from requests and creates invoices from them. Each way in has a table of fields, and
 * there are rules about several fields (P351, P371, P401, P762). All bad fields are reported at
 * once.
 */
#pragma once

#include "call/call.h"
#include "domain/outcome.h"
#include "engine/create.h"

/* The ways to order, which have different fields. */
enum order_way {
    ORDER_PRIVATE,
    ORDER_PUBLIC,
    ORDER_FORM,   /* /payment-invoices/process: the page's appearance too (order_fields.h) */
    ORDER_PAGE,   /* /hpp/: as the form, and the service may be left to the payer */
    ORDER_PAYOUT, /* POST /payout-invoices (P605) */
};

/* The error of `amount` if the balance does not cover a payout. */
#define MESSAGE_UNCOVERED "This value should not exceed the available balance."

/*
 * api_invoices.c: reads the order and makes the invoice. Refuses with 400, 401, 403 and 422, and
 * with 409 if the account knows the reference_id; but a reload of /hpp/ is no error: with the same
 * amount and currency it yields the earlier invoice, in whatever state that is.
 */
struct answer *order_create(struct call *call, enum order_way way,
                            struct invoice *ret_invoice) ATTR_MUST_USE;

/*
 * order_read.c: reads and checks `fields` for call->tenant (NULL: not known, there are errors
 * already). Puts every error into `errors`; when there is none, ret_order is complete. Texts live
 * in the call's arena.
 */
void order_read(struct call *call, enum order_way way, const json_t *fields,
                struct order *ret_order, struct json_errors *errors);

/* order_fields.c: the field of this way at the dotted path of an error, or NULL. */
const struct json_field *order_field(enum order_way way, const char *path);
