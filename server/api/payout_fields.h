/* `fields` of a payout: who is paid, and of a test service, what becomes of it (P605, P622). */
#pragma once

#include "call/call.h"

/*
 * Checks `fields` (NULL: none were sent) against the fields of `service` (NULL: it is wrong, and
 * that was said). Bad ones go into `errors` as fields.KEY. `ret_text` is their JSON text, with the
 * middle of a card_number hidden, or NULL: none, or there are errors.
 *
 * `ret_outcome` is set when the test service's fields plan an outcome: test_details_payout_status
 * with test_details_payout_resolution; without a status a resolution alone, which is a failure
 * unless it is ok; without either, test_details_success_rate: so many of a hundred succeed, drawn
 * from the account's source of ids (--seed repeats it).
 */
void payout_fields_read(struct call *call, const struct service *service, const json_t *fields,
                        struct json_errors *errors, const char **ret_text,
                        const char **ret_outcome);
