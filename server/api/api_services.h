/* Services of payments and payouts: the private list and resource (SEED:118-297) and the public
 * prerequest (SEED:22-117); of payouts the same, in the words of facts.md b.9. */
#pragma once

#include "http/call.h"

void api_services_list(struct call *call);       /* GET /payment-services */
void api_services_get(struct call *call);        /* GET /payment-services/{id} */
void api_services_prerequest(struct call *call); /* POST /public-api/payment-prerequest */

void api_services_list_payouts(struct call *call);      /* GET /payout-services */
void api_services_get_payout(struct call *call);        /* GET /payout-services/{id} */
void api_services_prerequest_payout(struct call *call); /* POST /public-api/payout-prerequest */
