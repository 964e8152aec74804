/* GET and DELETE /_mock/requests: recorded requests, newest first, and their counts. */
#include "control.h"

#include "api/journal_filter.h"
#include "api/request_view.h"
#include "base/text.h"
#include "engine/engine_journal.h"
#include "watch/trace.h"

#include <string.h>

/* How many requests match, in total and by group. */
struct counts {
    size_t total, pages, unmatched;
    size_t by_status[600];
    size_t *by_route; /* one more than routes: no route */
};

static void count(const struct router *router, const struct journal_record *record,
                  struct counts *counts)
{
    const struct journal_request *request = &record->request;
    counts->total++;
    counts->pages += request->page;
    counts->unmatched += record->unmatched;
    counts->by_status[request->status < 600 ? request->status : 0]++;
    counts->by_route[request->route < 0 ? router->n_routes : (size_t)request->route]++;
}

static void write_counts(struct json_out *out, const struct router *router,
                         const struct counts *counts)
{
    json_out_object(out, "counts");
    json_out_int(out, "api", (int64_t)(counts->total - counts->pages));
    json_out_int(out, "page", (int64_t)counts->pages);
    json_out_int(out, "unmatched", (int64_t)counts->unmatched);
    buf_auto name = {0};
    json_out_object(out, "by_status");
    for (size_t i = 0; i < ARRAY_SIZE(counts->by_status); i++) {
        if (counts->by_status[i]) {
            name.size = 0;
            buf_printf(&name, i ? "%zu" : "none", i);
            json_out_int(out, name.data, (int64_t)counts->by_status[i]);
        }
    }
    json_out_object_end(out);
    json_out_object(out, "by_route");
    for (size_t i = 0; i < router->n_routes; i++) {
        if (counts->by_route[i]) {
            name.size = 0;
            buf_printf(&name, "%s %s", router->routes[i].method, router->routes[i].pattern);
            json_out_int(out, name.data, (int64_t)counts->by_route[i]);
        }
    }
    json_out_object_end(out);
    json_out_object_end(out);
}

struct page {
    uint64_t after; /* the number of the last request of the page before, 0: from the newest on */
    int64_t limit;
    uint64_t next; /* the number of its own last request when more follow, else 0 */
};

static struct answer *read_page(struct call *call, struct page *ret_page)
{
    const char *after;
    *ret_page = (struct page){0};
    struct answer *refused = control_read_page(call, &ret_page->limit, &after);
    bool good = !after || trace_id_read(after, &ret_page->after);
    return refused || good ? refused : call_invalid(call, "after: must be a request's id");
}

/* Counts the matching requests and writes those of the page. */
static void write_items(struct call *call, const struct journal_filter *filter, struct page *page,
                        struct counts *counts, struct json_out *out)
{
    const struct journal *journal = call->engine->watch.journal;
    bool begun = !page->after;
    uint64_t last = 0;
    for (uint64_t at = journal_end(journal); at-- > journal_first(journal);) {
        const struct journal_record *record = journal_request(journal, at);
        if (journal_filter_fits(filter, call->router, record)) {
            count(call->router, record, counts);
            if (begun && page->limit > 0 && out->buf->size < CONTROL_PAGE_BYTES) {
                request_view(call, out, record);
                page->limit--;
                last = record->request.number;
            } else if (begun && !page->next) {
                page->next = last;
            }
        }
        begun = begun || record->request.number == page->after;
    }
}

struct answer *control_requests_list(struct call *call)
{
    struct journal_filter filter;
    struct page page;
    struct counts counts = {.total = 0};
    char next[IDENT_TEXT];
    struct answer *refused = read_page(call, &page) ?: journal_filter_read(call, &filter);
    if (refused) {
        return refused;
    }
    counts.by_route = arena_alloc(call->arena, (call->router->n_routes + 1) * sizeof(size_t));
    struct json_out out = call_reply_list(call);
    write_items(call, &filter, &page, &counts, &out);
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)counts.total);
    trace_id(page.next, next);
    json_out_text(&out, "next", page.next ? next : NULL);
    write_counts(&out, call->router, &counts);
    return call_reply_end(&out);
}

struct answer *control_requests_clear(struct call *call)
{
    const struct journal *journal = call->engine->watch.journal;
    const struct journal_view view = journal_view_of(call->engine, call->tenant);
    int64_t n = 0;
    for (uint64_t at = journal_first(journal); at < journal_end(journal); at++) {
        n += journal_shows(&view, journal_request(journal, at));
    }
    journal_clear(call->engine, call->tenant);
    call->unrecorded = true;
    struct json_out out = call_reply_object(call, 200);
    json_out_int(&out, "deleted", n);
    return call_reply_end(&out);
}
