/* Exchange rates in the private API (P654). */
#pragma once

#include "call/call.h"

/*
 * GET /payment-exchange-rates/{from}/{to} and /payout-exchange-rates/{from}/{to}: the rates of the
 * fixtures, the same for both. Codes of any case; a currency without a rate is 404.
 */
void api_rates_get(struct call *call);
