#include "store_invoice.h"

#include "base/buf.h"
#include "store/store_private.h"

enum { Q_FLOOR, Q_FIND, Q_COUNT };

#define HAS(column) column " LIKE ?8 ESCAPE '\\'"

/* Both go down the index of the account's rows. */
static const char floor_sql[] = "SELECT seq FROM invoice WHERE account = ?1 AND seq < ?2"
                                " AND seq >= ?3 ORDER BY seq DESC LIMIT 1 OFFSET ?4";
static const char find_tail[] =
    " FROM invoice WHERE account = ?1 AND seq < ?2 AND seq >= ?3"
    " AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR service = ?5)"
    " AND (?6 IS NULL OR currency = ?6) AND (?7 IS NULL OR test_mode = ?7)"
    " AND (?8 IS NULL OR " HAS("reference_id") " OR " HAS("id") " OR " HAS(
        "description") " OR " HAS("customer") ") ORDER BY seq DESC LIMIT ?9";

static bool write_queries(struct store *store, struct buf *ret_texts)
{
    (void)store;
    buf_text(&ret_texts[Q_FLOOR], floor_sql);
    buf_text(&ret_texts[Q_FIND], "SELECT ");
    store_invoice_columns(&ret_texts[Q_FIND]);
    buf_text(&ret_texts[Q_FIND], find_tail);
    return true;
}

const struct store_queries store_find_queries = {.write = write_queries, .n = Q_COUNT};

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
    int64_t floor = 0;
    store_bind(q, "iiii", account, before, first, (int64_t)STORE_FIND_MOST - 1);
    while (store_step(store, q)) {
        floor = store_column_int(q, 0);
    }
    return floor;
}

size_t store_invoice_find(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_filter *filter, const char *search,
                          struct invoice **ret_invoices, int64_t *ret_reached)
{
    buf_auto pattern = {0};
    int64_t first = invoice_first(filter->kind), last = invoice_last(filter->kind);
    int64_t before = filter->before_seq == TIME_NONE ? last : filter->before_seq;
    int64_t floor = read_floor(store, account, before, first);
    struct invoice *rows = arena_alloc(arena, (size_t)filter->limit * sizeof *rows);
    size_t n = 0;
    if (search) {
        write_pattern(&pattern, search);
    }
    sqlite3_stmt *q = store_query(store, STORE_FIND, Q_FIND);
    store_bind(q, "iiiittiti", account, before, floor ? floor : first, filter->status,
               filter->service, filter->currency, filter->test_mode,
               search ? buf_str(&pattern) : NULL, filter->limit);
    while (store_step(store, q)) {
        store_invoice_read(arena, q, &rows[n++]);
    }
    *ret_invoices = rows;
    *ret_reached = floor;
    return n;
}
