/* Opens, creates, migrates and closes a database. */
#include "base/die.h"
#include "base/embedded.h"
#include "base/text.h"
#include "store/store_private.h"
#include "store/store_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_KIB 12288

/* ------------------------------------------------------------------ refusals */

/* The reasons that a user can fix, in words. */
static const char *sqlite_reason(const struct store *store, struct arena *arena)
{
    switch (sqlite3_errcode(store->db)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "the database is in use by another process";
    case SQLITE_NOMEM: /* whatever it could not do for lack of it */
        return "out of memory";
    case SQLITE_NOTADB:
        return "the file is not a database";
    case SQLITE_CANTOPEN:
        return arena_printf(arena, "cannot open or make the database (%s)",
                            strerror(sqlite3_system_errno(store->db)));
    default:
        return arena_strdup(arena, sqlite3_errmsg(store->db));
    }
}

/* ------------------------------------------------------------------ the library */

/* One thread uses SQLite, and nobody reads its statistics: no locks and no counting in each of its
 * many small allocations. After the first database SQLite refuses this, and it stays set. */
static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    store_memory_begin();
}

/* ------------------------------------------------------------------ pragmas */

static bool pragma_int(struct store *store, const char *text, int64_t *ret_n)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, text, -1, &statement, NULL)) {
        return false;
    }
    bool good = sqlite3_step(statement) == SQLITE_ROW;
    *ret_n = good ? sqlite3_column_int64(statement, 0) : 0;
    return sqlite3_finalize(statement) == SQLITE_OK && good;
}

static bool execute(struct store *store, const char *text)
{
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static bool set_pragmas(struct store *store, enum store_durability durability)
{
    static const char *const synchronous[] = {
        [STORE_DURABLE_CRASH] = "NORMAL",
        [STORE_DURABLE_POWER] = "FULL",
        [STORE_DURABLE_NONE] = "OFF",
    };
    char pragmas[256];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA synchronous = %s; PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY",
             synchronous[durability], CACHE_KIB);
    return execute(store, pragmas);
}

/* ------------------------------------------------------------------ the schema */

/* The initial content of a new database (schema/fresh.py). */
static const struct embedded_file *fresh(void)
{
    const struct embedded_file *file = embedded_find("schema/fresh.db");
    if (!file) {
        die("schema/fresh.db is not embedded");
    }
    return file;
}

/* Numbers in the header of a database: the program that owns it, and the version of its schema. */
enum { VERSION_AT = 60, MARK_AT = 68 };

static int64_t fresh_number(size_t at)
{
    int64_t n = 0;
    for (size_t i = at; i < at + 4; i++) {
        n = n << 8 | (uint8_t)fresh()->data[i];
    }
    return n;
}

