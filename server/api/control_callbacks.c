/* GET /_mock/callbacks, .../failures, POST .../resend: the callbacks that match filters. */
#include "control.h"

#include "api/callback_filter.h"
#include "engine/outbox.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define ROWS_AT_ONCE 32
#define CHECKED_MOST 20000  /* by a call that lists, groups or resends */
#define COUNTED_MOST 100000 /* for a total: it needs less of each row */
#define FAILURES_MOST 100   /* groups */

struct list_query {
    struct callback_filter filter;
    int64_t limit;
    int64_t reached; /* the last row that the call may check, 0: there are no more */
    bool upward;
};

/* The filters, and the page: from the newest callback back, or from the oldest on. */
static struct answer *read_query(struct call *call, bool upward, struct list_query *query)
{
    const char *after;
    int64_t seq = 0;
    struct answer *refused = callback_filter_read(call, &query->filter)
                                 ?: control_read_page(call, &query->limit, &after);
    if (refused) {
        return refused;
    }
    if (after && !ident_number_read("cb", after, &seq)) {
        return call_invalid(call, "after: must be a callback's id");
    }
    if (after) {
        *(upward ? &query->filter.above : &query->filter.below) = seq;
    }
    query->upward = upward;
    query->reached =
        store_callback_limit(call->engine->store, &query->filter, upward, CHECKED_MOST);
    return NULL;
}

/* Calls `each` for the matching callbacks, up to the limit, until it returns false. Returns where
 * the next page begins, 0 if this was the last. */
static int64_t walk(struct call *call, struct list_query *query,
                    bool (*each)(void *arg, struct call *call, struct callback *callback),
                    void *arg)
{
    struct callback *rows;
    int64_t left = query->limit, last = 0;
    size_t n;
    do {
        n = store_callback_find(call->engine->store, call->arena, &query->filter, query->upward,
                                ROWS_AT_ONCE, &rows);
        for (size_t i = 0; i < n; i++) {
            if (left-- == 0 || !each(arg, call, &rows[i])) {
                return last;
            }
            last = rows[i].seq;
        }
        *(query->upward ? &query->filter.above : &query->filter.below) = last;
    } while (n == ROWS_AT_ONCE);
    return query->reached;
}

/* ------------------------------------------------------------------ the list */

struct page {
    struct json_out out;
    enum callback_detail detail;
};

/* A page ends at CONTROL_PAGE_BYTES, after at least one callback. */
static bool write_item(void *arg, struct call *call, struct callback *callback)
{
    struct page *page = arg;
    struct invoice invoice;
    if (page->out.buf->size >= CONTROL_PAGE_BYTES) {
        return false;
    }
    bool found = store_invoice_get(call->engine->store, call->arena, callback->invoice, &invoice);
    if (found || !callback->invoice) {
        callback_view(call, &page->out, page->detail, callback, found ? &invoice : NULL);
    }
    return true;
}

struct answer *control_callbacks_list(struct call *call)
{
    struct list_query query;
    bool bodies = true;
    char next[IDENT_TEXT];
    struct answer *refused =
        read_query(call, false, &query) ?: control_read_bool(call, "bodies", &bodies);
    if (refused) {
        return refused;
    }
    struct callback_filter counted = query.filter;
    counted.above = 0;
    counted.below = INT64_MAX;
    store_callback_limit(call->engine->store, &counted, false, COUNTED_MOST);
    struct page page = {call_reply_list(call), bodies ? CALLBACK_RAW : CALLBACK_BRIEF};
    int64_t last = walk(call, &query, write_item, &page);
    ident_number("cb", last, next);
    return call_reply_list_end(&page.out, store_callback_count(call->engine->store, &counted),
                               last ? next : NULL);
}

/* ------------------------------------------------------------------ groups of failures */

static void write_failure(struct call *call, struct json_out *out,
                          const struct callback_failure *failure)
{
    char last[IDENT_TEXT];
    ident_number("cb", failure->last_seq, last);
    json_out_object(out, NULL);
    json_out_text(out, "url", failure->url);
    json_out_int_or_null(out, "code", failure->code, 0);
    json_out_text(out, "error", failure->error);
    json_out_int(out, "count", failure->count);
    json_out_int(out, "retrying", failure->retrying);
    json_out_int(out, "first", failure->first_ms);
    json_out_int(out, "last", failure->last_ms);
    json_out_int(out, "tried", failure->tried_ms);
    json_out_text(out, "newest", last);
    callback_answer(call, out, failure->last_seq);
    json_out_object_end(out);
}

struct answer *control_callbacks_failures(struct call *call)
{
    struct callback_filter filter;
    struct callback_failure *failures;
    struct store *store = call->engine->store;
    struct answer *refused = callback_filter_read(call, &filter);
    if (refused) {
        return refused;
    }
    filter.failing = true;
    store_callback_limit(store, &filter, false, CHECKED_MOST);
    size_t n = store_callback_failures(store, call->arena, &filter, FAILURES_MOST, &failures);
    struct json_out out = call_reply_list(call);
    for (size_t i = 0; i < n; i++) {
        write_failure(call, &out, &failures[i]);
    }
    return call_reply_list_end(&out, store_callback_count(store, &filter), NULL);
}

/* ------------------------------------------------------------------ resending */

struct resending {
    bool resign;
    int64_t skipped;
    size_t resent, room;
    int64_t *callbacks; /* that are sent again */
};

static bool resend(void *arg, struct call *call, struct callback *callback)
{
    struct resending *resending = arg;
    bool sent = outbox_resend(call->engine, call->tenant, call->arena, callback, resending->resign);
    resending->skipped += !sent;
    if (sent) {
        resending->callbacks = arena_grow(call->arena, resending->callbacks, resending->resent,
                                          &resending->room, sizeof *resending->callbacks);
        resending->callbacks[resending->resent++] = callback->seq;
    }
    return true;
}

/* The oldest first, as the receiver would have got them. */
struct answer *control_callbacks_resend_all(struct call *call)
{
    static const struct json_field fields[] = {{.name = "resign", .kind = JSON_KIND_BOOL}};
    struct list_query query;
    struct resending resending = {0};
    char next[IDENT_TEXT];
    struct answer *refused =
        read_query(call, true, &query)
            ?: control_read(call, true, fields, ARRAY_SIZE(fields), &resending.resign);
    if (refused) {
        return refused;
    }
    int64_t last = walk(call, &query, resend, &resending);
    ident_number("cb", last, next);
    struct json_out out = call_reply_object(call, 200);
    json_out_int(&out, "resent", (int64_t)resending.resent);
    json_out_int(&out, "skipped", resending.skipped);
    json_out_array(&out, "callbacks");
    for (size_t i = 0; i < resending.resent; i++) {
        char id[IDENT_TEXT];
        ident_number("cb", resending.callbacks[i], id);
        json_out_text(&out, NULL, id);
    }
    json_out_array_end(&out);
    json_out_text(&out, "next", last ? next : NULL);
    return call_reply_end(&out);
}
