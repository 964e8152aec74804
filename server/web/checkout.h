/* The payer's road: from the redirect to the payment page, the bank's challenge, the result and
 * back to the shop (P752, P786). */
#pragma once

#include "call/call.h"

void checkout_redirect(struct call *call);         /* GET /redirect/hpp/?cpi= */
void checkout_order(struct call *call);            /* GET and POST /hpp/ */
void checkout_process(struct call *call);          /* POST /public-api/payment-invoices/process */
void checkout_show(struct call *call);             /* GET /hpp/{cgi} */
void checkout_submit(struct call *call);           /* POST /hpp/{cgi} */
void checkout_look(struct call *call);             /* GET /hpp/{cgi}/look.css */
void checkout_challenge_show(struct call *call);   /* GET /hpp/{cgi}/challenge */
void checkout_challenge_open(struct call *call);   /* POST /acs/{cgi}, auth_payload's action */
void checkout_challenge_submit(struct call *call); /* POST /hpp/{cgi}/challenge */
void checkout_return(struct call *call);           /* GET /return?id= */
