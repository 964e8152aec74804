/*
 * The results of a run of the server: invoices after the row number at which it began, and their
 * rows. Deleted accounts do not count. Errors: see store.h.
 */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* The last row number of each kind: the start of a run. */
struct run_mark {
    int64_t last[INVOICE_KINDS];
};
struct run_mark store_run_begin(struct store *store);

struct run_counts {
    int64_t invoices[STATUS_COUNT];
    int64_t callbacks[CALLBACK_STATES];
};

void store_run_count(struct store *store, struct run_mark after, struct run_counts *ret_counts);

/* Row numbers of its invoices, newest first, at most `limit`; the array is in the arena. */
size_t store_run_invoices(struct store *store, struct arena *arena, struct run_mark after,
                          int64_t limit, int64_t **ret_seqs);

/* Row numbers of its callbacks that never arrived (callback_is_undelivered), oldest first. */
size_t store_run_undelivered(struct store *store, struct arena *arena, struct run_mark after,
                             int64_t limit, int64_t **ret_seqs);
