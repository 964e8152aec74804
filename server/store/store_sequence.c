/* Row numbers that are never reused, even after the last rows were deleted. */
#include "store/store_private.h"

#include "base/attr.h"

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
