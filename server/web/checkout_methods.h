/* The choice of a method, for an invoice that was made without a service (P363). */
#pragma once

#include "web/visit.h"

/* Whether the payer has to choose first: no service yet, and time left. */
bool checkout_methods_wanted(const struct visit *visit);

/* The page: the account's services that can take this amount, narrowed by ?q=. */
void checkout_methods_show(const struct visit *visit);

/* What the payer picked, or that they gave up. Answers. */
void checkout_methods_take(struct visit *visit, const json_t *fields);
