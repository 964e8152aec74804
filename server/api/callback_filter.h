/* The filters of the callbacks in the query of a control call; the lists and the resending share
 * them. */
#pragma once

#include "call/call.h"
#include "store/store_callback_find.h"

/* The names of the filters, for routes.c. */
#define CALLBACK_FILTERS "id invoice state code url error transition from to"

/* Ids in the filter `id`. */
#define CALLBACK_IDS_MOST 100

/* The states that a filter takes: those of a callback, and two words for what went wrong. Returns
 * false if the text is none of them. */
#define CALLBACK_STATE_WORDS "queued, sending, done, failed, dropped, retrying or failing"
bool callback_state_filter(const char *text, struct callback_filter *filter);

/* Reads them. Refuses with 404 an unknown invoice, and with 422 a value that cannot be read. */
struct answer *callback_filter_read(struct call *call,
                                    struct callback_filter *ret_filter) ATTR_MUST_USE;
