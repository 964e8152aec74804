/* The list of payment invoices: filters and the cursor (P513, P517, P520). */
#include "api/api.h"

#include "base/text.h"
#include "store/store_invoice.h"

#include <string.h>

#define PAGE_SIZE 20
#define PAGE_SIZE_MOST 100

/* The filters in the order in which links repeat them. */
static const char *const filter_names[] = {"reference_id", "id",        "status",
                                           "service",      "currency",  "test_mode",
                                           "created_from", "created_to"};

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

static void read_time(struct call *call, const char *name, int64_t add_s, int64_t *ret_ms,
                      struct json_errors *errors)
{
    const char *text = query_bracket(call->request, "filter", name);
    int64_t seconds;
    if (!text) {
        return;
    }
    if (!text_to_int(text, &seconds) || seconds < 0 || seconds > (int64_t)1 << 40) {
        json_errors_add(errors, arena_printf(call->arena, "filter[%s]", name), MESSAGE_INVALID);
        return;
    }
    *ret_ms = (seconds + add_s) * 1000;
}

static void read_status(struct call *call, int64_t *ret_status, struct json_errors *errors)
{
    const char *text = query_bracket(call->request, "filter", "status");
    enum status status;
    if (text && !status_parse(text, &status)) {
        json_errors_add(errors, "filter[status]", MESSAGE_CHOICE);
    } else if (text) {
        *ret_status = status;
    }
}

static void read_test_mode(struct call *call, int64_t *ret_mode, struct json_errors *errors)
{
    const char *text = query_bracket(call->request, "filter", "test_mode");
    if (!text) {
        return;
    }
    bool yes = text_equal(text, "true") || text_equal(text, "1");
    if (!yes && !text_equal(text, "false") && !text_equal(text, "0")) {
        json_errors_add(errors, "filter[test_mode]", MESSAGE_CHOICE);
        return;
    }
    *ret_mode = yes;
}

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

static void read_filter(struct call *call, struct invoice_filter *filter,
                        struct json_errors *errors)
{
    filter->limit = PAGE_SIZE;
    filter->service = query_bracket(call->request, "filter", "service");
    filter->currency = arena_upper(call->arena, query_bracket(call->request, "filter", "currency"));
    paging_read_int(call->request, "size", PAGE_SIZE_MOST, &filter->limit, errors);
    read_status(call, &filter->status, errors);
    read_test_mode(call, &filter->test_mode, errors);
    read_time(call, "created_from", 0, &filter->created_from_ms, errors);
    read_time(call, "created_to", 1, &filter->created_before_ms,
              errors); /* to the end of that second */
    read_cursor(call, "before", &filter->before_seq, errors);
    read_cursor(call, "after", &filter->after_seq, errors);
}

/* ------------------------------------------------------------------ the answer */

struct page {
    struct invoice *rows;
    size_t n;
    bool older, newer; /* there are more on either side */
};

/* One row beyond the limit shows whether there are more in the direction of reading; a query of one
 * row checks the other direction. */
static void read_page(struct call *call, const struct invoice_filter *filter, struct page *ret_page)
{
    bool upward = filter->after_seq != TIME_NONE;
    struct invoice_filter wide = *filter, back = *filter;
    struct invoice *rows, *other;
    wide.limit++;
    size_t n = store_invoice_list(call->engine->store, call->arena, call->tenant->account.num,
                                  &wide, &rows);
    bool more = n > (size_t)filter->limit;
    n -= more;
    rows += upward && more; /* the surplus row is the farthest from the cursor: the newest */
    back.limit = 1;
    back.after_seq = upward ? TIME_NONE : n ? rows[0].seq : INT64_MAX;
    back.before_seq = upward ? (n ? rows[n - 1].seq : 0) : TIME_NONE;
    bool moved = upward || filter->before_seq != TIME_NONE;
    bool behind = moved && store_invoice_list(call->engine->store, call->arena,
                                              call->tenant->account.num, &back, &other);
    *ret_page = (struct page){rows, n, upward ? behind : more, upward ? more : behind};
}

