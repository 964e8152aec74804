/* The list of snapshots; store_snapshot_rows.c has their rows. */
#include "store_snapshot.h"

#include "base/attr.h"
#include "store/store_private.h"

enum {
    Q_INSERT,
    Q_GET,
    Q_LIST,
    Q_COUNT,
    Q_LEAVE,
    Q_DELETE,
    Q_INVOICE_TAKEN,
    Q_CALLBACK_TAKEN,
};

#define TAKEN(table)                                                                               \
    "SELECT EXISTS (SELECT 1 FROM " table " AS row JOIN account ON account.num = row.account"      \
    " WHERE row.seq = ?2 AND account.id <> ?1) OR EXISTS (SELECT 1 FROM snapshot_" table           \
    " AS row JOIN snapshot ON snapshot.seq = row.snapshot"                                         \
    " WHERE row.seq = ?2 AND snapshot.account <> ?1)"

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO snapshot ({snapshot}) VALUES ({snapshot ?})",
    [Q_GET] = "SELECT {snapshot} FROM snapshot WHERE account = ?1 AND name = ?2",
    [Q_LIST] = ("SELECT {snapshot} FROM snapshot WHERE account = ?1 AND name > ?2"
                " ORDER BY name LIMIT ?3"),
    [Q_COUNT] = "SELECT count(*) FROM snapshot WHERE account = ?1",
    /* With one name, or all if it is null. */
    [Q_LEAVE] = ("INSERT INTO leftover (kind, num) SELECT 1, seq FROM snapshot"
                 " WHERE account = ?1 AND name = ifnull(?2, name)"),
    [Q_DELETE] = "DELETE FROM snapshot WHERE account = ?1 AND name = ifnull(?2, name)",
    [Q_INVOICE_TAKEN] = TAKEN("invoice"),
    [Q_CALLBACK_TAKEN] = TAKEN("callback"),
};

_Static_assert(STORE_GARBAGE_SNAPSHOT == 1, "the kind is named by number in the statements");

const struct store_queries store_snapshot_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_snapshot_delete(struct store *store, const char *account, const char *name)
{
    store_do(store, STORE_SNAPSHOT, Q_LEAVE, account, name);
    store_do(store, STORE_SNAPSHOT, Q_DELETE, account, name);
}

int64_t store_snapshot_insert(struct store *store, const struct snapshot *snapshot)
{
    store_snapshot_delete(store, snapshot->account, snapshot->name);
    struct snapshot fresh = *snapshot;
    fresh.seq = INT64_MIN; /* null: the next number */
    store_insert(store, STORE_SNAPSHOT, Q_INSERT, &row_snapshot, &fresh);
    return sqlite3_last_insert_rowid(store->db);
}

bool store_snapshot_get(struct store *store, struct arena *arena, const char *account,
                        const char *name, struct snapshot *ret_snapshot)
{
    sqlite3_stmt *q = store_ask(store, STORE_SNAPSHOT, Q_GET, account, name);
    return store_one_row(store, arena, q, &row_snapshot, ret_snapshot);
}

size_t store_snapshot_list(struct store *store, struct arena *arena, const char *account,
                           const char *after, int64_t limit, struct snapshot **ret_snapshots)
{
    sqlite3_stmt *q = store_ask(store, STORE_SNAPSHOT, Q_LIST, account, after, limit);
    return store_all_rows(store, arena, q, &row_snapshot, ret_snapshots);
}

int64_t store_snapshot_count(struct store *store, const char *account)
{
    return store_one_int(store, store_ask(store, STORE_SNAPSHOT, Q_COUNT, account), 0);
}

bool store_snapshot_taken(struct store *store, const struct row_table *table, const char *account,
                          int64_t seq)
{
    int query = table == &row_invoice ? Q_INVOICE_TAKEN : Q_CALLBACK_TAKEN;
    return store_one_int(store, store_ask(store, STORE_SNAPSHOT, query, account, seq), 0);
}
