#include "control.h"

#include "engine/outbox.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define ROWS_AT_ONCE 32

/* The callback of the path; 404 if the account has none. */
static struct answer *find_callback(struct call *call, struct callback *ret_callback,
                                    struct invoice *ret_invoice)
{
    int64_t seq;
    bool found =
        ident_number_read("cb", call->params[0], &seq) &&
        store_callback_get(call->engine->store, call->arena, seq, ret_callback) &&
        ret_callback->account == call->tenant->account.num &&
        store_invoice_get(call->engine->store, call->arena, ret_callback->invoice, ret_invoice);
    return found ? NULL
                 : call_control_error(call, 404, "unknown_callback",
                                      "the account has no callback %s", call->params[0]);
}

static struct answer *reply_callback(struct call *call, const struct callback *callback,
                                     const char *invoice_id)
{
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    callback_view(call, &out, NULL, callback, invoice_id);
    return call_answered(call);
}

struct answer *control_callbacks_get(struct call *call)
{
    struct callback callback;
    struct invoice invoice;
    return find_callback(call, &callback, &invoice) ?: reply_callback(call, &callback, invoice.id);
}

struct answer *control_callbacks_resend(struct call *call)
{
    bool resign = false;
    static const struct json_field fields[] = {{.name = "resign", .kind = JSON_KIND_BOOL}};
    struct callback callback;
    struct invoice invoice;
    struct answer *refused = find_callback(call, &callback, &invoice)
                                 ?: control_read(call, true, fields, ARRAY_SIZE(fields), &resign);
    if (refused) {
        return refused;
    }
    outbox_resend(call->engine, call->tenant, call->arena, &callback, resign);
    return reply_callback(call, &callback, invoice.id);
}

/* ------------------------------------------------------------------ the list */

struct list_query {
    int64_t invoice, state, before, limit;
};

static struct answer *read_query(struct call *call, struct list_query *ret_query)
{
    struct list_query query = {TIME_NONE, TIME_NONE, INT64_MAX, 0};
    const char *state = http_query_text(call->request, "state"),
               *id = http_query_text(call->request, "invoice");
    const char *after;
    enum callback_state known;
    struct invoice invoice;
    struct answer *refused = control_read_page(call, &query.limit, &after);
    if (refused) {
        return refused;
    }
    if (state && !callback_state_parse(state, &known)) {
        return call_invalid(call, "state: must be queued, sending, done, failed or dropped");
    }
    query.state = state ? (int64_t)known : TIME_NONE;
    refused = id ? control_find_invoice(call, id, &invoice) : NULL;
    if (refused) {
        return refused;
    }
    query.invoice = id ? invoice.seq : TIME_NONE;
    if (after && !ident_number_read("cb", after, &query.before)) {
        return call_invalid(call, "after: must be a callback's id");
    }
    *ret_query = query;
    return NULL;
}

/* Writes one page: callbacks up to the limit and to CONTROL_PAGE_BYTES, at least one. Returns the
 * number of its last one if others follow, else 0. */
static int64_t write_items(struct call *call, const struct list_query *query, struct json_out *out)
{
    struct store *store = call->engine->store;
    int64_t left = query->limit, last = query->before;
    struct callback *rows;
    size_t n;
    do {
        n = store_callback_list(store, call->arena, call->tenant->account.num, query->invoice,
                                query->state, last, ROWS_AT_ONCE, &rows);
        for (size_t i = 0; i < n; i++) {
            struct invoice invoice;
            if (left-- == 0 || out->buf->size >= CONTROL_PAGE_BYTES) {
                return last;
            }
            if (store_invoice_get(store, call->arena, rows[i].invoice, &invoice)) {
                callback_view(call, out, NULL, &rows[i], invoice.id);
            }
            last = rows[i].seq;
        }
    } while (n == ROWS_AT_ONCE);
    return 0;
}

struct answer *control_callbacks_list(struct call *call)
{
    struct list_query query;
    char next[IDENT_TEXT];
    struct answer *refused = read_query(call, &query);
    if (refused) {
        return refused;
    }
    struct json_out out = call_reply_list(call);
    int64_t last = write_items(call, &query, &out);
    int64_t total = store_callback_count(call->engine->store, call->tenant->account.num,
                                         query.invoice, query.state);
    ident_number("cb", last, next);
    return call_reply_list_end(&out, total, last ? next : NULL);
}
