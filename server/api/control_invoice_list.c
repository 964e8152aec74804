/* GET /_mock/payment-invoices[/{id}], and of payouts: lists and searches an account's invoices. */
#include "control.h"

#include "api/invoice_search.h"
#include "engine/transition.h"
#include "store/store_callback_find.h"
#include "store/store_invoice.h"
#include "view/appearance.h"

#define COUNT_MOST 1000000 /* counting more would delay other calls */

/* ------------------------------------------------------------------ the query */

/* The row may have been deleted. */
static struct answer *read_cursor(struct call *call, const char *after, int64_t *ret_before)
{
    *ret_before = TIME_NONE;
    return !after || invoice_id_read(call->engine->keys.rows, after, ret_before)
               ? NULL
               : call_invalid(call, "after: must be an invoice's id");
}

static struct answer *read_query(struct call *call, struct invoice_filter *filter)
{
    const char *after;
    *filter = store_invoice_any(call->route->kind);
    return control_read_page(call, &filter->limit, &after)
               ?: read_cursor(call, after, &filter->before_seq)
               ?: invoice_search_read(call, filter);
}

/* ------------------------------------------------------------------ the list */

/* The callbacks of an invoice whose last attempt failed. */
static int64_t count_failing(struct call *call, int64_t account, const struct invoice *invoice)
{
    struct callback_filter filter = store_callback_any(account);
    filter.invoice = invoice->seq;
    filter.failing = true;
    return store_callback_count(call->engine->store, &filter);
}

static void write_row(struct json_out *out, struct call *call, int64_t account,
                      const struct invoice *invoice)
{
    json_out_object(out, NULL);
    json_out_text(out, "id", invoice->id);
    json_out_text(out, "reference_id", invoice->reference_id);
    json_out_text(out, "status", status_name(invoice->status));
    json_out_text(out, "resolution", invoice->resolution);
    json_out_money(out, "amount", invoice->amount);
    json_out_money(out, "payment_amount", invoice->payment_amount);
    json_out_money(out, "processed_amount", invoice->processed_amount);
    json_out_text(out, "currency", invoice->currency);
    json_out_text(out, "service", invoice->service);
    json_out_text(out, "description", invoice->description);
    json_out_bool(out, "test_mode", invoice->test_mode);
    json_out_seconds(out, "created", invoice->created_ms);
    json_out_seconds(out, "updated", invoice->updated_ms);
    json_out_int(out, "failing_callbacks", count_failing(call, account, invoice));
    json_out_object_end(out);
}

/* Writes the matching invoices. Returns where the next page begins, 0: this is the last. */
static int64_t write_rows(struct json_out *out, struct call *call, int64_t account,
                          struct invoice_filter *filter)
{
    struct invoice *rows;
    int64_t reached;
    size_t limit = (size_t)filter->limit++; /* one more, to see whether more follow */
    size_t n =
        store_invoice_find(call->engine->store, call->arena, account, filter, &rows, &reached);
    size_t shown = n > limit ? limit : n;
    for (size_t i = 0; i < shown; i++) {
        write_row(out, call, account, &rows[i]);
    }
    return n > limit ? rows[limit - 1].seq : reached;
}

static void write_list(struct json_out *out, struct call *call, int64_t account,
                       struct invoice_filter *filter, bool count)
{
    struct store *store = call->engine->store;
    int64_t last, matching = TIME_NONE;
    char next[IDENT_TEXT];
    json_out_object(out, NULL);
    json_out_array(out, "items");
    if (count) {
        matching = store_invoice_count_found(store, call->arena, account, filter, &last);
    } else {
        last = write_rows(out, call, account, filter);
    }
    invoice_id(call->engine->keys.rows, last, next);
    json_out_array_end(out);
    json_out_int_or_null(out, "matching", matching, TIME_NONE);
    json_out_int(out, "total", store_invoice_count_of(store, account, filter->kind, COUNT_MOST));
    json_out_text(out, "next", last ? next : NULL);
    json_out_object_end(out);
}

