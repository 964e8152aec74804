/* GET /_mock/payment-invoices/{id}/timeline: the history of an invoice, from four sources. */
#include "control.h"

#include "base/text.h"
#include "domain/resolution.h"
#include "engine/engine_journal.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "watch/trace.h"

#include <stdlib.h>
#include <string.h>

/*
 * Items from four sources. They show account time and are sorted by machine time, which tests
 * cannot stop or move.
 */
struct timeline {
    struct arena *arena;
    struct timeline_item {
        int64_t wall_ms;
        size_t order; /* of discovery: keeps the order within a millisecond */
        const char *json;
    } * items;
    size_t n, room;
    struct cause { /* of a change or of an attempt, as the journal has it, in its order */
        enum journal_kind kind;
        int64_t which, number; /* time and status, or callback and attempt */
        uint64_t request;      /* 0: none */
        bool used;
    } * causes;
    size_t n_causes, causes_room;
    size_t first_cause; /* those before it are used: items come in about the same order */
    const struct refund *refund, *refunds_end; /* the next one in the order of creation */
    struct buf json;                           /* of the item that is being written */
    struct json_out out;
};

/* Begins an item. Returns where its members are written. */
static struct json_out *begin_item(struct timeline *timeline, int64_t at_ms, const char *kind)
{
    timeline->json.size = 0;
    timeline->out = (struct json_out){.buf = &timeline->json};
    json_out_object(&timeline->out, NULL);
    json_out_int(&timeline->out, "at", at_ms);
    json_out_text(&timeline->out, "kind", kind);
    return &timeline->out;
}

static void end_item(struct timeline *timeline, int64_t wall_ms)
{
    const struct buf *json = &timeline->json;
    json_out_object_end(&timeline->out);
    timeline->items = arena_grow(timeline->arena, timeline->items, timeline->n, &timeline->room,
                                 sizeof *timeline->items);
    timeline->items[timeline->n] = (struct timeline_item){
        wall_ms, timeline->n, arena_copy(timeline->arena, json->data, json->size)};
    timeline->n++;
}

static void add_visit(const struct call *call, struct timeline *timeline,
                      const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    const char *target = journal_part(call->engine->watch.journal, record, JOURNAL_TARGET);
    const char *mark = memchr(target, '?', request->size[JOURNAL_TARGET]);
    struct json_out *out = begin_item(timeline, record->at_ms, request->page ? "page" : "api");
    char id[IDENT_TEXT];
    trace_id(request->number, id);
    json_out_text(out, "request", id);
    json_out_text(out, "method", request->method);
    json_out_text_sized(out, "path", target,
                        mark ? (size_t)(mark - target) : request->size[JOURNAL_TARGET]);
    json_out_int_or_null(out, "status", request->status, 0);
    end_item(timeline, record->wall_ms);
}

static void add_fault(struct timeline *timeline, const struct journal_record *record)
{
    struct json_out *out = begin_item(timeline, record->at_ms, "fault");
    json_out_text(out, "on", record->fault.on);
    json_out_text(out, "fault", record->fault.name);
    end_item(timeline, record->wall_ms);
}

static void keep_cause(struct timeline *timeline, const struct journal_record *record)
{
    bool change = record->kind == JOURNAL_TRANSITION;
    timeline->causes = arena_grow(timeline->arena, timeline->causes, timeline->n_causes,
                                  &timeline->causes_room, sizeof *timeline->causes);
    timeline->causes[timeline->n_causes++] = (struct cause){
        .kind = record->kind,
        .which = change ? record->at_ms : record->callback.seq,
        .number = change ? (int64_t)record->transition.to : record->callback.attempt,
        .request = record->cause,
    };
}

/* The member "request": the call that caused a change or an attempt, or null. Each is given once,
 * because a frozen clock gives several changes one time. */
static void add_cause(struct timeline *timeline, struct json_out *out, enum journal_kind kind,
                      int64_t which, int64_t number)
{
    char id[IDENT_TEXT] = "";
    while (timeline->first_cause < timeline->n_causes &&
           timeline->causes[timeline->first_cause].used) {
        timeline->first_cause++;
    }
    for (size_t i = timeline->first_cause; i < timeline->n_causes; i++) {
        struct cause *cause = &timeline->causes[i];
        if (!cause->used && cause->kind == kind && cause->which == which &&
            cause->number == number) {
            cause->used = true;
            trace_id(cause->request, id);
            break;
        }
    }
    json_out_text(out, "request", *id ? id : NULL);
}

/* For control calls, the change that they made is the item. */
static bool is_visit(const struct call *call, const struct journal_record *record)
{
    int route = record->request.route;
    return record->kind == JOURNAL_REQUEST &&
           (route < 0 || call->router->routes[route].access != ACCESS_CONTROL);
}

