/*
 * `service_fields`: the additional fields of a service (P309, P406, P1064), from the order or from
 * the payer on the page.
 */
#pragma once

#include "call/call.h"
#include "domain/outcome.h"

/*
 * Checks `fields` (NULL: none were sent) against the fields of `service` (NULL: none is chosen yet,
 * any map will do). Bad ones go into `errors` as service_fields.KEY. `ret_text` is their JSON text,
 * or NULL; `ret_outcome` is set when a test service's `status` plans an outcome, "" when the payer
 * decides on the page (P1068). Both live in the call's arena.
 */
void service_fields_read(struct call *call, const struct service *service, enum invoice_flow flow,
                         const json_t *fields, struct json_errors *errors, const char **ret_text,
                         const char **ret_outcome);

/*
 * `fields` of a payout: who is paid, and of a test service, what becomes of it (P605, P622). Checks
 * `fields` (NULL: none were sent) against the fields of `service` (NULL: it is wrong, and that was
 * said). Bad ones go into `errors` as fields.KEY. `ret_text` is their JSON text, with the middle of
 * a card_number hidden, or NULL: none, or there are errors.
 *
 * `ret_outcome` is set when the test service's fields plan an outcome: test_details_payout_status
 * with test_details_payout_resolution; without a status a resolution alone, which is a failure
 * unless it is ok; without either, test_details_success_rate: so many of a hundred succeed, drawn
 * from the account's source of ids (--seed repeats it).
 */
void payout_fields_read(struct call *call, const struct service *service, const json_t *fields,
                        struct json_errors *errors, const char **ret_text,
                        const char **ret_outcome);

/* Returns true if `text` is NULL or an outcome that `subject` can have; if not, adds an error at
 * `path` that says why. */
bool outcome_read(struct call *call, const char *path, const char *text,
                  const struct outcome_subject *subject, struct json_errors *errors);