struct answer *control_invoices_list(struct call *call)
{
    struct invoice_filter filter;
    bool count = false;
    struct answer *refused = read_query(call, &filter) ?: control_read_bool(call, "count", &count);
    if (refused) {
        return refused;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    write_list(&out, call, call->tenant->account.num, &filter, count);
    return call_answered(call);
}

void control_invoices_write(struct buf *out, struct call *call, const struct tenant *tenant,
                            int64_t limit)
{
    struct invoice_filter filter = store_invoice_any(INVOICE_PAYMENT);
    filter.limit = limit;
    write_list(&(struct json_out){.buf = out}, call, tenant->account.num, &filter, false);
}

/* ------------------------------------------------------------------ one */

/* The transitions that need no force; a pending invoice may time out too (P828). */
static bool may_become(struct call *call, const struct invoice *invoice, enum status to)
{
    return engine_may_become(call->engine, call->tenant, call->arena, invoice, to) ||
           (to == STATUS_EXPIRED && status_is_under_way(invoice->status));
}

static void write_refunds(struct json_out *out, struct call *call, const struct invoice *invoice)
{
    struct refund *rows;
    size_t n = store_refund_all(call->engine->store, call->arena, invoice->seq, &rows);
    json_out_array(out, "refunds");
    for (size_t i = 0; i < n; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "id", rows[i].id);
        json_out_text(out, "reference_id", rows[i].reference_id);
        json_out_money(out, "amount", rows[i].amount);
        json_out_text(out, "description", rows[i].description);
        json_out_text(out, "status", refund_statuses[rows[i].status]);
        json_out_seconds(out, "created", rows[i].created_ms);
        json_out_seconds(out, "finished", rows[i].finished_ms);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* Refund data that the platform's document does not have. */
static void write_money(struct json_out *out, struct call *call, const struct invoice *invoice)
{
    bool paid = invoice->processed_amount != MONEY_NONE;
    json_out_money(out, "left", paid ? invoice_left(invoice) : MONEY_NONE);
    json_out_money(out, "charged_back_amount", invoice->charged_back_amount);
    write_refunds(out, call, invoice);
}

/* The colours of the order that make its page hard to read, NULL for none. */
static const char *faint_colours(struct call *call, const struct invoice *invoice)
{
    struct cardgate cardgate;
    struct appearance appearance;
    cardgate_read(invoice->gateway_options, call->arena, &cardgate);
    appearance_of(invoice, &cardgate, call->arena, &appearance);
    return appearance_faint(&appearance, call->arena);
}

struct answer *control_invoices_get(struct call *call)
{
    struct invoice invoice;
    struct answer *refused = control_find_in_path(call, &invoice);
    if (refused) {
        return refused;
    }
    struct view_invoice view = engine_view(call->engine, call->tenant, &invoice);
    view.logs_most = LOOKUP_LOGS_MOST;
    struct json_out out = call_reply_object(call, 200);
    view_invoice_document(&out, &view, VIEW_READ);
    json_out_text(&out, "service", invoice.service);
    bool payout = invoice_kind(invoice.seq) == INVOICE_PAYOUT;
    json_out_text(&out, "page",
                  payout ? NULL : arena_printf(call->arena, "/hpp/%s", invoice.session));
    json_out_raw(&out, "options", payout ? invoice.gateway_options : invoice.options);
    json_out_raw(&out, "context", invoice.context);
    json_out_raw(&out, "customer", invoice.customer);
    if (!payout) {
        json_out_text(&out, "faint_colours", faint_colours(call, &invoice));
    }
    json_out_array(&out, "may_become");
    for (int to = 0; to < STATUS_COUNT; to++) {
        if (may_become(call, &invoice, (enum status)to)) {
            json_out_text(&out, NULL, status_name((enum status)to));
        }
    }
    json_out_array_end(&out);
    json_out_text(&out, "plan", invoice.plan && *invoice.plan ? invoice.plan : NULL);
    json_out_seconds(&out, "due", invoice.due_ms);
    if (!payout) {
        write_money(&out, call, &invoice);
    }
    return call_reply_end(&out);
}
