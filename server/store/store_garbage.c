#include "store_garbage.h"

#include "base/attr.h"
#include "store/store_private.h"

enum {
    Q_OLDEST,
    Q_OF_ACCOUNT,
    Q_ATTEMPTS,
    Q_CALLBACKS,
    Q_TRANSITIONS,
    Q_REFUNDS,
    Q_INVOICE,
    Q_ATTEMPTS_WITHOUT,
    Q_CALLBACKS_WITHOUT,
    Q_ADD_ACCOUNT,
    Q_FIRST,
    Q_FIRST_KEPT,
    Q_COUNT_KEPT,
    Q_REMOVE,
};

static const char *const sql[] = {
    /* Whether it may be deleted is a column, not a condition, so that the scan goes past rows that
     * must stay. What waits for a command is not finished: a payout, a refund, a cancellation. */
    [Q_OLDEST] = "SELECT seq, created_ms, due_ms IS NULL"
                 " AND status NOT IN (2, 6, 16, 17, 20, 21, 22, 23) AND NOT EXISTS"
                 " (SELECT 1 FROM callback WHERE invoice = one.seq AND state IN (0, 1))"
                 " FROM invoice AS one WHERE account = ?1 AND seq > ?2 AND seq <= ?3"
                 " ORDER BY seq LIMIT ?4",
    [Q_OF_ACCOUNT] = "SELECT seq FROM invoice WHERE account = ?1 LIMIT ?2",
    /* The rows of an invoice, then the invoice, in this order. */
    [Q_ATTEMPTS] = ("DELETE FROM attempt WHERE callback IN"
                    " (SELECT seq FROM callback WHERE invoice = ?1)"),
    [Q_CALLBACKS] = "DELETE FROM callback WHERE invoice = ?1",
    [Q_TRANSITIONS] = "DELETE FROM transition WHERE invoice = ?1",
    [Q_REFUNDS] = "DELETE FROM refund WHERE invoice = ?1",
    [Q_INVOICE] = "DELETE FROM invoice WHERE seq = ?1",
    /* Of an account without an invoice: made by hand, and few. */
    [Q_ATTEMPTS_WITHOUT] = ("DELETE FROM attempt WHERE callback IN"
                            " (SELECT seq FROM callback WHERE invoice = 0 AND +account = ?1)"),
    [Q_CALLBACKS_WITHOUT] = "DELETE FROM callback WHERE invoice = 0 AND +account = ?1",
    [Q_ADD_ACCOUNT] = "INSERT INTO leftover (kind, num, id, name)"
                      " SELECT iif(?2 AND EXISTS (SELECT 1 FROM invoice WHERE account = ?1), 2, 0),"
                      " num, id, settings ->> 'name' FROM account WHERE num = ?1",
    [Q_FIRST] = "SELECT kind, num FROM leftover WHERE kind < 2 LIMIT 1",
    [Q_FIRST_KEPT] = "SELECT kind, num FROM leftover WHERE kind = 2 ORDER BY num LIMIT 1",
    [Q_COUNT_KEPT] = ("SELECT count(*) FROM invoice"
                      " WHERE account IN (SELECT num FROM leftover WHERE kind = 2)"),
    [Q_REMOVE] = "DELETE FROM leftover WHERE kind = ?1 AND num = ?2",
};

_Static_assert(STATUS_PROCESS_PENDING == 2 && STATUS_REFUND_PENDING == 6 &&
                   STATUS_PROCESSING == 16 && STATUS_PROCESS_ERROR == 17 &&
                   STATUS_REFUNDING == 20 && STATUS_CANCELING == 21 &&
                   STATUS_CANCEL_PENDING == 22 && STATUS_CANCEL_ERROR == 23,
               "what waits is named by number in the statement");
_Static_assert(CALLBACK_QUEUED == 0 && CALLBACK_SENDING == 1,
               "callbacks that have not ended are named by number in the statement");
_Static_assert(STORE_GARBAGE_ACCOUNT == 0 && STORE_GARBAGE_SNAPSHOT == 1 && STORE_GARBAGE_KEPT == 2,
               "kinds are stored, and named by number in the statements");

const struct store_queries store_garbage_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

