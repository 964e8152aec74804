/* Binds and reads rows by the tables of domain/row.h, and numbers them. */
#include "domain/ident.h"
#include "store/store_private.h"

#include <string.h>

/* How a kind of value is stored. */
enum storage {
    STORED_TEXT,   /* const char *, NULL is null */
    STORED_IDENT,  /* char[IDENT_TEXT] */
    STORED_BYTES,  /* const char * and int64_t */
    STORED_NUMBER, /* int64_t, INT64_MIN is null */
    STORED_CHOICE, /* uint32_t, or an enum */
    STORED_BOOL,
};

static const enum storage storages[] = {
    [ROW_TEXT] = STORED_TEXT,       [ROW_URL] = STORED_TEXT,       [ROW_IDENT] = STORED_IDENT,
    [ROW_ID] = STORED_TEXT,         [ROW_JSON] = STORED_TEXT,      [ROW_BYTES] = STORED_BYTES,
    [ROW_MONEY] = STORED_NUMBER,    [ROW_BALANCE] = STORED_NUMBER, [ROW_UNITS] = STORED_NUMBER,
    [ROW_TIME] = STORED_NUMBER,     [ROW_COUNT] = STORED_NUMBER,   [ROW_CODE] = STORED_NUMBER,
    [ROW_CALLBACK] = STORED_NUMBER, [ROW_NUMBER] = STORED_NUMBER,  [ROW_BOOL] = STORED_BOOL,
    [ROW_CHOICE] = STORED_CHOICE,   [ROW_STATUS] = STORED_CHOICE,  [ROW_STATUSES] = STORED_CHOICE,
    [ROW_RESOLUTION] = STORED_TEXT, [ROW_CURRENCY] = STORED_TEXT,  [ROW_TREE] = STORED_TEXT,
};

/* ------------------------------------------------------------------ binding */

static void bind_field(sqlite3_stmt *q, int at, const struct row_field *field, const void *row)
{
    const void *place = (const char *)row + field->offset;
    uint32_t choice;
    switch (storages[field->kind]) {
    case STORED_TEXT:
        store_bind_text(q, at, *(const char *const *)place);
        break;
    case STORED_IDENT:
        store_bind_text(q, at, place);
        break;
    case STORED_BYTES:
        sqlite3_bind_blob64(q, at, *(const char *const *)place,
                            *(const uint64_t *)((const char *)row + field->offset2), SQLITE_STATIC);
        break;
    case STORED_NUMBER:
        store_bind_int(q, at, *(const int64_t *)place);
        break;
    case STORED_CHOICE:
        memcpy(&choice, place, sizeof choice);
        store_bind_int(q, at, choice);
        break;
    case STORED_BOOL:
        store_bind_int(q, at, *(const bool *)place);
        break;
    }
}

int store_bind_row(sqlite3_stmt *q, const struct row_table *table, const void *row)
{
    for (size_t i = 0; i < table->n; i++) {
        bind_field(q, (int)i + 1, &table->fields[i], row);
    }
    return (int)table->n;
}

int store_bind_changes(sqlite3_stmt *q, const struct row_table *table, const void *row)
{
    int n = 0;
    for (size_t i = 0; i < table->n; i++) {
        if (table->fields[i].changes) {
            bind_field(q, ++n, &table->fields[i], row);
        }
    }
    return n;
}

/* ------------------------------------------------------------------ reading */

static void read_ident(sqlite3_value *value, char ret_id[IDENT_TEXT])
{
    const char *text = store_value_text(NULL, value) ?: "";
    size_t size = strnlen(text, IDENT_TEXT - 1);
    memcpy(ret_id, text, size);
    ret_id[size] = '\0';
}

static void read_field(struct arena *arena, sqlite3_value *value, const struct row_field *field,
                       void *row)
{
    void *place = (char *)row + field->offset;
    uint32_t choice;
    switch (storages[field->kind]) {
    case STORED_TEXT:
        *(const char **)place = store_value_text(arena, value);
        break;
    case STORED_IDENT:
        read_ident(value, place);
        break;
    case STORED_BYTES:
        *(const char **)place = store_value_text(arena, value);
        *(int64_t *)((char *)row + field->offset2) = sqlite3_value_bytes(value);
        break;
    case STORED_NUMBER:
        *(int64_t *)place = store_value_int(value);
        break;
    case STORED_CHOICE:
        choice = (uint32_t)sqlite3_value_int64(value);
        memcpy(place, &choice, sizeof choice);
        break;
    case STORED_BOOL:
        *(bool *)place = sqlite3_value_int(value);
        break;
    }
}

bool store_next_row(struct store *store, struct arena *arena, sqlite3_stmt *q,
                    const struct row_table *table, void *ret_row)
{
    if (!store_step(store, q)) {
        return false;
    }
    for (size_t i = 0; i < table->n; i++) {
        read_field(arena, sqlite3_column_value(q, (int)i), &table->fields[i], ret_row);
    }
    return true;
}

bool store_one_row(struct store *store, struct arena *arena, sqlite3_stmt *q,
                   const struct row_table *table, void *ret_row)
{
    memset(ret_row, 0, table->size);
    bool found = store_next_row(store, arena, q, table, ret_row);
    sqlite3_reset(q);
    return found;
}

