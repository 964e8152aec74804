/* The filters of the callbacks in the query of a control call; the lists and the resending share
 * them. */
#pragma once

#include "call/call.h"
#include "store/store_callback_find.h"

/* The names of the filters, for routes.c. */
#define CALLBACK_FILTERS "invoice state code url error transition from to"

/* Reads them. Refuses with 404 an unknown invoice, and with 422 a value that cannot be read. */
struct answer *callback_filter_read(struct call *call,
                                    struct callback_filter *ret_filter) ATTR_MUST_USE;
