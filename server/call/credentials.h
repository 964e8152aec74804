/* Who calls the private API: the login and the API key of HTTP Basic, and what exactly is wrong
 * with them. */
#pragma once

#include "call/call.h"

/*
 * The account that the call's Authorization opens; NULL when it opens none, and then the call's
 * refusal and detail say why. The detail is a login, never a key.
 */
struct tenant *credentials_check(struct call *call);

/* The account that the call names as its login, whatever the password; NULL when it names none. For
 * calls that are refused before anybody asks. */
struct tenant *credentials_name(struct call *call);
