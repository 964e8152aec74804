/* Statements, turns, and the server's own values. store_open.c opens and closes the database. */
#include "store.h"

#include "base/die.h"
#include "base/log.h"
#include "store/store_private.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { Q_BEGIN, Q_COMMIT, Q_ROLLBACK, Q_META_GET, Q_META_PUT };

static const char *const sql[] = {
    [Q_BEGIN] = "BEGIN IMMEDIATE",
    [Q_COMMIT] = "COMMIT",
    [Q_ROLLBACK] = "ROLLBACK",
    [Q_META_GET] = "SELECT value FROM meta WHERE key = ?1",
    [Q_META_PUT] = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
};

/* ------------------------------------------------------------------ statements */

const struct store_queries store_core_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_poison(struct store *store, const char *why)
{
    if (!store->poisoned) {
        log_event(LOG_ERROR, "store_failed", LOG_TEXT("reason", why));
        snprintf(store->failure, sizeof store->failure, "%s", why);
    }
    store->poisoned = true;
}

const char *store_failure(const struct store *store)
{
    return store->failure;
}

static void poison_by_sqlite(struct store *store, const char *text)
{
    char why[512];
    snprintf(why, sizeof why, "%s: %s in: %.200s", store->file, sqlite3_errmsg(store->db),
             text ? text : "a statement's making");
    store_poison(store, why);
}

static const struct row_table *const tables[] = {
    &row_invoice, &row_transition,   &row_callback, &row_callback_head,
    &row_attempt, &row_attempt_head, &row_refund,   &row_balance,
    &row_outcome, &row_snapshot,     &row_account,
};

static const struct row_table *find_table(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        if (strlen(tables[i]->name) == length && memcmp(tables[i]->name, name, length) == 0) {
            return tables[i];
        }
    }
    die("a statement names the row {%.*s}", (int)length, name);
}

/* Writes one "{name}", "{name ?}" or "{name =}". Returns the rest of the text. */
static const char *expand_one(struct buf *out, const char *text)
{
    const char *end = strchr(text, '}');
    bool plain = end[-1] != '?' && end[-1] != '=';
    size_t length = (size_t)(end - text) - (plain ? 1 : 3);
    const struct row_table *table = find_table(text + 1, length);
    const char *comma = "";
    for (size_t i = 0; i < table->n; i++) {
        const struct row_field *field = &table->fields[i];
        if (end[-1] == '=' && !field->changes) {
            continue;
        }
        buf_text(out, comma);
        buf_text(out, end[-1] == '?' ? "?" : field->column);
        buf_text(out, end[-1] == '=' ? " = ?" : "");
        comma = ", ";
    }
    return end + 1;
}

/* Appends a statement's text with the names of rows replaced by their columns. */
static void expand(struct buf *out, const char *text)
{
    for (const char *mark; (mark = strchr(text, '{')); text = expand_one(out, mark)) {
        buf_add(out, text, (size_t)(mark - text));
    }
    buf_text(out, text);
}

/* Returns NULL if it cannot be compiled, with sqlite3_errmsg set. */
static sqlite3_stmt *compile(struct store *store, enum store_group group, int query)
{
    const struct store_queries *queries = store->groups[group];
    buf_auto made = {0}, text = {0};
    if (queries->write && !queries->write(store, query, &made)) {
        return NULL;
    }
    expand(&text, queries->write ? made.data : queries->texts[query]);
    sqlite3_prepare_v3(store->db, text.data, -1, SQLITE_PREPARE_PERSISTENT,
                       &store->compiled[group][query], NULL);
    return store->compiled[group][query];
}

bool store_compile_all(struct store *store)
{
    for (enum store_group group = 0; group < STORE_GROUPS; group++) {
        for (int query = 0; query < store->groups[group]->n; query++) {
            if (!store->compiled[group][query] && !compile(store, group, query)) {
                return false;
            }
        }
    }
    return true;
}

/* SQLite accepts NULL as a statement: nothing is bound, and a poisoned turn does not step. */
sqlite3_stmt *store_query(struct store *store, enum store_group group, int query)
{
    sqlite3_stmt *compiled = store->compiled[group][query];
    if (!compiled && !(compiled = compile(store, group, query))) {
        poison_by_sqlite(store, NULL);
    }
    return compiled;
}

