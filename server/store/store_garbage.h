/*
 * Deletes old rows: invoices past their retention, and garbage, to which nothing refers any more
 * (rows under earlier numbers of accounts, rows of deleted snapshots). Deleting 100,000 rows takes
 * a second and would block the loop, so a few are deleted per turn.
 */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* A scan over the next `limit` invoices of one kind after a row, oldest first. */
struct purge {
    int64_t account;
    int64_t kind;      /* enum invoice_kind */
    int64_t before_ms; /* invoices created before this are too old */
    int64_t after;     /* the last row of the previous scan, 0: from the first */
    int64_t limit;
};

struct purged {
    int64_t seen, kept;      /* rows scanned, and old rows that must stay */
    int64_t last;            /* the last row scanned */
    bool ended;              /* there are no more old ones */
    int64_t next_created_ms; /* creation time of the first one that is not old, or TIME_NONE */
};

/* Deletes invoices that are too old and their rows, unless a timer, a command or an unfinished
 * callback still needs them. */
void store_invoice_purge(struct store *store, const struct purge *purge, struct purged *ret_purged);

/* Deletes about `limit` rows of garbage, each with its dependent rows. Returns true while there are
 * more. */
bool store_garbage_sweep(struct store *store, int64_t limit);
