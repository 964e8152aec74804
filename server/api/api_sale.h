/* The card gate, host to host: paying by card without a page (P701). */
#pragma once

#include "call/call.h"

void api_sale(struct call *call); /* POST /payment/sale */

/* GET and POST /complete-auth?pid=: the TermUrl, back from 3-D Secure to the shop */
void api_sale_complete(struct call *call);
