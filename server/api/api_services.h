/* Payment services: the private list and resource (SEED:118-297) and the public prerequest
 * (SEED:22-117). */
#pragma once

#include "http/call.h"

void api_services_list(struct call *call);       /* GET /payment-services */
void api_services_get(struct call *call);        /* GET /payment-services/{id} */
void api_services_prerequest(struct call *call); /* POST /public-api/payment-prerequest */
