/*
 * The end of rows: invoices that are too old, and garbage, which nothing refers to any more: the
 * rows of accounts' earlier numbers and of deleted snapshots. To delete 100,000 of them takes a
 * second, for which the loop must not stand still, so they are deleted a few per turn.
 */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* Looks at the next `limit` invoices of one kind after a row, oldest first. */
struct purge {
    int64_t account;
    int64_t kind;      /* enum invoice_kind */
    int64_t before_ms; /* those that were made before this are too old */
    int64_t after;     /* row that the look before this one ended at, 0: from the first on */
    int64_t limit;
};

struct purged {
    int64_t seen, kept;      /* how many were looked at, and are old but must stay */
    int64_t last;            /* row of the last one */
    bool ended;              /* there are no more old ones */
    int64_t next_created_ms; /* when the first one was made that is not old, TIME_NONE: no such */
};

/* Deletes those that are too old with all that belongs to them, unless something waits for them: a
 * timer, a command, or a callback that has not ended. */
void store_invoice_purge(struct store *store, const struct purge *purge, struct purged *ret_purged);

/* Deletes about `limit` rows of garbage, each with what belongs to it. Returns true while there are
 * more. */
bool store_garbage_sweep(struct store *store, int64_t limit);
