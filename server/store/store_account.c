#include "store_account.h"

#include "store/store_private.h"

enum {
    Q_ALL,
    Q_INSERT,
    Q_SET_SETTINGS,
    Q_SERVICES,
    Q_SET_SERVICES,
    Q_SET_KEYS,
    Q_SET_CLOCK,
    Q_RENUMBER,
    Q_DELETE,
    Q_OUTCOME_PUSH,
    Q_OUTCOME_FIRST,
    Q_OUTCOME_DELETE,
    Q_OUTCOME_CLEAR,
    Q_OUTCOME_COUNT,
    Q_OUTCOME_ALL,
    Q_BALANCE,
    Q_BALANCE_ADD,
    Q_BALANCE_ALL,
    Q_BALANCE_CLEAR,
};

#define MOST "9000000000000000000"
_Static_assert(MONEY_MOST == 9000000000000000000, "the bound stands in the statement");

/* SQLite turns a sum beyond 64 bits into a real, which is greater than the bound: min then gives
 * the bound, an integer. */
#define SUM(column) column " = max(-" MOST ", min(" MOST ", " column " + excluded." column "))"

static const char *const sql[] = {
    [Q_ALL] = "SELECT {account} FROM account ORDER BY num",
    [Q_INSERT] = "INSERT INTO account ({account}) VALUES ({account ?})",
    [Q_SET_SETTINGS] = "UPDATE account SET settings = ?2 WHERE num = ?1",
    [Q_SERVICES] = "SELECT services FROM account WHERE num = ?1",
    [Q_SET_SERVICES] = "UPDATE account SET services = ?2 WHERE num = ?1",
    [Q_SET_KEYS] = ("UPDATE account SET (api_key, public_key, public_live_key, secret_key,"
                    " secret_live_key, old_keys) = (?2, ?3, ?4, ?5, ?6, ?7) WHERE num = ?1"),
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
    [Q_BALANCE] = "SELECT {balance} FROM balance WHERE account = ?1 AND currency = ?2",
    [Q_BALANCE_ADD] = "INSERT INTO balance ({balance}, account)"
                      " VALUES ({balance ?}, ?) ON CONFLICT (account, currency) DO UPDATE SET " SUM(
                          "active") ", " SUM("pending") ", " SUM("reserved"),
    [Q_BALANCE_ALL] = "SELECT {balance} FROM balance WHERE account = ?1 ORDER BY currency",
    [Q_BALANCE_CLEAR] = "DELETE FROM balance WHERE account = ?1",
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

/* A number for an account. It is always new, because rows under an earlier number may still
 * exist. */
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
    return store_insert(store, STORE_ACCOUNT, Q_INSERT, &row_account, &numbered) ? numbered.num : 0;
}

void store_account_set_settings(struct store *store, int64_t num, const char *settings)
{
    store_do(store, STORE_ACCOUNT, Q_SET_SETTINGS, num, settings);
}

const char *store_account_services(struct store *store, struct arena *arena, int64_t num)
{
    sqlite3_stmt *q = store_ask(store, STORE_ACCOUNT, Q_SERVICES, num);
    const char *services = NULL;
    while (store_step(store, q)) {
        services = store_column_text(arena, q, 0);
    }
    return services;
}

void store_account_set_services(struct store *store, int64_t num, const char *services)
{
    store_do(store, STORE_ACCOUNT, Q_SET_SERVICES, num, services);
}

void store_account_set_keys(struct store *store, const struct account_row *row)
{
    const struct account_keys *keys = &row->keys;
    store_do(store, STORE_ACCOUNT, Q_SET_KEYS, row->num, keys->api_key, keys->public_key,
             keys->public_live_key, keys->secret_key, keys->secret_live_key, row->old_keys);
}

void store_account_set_clock(struct store *store, int64_t num, const struct account_clock *clock)
{
    store_do(store, STORE_ACCOUNT, Q_SET_CLOCK, num, clock->frozen, clock->offset_ms,
             clock->now_ms);
}

/* Before the last reference to the account's number goes. The few rows are deleted now, the many as
 * garbage. */
static void leave(struct store *store, int64_t num)
{
    store_do(store, STORE_ACCOUNT, Q_OUTCOME_CLEAR, num);
    store_do(store, STORE_ACCOUNT, Q_BALANCE_CLEAR, num);
    store_garbage_add_account(store, num);
    store->invoice_count = -1;
}

int64_t store_account_empty(struct store *store, int64_t num)
{
    int64_t fresh = next_num(store);
    leave(store, num);
    store_do(store, STORE_ACCOUNT, Q_RENUMBER, num, fresh);
    return fresh;
}

void store_account_delete(struct store *store, int64_t num)
{
    leave(store, num);
    store_do(store, STORE_ACCOUNT, Q_DELETE, num);
}

void store_outcome_push(struct store *store, int64_t account, const char *text)
{
    store_do(store, STORE_ACCOUNT, Q_OUTCOME_PUSH, account, text, outcome_kind(text));
}

const char *store_outcome_pop(struct store *store, struct arena *arena, int64_t account,
                              enum outcome_kind kind)
{
    sqlite3_stmt *q = store_ask(store, STORE_ACCOUNT, Q_OUTCOME_FIRST, account, kind);
    const char *text = NULL;
    int64_t seq = 0;
    while (store_step(store, q)) {
        seq = store_column_int(q, 0);
        text = store_column_text(arena, q, 1);
    }
    if (text) {
        store_do(store, STORE_ACCOUNT, Q_OUTCOME_DELETE, seq);
    }
    return text;
}

void store_outcome_clear(struct store *store, int64_t account)
{
    store_do(store, STORE_ACCOUNT, Q_OUTCOME_CLEAR, account);
}

int64_t store_outcome_count(struct store *store, int64_t account)
{
    return store_one_int(store, store_ask(store, STORE_ACCOUNT, Q_OUTCOME_COUNT, account), 0);
}

void store_outcome_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const char *text), void *arg)
{
    sqlite3_stmt *q = store_ask(store, STORE_ACCOUNT, Q_OUTCOME_ALL, account);
    while (store_step(store, q)) {
        each(arg, store_column_text(NULL, q, 0));
    }
}

/* ------------------------------------------------------------------ balances */

void store_balance_get(struct store *store, int64_t account, const char *currency,
                       struct ledger_balance *ret_moved)
{
    struct ledger_balance moved;
    store_one_row(store, NULL, store_ask(store, STORE_ACCOUNT, Q_BALANCE, account, currency),
                  &row_balance, &moved);
    moved.currency = ret_moved->currency;
    *ret_moved = moved;
}

void store_balance_add(struct store *store, int64_t account, const struct ledger_balance *by)
{
    sqlite3_stmt *q = store_write_query(store, STORE_ACCOUNT, Q_BALANCE_ADD);
    store_bind_from(q, store_bind_row(q, &row_balance, by) + 1, account);
    store_run(store, q);
}

void store_balance_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const struct ledger_balance *moved), void *arg)
{
    sqlite3_stmt *q = store_ask(store, STORE_ACCOUNT, Q_BALANCE_ALL, account);
    struct ledger_balance moved = {0};
    while (store_next_row(store, NULL, q, &row_balance, &moved)) {
        each(arg, &moved);
    }
}
