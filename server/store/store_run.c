#include "store_run.h"

#include "domain/fault.h"
#include "store/store_private.h"

enum {
    Q_LAST,
    Q_LAST_CALLBACK,
    Q_COUNT_INVOICES,
    Q_COUNT_CALLBACKS,
    Q_INVOICES,
    Q_LOSSES,
    Q_LOSS,
    Q_STATUS_OF,
    Q_STATES_OF,
    Q_LOSSES_OF,
    Q_STATES_REPLACED,
    Q_LOSSES_REPLACED,
    Q_STATES_BY_HAND,
    Q_ACCOUNT,
    Q_FORGET_KEPT,
};

/* The rows of a run: those with numbers after its start. A callback may be of an older invoice. */
#define INVOICE_OF_RUN "(seq > ?1 AND seq < " STORE_PAYOUTS " OR seq > ?2)"
#define CALLBACKS_OF_RUN " FROM callback AS one WHERE seq > ?1"

/* A callback that was answered 200 arrived, whatever became of a resend or of the second of two.
 * One made by hand is what the suite wants its receiver to get, and is never undelivered. */
#define ARRIVED "EXISTS (SELECT 1 FROM attempt WHERE callback = one.seq AND code = 200)"
#define UNDELIVERED "state IN (0, 1, 3) AND fault NOT BETWEEN 25 AND 27 AND NOT " ARRIVED
#define STATE "iif(state IN (0, 1, 3) AND " ARRIVED ", 2, state)"

/* Callbacks that a snapshot's rows replace, except those that come back with it. */
#define REPLACED                                                                                   \
    "invoice IN (SELECT seq FROM snapshot_invoice WHERE snapshot = ?2)"                            \
    " AND seq NOT IN (SELECT seq FROM snapshot_callback WHERE snapshot = ?2)"

/* enum run_loss of a callback that was not delivered. A fault that changes what is sent is that of
 * the last attempt; one that holds back is that of the next. */
#define LAST_FAULT                                                                                 \
    "(SELECT fault FROM attempt WHERE callback = one.seq ORDER BY number DESC LIMIT 1)"
#define LOSS                                                                                       \
    "CASE WHEN ifnull(" LAST_FAULT ", 0) BETWEEN 16 AND 22"                                        \
    " OR (one.attempts = 0 AND one.fault IN (2, 13, 30)) THEN 1"                                   \
    " WHEN one.account IN (SELECT num FROM account) THEN 0"                                        \
    " WHEN NOT EXISTS (SELECT 1 FROM attempt WHERE callback = one.seq) THEN 2"                     \
    " WHEN NOT EXISTS (SELECT 1 FROM attempt WHERE callback = one.seq AND code <> 0) THEN 3"       \
    " ELSE 0 END"

static const char *const sql[] = {
    [Q_LAST] = "SELECT coalesce(max(seq), ?1 - 1) FROM invoice WHERE seq BETWEEN ?1 AND ?2",
    [Q_LAST_CALLBACK] = "SELECT coalesce(max(seq), 0) FROM callback",
    [Q_COUNT_INVOICES] = "SELECT status, count(*) FROM invoice WHERE " INVOICE_OF_RUN " GROUP BY 1",
    [Q_COUNT_CALLBACKS] = "SELECT " STATE ", count(*)" CALLBACKS_OF_RUN " GROUP BY 1",
    /* Newest first, both kinds; by row number within a millisecond. */
    [Q_INVOICES] =
        "SELECT seq FROM invoice WHERE " INVOICE_OF_RUN " ORDER BY made_ms DESC, seq DESC LIMIT ?3",
    [Q_LOSSES] = "SELECT seq, url, " LOSS CALLBACKS_OF_RUN " AND " UNDELIVERED " ORDER BY seq",
    [Q_LOSS] = "SELECT " LOSS ", url" CALLBACKS_OF_RUN " AND seq = ?2 AND " UNDELIVERED,
    /* Of one invoice. */
    [Q_STATUS_OF] = "SELECT status, 1 FROM invoice WHERE seq = ?3 AND " INVOICE_OF_RUN,
    [Q_STATES_OF] = "SELECT " STATE ", count(*)" CALLBACKS_OF_RUN " AND invoice = ?2 GROUP BY 1",
    [Q_LOSSES_OF] = "SELECT " LOSS ", count(*), url" CALLBACKS_OF_RUN
                    " AND invoice = ?2 AND " UNDELIVERED " GROUP BY 1, 3",
    [Q_STATES_REPLACED] =
        "SELECT " STATE ", count(*)" CALLBACKS_OF_RUN " AND " REPLACED " GROUP BY 1",
    [Q_LOSSES_REPLACED] = "SELECT " LOSS ", count(*), url" CALLBACKS_OF_RUN " AND " REPLACED
                          " AND " UNDELIVERED " GROUP BY 1, 3",
    [Q_STATES_BY_HAND] = "SELECT " STATE ", count(*)" CALLBACKS_OF_RUN
                         " AND invoice = 0 AND +account = ?2 GROUP BY 1",
    [Q_ACCOUNT] = "SELECT id, name FROM leftover WHERE kind = 2 AND num = ?1",
    [Q_FORGET_KEPT] = "UPDATE leftover SET kind = 0 WHERE kind = 2",
};

_Static_assert(CALLBACK_QUEUED == 0 && CALLBACK_SENDING == 1 && CALLBACK_DONE == 2 &&
                   CALLBACK_FAILED == 3,
               "what arrived, or never did, is named by number in the statements");
_Static_assert(FAULT_BAD_SIGNATURE == 16 && FAULT_UNKNOWN_STATUS == 22 && FAULT_DELAY == 2 &&
                   FAULT_REORDER == 13 && FAULT_AFTER_RETURN == 30 && FAULT_BY_HAND == 25 &&
                   FAULT_BY_HAND_FORGED == 27,
               "faults are named by number in the statements");
