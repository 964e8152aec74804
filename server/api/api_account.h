/* The account's own data in the private API (P651, P652). */
#pragma once

#include "call/call.h"

/* GET /account/profile, GET /account/balances */
void api_account_profile(struct call *call);
void api_account_balances(struct call *call);
