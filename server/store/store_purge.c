/* The end of invoices: those that are too old, and those of an account's old number. */
#include "store_invoice.h"

#include "base/attr.h"
#include "store/store_private.h"

enum { Q_PURGEABLE, Q_LEFT_OVER, Q_ATTEMPTS, Q_CALLBACKS, Q_TRANSITIONS, Q_REFUNDS, Q_INVOICE };

static const char *const sql[] = {
    /* Only among the oldest rows, so that a look costs the same however many there are. What waits
     * for a command alone, a payout or a refund that never settles, is not finished. */
    [Q_PURGEABLE] =
        "SELECT seq FROM (SELECT seq, created_ms, due_ms FROM invoice WHERE account = ?1"
        " AND seq BETWEEN ?4 AND ?5 AND (due_ms IS NOT NULL OR status NOT IN (2, 6))"
        " ORDER BY seq LIMIT ?3) AS oldest WHERE created_ms < ?2"
        " AND due_ms IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM callback WHERE invoice = oldest.seq AND state = 1)",
    [Q_LEFT_OVER] = "SELECT seq FROM invoice WHERE account = ?1 LIMIT ?2",
    /* What belongs to an invoice, and then itself: in this order. */
    [Q_ATTEMPTS] = ("DELETE FROM attempt WHERE callback IN"
                    " (SELECT seq FROM callback WHERE invoice = ?1)"),
    [Q_CALLBACKS] = "DELETE FROM callback WHERE invoice = ?1",
    [Q_TRANSITIONS] = "DELETE FROM transition WHERE invoice = ?1",
    [Q_REFUNDS] = "DELETE FROM refund WHERE invoice = ?1",
    [Q_INVOICE] = "DELETE FROM invoice WHERE seq = ?1",
};

_Static_assert(STATUS_PROCESS_PENDING == 2 && STATUS_REFUND_PENDING == 6,
               "what waits is named by number in the statement");

bool store_purge_prepare(struct store *store)
{
    return store_prepare(store, STORE_PURGE, sql, ARRAY_SIZE(sql));
}

/* Deletes the rows that a bound query finds, at most `limit`, with all that belongs to them. */
static int64_t purge_found(struct store *store, sqlite3_stmt *find, int64_t limit)
{
    struct arena arena = {0};
    int64_t *seqs = arena_alloc(&arena, (size_t)limit * sizeof *seqs);
    int64_t n = 0;
    while (store_step(store, find)) {
        seqs[n++] = store_column_int(find, 0);
    }
    if (n) {
        store_sequence_keep_invoices(store);
    }
    for (int64_t i = 0; i < n; i++) {
        for (int k = Q_ATTEMPTS; k <= Q_INVOICE; k++) {
            sqlite3_stmt *q = store_write_query(store, STORE_PURGE, k);
            store_bind(q, "i", seqs[i]);
            store_run(store, q);
        }
    }
    arena_finish(&arena);
    return n;
}

int64_t store_invoice_purge(struct store *store, int64_t account, int64_t before_ms, int64_t limit)
{
    int64_t n = 0;
    for (int i = 0; i < INVOICE_KINDS; i++) { /* each has its oldest rows */
        enum invoice_kind kind = (enum invoice_kind)i;
        sqlite3_stmt *find = store_query(store, STORE_PURGE, Q_PURGEABLE);
        store_bind(find, "iiiii", account, before_ms, limit, invoice_first(kind),
                   invoice_last(kind));
        n += purge_found(store, find, limit);
    }
    if (n) {
        store->invoice_count = -1;
    }
    return n;
}

bool store_invoice_sweep(struct store *store, int64_t account, int64_t limit)
{
    sqlite3_stmt *find = store_query(store, STORE_PURGE, Q_LEFT_OVER);
    store_bind(find, "ii", account, limit);
    return purge_found(store, find, limit) < limit;
}