size_t store_all_rows(struct store *store, struct arena *arena, sqlite3_stmt *q,
                      const struct row_table *table, void *ret_rows)
{
    size_t n = 0, room = 0;
    char *rows = arena_grow(arena, NULL, n, &room, table->size);
    while (store_next_row(store, arena, q, table, rows + n * table->size)) {
        rows = arena_grow(arena, rows, ++n, &room, table->size);
    }
    *(void **)ret_rows = rows;
    return n;
}

/* Reverses an array of rows. */
static void reverse(char *rows, size_t n, size_t size)
{
    char *spare = rows + n * size; /* store_all_rows always has room for one more */
    for (size_t i = 0; i < n / 2; i++) {
        char *left = rows + i * size, *right = rows + (n - 1 - i) * size;
        memcpy(spare, left, size);
        memcpy(left, right, size);
        memcpy(right, spare, size);
    }
}

size_t store_all_rows_reversed(struct store *store, struct arena *arena, sqlite3_stmt *q,
                               const struct row_table *table, void *ret_rows)
{
    size_t n = store_all_rows(store, arena, q, table, ret_rows);
    reverse(*(char **)ret_rows, n, table->size);
    return n;
}

/* ------------------------------------------------------------------ writing */

int store_insert(struct store *store, enum store_group group, int query,
                 const struct row_table *table, const void *row)
{
    sqlite3_stmt *q = store_write_query(store, group, query);
    store_bind_row(q, table, row);
    return store_run(store, q);
}

/* ------------------------------------------------------------------ single numbers */

int64_t store_one_int(struct store *store, sqlite3_stmt *q, int64_t otherwise)
{
    int64_t n = otherwise;
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

size_t store_all_ints(struct store *store, struct arena *arena, sqlite3_stmt *q, int64_t **ret_ints)
{
    static const struct row_field field = {.kind = ROW_NUMBER};
    static const struct row_table table = {NULL, &field, 1, sizeof(int64_t)};
    return store_all_rows(store, arena, q, &table, ret_ints);
}

/* ------------------------------------------------------------------ numbers, never reused */

/* Rows of snapshots count: they may be restored. */
#define LAST_WHERE(table, where)                                                                   \
    "SELECT max(ifnull(max(seq), 0), (SELECT ifnull(max(seq), 0) FROM snapshot_" table where       \
    ")) FROM " table where
#define LAST(table) LAST_WHERE(table, "")

static const char *const sql[] = {
    [STORE_SEQUENCE_ACCOUNT] = "SELECT max(num) FROM account",
    [STORE_SEQUENCE_INVOICE] = LAST_WHERE("invoice", " WHERE seq < " STORE_PAYOUTS),
    [STORE_SEQUENCE_CALLBACK] = LAST("callback"),
    [STORE_SEQUENCE_PAYOUT] = LAST_WHERE("invoice", " WHERE seq >= " STORE_PAYOUTS),
};

const struct store_queries store_sequence_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

static const struct {
    const char *key; /* key in meta: the next number, saved before rows are deleted */
    int64_t first;   /* 0: from 1 on */
} sequences[] = {
    [STORE_SEQUENCE_ACCOUNT] = {"account_num"},
    [STORE_SEQUENCE_INVOICE] = {"invoice_seq"},
    [STORE_SEQUENCE_CALLBACK] = {"callback_seq"},
    [STORE_SEQUENCE_PAYOUT] = {"payout_seq", INVOICE_PAYOUTS},
};

/* The number after the last row and the saved one. */
static int64_t first_of(struct store *store, enum store_sequence which)
{
    sqlite3_stmt *q = store_query(store, STORE_SEQUENCE, (int)which);
    int64_t first = sequences[which].first, last = first ? first - 1 : 0, saved = 1;
    while (store_step(store, q)) {
        int64_t row = sqlite3_column_int64(q, 0); /* 0 for null: there is no row */
        last = row > last ? row : last;
    }
    store_meta_get(store, sequences[which].key, &saved, sizeof saved);
    return last + 1 > saved ? last + 1 : saved;
}

static int64_t *next_of(struct store *store, enum store_sequence which)
{
    int64_t *next = &store->next[which];
    if (!*next) {
        *next = first_of(store, which);
    }
    return next;
}

int64_t store_sequence_next(struct store *store, enum store_sequence which)
{
    return (*next_of(store, which))++;
}

void store_sequence_keep(struct store *store, enum store_sequence which)
{
    const int64_t *next = next_of(store, which);
    store_meta_put(store, sequences[which].key, next, sizeof *next);
}

void store_sequence_keep_invoices(struct store *store)
{
    store_sequence_keep(store, STORE_SEQUENCE_INVOICE);
    store_sequence_keep(store, STORE_SEQUENCE_PAYOUT);
    store_sequence_keep(store, STORE_SEQUENCE_CALLBACK);
}

enum store_sequence store_sequence_of(enum invoice_kind kind)
{
    return kind == INVOICE_PAYOUT ? STORE_SEQUENCE_PAYOUT : STORE_SEQUENCE_INVOICE;
}

void store_sequence_pass(struct store *store, enum store_sequence which, int64_t number)
{
    int64_t *next = next_of(store, which);
    *next = number < *next ? *next : number + 1;
}
