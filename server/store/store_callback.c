#include "store_callback.h"

#include "store/store_private.h"

/* Shown of one callback. Retries end at 100; more are requested by hand. */
#define ATTEMPTS_MOST 256

enum {
    Q_INSERT,
    Q_UPDATE,
    Q_GET,
    Q_OF_INVOICE,
    Q_NEXT_DUE,
    Q_FIRST_DUE,
    Q_DUE_COUNT,
    Q_OVERDUE,
    Q_REQUEUE,
    Q_HELD,
    Q_HELD_OF_INVOICE,
    Q_MET,
    Q_MET_OF_INVOICE,
    Q_BY_HAND_ATTEMPTS,
    Q_BY_HAND_DELETE,
    Q_BY_HAND_COUNT,
    Q_ATTEMPT_INSERT,
    Q_ATTEMPT_ALL,
    Q_ATTEMPT_HEADS,
    Q_ATTEMPT_LAST,
    Q_ATTEMPT_ANSWER,
};

#define HELD " FROM callback WHERE state = 1 AND fault = ?2 AND "
#define FIRST " ORDER BY seq LIMIT 1"
#define BY_HAND " FROM callback WHERE +account = ?1 AND invoice = ?2 AND fault BETWEEN 25 AND 27"
#define BEYOND                                                                                     \
    "(SELECT seq" BY_HAND " AND state NOT IN (0, 1) ORDER BY seq DESC LIMIT -1 OFFSET ?3)"

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO callback ({callback}) VALUES ({callback ?})",
    [Q_UPDATE] = "UPDATE callback SET {callback =} WHERE seq = ?",
    [Q_GET] = "SELECT {callback} FROM callback WHERE seq = ?1",
    [Q_OF_INVOICE] = ("SELECT {callback_head} FROM callback WHERE invoice = ?1"
                      " ORDER BY seq DESC LIMIT ?2"),
    [Q_NEXT_DUE] = ("SELECT {callback} FROM callback WHERE account = ?1 AND due_ms <= ?2"
                    " ORDER BY due_ms, seq LIMIT 1"),
    [Q_FIRST_DUE] = ("SELECT due_ms FROM callback WHERE account = ?1 AND due_ms IS NOT NULL"
                     " ORDER BY due_ms LIMIT 1"),
    [Q_DUE_COUNT] = ("SELECT count(*) FROM callback WHERE due_ms IS NOT NULL"
                     " AND account NOT IN (SELECT num FROM leftover WHERE kind <> 1)"),
    [Q_OVERDUE] = "SELECT count(*) FROM callback WHERE account = ?1 AND due_ms < ?2",
    [Q_REQUEUE] =
        "UPDATE callback SET state = 0, due_ms = queued_ms WHERE account = ?1 AND state = 1",
    [Q_HELD] = "SELECT {callback}" HELD "account = ?1" FIRST,
    [Q_HELD_OF_INVOICE] = "SELECT {callback}" HELD "+account = ?1 AND invoice = ?3" FIRST,
    [Q_MET] = "SELECT {callback} FROM callback WHERE account = ?1 AND due_ms IS NOT NULL"
              " AND fault = ?2 AND state = ?3" FIRST,
    [Q_MET_OF_INVOICE] = "SELECT {callback} FROM callback WHERE +account = ?1 AND fault = ?2"
                         " AND state = ?3 AND invoice = ?4" FIRST,
    [Q_BY_HAND_ATTEMPTS] = "DELETE FROM attempt WHERE callback IN " BEYOND,
    [Q_BY_HAND_DELETE] = "DELETE FROM callback WHERE seq IN " BEYOND,
    [Q_BY_HAND_COUNT] = "SELECT count(*)" BY_HAND " AND state IN (0, 1)",
    [Q_ATTEMPT_INSERT] = "INSERT OR REPLACE INTO attempt ({attempt}) VALUES ({attempt ?})",
    [Q_ATTEMPT_ALL] = "SELECT {attempt} FROM attempt WHERE callback = ?1 ORDER BY number LIMIT ?2",
    [Q_ATTEMPT_HEADS] = "SELECT {attempt_head} FROM attempt WHERE callback IN"
                        " (SELECT seq FROM callback WHERE invoice = ?1) ORDER BY callback, number",
    [Q_ATTEMPT_LAST] = ("SELECT {attempt_head} FROM attempt WHERE callback = ?1"
                        " ORDER BY number DESC LIMIT ?2"),
    [Q_ATTEMPT_ANSWER] = "SELECT substr(response_body, 1, ?2) FROM attempt WHERE callback = ?1"
                         " ORDER BY number DESC LIMIT 1",
};

