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
    [Q_INSERT] =
        ("INSERT INTO callback (" STORE_CALLBACK_COLUMNS ")"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
         " ?18)"),
    [Q_UPDATE] = ("UPDATE callback SET state = ?2, due_ms = ?3, attempts = ?4, ended_ms = ?5,"
                  " code = ?6, manual = ?7, signature = ?8, fault = ?9, extra = ?10"
                  " WHERE seq = ?1"),
    [Q_GET] = "SELECT " STORE_CALLBACK_COLUMNS " FROM callback WHERE seq = ?1",
    [Q_OF_INVOICE] = ("SELECT " STORE_CALLBACK_HEAD " FROM callback WHERE invoice = ?1"
                      " ORDER BY seq DESC LIMIT ?2"),
    [Q_LIST] = "SELECT " STORE_CALLBACK_COLUMNS OF_ACCOUNT PAGE,
    [Q_LIST_OF_INVOICE] = "SELECT " STORE_CALLBACK_COLUMNS OF_INVOICE PAGE,
    [Q_COUNT] = "SELECT count(*)" OF_ACCOUNT,
    [Q_COUNT_OF_INVOICE] = "SELECT count(*)" OF_INVOICE,
    [Q_NEXT_DUE] =
        ("SELECT " STORE_CALLBACK_COLUMNS " FROM callback WHERE account = ?1 AND due_ms <= ?2"
         " ORDER BY due_ms, seq LIMIT 1"),
    [Q_FIRST_DUE] = ("SELECT due_ms FROM callback WHERE account = ?1 AND due_ms IS NOT NULL"
                     " ORDER BY due_ms LIMIT 1"),
    [Q_DUE_COUNT] = ("SELECT count(*) FROM callback WHERE due_ms IS NOT NULL"
                     " AND account NOT IN (SELECT num FROM leftover WHERE kind = 0)"),
    [Q_OVERDUE] = "SELECT count(*) FROM callback WHERE account = ?1 AND due_ms < ?2",
    [Q_REQUEUE] =
        "UPDATE callback SET state = 0, due_ms = queued_ms WHERE account = ?1 AND state = 1",
    [Q_HELD] = "SELECT " STORE_CALLBACK_COLUMNS HELD "account = ?1" FIRST,
    [Q_HELD_OF_INVOICE] =
        "SELECT " STORE_CALLBACK_COLUMNS HELD "+account = ?1 AND invoice = ?2" FIRST,
    [Q_ATTEMPT_INSERT] = ("INSERT OR REPLACE INTO attempt (" STORE_ATTEMPT_COLUMNS ")"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"),
    [Q_ATTEMPT_ALL] = ("SELECT " STORE_ATTEMPT_COLUMNS
                       " FROM attempt WHERE callback = ?1 ORDER BY number LIMIT ?2"),
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

void store_callback_bind(sqlite3_stmt *q, const struct callback *c)
{
    store_bind(q, "iiiiiiiiiiiiiittti", c->seq, c->invoice, c->account, (int64_t)c->transition,
               (int64_t)c->state, c->queued_ms, c->due_ms, c->attempts, c->ended_ms, c->code,
               (int64_t)c->manual, (int64_t)c->test_mode, (int64_t)c->fault, c->extra, c->url,
               c->signature, c->body, c->body_cut);
}

void store_callback_insert(struct store *store, struct callback *callback)
{
    callback->seq = store_callback_next_seq(store);
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_INSERT);
    store_callback_bind(q, callback);
    store_run(store, q);
}

void store_callback_update(struct store *store, const struct callback *c)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_UPDATE);
    store_bind(q, "iiiiiiitii", c->seq, (int64_t)c->state, c->due_ms, c->attempts, c->ended_ms,
               c->code, (int64_t)c->manual, c->signature, (int64_t)c->fault, c->extra);
    store_run(store, q);
}

static void read_head(sqlite3_stmt *q, struct callback *ret_callback)
{
    *ret_callback = (struct callback){
        .seq = store_column_int(q, 0),
        .invoice = store_column_int(q, 1),
        .account = store_column_int(q, 2),
        .transition = (enum status)store_column_int(q, 3),
        .state = (enum callback_state)store_column_int(q, 4),
        .queued_ms = store_column_int(q, 5),
        .due_ms = store_column_int(q, 6),
        .attempts = store_column_int(q, 7),
        .ended_ms = store_column_int(q, 8),
        .code = store_column_int(q, 9),
        .manual = store_column_int(q, 10) == 1,
        .test_mode = store_column_int(q, 11) == 1,
        .fault = (enum fault_kind)store_column_int(q, 12),
        .extra = store_column_int(q, 13),
    };
}

void store_callback_read(struct arena *arena, sqlite3_stmt *q, struct callback *ret_callback)
{
    read_head(q, ret_callback);
    ret_callback->url = store_column_text(arena, q, 14);
    ret_callback->signature = store_column_text(arena, q, 15);
    ret_callback->body = store_column_text(arena, q, 16);
    ret_callback->body_cut = store_column_int(q, 17);
}

static bool read_one(struct store *store, struct arena *arena, sqlite3_stmt *q,
                     struct callback *ret_callback)
{
    bool found = false;
    while (store_step(store, q)) {
        store_callback_read(arena, q, ret_callback);
        found = true;
    }
    return found;
}

bool store_callback_get(struct store *store, struct arena *arena, int64_t seq,
                        struct callback *ret_callback)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_GET);
    store_bind(q, "i", seq);
    return read_one(store, arena, q, ret_callback);
}

