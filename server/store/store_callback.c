#include "store_callback.h"

#include "store/store_private.h"

#define ATTEMPTS_MOST                                                                              \
    256 /* shown of one callback; retries end at 100, the rest is asked for by hand */

enum {
    Q_INSERT,
    Q_UPDATE,
    Q_GET,
    Q_OF_INVOICE,
    Q_LIST,
    Q_LIST_OF_INVOICE,
    Q_COUNT,
    Q_COUNT_OF_INVOICE,
    Q_NEXT_DUE,
    Q_FIRST_DUE,
    Q_DUE_COUNT,
    Q_OVERDUE,
    Q_REQUEUE,
    Q_HELD,
    Q_HELD_OF_INVOICE,
    Q_ATTEMPT_INSERT,
    Q_ATTEMPT_ALL,
    Q_ATTEMPT_HEADS,
};

/* Two forms of each list, so that either index serves it: an account's callbacks, or one invoice's
 * in that account. */
#define OF_ACCOUNT " FROM callback WHERE account = ?1 AND ?2 IS NULL AND (?3 IS NULL OR state = ?3)"
#define OF_INVOICE                                                                                 \
    " FROM callback WHERE +account = ?1 AND invoice = ?2 AND (?3 IS NULL OR state = ?3)"
#define PAGE " AND seq < ?4 ORDER BY seq DESC LIMIT ?5"
#define HELD " FROM callback WHERE state = 1 AND fault = 13 AND "
#define FIRST " ORDER BY seq LIMIT 1"

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO callback ({callback}) VALUES ({callback ?})",
    [Q_UPDATE] = "UPDATE callback SET {callback =} WHERE seq = ?",
    [Q_GET] = "SELECT {callback} FROM callback WHERE seq = ?1",
    [Q_OF_INVOICE] = ("SELECT {callback_head} FROM callback WHERE invoice = ?1"
                      " ORDER BY seq DESC LIMIT ?2"),
    [Q_LIST] = "SELECT {callback}" OF_ACCOUNT PAGE,
    [Q_LIST_OF_INVOICE] = "SELECT {callback}" OF_INVOICE PAGE,
    [Q_COUNT] = "SELECT count(*)" OF_ACCOUNT,
    [Q_COUNT_OF_INVOICE] = "SELECT count(*)" OF_INVOICE,
    [Q_NEXT_DUE] = ("SELECT {callback} FROM callback WHERE account = ?1 AND due_ms <= ?2"
                    " ORDER BY due_ms, seq LIMIT 1"),
    [Q_FIRST_DUE] = ("SELECT due_ms FROM callback WHERE account = ?1 AND due_ms IS NOT NULL"
                     " ORDER BY due_ms LIMIT 1"),
    [Q_DUE_COUNT] = ("SELECT count(*) FROM callback WHERE due_ms IS NOT NULL"
                     " AND account NOT IN (SELECT num FROM leftover WHERE kind = 0)"),
    [Q_OVERDUE] = "SELECT count(*) FROM callback WHERE account = ?1 AND due_ms < ?2",
    [Q_REQUEUE] =
        "UPDATE callback SET state = 0, due_ms = queued_ms WHERE account = ?1 AND state = 1",
    [Q_HELD] = "SELECT {callback}" HELD "account = ?1" FIRST,
    [Q_HELD_OF_INVOICE] = "SELECT {callback}" HELD "+account = ?1 AND invoice = ?2" FIRST,
    [Q_ATTEMPT_INSERT] = "INSERT OR REPLACE INTO attempt ({attempt}) VALUES ({attempt ?})",
    [Q_ATTEMPT_ALL] = "SELECT {attempt} FROM attempt WHERE callback = ?1 ORDER BY number LIMIT ?2",
    [Q_ATTEMPT_HEADS] =
        ("SELECT callback.seq, callback.transition, attempt.number, attempt.at_ms, attempt.wall_ms,"
         " attempt.code, attempt.error FROM callback CROSS JOIN attempt"
         " ON attempt.callback = callback.seq WHERE callback.invoice = ?1"
         " ORDER BY callback.seq, attempt.number"),
};

_Static_assert(CALLBACK_QUEUED == 0 && CALLBACK_SENDING == 1 && CALLBACK_DONE == 2 &&
                   CALLBACK_FAILED == 3 && CALLBACK_DROPPED == 4,
               "callback states are stored, and named by number in the statements");
_Static_assert(FAULT_REORDER == 13 && FAULT_UNKNOWN_STATUS == 22 && FAULT_KINDS == 23,
               "faults are stored, and named by number in the statements");