_Static_assert(RUN_LOST == 0 && RUN_TAMPERED == 1 && RUN_UNSENT == 2 && RUN_UNANSWERED == 3,
               "losses are named by number in the statements");
_Static_assert(STORE_GARBAGE_ACCOUNT == 0 && STORE_GARBAGE_KEPT == 2,
               "kinds of garbage are named by number in the statements");

const struct store_queries store_run_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_run_begin(struct store *store, int64_t keeps, store_run_unanswered *unanswered,
                     void *arg)
{
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_LAST, invoice_kinds[kind].first,
                                    invoice_kinds[kind].last);
        store->run.after.last[kind] = store_one_int(store, q, 0);
    }
    store->run.after.callback =
        store_one_int(store, store_query(store, STORE_RUN, Q_LAST_CALLBACK), 0);
    store->run.keeps = keeps;
    store->run.unanswered = unanswered;
    store->run.unanswered_arg = arg;
    store_run(store, store_write_query(store, STORE_RUN, Q_FORGET_KEPT)); /* of an earlier run */
}

/* ------------------------------------------------------------------ counts */

static sqlite3_stmt *ask_invoices(struct store *store, int query)
{
    const int64_t *last = store->run.after.last;
    return store_ask(store, STORE_RUN, query, last[INVOICE_PAYMENT], last[INVOICE_PAYOUT]);
}

/* Adds the rows of a statement, a number below `n` and how many there are of it, to the counts. */
static void add(struct store *store, sqlite3_stmt *q, int64_t *counts, int64_t n)
{
    while (store_step(store, q)) {
        int64_t kind = store_column_int(q, 0);
        if (kind >= 0 && kind < n) {
            counts[kind] += store_column_int(q, 1);
        }
    }
}

/* Adds callbacks that are about to be deleted: those of an invoice, or that a snapshot replaces. */
static void add_gone(struct store *store, int states, int losses, int64_t of)
{
    int64_t after = store->run.after.callback;
    add(store, store_ask(store, STORE_RUN, states, after, of), store->run.gone.callbacks,
        CALLBACK_STATES);
    sqlite3_stmt *q = store_ask(store, STORE_RUN, losses, after, of);
    while (store_step(store, q)) {
        int64_t loss = store_column_int(q, 0), n = store_column_int(q, 1);
        store->run.gone.losses[loss] += n;
        if (loss == RUN_UNANSWERED) {
            store_run_note_url(store, store_column_text(NULL, q, 2), n);
        }
    }
}

void store_run_count(struct store *store, struct run_counts *ret_counts)
{
    *ret_counts = store->run.gone;
    add(store, ask_invoices(store, Q_COUNT_INVOICES), ret_counts->invoices, STATUS_COUNT);
    add(store, store_ask(store, STORE_RUN, Q_COUNT_CALLBACKS, store->run.after.callback),
        ret_counts->callbacks, CALLBACK_STATES);
}

void store_run_forget(struct store *store, int64_t invoice)
{
    if (store->run.keeps) {
        sqlite3_stmt *q = ask_invoices(store, Q_STATUS_OF);
        store_bind_from(q, 3, invoice);
        add(store, q, store->run.gone.invoices, STATUS_COUNT);
        add_gone(store, Q_STATES_OF, Q_LOSSES_OF, invoice);
    }
}

void store_run_forget_by_hand(struct store *store, int64_t account)
{
    if (store->run.keeps) {
        add(store,
            store_ask(store, STORE_RUN, Q_STATES_BY_HAND, store->run.after.callback, account),
            store->run.gone.callbacks, CALLBACK_STATES);
    }
}

void store_run_replace(struct store *store, int64_t snapshot)
{
    if (store->run.keeps) {
        add_gone(store, Q_STATES_REPLACED, Q_LOSSES_REPLACED, snapshot);
    }
}

/* ------------------------------------------------------------------ rows */

size_t store_run_invoices(struct store *store, struct arena *arena, int64_t limit,
                          int64_t **ret_seqs)
{
    const int64_t *last = store->run.after.last;
    sqlite3_stmt *q =
        store_ask(store, STORE_RUN, Q_INVOICES, last[INVOICE_PAYMENT], last[INVOICE_PAYOUT], limit);
    return store_all_ints(store, arena, q, ret_seqs);
}

void store_run_losses(struct store *store,
                      void (*each)(void *arg, int64_t seq, enum run_loss loss, const char *url),
                      void *arg)
{
    struct arena arena = {0};
    sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_LOSSES, store->run.after.callback);
    while (store_step(store, q)) {
        each(arg, store_column_int(q, 0), (enum run_loss)store_column_int(q, 2),
             store_column_text(&arena, q, 1));
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

bool store_run_loss(struct store *store, struct arena *arena, int64_t callback,
                    enum run_loss *ret_loss, const char **ret_url)
{
    sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_LOSS, store->run.after.callback, callback);
    bool found = false;
    while (store_step(store, q)) {
        *ret_loss = (enum run_loss)store_column_int(q, 0);
        *ret_url = store_column_text(arena, q, 1);
        found = true;
    }
    return found;
}

bool store_run_account(struct store *store, struct arena *arena, int64_t num, const char **ret_id,
                       const char **ret_name)
{
    sqlite3_stmt *q = store_ask(store, STORE_RUN, Q_ACCOUNT, num);
    bool found = false;
    while (store_step(store, q)) {
        *ret_id = store_column_text(arena, q, 0);
        *ret_name = store_column_text(arena, q, 1);
        found = true;
    }
    return found;
}
