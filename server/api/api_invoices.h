/* Payment invoices through both APIs (P351, P451, P501). */
#pragma once

#include "call/call.h"

void api_invoices_create_private(struct call *call); /* POST /payment-invoices */
void api_invoices_create_public(struct call *call);  /* POST /public-api/payment-invoices */
void api_invoices_get_private(struct call *call);    /* GET /payment-invoices/{id} */
void api_invoices_get_public(struct call *call);     /* GET /public-api/payment-invoices/{id} */
void api_invoices_list(struct call *call);           /* GET /payment-invoices */

/*
 * The creation behind POST /public-api/payment-invoices/process, for the browser's side to answer.
 * False: nothing was made and the JSON error stands as the reply.
 */
bool api_invoices_create_by_form(struct call *call, struct invoice *ret_invoice);

/*
 * The creation behind GET and POST /hpp/ (P263, P761): takes the form's parameters
 * from the query or the body, and the service may be missing (the payer chooses it, engine_choose).
 * A reload of the page is no error: a reference_id that the account knows with this amount and
 * currency yields the earlier invoice, in whatever state it is; another amount or currency is a
 * conflict. With `cpi`, which stands for all the rest, the invoice that it names. False: nothing
 * was made or found, and the JSON error stands as the reply.
 */
bool api_invoices_create_by_page(struct call *call, struct invoice *ret_invoice);
