#include "store_run.h"

#include "store/store_private.h"

enum {
    Q_LAST,
    Q_COUNT_INVOICES,
    Q_COUNT_CALLBACKS,
    Q_INVOICES,
    Q_UNDELIVERED,
};

/* The rows of a run: those with numbers after its start. */
#define OF_RUN(seq) "(" seq " > ?1 AND " seq " < " STORE_PAYOUTS " OR " seq " > ?2)"
#define KNOWN " AND +account IN (SELECT num FROM account)"

static const char *const sql[] = {
    [Q_LAST] = "SELECT coalesce(max(seq), ?1 - 1) FROM invoice WHERE seq BETWEEN ?1 AND ?2",
    [Q_COUNT_INVOICES] =
        "SELECT status, count(*) FROM invoice WHERE " OF_RUN("seq") KNOWN " GROUP BY 1",
    [Q_COUNT_CALLBACKS] =
        "SELECT state, count(*) FROM callback WHERE " OF_RUN("invoice") KNOWN " GROUP BY 1",
    /* Newest first, both kinds; by row number within a millisecond. */
    [Q_INVOICES] = "SELECT seq FROM invoice WHERE " OF_RUN("seq") KNOWN
    " ORDER BY made_ms DESC, seq DESC LIMIT ?3",
    [Q_UNDELIVERED] = ("SELECT seq FROM callback WHERE " OF_RUN(
        "invoice") " AND state IN (0, 1, 3)" KNOWN " ORDER BY seq LIMIT ?3"),
};

_Static_assert(CALLBACK_QUEUED == 0 && CALLBACK_SENDING == 1 && CALLBACK_FAILED == 3,
               "what never arrived is named by number in the statements");

const struct store_queries store_run_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

struct run_mark store_run_begin(struct store *store)
{
    struct run_mark mark = {0};
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_LAST, invoice_kinds[kind].first,
                                    invoice_kinds[kind].last);
        mark.last[kind] = store_one_int(store, q, 0);
    }
    return mark;
}

/* Rows of a number below `n` and how many there are of it. */
static void count(struct store *store, int query, struct run_mark after, int64_t *counts, int64_t n)
{
    sqlite3_stmt *q =
        store_ask(store, STORE_RUN, query, after.last[INVOICE_PAYMENT], after.last[INVOICE_PAYOUT]);
    while (store_step(store, q)) {
        int64_t kind = store_column_int(q, 0);
        if (kind >= 0 && kind < n) {
            counts[kind] = store_column_int(q, 1);
        }
    }
}

void store_run_count(struct store *store, struct run_mark after, struct run_counts *ret_counts)
{
    *ret_counts = (struct run_counts){0};
    count(store, Q_COUNT_INVOICES, after, ret_counts->invoices, STATUS_COUNT);
    count(store, Q_COUNT_CALLBACKS, after, ret_counts->callbacks, CALLBACK_STATES);
}

size_t store_run_invoices(struct store *store, struct arena *arena, struct run_mark after,
                          int64_t limit, int64_t **ret_seqs)
{
    sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_INVOICES, after.last[INVOICE_PAYMENT],
                                after.last[INVOICE_PAYOUT], limit);
    return store_all_ints(store, arena, q, ret_seqs);
}

size_t store_run_undelivered(struct store *store, struct arena *arena, struct run_mark after,
                             int64_t limit, int64_t **ret_seqs)
{
    sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_UNDELIVERED, after.last[INVOICE_PAYMENT],
                                after.last[INVOICE_PAYOUT], limit);
    return store_all_ints(store, arena, q, ret_seqs);
}
