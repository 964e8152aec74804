#include "store_invoice_find.h"

#include "base/fold.h"
#include "store/store_private.h"

#include <string.h>

enum {
    Q_FLOOR,
    Q_FIND,
    Q_COUNT,
};

#define HAS(column, part) "finds(" column ", " part ")" /* store_search.h */
#define REFERENCE(part) HAS("reference_id", part)
#define CUSTOMER(part) "finds_value(customer, " part ")"
#define ANYWHERE(part)                                                                             \
    "(" REFERENCE(part) " OR " CUSTOMER(part) " OR " HAS("id", part) " OR " HAS("description",     \
                                                                                part) ")"

/* Callbacks of the invoice. The second condition on failing ones lets SQLite find them by their
 * index. */
#define CALLBACK                                                                                   \
    "EXISTS (SELECT 1 FROM callback WHERE callback.invoice = invoice.seq"                          \
    " AND (?16 = 0 OR (" STORE_FAILING ")) AND (?17 IS NULL OR state = ?17)"                       \
    " AND (?18 IS NULL OR state <> ?18))"
#define AMONG_FAILING                                                                              \
    "seq IN (SELECT callback.invoice FROM callback WHERE callback.account = ?1 AND " STORE_FAILING \
    ")"

/* clang-format off */
#define FOUND                                                                                      \
    " FROM invoice WHERE account = ?1 AND seq < ?2 AND seq >= ?3"                                  \
    " AND (?4 = 0 OR (?4 >> status) & 1) AND (?5 IS NULL OR service = ?5)"                         \
    " AND (?6 IS NULL OR currency = ?6) AND (?7 IS NULL OR test_mode = ?7)"                        \
    " AND (?8 IS NULL OR created_ms >= ?8) AND (?9 IS NULL OR created_ms <= ?9)"                   \
    " AND (?10 IS NULL OR amount >= ?10) AND (?11 IS NULL OR amount <= ?11)"                       \
    " AND (?12 IS NULL OR " ANYWHERE("?12") ")"                                                    \
    " AND (?13 IS NULL OR " REFERENCE("?13") ")"                                                   \
    " AND (?14 IS NULL OR " CUSTOMER("?14") ")"                                                    \
    " AND (?15 = 0 OR " CALLBACK ") AND (?16 = 0 OR " AMONG_FAILING ")"
/* clang-format on */

/* All walk down the index of the account's rows. */
static const char *const sql[] = {
    [Q_FLOOR] = "SELECT seq FROM invoice WHERE account = ?1 AND seq < ?2"
                " AND seq >= ?3 ORDER BY seq DESC LIMIT 1 OFFSET ?4",
    [Q_FIND] = "SELECT {invoice}" FOUND " ORDER BY seq DESC LIMIT ?19",
    [Q_COUNT] = "SELECT count(*)" FOUND,
};

const struct store_queries store_invoice_find_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

struct invoice_filter store_invoice_any(enum invoice_kind kind)
{
    return (struct invoice_filter){.kind = kind,
                                   .test_mode = TIME_NONE,
                                   .from_ms = TIME_NONE,
                                   .to_ms = TIME_NONE,
                                   .amount_least = TIME_NONE,
                                   .amount_most = TIME_NONE,
                                   .before_seq = TIME_NONE};
}

/* What the SQL functions look for; NULL for NULL. */
static const char *folded(struct arena *arena, const char *text)
{
    buf_auto out = {0};
    if (!text) {
        return NULL;
    }
    fold_add(&out, text, strlen(text));
    return arena_copy(arena, buf_str(&out), out.size);
}

/* A query on the rows that a search scans, and the last of these rows. */
static sqlite3_stmt *ask(struct store *store, struct arena *arena, int query, int64_t account,
                         const struct invoice_filter *filter, int64_t *ret_reached)
{
    int64_t first = invoice_kinds[filter->kind].first, last = invoice_kinds[filter->kind].last;
    int64_t before = filter->before_seq == TIME_NONE ? last : filter->before_seq;
    sqlite3_stmt *q =
        store_ask(store, STORE_INVOICE_FIND, Q_FLOOR, account, before, first, STORE_FIND_MOST - 1);
    int64_t floor = store_one_int(store, q, 0); /* 0: to the first row of its kind */
    *ret_reached = floor;
    q = store_ask(store, STORE_INVOICE_FIND, query, account, before, floor ? floor : first,
                  (int64_t)filter->statuses, filter->service, filter->currency, filter->test_mode,
                  filter->from_ms, filter->to_ms, filter->amount_least);
    store_bind_from(q, 11, filter->amount_most, folded(arena, filter->search),
                    folded(arena, filter->reference), folded(arena, filter->customer),
                    (int64_t)filter->has_callback, (int64_t)filter->callback_failing,
                    filter->callback_state, filter->callback_other_than);
    return q;
}

size_t store_invoice_find(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_filter *filter, struct invoice **ret_invoices,
                          int64_t *ret_reached)
{
    sqlite3_stmt *q = ask(store, arena, Q_FIND, account, filter, ret_reached);
    store_bind_from(q, 19, filter->limit);
    return store_all_rows(store, arena, q, &row_invoice, ret_invoices);
}

int64_t store_invoice_count_found(struct store *store, struct arena *arena, int64_t account,
                                  const struct invoice_filter *filter, int64_t *ret_reached)
{
    return store_one_int(store, ask(store, arena, Q_COUNT, account, filter, ret_reached), 0);
}
