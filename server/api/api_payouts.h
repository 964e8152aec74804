/* Payout invoices through both APIs (P605, P609). */
#pragma once

#include "call/call.h"

void api_payouts_create(struct call *call);     /* POST /payout-invoices */
void api_payouts_get(struct call *call);        /* GET /payout-invoices/{id} */
void api_payouts_list(struct call *call);       /* GET /payout-invoices (api_invoice_list.c) */
void api_payouts_process(struct call *call);    /* POST /payout-invoices/{id}/process */
void api_payouts_get_public(struct call *call); /* GET /public-api/payout-invoices/{id} */

/* 409 of a payout that has started, where the call would start one; false: it would not. */
bool api_payouts_conflict(struct call *call);
