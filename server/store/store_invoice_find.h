/* Finds invoices by what a person asks for. */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* The filter of a search. NULL, 0 in `statuses`, and TIME_NONE mean any. */
struct invoice_filter {
    enum invoice_kind kind;
    /* Parts of a text, ignoring the case of ASCII letters. `search`: somewhere in the id, the
     * reference, the description or the customer. */
    const char *search, *reference, *customer;
    const char *service, *currency;
    uint32_t statuses; /* STATUS_BIT of each */
    int64_t test_mode;
    int64_t from_ms, to_ms;            /* when it was created, inclusive */
    int64_t amount_least, amount_most; /* inclusive */
    bool has_callback;                 /* one with these, as in struct callback_filter: */
    bool callback_failing;
    int64_t callback_state, callback_other_than;
    int64_t before_seq; /* the cursor: older than */
    int64_t limit;
};

/* A filter that every invoice of the kind passes. */
struct invoice_filter store_invoice_any(enum invoice_kind kind);

/*
 * The matching rows from filter->before_seq back (TIME_NONE: from the newest), newest first, at
 * most filter->limit. Scans at most STORE_FIND_MOST rows, so that the cost of a search is bounded.
 * ret_reached is the last row scanned, 0: all were scanned.
 */
#define STORE_FIND_MOST 20000
size_t store_invoice_find(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_filter *filter, struct invoice **ret_invoices,
                          int64_t *ret_reached);

/* How many of these rows match, without a limit. */
int64_t store_invoice_count_found(struct store *store, struct arena *arena, int64_t account,
                                  const struct invoice_filter *filter, int64_t *ret_reached);