/* Room for one more row in an array that lies in the arena; doubles it when it is full. */
static struct callback *next_row(struct arena *arena, struct callback **rows, size_t n,
                                 size_t *room)
{
    if (n == *room) {
        size_t wider = *room ? *room * 2 : 8;
        struct callback *copy = arena_alloc(arena, wider * sizeof *copy);
        for (size_t i = 0; i < n; i++) {
            copy[i] = (*rows)[i];
        }
        *rows = copy;
        *room = wider;
    }
    return &(*rows)[n];
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
    struct callback *rows = NULL;
    size_t n = 0, room = 0;
    store_bind(q, "ii", invoice, most);
    while (store_step(store, q)) {
        read_head(q, next_row(arena, &rows, n, &room));
        n++;
    }
    reverse(rows, n);
    *ret_callbacks = rows;
    return n;
}

size_t store_callback_list(struct store *store, struct arena *arena, int64_t account,
                           int64_t invoice, int64_t state, int64_t before_seq, int64_t limit,
                           struct callback **ret_callbacks)
{
    sqlite3_stmt *q =
        store_query(store, STORE_CALLBACK, invoice == TIME_NONE ? Q_LIST : Q_LIST_OF_INVOICE);
    struct callback *rows = NULL;
    size_t n = 0, room = 0;
    store_bind(q, "iiiii", account, invoice, state, before_seq, limit);
    while (store_step(store, q)) {
        store_callback_read(arena, q, next_row(arena, &rows, n, &room));
        n++;
    }
    *ret_callbacks = rows;
    return n;
}

int64_t store_callback_count(struct store *store, int64_t account, int64_t invoice, int64_t state)
{
    sqlite3_stmt *q =
        store_query(store, STORE_CALLBACK, invoice == TIME_NONE ? Q_COUNT : Q_COUNT_OF_INVOICE);
    int64_t n = 0;
    store_bind(q, "iii", account, invoice, state);
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

bool store_callback_next_due(struct store *store, struct arena *arena, int64_t account,
                             int64_t by_ms, struct callback *ret_callback)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_NEXT_DUE);
    store_bind(q, "ii", account, by_ms);
    return read_one(store, arena, q, ret_callback);
}

int64_t store_callback_due_count(struct store *store)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_DUE_COUNT);
    int64_t n = 0;
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

int64_t store_callback_overdue(struct store *store, int64_t account, int64_t before_ms)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_OVERDUE);
    int64_t n = 0;
    store_bind(q, "ii", account, before_ms);
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

int64_t store_callback_first_due(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_FIRST_DUE);
    int64_t due_ms = TIME_NONE;
    store_bind(q, "i", account);
    while (store_step(store, q)) {
        due_ms = store_column_int(q, 0);
    }
    return due_ms;
}

void store_callback_requeue(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_REQUEUE);
    store_bind(q, "i", account);
    store_run(store, q);
}

bool store_callback_held(struct store *store, struct arena *arena, int64_t account, int64_t invoice,
                         struct callback *ret_callback)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, invoice ? Q_HELD_OF_INVOICE : Q_HELD);
    store_bind(q, invoice ? "ii" : "i", account, invoice);
    return read_one(store, arena, q, ret_callback);
}

void store_attempt_bind(sqlite3_stmt *q, const struct attempt *a)
{
    store_bind(q, "iiiiiiittttb", a->callback, a->number, a->at_ms, a->wall_ms, a->took_ms, a->code,
               (int64_t)a->fault, a->error, a->request_headers, a->request_body,
               a->response_headers, (const void *)a->response_body, (size_t)a->response_size);
}

void store_attempt_read(struct arena *arena, sqlite3_stmt *q, struct attempt *ret_attempt)
{
    *ret_attempt = (struct attempt){
        .callback = store_column_int(q, 0),
        .number = store_column_int(q, 1),
        .at_ms = store_column_int(q, 2),
        .wall_ms = store_column_int(q, 3),
        .took_ms = store_column_int(q, 4),
        .code = store_column_int(q, 5),
        .fault = (enum fault_kind)store_column_int(q, 6),
        .error = store_column_text(arena, q, 7),
        .request_headers = store_column_text(arena, q, 8),
        .request_body = store_column_text(arena, q, 9),
        .response_headers = store_column_text(arena, q, 10),
        .response_body = store_column_text(arena, q, 11),
        .response_size = sqlite3_column_bytes(q, 11),
    };
}

void store_attempt_insert(struct store *store, const struct attempt *attempt)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CALLBACK, Q_ATTEMPT_INSERT);
    store_attempt_bind(q, attempt);
    store_run(store, q);
}

size_t store_attempt_all(struct store *store, struct arena *arena, int64_t callback,
                         struct attempt **ret_attempts)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_ATTEMPT_ALL);
    struct attempt *rows = NULL;
    size_t n = 0, room = 0;
    store_bind(q, "ii", callback, (int64_t)ATTEMPTS_MOST);
    while (store_step(store, q)) {
        if (n == room) {
            struct attempt *wider =
                arena_alloc(arena, (room = room ? room * 2 : 4) * sizeof *wider);
            for (size_t i = 0; i < n; i++) {
                wider[i] = rows[i];
            }
            rows = wider;
        }
        store_attempt_read(arena, q, &rows[n++]);
    }
    *ret_attempts = rows;
    return n;
}

void store_attempt_heads(struct store *store, int64_t invoice,
                         void (*each)(void *arg, const struct attempt_head *head), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_CALLBACK, Q_ATTEMPT_HEADS);
    store_bind(q, "i", invoice);
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