static void add_journal(const struct call *call, struct timeline *timeline, int64_t invoice)
{
    const struct journal_view view = journal_view_of(call->engine, call->tenant);
    struct journal_cursor cursor = journal_after(call->engine->watch.journal, view.from);
    const struct journal_record *record;
    bool lost;
    while ((record = journal_next(call->engine->watch.journal, &cursor, &lost))) {
        if (record->invoice != invoice || !journal_shows(&view, record)) {
            continue;
        }
        if (is_visit(call, record)) {
            add_visit(call, timeline, record);
        } else if (record->kind == JOURNAL_FAULT) {
            add_fault(timeline, record);
        } else if (record->kind == JOURNAL_TRANSITION || record->kind == JOURNAL_CALLBACK) {
            keep_cause(timeline, record);
        }
    }
}

static void add_change(struct timeline *timeline, const char *from, const struct transition *row)
{
    struct json_out *out = begin_item(timeline, row->at_ms, "transition");
    json_out_text(out, "from", from);
    json_out_text(out, "to", status_name(row->new));
    json_out_text(out, "resolution", row->resolution);
    json_out_text(out, "cause", row->cause);
    add_cause(timeline, out, JOURNAL_TRANSITION, row->at_ms, (int64_t)row->new);
    bool begins = status_is_of_refund(row->new) && !status_is_refunding(row->old);
    if (begins && timeline->refund < timeline->refunds_end &&
        timeline->refund->created_ms == row->at_ms) {
        json_out_text(out, "refund", timeline->refund++->id);
    }
    end_item(timeline, row->wall_ms);
}

static void add_transition(void *arg, const struct transition *row)
{
    add_change(arg, status_name(row->old), row);
}

/* Creation has no row: its time is in the invoice. */
static void add_creation(struct call *call, struct timeline *timeline,
                         const struct invoice *invoice)
{
    const struct transition made = {.at_ms = invoice->created_ms,
                                    .wall_ms = invoice->made_ms,
                                    .new = STATUS_CREATED,
                                    .resolution = RESOLUTION_OK,
                                    .cause = "order"};
    struct transition start = made;
    start.new = STATUS_PROCESS_PENDING;
    add_change(timeline, NULL, &made);
    if (store_invoice_start(call->engine->store, invoice) != STATUS_CREATED) {
        add_change(timeline, status_name(STATUS_CREATED), &start);
    }
}

static void add_attempt(struct timeline *timeline, const struct attempt *attempt,
                        enum status transition)
{
    struct json_out *out = begin_item(timeline, attempt->at_ms, "callback");
    char id[IDENT_TEXT];
    ident_number("cb", attempt->callback, id);
    json_out_text(out, "callback", id);
    json_out_text(out, "transition", status_name(transition));
    json_out_int(out, "attempt", attempt->number);
    json_out_int_or_null(out, "code", attempt->code, 0);
    json_out_text(out, "error", attempt->error);
    add_cause(timeline, out, JOURNAL_CALLBACK, attempt->callback, attempt->number);
    end_item(timeline, attempt->wall_ms);
}

static void add_attempts(struct call *call, struct timeline *timeline, int64_t invoice)
{
    struct store *store = call->engine->store;
    struct callback *callback; /* both lists are in the order of the callbacks */
    struct attempt *attempts;
    size_t n = store_attempt_heads(store, call->arena, invoice, &attempts);
    store_callback_of_invoice(store, call->arena, invoice, STORE_CALLBACKS_ALL, &callback);
    for (size_t i = 0; i < n; i++) {
        while (callback->seq != attempts[i].callback) {
            callback++;
        }
        add_attempt(timeline, &attempts[i], callback->transition);
    }
}

static int compare_items(const void *a, const void *b)
{
    const struct timeline_item *x = a, *y = b;
    if (x->wall_ms != y->wall_ms) {
        return x->wall_ms < y->wall_ms ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

struct answer *control_timeline(struct call *call)
{
    struct invoice invoice;
    struct timeline timeline = {.arena = call->arena};
    struct answer *refused = control_find_in_path(call, &invoice);
    if (refused) {
        return refused;
    }
    add_journal(call, &timeline, invoice.seq); /* a call comes before its effects */
    add_creation(call, &timeline, &invoice);
    struct refund *refunds;
    size_t n_refunds = store_refund_all(call->engine->store, call->arena, invoice.seq, &refunds);
    timeline.refund = refunds;
    timeline.refunds_end = refunds + n_refunds;
    store_transition_all(call->engine->store, invoice.seq, add_transition, &timeline);
    add_attempts(call, &timeline, invoice.seq);
    buf_finish(&timeline.json);
    qsort(timeline.items, timeline.n, sizeof *timeline.items, compare_items);
    struct json_out out = call_reply_list(call);
    for (size_t i = 0; i < timeline.n; i++) {
        json_out_raw(&out, NULL, timeline.items[i].json);
    }
    return call_reply_list_end(&out, (int64_t)timeline.n, NULL);
}
