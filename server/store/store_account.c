#include "store_account.h"

#include "store/store_private.h"

enum {
    Q_ALL,
    Q_INSERT,
    Q_SET_SETTINGS,
    Q_SET_CLOCK,
    Q_RENUMBER,
    Q_DELETE,
    Q_OUTCOME_PUSH,
    Q_OUTCOME_FIRST,
    Q_OUTCOME_DELETE,
    Q_OUTCOME_CLEAR,
    Q_OUTCOME_COUNT,
    Q_OUTCOME_ALL,
};

static const char *const sql[] = {
    [Q_ALL] = "SELECT {account} FROM account ORDER BY num",
    [Q_INSERT] = "INSERT INTO account ({account}) VALUES ({account ?})",
    [Q_SET_SETTINGS] = "UPDATE account SET settings = ?2 WHERE num = ?1",
    [Q_SET_CLOCK] = ("UPDATE account SET (clock_frozen, clock_offset_ms, clock_now_ms) ="
                     " (?2, ?3, ?4) WHERE num = ?1"),
    [Q_RENUMBER] = "UPDATE account SET num = ?2 WHERE num = ?1",
    [Q_DELETE] = "DELETE FROM account WHERE num = ?1",
    [Q_OUTCOME_PUSH] = "INSERT INTO outcome (account, text, kind) VALUES (?1, ?2, ?3)",
    [Q_OUTCOME_FIRST] = ("SELECT seq, text FROM outcome WHERE account = ?1 AND kind = ?2"
                         " ORDER BY seq LIMIT 1"),
    [Q_OUTCOME_DELETE] = "DELETE FROM outcome WHERE seq = ?1",
    [Q_OUTCOME_CLEAR] = "DELETE FROM outcome WHERE account = ?1",
    [Q_OUTCOME_COUNT] = "SELECT count(*) FROM outcome WHERE account = ?1",
    [Q_OUTCOME_ALL] = "SELECT text FROM outcome WHERE account = ?1 ORDER BY seq",
};

_Static_assert(OUTCOME_OF_PAYMENT == 0 && OUTCOME_OF_REFUND == 1, "kinds are stored");

const struct store_queries store_account_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_account_all(struct store *store, void (*each)(void *arg, const struct account_row *row),
                       void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_ACCOUNT, Q_ALL);
    struct arena arena = {0};
    struct account_row row = {0};
    while (store_next_row(store, &arena, q, &row_account, &row)) {
        each(arg, &row);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

/* A number for an account; rows of its earlier owner may still be left over, so it is new. */
static int64_t next_num(struct store *store)
{
    int64_t num = store_sequence_next(store, STORE_SEQUENCE_ACCOUNT);
    store_sequence_keep(store, STORE_SEQUENCE_ACCOUNT);
    return num;
}

int64_t store_account_insert(struct store *store, const struct account_row *row)
{
    struct account_row numbered = *row;
    numbered.num = next_num(store);
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, Q_INSERT);
    store_bind_row(q, &row_account, &numbered);
    return store_run(store, q) ? numbered.num : 0;
}

void store_account_set_settings(struct store *store, int64_t num, const char *settings)
{
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, Q_SET_SETTINGS);
    store_bind(q, num, settings);
    store_run(store, q);
}

void store_account_set_clock(struct store *store, int64_t num, const struct account_clock *clock)
{
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, Q_SET_CLOCK);
    store_bind(q, num, clock->frozen, clock->offset_ms, clock->now_ms);
    store_run(store, q);
}

static int run_for(struct store *store, int query, int64_t n)
{
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, query);
    store_bind(q, n);
    return store_run(store, q);
}

/* What bore an account's number is out of sight; few rows go now, the many by and by. */
static void leave(struct store *store, int64_t num)
{
    run_for(store, Q_OUTCOME_CLEAR, num);
    store_balance_clear(store, num);
    store_leftover_add(store, STORE_LEFTOVER_ACCOUNT, num);
    store->invoice_count = -1;
}

int64_t store_account_empty(struct store *store, int64_t num)
{
    int64_t fresh = next_num(store);
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, Q_RENUMBER);
    store_bind(q, num, fresh);
    store_run(store, q);
    leave(store, num);
    return fresh;
}

void store_account_delete(struct store *store, int64_t num)
{
    run_for(store, Q_DELETE, num);
    leave(store, num);
}

void store_outcome_push(struct store *store, int64_t account, const char *text)
{
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, Q_OUTCOME_PUSH);
    store_bind(q, account, text, outcome_kind(text));
    store_run(store, q);
}

const char *store_outcome_pop(struct store *store, struct arena *arena, int64_t account,
                              enum outcome_kind kind)
{
    sqlite3_stmt *q = store_query(store, STORE_ACCOUNT, Q_OUTCOME_FIRST);
    const char *text = NULL;
    int64_t seq = 0;
    store_bind(q, account, kind);
    while (store_step(store, q)) {
        seq = store_column_int(q, 0);
        text = store_column_text(arena, q, 1);
    }
    if (text) {
        run_for(store, Q_OUTCOME_DELETE, seq);
    }
    return text;
}

void store_outcome_clear(struct store *store, int64_t account)
{
    run_for(store, Q_OUTCOME_CLEAR, account);
}

int64_t store_outcome_count(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_query(store, STORE_ACCOUNT, Q_OUTCOME_COUNT);
    store_bind(q, account);
    return store_one_int(store, q, 0);
}

void store_outcome_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const char *text), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_ACCOUNT, Q_OUTCOME_ALL);
    store_bind(q, account);
    while (store_step(store, q)) {
        each(arg, (const char *)sqlite3_column_text(q, 0));
    }
}
