/*
 * What a run of the server brought: invoices above the row number at which it began, and what
 * belongs to them. Of accounts that are gone nothing counts. Errors: see store.h.
 */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* The last row number of each kind: where a run begins. */
struct run_mark {
    int64_t last[INVOICE_KINDS];
};
struct run_mark store_run_begin(struct store *store);

struct run_counts {
    int64_t invoices[STATUS_COUNT];
    int64_t callbacks[CALLBACK_STATES];
};

void store_run_count(struct store *store, struct run_mark after, struct run_counts *ret_counts);

/* Row numbers of its invoices, newest first, at most `limit`; the array lies in the arena. */
size_t store_run_invoices(struct store *store, struct arena *arena, struct run_mark after,
                          int64_t limit, int64_t **ret_seqs);

/* Row numbers of its callbacks that never arrived (callback_is_undelivered), oldest first. */
size_t store_run_undelivered(struct store *store, struct arena *arena, struct run_mark after,
                             int64_t limit, int64_t **ret_seqs);