/* Deletes invoices and their rows. */
static void delete_invoices(struct store *store, const int64_t *seqs, int64_t n)
{
    if (n) {
        store_sequence_keep_invoices(store);
    }
    for (int64_t i = 0; i < n; i++) {
        store_run_forget(store, seqs[i]);
        for (int k = Q_ATTEMPTS; k <= Q_INVOICE; k++) {
            store_do(store, STORE_GARBAGE, k, seqs[i]);
        }
    }
}

void store_invoice_purge(struct store *store, const struct purge *purge, struct purged *ret_purged)
{
    enum invoice_kind kind = (enum invoice_kind)purge->kind;
    struct arena arena = {0};
    int64_t *seqs = arena_alloc(&arena, (size_t)purge->limit * sizeof *seqs);
    int64_t n = 0, rows = 0;
    struct purged purged = {.last = purge->after, .next_created_ms = TIME_NONE};
    sqlite3_stmt *find = store_query(store, STORE_GARBAGE, Q_OLDEST);
    int64_t from = purge->after ? purge->after : invoice_kinds[kind].first - 1;
    store_bind(find, purge->account, from, invoice_kinds[kind].last, purge->limit);
    for (; store_step(store, find); rows++) {
        int64_t created_ms = store_column_int(find, 1);
        if (purged.next_created_ms != TIME_NONE || created_ms >= purge->before_ms) {
            purged.next_created_ms =
                purged.next_created_ms == TIME_NONE ? created_ms : purged.next_created_ms;
            continue;
        }
        purged.seen++;
        purged.last = store_column_int(find, 0);
        if (store_column_int(find, 2)) {
            seqs[n++] = purged.last;
        }
    }
    purged.kept = purged.seen - n;
    purged.ended = rows < purge->limit || purged.next_created_ms != TIME_NONE;
    delete_invoices(store, seqs, n);
    arena_finish(&arena);
    if (n) {
        store->invoice_count = -1;
    }
    *ret_purged = purged;
}

/* ------------------------------------------------------------------ garbage */

void store_garbage_add_account(struct store *store, int64_t num)
{
    store_do(store, STORE_GARBAGE, Q_ADD_ACCOUNT, num, store->run.keeps);
}

/* Deletes up to `limit` invoices of an account's old number, the oldest first. Returns true if
 * there are no more. */
static bool sweep_account(struct store *store, int64_t account, int64_t limit)
{
    struct arena arena = {0};
    int64_t *seqs;
    size_t n = store_all_ints(store, &arena,
                              store_ask(store, STORE_GARBAGE, Q_OF_ACCOUNT, account, limit), &seqs);
    delete_invoices(store, seqs, (int64_t)n);
    arena_finish(&arena);
    if ((int64_t)n < limit) {
        store_run_forget_by_hand(store, account);
        store_do(store, STORE_GARBAGE, Q_ATTEMPTS_WITHOUT, account);
        store_do(store, STORE_GARBAGE, Q_CALLBACKS_WITHOUT, account);
        return true;
    }
    return false;
}

struct leftover {
    enum store_garbage kind;
    int64_t num;
};

static bool first(struct store *store, int query, struct leftover *ret_leftover)
{
    sqlite3_stmt *q = store_query(store, STORE_GARBAGE, query);
    bool found = store_step(store, q);
    if (found) {
        *ret_leftover =
            (struct leftover){(enum store_garbage)store_column_int(q, 0), store_column_int(q, 1)};
    }
    sqlite3_reset(q);
    return found;
}

/* What to delete next: garbage, and then what a run keeps too many of. */
static bool next(struct store *store, int64_t *limit, struct leftover *ret_leftover)
{
    if (first(store, Q_FIRST, ret_leftover)) {
        return true;
    }
    if (!store->run.keeps) {
        return false;
    }
    int64_t kept = store_one_int(store, store_query(store, STORE_GARBAGE, Q_COUNT_KEPT), 0);
    int64_t excess = kept - store->run.keeps;
    *limit = excess < *limit ? excess : *limit;
    return excess > 0 && first(store, Q_FIRST_KEPT, ret_leftover);
}

bool store_garbage_sweep(struct store *store, int64_t limit)
{
    struct leftover leftover;
    if (!next(store, &limit, &leftover)) {
        return false;
    }
    bool all = leftover.kind == STORE_GARBAGE_SNAPSHOT
                   ? store_snapshot_sweep(store, leftover.num, limit)
                   : sweep_account(store, leftover.num, limit);
    if (all) {
        store_do(store, STORE_GARBAGE, Q_REMOVE, leftover.kind, leftover.num);
    }
    return true;
}