_Static_assert(CALLBACK_QUEUED == 0 && CALLBACK_SENDING == 1 && CALLBACK_DONE == 2 &&
                   CALLBACK_FAILED == 3 && CALLBACK_DROPPED == 4,
               "callback states are stored, and named by number in the statements");

_Static_assert(FAULT_BY_HAND == 25 && FAULT_BY_HAND_FORGED == 27,
               "callbacks made by hand are named by number in the statements");

const struct store_queries store_callback_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

int64_t store_callback_next_seq(struct store *store)
{
    return store_sequence_next(store, STORE_SEQUENCE_CALLBACK);
}

void store_callback_insert(struct store *store, struct callback *callback)
{
    callback->seq = store_callback_next_seq(store);
    store_insert(store, STORE_CALLBACK, Q_INSERT, &row_callback, callback);
}

bool store_callback_make_room(struct store *store, int64_t account, int64_t invoice, int64_t most)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_BY_HAND_COUNT, account, invoice);
    int64_t left = most - 1 - store_one_int(store, q, 0);
    for (int k = Q_BY_HAND_ATTEMPTS; k <= Q_BY_HAND_DELETE && left >= 0; k++) {
        store_do(store, STORE_CALLBACK, k, account, invoice, left);
    }
    return left >= 0;
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
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_GET, seq);
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

size_t store_callback_of_invoice(struct store *store, struct arena *arena, int64_t invoice,
                                 int64_t most, struct callback **ret_callbacks)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_OF_INVOICE, invoice, most);
    return store_all_rows_reversed(store, arena, q, &row_callback_head, ret_callbacks);
}

bool store_callback_next_due(struct store *store, struct arena *arena, int64_t account,
                             int64_t by_ms, struct callback *ret_callback)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_NEXT_DUE, account, by_ms);
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

int64_t store_callback_due_count(struct store *store)
{
    return store_one_int(store, store_query(store, STORE_CALLBACK, Q_DUE_COUNT), 0);
}

int64_t store_callback_overdue(struct store *store, int64_t account, int64_t before_ms)
{
    return store_one_int(store, store_ask(store, STORE_CALLBACK, Q_OVERDUE, account, before_ms), 0);
}

int64_t store_callback_first_due(struct store *store, int64_t account)
{
    return store_one_int(store, store_ask(store, STORE_CALLBACK, Q_FIRST_DUE, account), TIME_NONE);
}

void store_callback_requeue(struct store *store, int64_t account)
{
    store_do(store, STORE_CALLBACK, Q_REQUEUE, account);
}

bool store_callback_held(struct store *store, struct arena *arena, int64_t account, int64_t invoice,
                         struct callback *ret_callback)
{
    sqlite3_stmt *q = invoice ? store_ask(store, STORE_CALLBACK, Q_HELD_OF_INVOICE, account,
                                          FAULT_REORDER, invoice)
                              : store_ask(store, STORE_CALLBACK, Q_HELD, account, FAULT_REORDER);
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

bool store_callback_met(struct store *store, struct arena *arena, int64_t account, int64_t invoice,
                        enum fault_kind fault, enum callback_state state,
                        struct callback *ret_callback)
{
    sqlite3_stmt *q =
        invoice ? store_ask(store, STORE_CALLBACK, Q_MET_OF_INVOICE, account, fault, state, invoice)
                : store_ask(store, STORE_CALLBACK, Q_MET, account, fault, state);
    return store_one_row(store, arena, q, &row_callback, ret_callback);
}

void store_attempt_insert(struct store *store, const struct attempt *attempt)
{
    store_insert(store, STORE_CALLBACK, Q_ATTEMPT_INSERT, &row_attempt, attempt);
}

size_t store_attempt_all(struct store *store, struct arena *arena, int64_t callback,
                         struct attempt **ret_attempts)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_ATTEMPT_ALL, callback, ATTEMPTS_MOST);
    return store_all_rows(store, arena, q, &row_attempt, ret_attempts);
}

size_t store_attempt_heads(struct store *store, struct arena *arena, int64_t invoice,
                           struct attempt **ret_attempts)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_ATTEMPT_HEADS, invoice);
    return store_all_rows(store, arena, q, &row_attempt_head, ret_attempts);
}

size_t store_attempt_last(struct store *store, struct arena *arena, int64_t callback, int64_t limit,
                          struct attempt **ret_attempts)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_ATTEMPT_LAST, callback, limit);
    return store_all_rows_reversed(store, arena, q, &row_attempt_head, ret_attempts);
}

const char *store_attempt_answer(struct store *store, struct arena *arena, int64_t callback,
                                 int64_t most)
{
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK, Q_ATTEMPT_ANSWER, callback, most);
    const char *answer = NULL;
    while (store_step(store, q)) {
        answer = store_column_text(arena, q, 0);
    }
    return answer;
}
