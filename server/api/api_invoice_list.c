/* The lists of payments and of payouts: their pages and the cursor (P513, P517). */
#include "api/api.h"

#include "api/list_filter.h"
#include "base/text.h"

#define PAGE_SIZE 20
#define PAGE_SIZE_MOST 100

const char *query_bracket(struct http_request *request, const char *map, const char *name)
{
    if (!*request->query_text) {
        return NULL;
    }
    return json_string_value(json_object_get(json_object_get(http_query(request), map), name));
}

void paging_read_int(struct http_request *request, const char *name, int64_t most, int64_t *value,
                     struct json_errors *errors)
{
    const char *text = query_bracket(request, "page", name);
    int64_t n;
    if (!text) {
        return;
    }
    if (!text_to_int(text, &n) || n < 1) {
        json_errors_add(errors, arena_printf(errors->arena, "page[%s]", name), MESSAGE_INVALID);
        return;
    }
    *value = n > most ? most : n;
}

/* A page of the query. */
struct cursor {
    int64_t size;
    int64_t before_seq, after_seq; /* or TIME_NONE */
};

/* The row of a cursor; it need not match the filters. */
static void read_cursor(struct call *call, const char *name, int64_t *ret_seq,
                        struct json_errors *errors)
{
    const char *id = query_bracket(call->request, "page", name);
    struct invoice invoice;
    if (!id || !*id) {
        return;
    }
    if (!api_find(call, id, &invoice)) {
        json_errors_add(errors, arena_printf(call->arena, "page[%s]", name), MESSAGE_INVALID);
        return;
    }
    *ret_seq = invoice.seq;
}

/* ------------------------------------------------------------------ the answer */

struct page {
    struct invoice *rows;
    size_t n;
    bool older, newer; /* there are more on either side */
};

static size_t find(struct call *call, const struct invoice_list *list, struct invoice **ret_rows)
{
    return store_invoice_list(call->engine->store, call->arena, call->tenant->account.num, list,
                              ret_rows);
}

/* The cursor becomes a bound of the rows. */
static struct invoice_list list_at(const struct list_filter *filter, const struct cursor *cursor)
{
    struct invoice_list list = filter->list;
    list.upward = cursor->after_seq != TIME_NONE;
    if (list.upward && cursor->after_seq >= list.first_seq) {
        list.first_seq = cursor->after_seq + 1;
    } else if (!list.upward && cursor->before_seq != TIME_NONE &&
               cursor->before_seq <= list.last_seq) {
        list.last_seq = cursor->before_seq - 1;
    }
    return list;
}

/* One row beyond the limit shows whether there are more in the direction of reading; a query of one
 * row checks the other direction. */
static void read_page(struct call *call, const struct list_filter *filter,
                      const struct cursor *cursor, struct page *ret_page)
{
    struct invoice_list list = list_at(filter, cursor), back = filter->list;
    struct invoice *rows, *other;
    bool moved = list.upward || cursor->before_seq != TIME_NONE;
    list.limit = cursor->size + 1;
    size_t n = find(call, &list, &rows);
    bool more = n > (size_t)cursor->size;
    n -= more;
    rows += list.upward && more; /* the surplus row is the farthest from the cursor: the newest */
    back.limit = 1;
    back.upward = !list.upward;
    if (n && list.upward) {
        back.last_seq = rows[n - 1].seq - 1;
    } else if (n) {
        back.first_seq = rows[0].seq + 1;
    }
    bool behind = n && moved && find(call, &back, &other);
    *ret_page = (struct page){rows, n, list.upward ? behind : more, list.upward ? more : behind};
}

static void write_link(struct json_out *out, const char *key, struct call *call, int64_t size,
                       const char *cursor, const char *id)
{
    buf_auto link = {0};
    if (id) {
        buf_printf(&link, "/api/%s?page[%s]=%s&page[size]=%lld",
                   invoice_kinds[call->route->kind].type, cursor, id, (long long)size);
        list_filter_write(call, &link);
    }
    json_out_text(out, key, buf_str(&link));
}

static struct answer *write_page(struct call *call, int64_t size, const struct page *page)
{
    struct json_out out = call_reply_object(call, 200);
    const char *first = page->n ? page->rows[0].id : "",
               *last = page->n ? page->rows[page->n - 1].id : "";
    json_out_object(&out, "meta");
    json_out_int(&out, "count", (int64_t)page->n);
    json_out_int(&out, "size", size);
    json_out_text(&out, "before", last);
    json_out_text(&out, "after", first);
    json_out_object_end(&out);
    json_out_object(&out, "links");
    write_link(&out, "prev", call, size, "after", page->newer ? first : NULL);
    write_link(&out, "next", call, size, "before", page->older ? last : NULL);
    json_out_object_end(&out);
    json_out_array(&out, "data");
    for (size_t i = 0; i < page->n; i++) {
        const struct view_invoice view = engine_view(call->engine, call->tenant, &page->rows[i]);
        view_invoice_private(&out, NULL, &view, VIEW_READ);
    }
    json_out_array_end(&out);
    return call_reply_end(&out);
}

/* A reference belongs to one row at most, found by its index; it must match the other filters. */
static void find_reference(struct call *call, struct list_filter *filter)
{
    struct invoice row = {0};
    if (filter->reference_id) {
        store_invoice_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                   call->route->kind, filter->reference_id, &row);
        filter->list.first_seq = filter->list.last_seq = row.seq; /* 0: none */
    }
}

struct answer *api_list(struct call *call)
{
    struct json_errors errors = {.arena = call->arena};
    struct list_filter filter = {0};
    struct cursor cursor = {PAGE_SIZE, TIME_NONE, TIME_NONE};
    struct page page;
    struct answer *refused = list_filter_read(call, &filter);
    if (refused) {
        return refused;
    }
    paging_read_int(call->request, "size", PAGE_SIZE_MOST, &cursor.size, &errors);
    read_cursor(call, "before", &cursor.before_seq, &errors);
    read_cursor(call, "after", &cursor.after_seq, &errors);
    if (errors.n) {
        return call_reply_errors(call, &errors);
    }
    find_reference(call, &filter);
    read_page(call, &filter, &cursor, &page);
    bool named = filter.reference_id || filter.list.values[COLUMN_SEQ].list;
    call->invoice = named && page.n == 1 ? page.rows[0].seq : 0;
    return write_page(call, cursor.size, &page);
}
