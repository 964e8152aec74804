/* What a person at a terminal sees after the start. */
#pragma once

#include "domain/account.h"

/* Prints the addresses of the dashboard and of the documentation, and the login of the demo account
 * unless `demo` is NULL, to stderr. Prints nothing if stderr is no terminal. */
void greeting_print(const char *url, const struct account_keys *demo);