sqlite3_stmt *store_write_query(struct store *store, enum store_group group, int query)
{
    if (!store->in_turn) {
        store->in_turn = true;
        store_run(store, store_query(store, STORE_CORE, Q_BEGIN));
    }
    return store_query(store, group, query);
}

void store_bind_int(sqlite3_stmt *q, int at, int64_t n)
{
    n == INT64_MIN ? sqlite3_bind_null(q, at) : sqlite3_bind_int64(q, at, n);
}

void store_bind_text(sqlite3_stmt *q, int at, const char *text)
{
    sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
}

/* A poisoned turn does nothing more: its writes will be rolled back, and its reads would show
 * them. */
bool store_step(struct store *store, sqlite3_stmt *statement)
{
    int result = store->poisoned ? SQLITE_DONE : sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        return true;
    }
    if (result != SQLITE_DONE) {
        poison_by_sqlite(store, sqlite3_sql(statement));
    }
    sqlite3_reset(statement);
    return false;
}

int store_run(struct store *store, sqlite3_stmt *statement)
{
    bool good = !store->poisoned;
    while (store_step(store, statement)) {
    }
    return good && !store->poisoned ? sqlite3_changes(store->db) : 0;
}

const char *store_value_text(struct arena *arena, sqlite3_value *value)
{
    if (sqlite3_value_type(value) == SQLITE_NULL) {
        return NULL;
    }
    const char *text = (const char *)sqlite3_value_text(value);
    if (!text) {
        die_of_memory(0); /* SQLite may have to copy it, and could not */
    }
    return arena ? arena_copy(arena, text, (size_t)sqlite3_value_bytes(value)) : text;
}

int64_t store_value_int(sqlite3_value *value)
{
    return sqlite3_value_type(value) == SQLITE_NULL ? INT64_MIN : sqlite3_value_int64(value);
}

const char *store_column_text(struct arena *arena, sqlite3_stmt *statement, int column)
{
    return store_value_text(arena, sqlite3_column_value(statement, column));
}

int64_t store_column_int(sqlite3_stmt *statement, int column)
{
    return store_value_int(sqlite3_column_value(statement, column));
}

/* ------------------------------------------------------------------ turns */

bool store_in_turn(const struct store *store)
{
    return store->in_turn || store->poisoned;
}

bool store_commit(struct store *store)
{
    if (!store_in_turn(store)) {
        return true;
    }
    if (!store->poisoned) {
        store_run(store, store_query(store, STORE_CORE, Q_COMMIT));
    }
    bool good = !store->poisoned;
    if (good) {
        store->failure[0] = '\0';
    } else {
        store->invoice_count = -1;
        store->poisoned = false;
        if (!sqlite3_get_autocommit(store->db)) {
            store_run(store, store_query(store, STORE_CORE, Q_ROLLBACK));
        }
    }
    store_run_turn_ended(store, good);
    store->in_turn = store->poisoned = false;
    return good;
}

/* ------------------------------------------------------------------ meta */

bool store_meta_get(struct store *store, const char *key, void *ret_data, size_t size)
{
    sqlite3_stmt *q = store_ask(store, STORE_CORE, Q_META_GET, key);
    bool found = false;
    while (store_step(store, q)) {
        found = (size_t)sqlite3_column_bytes(q, 0) == size;
        if (found) {
            memcpy(ret_data, sqlite3_column_blob(q, 0), size);
        }
    }
    return found;
}

void store_meta_put(struct store *store, const char *key, const void *data, size_t size)
{
    sqlite3_stmt *q = store_write_query(store, STORE_CORE, Q_META_PUT);
    store_bind(q, key);
    sqlite3_bind_blob64(q, 2, data, size, SQLITE_STATIC);
    store_run(store, q);
}

int64_t store_bytes(struct store *store)
{
    struct stat st;
    char log_file[4096];
    snprintf(log_file, sizeof log_file, "%s-wal", store->file);
    int64_t bytes = stat(store->file, &st) == 0 ? (int64_t)st.st_size : 0;
    return bytes + (stat(log_file, &st) == 0 ? (int64_t)st.st_size : 0);
}
