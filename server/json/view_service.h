/* Services and the prerequest as the platform shows them (SEED:35-117, 136-175). */
#pragma once

#include "domain/account.h"
#include "domain/service.h"
#include "json/json_out.h"

/* A row of the private list. */
void view_service(struct json_out *out, const char *key, const struct service *service);

/* What an account can be paid with in a currency: its usable services and their methods by code. */
void view_prerequest(struct json_out *out, const char *key, const struct catalogue *catalogue,
                     const char *currency, bool test_mode, const struct settings *account);
