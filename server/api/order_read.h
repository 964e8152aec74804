/*
 * Orders out of requests: the fields of both creations and of the form, one table each, and the
 * rules that go beyond one field (P351, P371, P401, P762). Every bad field is
 * reported at once.
 */
#pragma once

#include "call/call.h"
#include "engine/create.h"

/* The ways in, which take different fields. */
enum order_way {
    ORDER_PRIVATE,
    ORDER_PUBLIC,
    ORDER_FORM,   /* /payment-invoices/process: the looks of the page too (look_read.h) */
    ORDER_PAGE,   /* /hpp/: as the form, and the service may be left to the payer */
    ORDER_PAYOUT, /* POST /payout-invoices (P605) */
};

/* Of `amount`, when the account has not the money for a payout. */
#define MESSAGE_UNCOVERED "This value should not exceed the available balance."

/*
 * Reads and checks `attributes` for call->tenant (NULL: not known, there are errors already),
 * `test_mode` by the key (public ways). Puts every error into `errors`; when there is none,
 * ret_order is complete. Texts live in the call's arena.
 */
void order_read(struct call *call, enum order_way way, const json_t *attributes, bool test_mode,
                struct order *ret_order, struct json_errors *errors);

/* What a field of this way takes, by the dotted path of an error, in words; NULL when it is not
 * known. In the arena or static. */
const char *order_accepts(struct arena *arena, enum order_way way, const char *path);
