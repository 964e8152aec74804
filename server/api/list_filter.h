/*
 * The filters of the platform's lists, filter[name]=value (P520 to P525). One table has them all: a
 * row is a name, the kind of its values and the column.
 */
#pragma once

#include "call/call.h"
#include "store/store_invoice.h"

/* The most values that one filter may list. */
#define FILTER_VALUES_MOST 100

struct list_filter {
    /* The values, times and bounds of the rows; `list.limit` and `list.upward` stay. */
    struct invoice_list list;
    const char *reference_id; /* exactly this one, or NULL */
};

/*
 * Reads the filters of the request into a zeroed struct. Values that cannot be read are refused
 * with 400 (P525). Unknown names are ignored.
 */
struct answer *list_filter_read(struct call *call, struct list_filter *ret_filter) ATTR_MUST_USE;

/* Writes the request's filters as they were sent, each with '&' before it, for a link. */
void list_filter_write(struct call *call, struct buf *out);
