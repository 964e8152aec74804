#include "store_invoice.h"

#include "base/buf.h"
#include "store/store_private.h"

enum { Q_FLOOR, Q_FIND };

#define HAS(column) column " LIKE ?8 ESCAPE '\\'"

/* Both go down the index of the account's rows. */
static const char *const sql[] = {
    [Q_FLOOR] = "SELECT seq FROM invoice WHERE account = ?1 AND seq < ?2"
                " AND seq >= ?3 ORDER BY seq DESC LIMIT 1 OFFSET ?4",
    [Q_FIND] = "SELECT {invoice} FROM invoice WHERE account = ?1 AND seq < ?2 AND seq >= ?3"
               " AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR service = ?5)"
               " AND (?6 IS NULL OR currency = ?6) AND (?7 IS NULL OR test_mode = ?7)"
               " AND (?8 IS NULL OR " HAS("reference_id") " OR " HAS("id") " OR " HAS(
                   "description") " OR " HAS("customer") ") ORDER BY seq DESC LIMIT ?9",
};

const struct store_queries store_find_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

/* The text anywhere, as a pattern of LIKE. */
static void write_pattern(struct buf *out, const char *text)
{
    buf_text(out, "%");
    for (; *text; text++) {
        buf_printf(out, "%s%c", *text == '%' || *text == '_' || *text == '\\' ? "\\" : "", *text);
    }
    buf_text(out, "%");
}

/* 0: the search reaches the first row of its kind. */
static int64_t read_floor(struct store *store, int64_t account, int64_t before, int64_t first)
{
    sqlite3_stmt *q = store_query(store, STORE_FIND, Q_FLOOR);
    store_bind(q, account, before, first, STORE_FIND_MOST - 1);
    return store_one_int(store, q, 0);
}

size_t store_invoice_find(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_filter *filter, const char *search,
                          struct invoice **ret_invoices, int64_t *ret_reached)
{
    buf_auto pattern = {0};
    int64_t first = invoice_first(filter->kind), last = invoice_last(filter->kind);
    int64_t before = filter->before_seq == TIME_NONE ? last : filter->before_seq;
    int64_t floor = read_floor(store, account, before, first);
    if (search) {
        write_pattern(&pattern, search);
    }
    sqlite3_stmt *q = store_query(store, STORE_FIND, Q_FIND);
    store_bind(q, account, before, floor ? floor : first, filter->status, filter->service,
               filter->currency, filter->test_mode, search ? buf_str(&pattern) : NULL,
               filter->limit);
    *ret_reached = floor;
    return store_all_rows(store, arena, q, &row_invoice, ret_invoices);
}
