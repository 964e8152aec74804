/* What a service other than cards asks its payer: the fields that the order left open (a bank
 * account's number), and the test service's outcome. */
#pragma once

#include "web/visit.h"

/* Rows for the page: what the order gave, and what is asked; `typed` is what the payer typed (may
 * be NULL), and `tried` whether it was sent, so that what is wrong is said. */
struct template_rows checkout_service_given(const struct visit *visit);
struct template_rows checkout_service_asked(const struct visit *visit, const json_t *typed,
                                            bool tried);

/* Takes the payer's fields over into the invoice; false when one is wrong. */
bool checkout_service_take(struct visit *visit, const json_t *typed);

/* The test service's outcomes to choose from; no rows where the order decided already. */
struct template_rows checkout_service_choices(const struct visit *visit);

/* Whether the payer is asked for the outcome. */
bool checkout_service_asks_outcome(const struct visit *visit);

/* An outcome as the page offers it, NULL for any other text. */
const char *checkout_service_outcome(const char *text);

/* A text of the fixtures in the visit's language. */
const char *checkout_service_text(const struct visit *visit, const struct service_text *text);