const struct store_queries store_callback_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

int64_t store_callback_next_seq(struct store *store)
{
    return store_sequence_next(store, STORE_SEQUENCE_CALLBACK);
}

void store_callback_insert(struct store *store, struct callback *callback)
{
    callback->seq = store_callback_next_seq(store);
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_INSERT);
    store_bind_row(q, &row_callback, callback);
    store_run(store, q);
}

void store_callback_update(struct store *store, const struct callback *c)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_UPDATE);
    store_bind_from(q, store_bind_changes(q, &row_callback, c) + 1, c->seq);
    store_run(store, q);
}

bool store_callback_get(struct store *store, struct arena *arena, int64_t seq,
                        struct callback *ret_callback)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_GET);
    store_bind(q, seq);
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

static void reverse(struct callback *rows, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct callback other = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = other;
    }
}

size_t store_callback_of_invoice(struct store *store, struct arena *arena, int64_t invoice,
                                 int64_t most, struct callback **ret_callbacks)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_OF_INVOICE);
    store_bind(q, invoice, most);
    size_t n = store_all_rows(store, arena, q, &row_callback_head, ret_callbacks);
    reverse(*ret_callbacks, n);
    return n;
}

size_t store_callback_list(struct store *store, struct arena *arena, int64_t account,
                           int64_t invoice, int64_t state, int64_t before_seq, int64_t limit,
                           struct callback **ret_callbacks)
{
    sqlite3_stmt *q =
        store_query(store, STORE_CALLBACK, invoice == TIME_NONE ? Q_LIST : Q_LIST_OF_INVOICE);
    store_bind(q, account, invoice, state, before_seq, limit);
    return store_all_rows(store, arena, q, &row_callback, ret_callbacks);
}

int64_t store_callback_count(struct store *store, int64_t account, int64_t invoice, int64_t state)
{
    sqlite3_stmt *q =
        store_query(store, STORE_CALLBACK, invoice == TIME_NONE ? Q_COUNT : Q_COUNT_OF_INVOICE);
    store_bind(q, account, invoice, state);
    return store_one_int(store, q, 0);
}

bool store_callback_next_due(struct store *store, struct arena *arena, int64_t account,
                             int64_t by_ms, struct callback *ret_callback)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_NEXT_DUE);
    store_bind(q, account, by_ms);
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

int64_t store_callback_due_count(struct store *store)
{
    return store_one_int(store, store_query(store, STORE_CALLBACK, Q_DUE_COUNT), 0);
}

int64_t store_callback_overdue(struct store *store, int64_t account, int64_t before_ms)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_OVERDUE);
    store_bind(q, account, before_ms);
    return store_one_int(store, q, 0);
}

int64_t store_callback_first_due(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_FIRST_DUE);
    store_bind(q, account);
    return store_one_int(store, q, TIME_NONE);
}

void store_callback_requeue(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_REQUEUE);
    store_bind(q, account);
    store_run(store, q);
}

bool store_callback_held(struct store *store, struct arena *arena, int64_t account, int64_t invoice,
                         struct callback *ret_callback)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, invoice ? Q_HELD_OF_INVOICE : Q_HELD);
    store_bind(q, account);
    if (invoice) {
        store_bind_from(q, 2, invoice);
    }
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

void store_attempt_insert(struct store *store, const struct attempt *attempt)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_ATTEMPT_INSERT);
    store_bind_row(q, &row_attempt, attempt);
    store_run(store, q);
}

size_t store_attempt_all(struct store *store, struct arena *arena, int64_t callback,
                         struct attempt **ret_attempts)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_ATTEMPT_ALL);
    store_bind(q, callback, ATTEMPTS_MOST);
    return store_all_rows(store, arena, q, &row_attempt, ret_attempts);
}

void store_attempt_heads(struct store *store, int64_t invoice,
                         void (*each)(void *arg, const struct attempt_head *head), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_ATTEMPT_HEADS);
    store_bind(q, invoice);
    while (store_step(store, q)) {
        struct arena arena = {0};
        const struct attempt_head head = {
            .callback = store_column_int(q, 0),
            .transition = (enum status)store_column_int(q, 1),
            .number = store_column_int(q, 2),
            .at_ms = store_column_int(q, 3),
            .wall_ms = store_column_int(q, 4),
            .code = store_column_int(q, 5),
            .error = store_column_text(&arena, q, 6),
        };
        each(arg, &head);
        arena_finish(&arena);
    }
}
