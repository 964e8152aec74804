/* The search for invoices of the control API: filters in the query, and `q`, a line of terms like
 * `status:failed amount:>100 ref:order-1 red shoes`. */
#pragma once

#include "call/call.h"
#include "store/store_invoice_find.h"

/* The names of its parameters, for routes.c. */
#define INVOICE_FILTERS "search q status service currency test_mode callback from to"

/* Reads them into the filter, whose kind, cursor and limit stay. Refuses with 422 what cannot be
 * read, and what was sent twice. */
struct answer *invoice_search_read(struct call *call, struct invoice_filter *filter) ATTR_MUST_USE;