static void write_link(struct json_out *out, const char *key, struct call *call,
                       const struct invoice_filter *filter, const char *cursor, const char *id)
{
    buf_auto link = {0};
    if (id) {
        buf_printf(&link, "/api/%s?page[%s]=%s&page[size]=%lld", invoice_kinds[filter->kind].type,
                   cursor, id, (long long)filter->limit);
        for (size_t i = 0; i < ARRAY_SIZE(filter_names); i++) {
            const char *value = query_bracket(call->request, "filter", filter_names[i]);
            if (value) {
                buf_printf(&link, "&filter[%s]=", filter_names[i]);
                buf_url_text(&link, value);
            }
        }
    }
    json_out_text(out, key, buf_str(&link));
}

static struct answer *write_page(struct call *call, const struct invoice_filter *filter,
                                 const struct page *page)
{
    struct json_out out = call_reply_object(call, 200);
    const char *first = page->n ? page->rows[0].id : "",
               *last = page->n ? page->rows[page->n - 1].id : "";
    json_out_object(&out, "meta");
    json_out_int(&out, "count", (int64_t)page->n);
    json_out_int(&out, "size", filter->limit);
    json_out_text(&out, "before", last);
    json_out_text(&out, "after", first);
    json_out_object_end(&out);
    json_out_object(&out, "links");
    write_link(&out, "prev", call, filter, "after", page->newer && page->n ? first : NULL);
    write_link(&out, "next", call, filter, "before", page->older && page->n ? last : NULL);
    json_out_object_end(&out);
    json_out_array(&out, "data");
    for (size_t i = 0; i < page->n; i++) {
        const struct view_invoice view = engine_view(call->engine, call->tenant, &page->rows[i]);
        view_invoice_private(&out, NULL, &view, VIEW_READ);
    }
    json_out_array_end(&out);
    return call_reply_end(&out);
}

static bool fits(const struct invoice_filter *f, const struct invoice *row)
{
    return (!f->service || text_equal(f->service, row->service)) &&
           (!f->currency || text_equal(f->currency, row->currency)) &&
           (f->status == TIME_NONE || f->status == (int64_t)row->status) &&
           (f->test_mode == TIME_NONE || f->test_mode == (int64_t)row->test_mode) &&
           (f->created_from_ms == TIME_NONE || row->created_ms >= f->created_from_ms) &&
           (f->created_before_ms == TIME_NONE || row->created_ms < f->created_before_ms) &&
           (f->before_seq == TIME_NONE || row->seq < f->before_seq) &&
           (f->after_seq == TIME_NONE || row->seq > f->after_seq);
}

/* An id or a reference matches at most one row, found by its index. Returns false if neither is
 * given. */
static bool read_by_key(struct call *call, const struct invoice_filter *filter,
                        struct page *ret_page)
{
    const char *id = query_bracket(call->request, "filter", "id");
    const char *reference_id = query_bracket(call->request, "filter", "reference_id");
    struct invoice *row = arena_alloc(call->arena, sizeof *row);
    bool found = false;
    if (reference_id) {
        found =
            store_invoice_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                       filter->kind, reference_id, row) &&
            (!id || text_equal(id, row->id));
    } else if (id) {
        found = api_find(call, id, row);
    }
    found = found && fits(filter, row);
    *ret_page = (struct page){.rows = row, .n = found};
    call->invoice = found ? row->seq : 0;
    return id || reference_id;
}

struct answer *api_list(struct call *call)
{
    struct invoice_filter filter = {.kind = call->route->kind,
                                    .status = TIME_NONE,
                                    .test_mode = TIME_NONE,
                                    .created_from_ms = TIME_NONE,
                                    .created_before_ms = TIME_NONE,
                                    .before_seq = TIME_NONE,
                                    .after_seq = TIME_NONE};
    struct json_errors errors = {.arena = call->arena};
    struct page page;
    read_filter(call, &filter, &errors);
    if (errors.n) {
        return call_reply_errors(call, &errors);
    }
    if (!read_by_key(call, &filter, &page)) {
        read_page(call, &filter, &page);
    }
    return write_page(call, &filter, &page);
}
