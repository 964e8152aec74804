/* The list of snapshots; the copies of their rows are store_copy.c's. */
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

#define COLUMNS "account, name, created_ms, invoices, settings, clock_frozen, clock_now_ms"
#define TAKEN(table)                                                                               \
    "SELECT EXISTS (SELECT 1 FROM " table " AS row JOIN account ON account.num = row.account"      \
    " WHERE row.seq = ?2 AND account.id <> ?1) OR EXISTS (SELECT 1 FROM snapshot_" table           \
    " AS row JOIN snapshot ON snapshot.seq = row.snapshot"                                         \
    " WHERE row.seq = ?2 AND snapshot.account <> ?1)"

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO snapshot (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [Q_GET] = "SELECT seq, " COLUMNS " FROM snapshot WHERE account = ?1 AND name = ?2",
    [Q_LIST] = ("SELECT seq, " COLUMNS " FROM snapshot WHERE account = ?1 AND name > ?2"
                " ORDER BY name LIMIT ?3"),
    [Q_COUNT] = "SELECT count(*) FROM snapshot WHERE account = ?1",
    /* Of one name, or of all when it is null. */
    [Q_LEAVE] = ("INSERT INTO leftover (kind, num) SELECT 1, seq FROM snapshot"
                 " WHERE account = ?1 AND name = ifnull(?2, name)"),
    [Q_DELETE] = "DELETE FROM snapshot WHERE account = ?1 AND name = ifnull(?2, name)",
    [Q_INVOICE_TAKEN] = TAKEN("invoice"),
    [Q_CALLBACK_TAKEN] = TAKEN("callback"),
};

_Static_assert(STORE_LEFTOVER_SNAPSHOT == 1, "the kind is named by number in the statements");

const struct store_queries store_snapshot_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

static void read_row(struct arena *arena, sqlite3_stmt *q, struct snapshot *ret_snapshot)
{
    *ret_snapshot = (struct snapshot){
        .seq = store_column_int(q, 0),
        .account = store_column_text(arena, q, 1),
        .name = store_column_text(arena, q, 2),
        .created_ms = store_column_int(q, 3),
        .invoices = store_column_int(q, 4),
        .settings = store_column_text(arena, q, 5),
        .frozen = store_column_int(q, 6) == 1,
        .now_ms = store_column_int(q, 7),
    };
}

/* The name NULL: all of the account. */
static void take_away(struct store *store, const char *account, const char *name)
{
    static const int queries[] = {Q_LEAVE, Q_DELETE};
    for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
        sqlite3_stmt *q = store_write_query(store, STORE_SNAPSHOT, queries[i]);
        store_bind(q, account, name);
        store_run(store, q);
    }
}

void store_snapshot_delete(struct store *store, const struct snapshot *snapshot)
{
    take_away(store, snapshot->account, snapshot->name);
}

void store_snapshot_delete_all(struct store *store, const char *account)
{
    take_away(store, account, NULL);
}

int64_t store_snapshot_insert(struct store *store, const struct snapshot *snapshot)
{
    store_snapshot_delete(store, snapshot);
    sqlite3_stmt *q = store_write_query(store, STORE_SNAPSHOT, Q_INSERT);
    store_bind(q, snapshot->account, snapshot->name, snapshot->created_ms, snapshot->invoices,
               snapshot->settings, snapshot->frozen, snapshot->now_ms);
    store_run(store, q);
    return sqlite3_last_insert_rowid(store->db);
}

void store_snapshot_take(struct store *store, int64_t snapshot, int64_t account)
{
    store_copy_out(store, account, snapshot);
}

void store_snapshot_restore(struct store *store, int64_t snapshot, int64_t account)
{
    store_copy_in(store, snapshot, account);
}

bool store_snapshot_get(struct store *store, struct arena *arena, const char *account,
                        const char *name, struct snapshot *ret_snapshot)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT, Q_GET);
    bool found = false;
    store_bind(q, account, name);
    while (store_step(store, q)) {
        read_row(arena, q, ret_snapshot);
        found = true;
    }
    return found;
}

size_t store_snapshot_list(struct store *store, struct arena *arena, const char *account,
                           const char *after, int64_t limit, struct snapshot **ret_snapshots)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT, Q_LIST);
    struct snapshot *rows = arena_alloc(arena, (size_t)limit * sizeof *rows);
    size_t n = 0;
    store_bind(q, account, after, limit);
    while (store_step(store, q)) {
        read_row(arena, q, &rows[n++]);
    }
    *ret_snapshots = rows;
    return n;
}

int64_t store_snapshot_count(struct store *store, const char *account)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT, Q_COUNT);
    store_bind(q, account);
    return store_one_int(store, q, 0);
}

static bool is_taken(struct store *store, int query, const char *account, int64_t seq)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT, query);
    store_bind(q, account, seq);
    return store_one_int(store, q, 0);
}

bool store_snapshot_invoice_taken(struct store *store, const char *account, int64_t seq)
{
    return is_taken(store, Q_INVOICE_TAKEN, account, seq);
}

bool store_snapshot_callback_taken(struct store *store, const char *account, int64_t seq)
{
    return is_taken(store, Q_CALLBACK_TAKEN, account, seq);
}
