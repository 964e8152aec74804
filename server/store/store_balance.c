#include "store_balance.h"

#include "base/attr.h"
#include "store/store_private.h"

enum { Q_GET, Q_ADD, Q_ALL, Q_CLEAR };

#define MOST "9000000000000000000"

/* A sum beyond 64 bits is a real to SQLite, which is greater than the bound: min gives an integer
 * again, the bound. */
#define SUM(column) column " = max(-" MOST ", min(" MOST ", " column " + excluded." column "))"

_Static_assert(MONEY_MOST == 9000000000000000000, "the bound stands in the statement");

static const char *const sql[] = {
    [Q_GET] = "SELECT {balance} FROM balance WHERE account = ?1 AND currency = ?2",
    [Q_ADD] = "INSERT INTO balance ({balance}, account)"
              " VALUES ({balance ?}, ?) ON CONFLICT (account, currency) DO UPDATE SET " SUM(
                  "active") ", " SUM("pending") ", " SUM("reserved"),
    [Q_ALL] = "SELECT {balance} FROM balance WHERE account = ?1 ORDER BY currency",
    [Q_CLEAR] = "DELETE FROM balance WHERE account = ?1",
};

const struct store_queries store_balance_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_balance_get(struct store *store, int64_t account, const char *currency,
                       struct ledger_balance *ret_moved)
{
    sqlite3_stmt *q = store_query(store, STORE_BALANCE, Q_GET);
    struct ledger_balance moved;
    store_bind(q, account, currency);
    store_one_row(store, NULL, q, &row_balance, &moved);
    moved.currency = ret_moved->currency;
    *ret_moved = moved;
}

void store_balance_add(struct store *store, int64_t account, const struct ledger_balance *by)
{
    sqlite3_stmt *q = store_write_query(store, STORE_BALANCE, Q_ADD);
    store_bind_from(q, store_bind_row(q, &row_balance, by) + 1, account);
    store_run(store, q);
}

void store_balance_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const struct ledger_balance *moved), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_BALANCE, Q_ALL);
    struct ledger_balance moved = {0};
    store_bind(q, account);
    while (store_next_row(store, NULL, q, &row_balance, &moved)) {
        each(arg, &moved);
    }
}

void store_balance_clear(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_write_query(store, STORE_BALANCE, Q_CLEAR);
    store_bind(q, account);
    store_run(store, q);
}
