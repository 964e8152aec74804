/* Services of payments and payouts: the private list and resource (P315) and the public
 * prerequest (P301); of payouts the same (P603). */
#pragma once

#include "call/call.h"

void api_services_list(struct call *call);       /* GET /payment-services */
void api_services_get(struct call *call);        /* GET /payment-services/{id} */
void api_services_prerequest(struct call *call); /* POST /public-api/payment-prerequest */

void api_services_list_payouts(struct call *call);      /* GET /payout-services */
void api_services_get_payout(struct call *call);        /* GET /payout-services/{id} */
void api_services_prerequest_payout(struct call *call); /* POST /public-api/payout-prerequest */