/* Copies it into an empty database, all or nothing. */
static bool begin_fresh(struct store *store)
{
    const struct embedded_file *file = fresh();
    sqlite3_int64 size = (sqlite3_int64)file->size;
    sqlite3 *from;
    if (sqlite3_open_v2(":memory:", &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
        sqlite3_deserialize(from, "main", (unsigned char *)file->data, size, size,
                            SQLITE_DESERIALIZE_READONLY)) {
        die("schema/fresh.db cannot be read: %s", sqlite3_errmsg(from));
    }
    sqlite3_backup *copy = sqlite3_backup_init(store->db, "main", from, "main");
    bool good = copy && sqlite3_backup_step(copy, -1) == SQLITE_DONE;
    good = sqlite3_backup_finish(copy) == SQLITE_OK && good;
    sqlite3_close(from);
    return good;
}

/* The schema files by number: schema/db/001_..., 002_..., in the order of embedding. */
static const struct embedded_file *migration(int64_t number)
{
    int64_t found = 0;
    for (size_t i = 0; i < embedded_count; i++) {
        if (text_starts(embedded_files[i].name, "schema/db/") && ++found == number) {
            return &embedded_files[i];
        }
    }
    return NULL;
}

static bool migrate(struct store *store, int64_t version)
{
    const struct embedded_file *file;
    while ((file = migration(version + 1))) {
        char done[64];
        snprintf(done, sizeof done, "PRAGMA user_version = %lld", (long long)++version);
        if (!execute(store, "BEGIN IMMEDIATE") || !execute(store, file->data) ||
            !execute(store, done) || !execute(store, "COMMIT")) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ open and close */

static const struct store_queries *const groups[STORE_GROUPS] = {
    [STORE_CORE] = &store_core_queries,
    [STORE_ACCOUNT] = &store_account_queries,
    [STORE_INVOICE] = &store_invoice_queries,
    [STORE_INVOICE_FIND] = &store_invoice_find_queries,
    [STORE_CALLBACK] = &store_callback_queries,
    [STORE_CALLBACK_FIND] = &store_callback_find_queries,
    [STORE_RUN] = &store_run_queries,
    [STORE_SEQUENCE] = &store_sequence_queries,
    [STORE_SNAPSHOT] = &store_snapshot_queries,
    [STORE_SNAPSHOT_ROWS] = &store_snapshot_rows_queries,
    [STORE_GARBAGE] = &store_garbage_queries,
    [STORE_REPORT] = &store_report_queries,
};

/* Accepts a database that is empty (version 0), or ours and not newer. */
static const char *check_owner(struct store *store, struct arena *arena, int64_t *ret_version)
{
    int64_t mark, tables;
    if (!pragma_int(store, "PRAGMA application_id", &mark) ||
        !pragma_int(store, "PRAGMA user_version", ret_version) ||
        !pragma_int(store, "SELECT count(*) FROM sqlite_schema", &tables)) {
        return sqlite_reason(store, arena);
    }
    bool ours = mark == fresh_number(MARK_AT);
    bool empty = !tables && !*ret_version && (ours || !mark);
    if (!empty && !(ours && *ret_version > 0)) {
        return "the database belongs to another program";
    }
    if (*ret_version > fresh_number(VERSION_AT)) {
        return arena_printf(arena, "the database was made by a newer version (schema %lld)",
                            (long long)*ret_version);
    }
    return NULL;
}

static const char *set_up(struct store *store, enum store_durability durability,
                          struct arena *arena)
{
    int64_t version = 0;
    /* Exclusive before WAL: the lock keeps a second server out, and the log's index stays in
     * private memory. */
    if (!execute(store, "PRAGMA locking_mode = EXCLUSIVE")) {
        return sqlite_reason(store, arena);
    }
    const char *why = check_owner(store, arena, &version);
    if (why) {
        return why;
    }
    if (sqlite3_db_readonly(store->db, "main") == 1) {
        return "the database cannot be written";
    }
    bool ready = set_pragmas(store, durability) && (version || begin_fresh(store)) &&
                 execute(store, "PRAGMA journal_mode = WAL") && store_snapshot_begin(store->db) &&
                 execute(store, "BEGIN IMMEDIATE; COMMIT");
    /* An existing database may be damaged or altered. */
    ready = ready && (!version || (migrate(store, version) && store_compile_all(store)));
    if (!ready) {
        return sqlite_reason(store, arena);
    }
    store_wal_begin(store, durability);
    return NULL;
}

const char *store_open(const char *file, enum store_durability durability, struct arena *arena,
                       struct store **ret_store)
{
    struct store *store = mem_alloc(sizeof *store);
    store->file = mem_strdup(file);
    store->groups = groups;
    store->invoice_count = -1;
    store->log.fd = -1;
    configure_library();
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    bool good = sqlite3_open_v2(file, &store->db, flags, NULL) == SQLITE_OK &&
                store_search_begin(store->db) == SQLITE_OK;
    const char *why = good ? set_up(store, durability, arena) : sqlite_reason(store, arena);
    if (why) {
        store_close(store);
        return arena_printf(arena, "%s: %s", file, why);
    }
    *ret_store = store;
    return NULL;
}

void store_close(struct store *store)
{
    if (!store) {
        return;
    }
    for (int group = 0; group < STORE_GROUPS; group++) {
        for (int i = 0; i < STORE_STATEMENTS_MOST; i++) {
            sqlite3_finalize(store->compiled[group][i]);
        }
    }
    sqlite3_close(store->db);
    store_wal_end(store);
    store_run_end(store);
    free(store->file);
    free(store);
}
