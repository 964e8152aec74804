#include "control.h"

#include "base/text.h"
#include "domain/outcome.h"
#include "engine/clock.h"
#include "engine/journal.h"
#include "engine/payment.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#include <stdlib.h>

#define OUTCOMES_MOST 1000 /* queued in one account */

/* ------------------------------------------------------------------ the queue of outcomes */

static void write_queued(void *arg, const char *text)
{
    json_out_text(arg, NULL, text);
}

static void reply_queue(struct call *call, unsigned status)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "queued");
    store_outcome_all(call->engine->store, call->tenant->account.num, write_queued, &out);
    json_out_array_end(&out);
    json_out_object_end(&out);
}

void control_outcomes_list(struct call *call)
{
    if (control_has_tenant(call)) {
        reply_queue(call, 200);
    }
}

void control_outcomes_clear(struct call *call)
{
    if (control_has_tenant(call)) {
        store_outcome_clear(call->engine->store, call->tenant->account.num);
        call->tenant->outcomes = 0;
        reply_queue(call, 200);
    }
}

/* Every text of the list is an outcome; answers 422 and returns false otherwise. */
static bool check_outcomes(struct call *call, const json_t *list)
{
    struct outcome outcome;
    char why[256];
    if (!json_is_array(list) || !json_array_size(list)) {
        call_control_error(call, 422, "invalid", "outcomes: a list of outcomes is wanted");
        return false;
    }
    if ((int64_t)json_array_size(list) + call->tenant->outcomes > OUTCOMES_MOST) {
        call_control_error(call, 422, "too_many_outcomes", "at most %d outcomes are queued",
                           OUTCOMES_MOST);
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text ||
            !outcome_parse(text, STATUS_PROCESS_PENDING, &call->engine->fixture->resolutions,
                           &outcome, why, sizeof why)) {
            call_control_error(call, 422, "unknown_outcome", "outcomes[%zu]: %s", i,
                               text ? why : "a text is wanted");
            return false;
        }
    }
    return true;
}

void control_outcomes_add(struct call *call)
{
    const json_t *list = NULL;
    static const struct json_field fields[] = {
        {.name = "outcomes", .kind = JSON_KIND_ANY, .required = true}};
    if (!control_has_tenant(call) ||
        !control_read(call, false, fields, ARRAY_SIZE(fields), &list) ||
        !check_outcomes(call, list)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        store_outcome_push(call->engine->store, call->tenant->account.num,
                           json_string_value(json_array_get(list, i)));
        call->tenant->outcomes++;
    }
    reply_queue(call, 201);
}

/* ------------------------------------------------------------------ transition */

struct transition_input {
    const char *status, *resolution;
    int64_t amount;
    bool force;
};

static const struct json_field transition_fields[] = {
    {.name = "status",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(transition_input, status),
     .required = true},
    {.name = "resolution", .kind = JSON_KIND_TEXT, .offset = JSON_AT(transition_input, resolution)},
    {.name = "amount", .kind = JSON_KIND_MONEY, .offset = JSON_AT(transition_input, amount)},
    {.name = "force", .kind = JSON_KIND_BOOL, .offset = JSON_AT(transition_input, force)},
};

/* The resolution by name, and in harmony with the status; answers 422 and returns false otherwise.
 */
static bool check_resolution(struct call *call, const char *name, struct move *move)
{
    if (!name) {
        return true;
    }
    const char *known = resolution_find(name, &call->engine->fixture->resolutions);
    if (!known) {
        call_control_error(call, 422, "unknown_resolution", "there is no resolution \"%s\"", name);
        return false;
    }
    bool failure = status_is_failure(move->status), good = text_equal(known, RESOLUTION_OK);
    if (failure == good && move->status != STATUS_PROCESS_PENDING) {
        call_control_error(call, 422, "invalid", "%s does not go with the resolution %s",
                           status_name(move->status), known);
        return false;
    }
    move->resolution = known;
    return true;
}

/* An amount above nothing and within what there is; answers 422 and returns false otherwise. */
static bool check_amount(struct call *call, const struct invoice *invoice, const struct move *move)
{
    if (move->amount == MONEY_NONE) {
        return true;
    }
    bool refund = move->status == STATUS_REFUNDED || move->status == STATUS_PARTIALLY_REFUNDED;
    int64_t paid =
        invoice->processed_amount == MONEY_NONE ? invoice->amount : invoice->processed_amount;
    int64_t refunded = invoice->refunded_amount == MONEY_NONE ? 0 : invoice->refunded_amount;
    int64_t most = refund ? paid - refunded : invoice->amount;
    if (move->amount > 0 && move->amount <= most) {
        return true;
    }
    char text[MONEY_TEXT];
    money_format(most, text);
    call_control_error(call, 422, "invalid", "amount: more than 0 and at most %s is wanted", text);
    return false;
}

void control_transition(struct call *call)
{
    struct transition_input input = {.amount = MONEY_NONE};
    struct invoice invoice;
    struct move move = {.at_ms = 0, .cause = "command"};
    if (!control_has_tenant(call) || !control_find_invoice(call, call->params[0], &invoice) ||
        !control_read(call, false, transition_fields, ARRAY_SIZE(transition_fields), &input)) {
        return;
    }
    if (!status_parse(input.status, &move.status)) {
        call_control_error(call, 422, "unknown_status", "there is no status \"%s\"", input.status);
        return;
    }
    if (move.status == STATUS_EXPIRED && !input.force && invoice.status == STATUS_PROCESS_PENDING) {
        move.status = STATUS_PROCESS_FAILED; /* time out now: that is how a pending invoice expires
                                                (mock.md) */
        input.resolution = RESOLUTION_EXPIRED;
    } else if (move.status == STATUS_EXPIRED && !input.resolution) {
        input.resolution = RESOLUTION_EXPIRED;
    }
    move.amount = input.amount;
    move.force = input.force;
    move.at_ms = clock_now(call->tenant);
    if (!check_resolution(call, input.resolution, &move) || !check_amount(call, &invoice, &move)) {
        return;
    }
    invoice.plan = ""; /* a command overrides what was planned */
    invoice.plan_due_ms = TIME_NONE;
    enum status from = invoice.status;
    if (engine_move(call->engine, call->tenant, call->arena, &invoice, &move)) {
        control_reply_invoice(call, 200, &invoice);
    } else {
        call_control_error(call, 409, "forbidden_transition",
                           "%s cannot become %s; \"force\":true does it", status_name(from),
                           status_name(move.status));
    }
}

/* ------------------------------------------------------------------ pay */

struct pay_input {
    const char *card_number, *expiry, *cvv, *holder, *three_ds;
    bool cancel;
};

static const char *const three_ds_names[] = {"pass", "fail", "abandon", NULL};

static const struct json_field pay_fields[] = {
    {.name = "card_number", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, card_number)},
    {.name = "expiry", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, expiry)},
    {.name = "cvv", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, cvv)},
    {.name = "holder", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, holder), .most = 50},
    {.name = "three_ds",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(pay_input, three_ds),
     .choices = three_ds_names},
    {.name = "cancel", .kind = JSON_KIND_BOOL, .offset = JSON_AT(pay_input, cancel)},
};

/* A card that can be read; answers 422 and returns false otherwise. */
static bool read_card(struct call *call, const struct pay_input *input,
                      struct card_entry *ret_entry)
{
    struct card_entry entry = {0};
    if (!card_number_read(input->card_number, entry.number)) {
        call_control_error(call, 422, "invalid", "card_number: 12 to 19 digits are wanted");
        return false;
    }
    if (!input->expiry || !card_expiry_read(input->expiry, entry.expiry)) {
        call_control_error(call, 422, "invalid", "expiry: MMYY is wanted");
        return false;
    }
    if (input->cvv && !card_cvv_holds(input->cvv)) {
        call_control_error(call, 422, "invalid", "cvv: 3 or 4 digits are wanted");
        return false;
    }
    snprintf(entry.holder, sizeof entry.holder, "%s", input->holder ? input->holder : "");
    *ret_entry = entry;
    return true;
}

static enum payment_3ds three_ds_of(const char *name)
{
    for (int i = 0; name && three_ds_names[i]; i++) {
        if (text_equal(name, three_ds_names[i])) {
            return (enum payment_3ds)i;
        }
    }
    return PAYMENT_3DS_PASS;
}

static bool takes_cards(const struct call *call, const struct invoice *invoice)
{
    const struct service *service =
        service_find(&call->engine->fixture->catalogue, invoice->service);
    return service && text_equal(service->method->code, "payment_card");
}

void control_pay(struct call *call)
{
    struct pay_input input = {0};
    struct invoice invoice;
    struct card_entry card;
    enum payment_result result;
    if (!control_has_tenant(call) || !control_find_invoice(call, call->params[0], &invoice) ||
        !control_read(call, true, pay_fields, ARRAY_SIZE(pay_fields), &input)) {
        return;
    }
    if (input.cancel) {
        result = payment_cancelled(call->engine, call->tenant, call->arena, &invoice);
    } else if (!takes_cards(call, &invoice) && !input.card_number) {
        result = payment_confirmed(call->engine, call->tenant, call->arena, &invoice, NULL);
    } else if (!input.card_number) {
        call_control_error(call, 422, "invalid", "card_number or cancel is wanted");
        return;
    } else if (!read_card(call, &input, &card)) {
        return;
    } else {
        result = payment_by_card(call->engine, call->tenant, call->arena, &invoice, &card,
                                 three_ds_of(input.three_ds), NULL);
    }
    if (result == PAYMENT_DONE) {
        control_reply_invoice(call, 200, &invoice);
    } else {
        call_control_error(call, 409, "not_payable",
                           "the invoice is %s (%s) and cannot be paid any more",
                           status_name(invoice.status), invoice.resolution);
    }
}

/* ------------------------------------------------------------------ timeline */

/*
 * Items from four places, each written when found. They show the account's time and are sorted by
 * the machine's, which no test can stop or move.
 */
struct timeline {
    struct arena *arena;
    struct timeline_item {
        int64_t wall_ms;
        size_t order; /* of finding: keeps what happened in one millisecond in sequence */
        const char *json;
    } * items;
    size_t n, room;
};

static void add_item(struct timeline *timeline, int64_t wall_ms, const struct buf *json)
{
    if (timeline->n == timeline->room) {
        size_t room = timeline->room ? timeline->room * 2 : 32;
        struct timeline_item *wider = arena_alloc(timeline->arena, room * sizeof *wider);
        for (size_t i = 0; i < timeline->n; i++) {
            wider[i] = timeline->items[i];
        }
        timeline->items = wider;
        timeline->room = room;
    }
    timeline->items[timeline->n] = (struct timeline_item){
        wall_ms, timeline->n, arena_copy(timeline->arena, json->data, json->size)};
    timeline->n++;
}

static void begin_item(struct json_out *out, int64_t at_ms, const char *kind)
{
    json_out_object(out, NULL);
    json_out_int(out, "at", at_ms);
    json_out_text(out, "kind", kind);
}

static void add_visit(void *arg, const struct journal_entry *entry)
{
    buf_auto json = {0};
    struct json_out out = {.buf = &json};
    begin_item(&out, entry->at_ms, entry->page ? "page" : "api");
    json_out_text(&out, "method", entry->method);
    json_out_text(&out, "path", entry->path);
    json_out_int(&out, "status", entry->status);
    json_out_object_end(&out);
    add_item(arg, entry->wall_ms, &json);
}

static void add_change(struct timeline *timeline, const char *from, const struct transition *row)
{
    buf_auto json = {0};
    struct json_out out = {.buf = &json};
    begin_item(&out, row->at_ms, "transition");
    json_out_text(&out, "from", from);
    json_out_text(&out, "to", status_name(row->new));
    json_out_text(&out, "resolution", row->resolution);
    json_out_text(&out, "cause", row->cause);
    json_out_object_end(&out);
    add_item(timeline, row->wall_ms, &json);
}

static void add_transition(void *arg, const struct transition *row)
{
    add_change(arg, status_name(row->old), row);
}

/* Creation is no row of its own: the invoice says when it was. */
static void add_creation(struct timeline *timeline, const struct invoice *invoice)
{
    const struct transition made = {.at_ms = invoice->created_ms,
                                    .wall_ms = invoice->made_ms,
                                    .new = STATUS_CREATED,
                                    .resolution = RESOLUTION_OK,
                                    .cause = "order"};
    struct transition started = made;
    started.new = STATUS_PROCESS_PENDING;
    add_change(timeline, NULL, &made);
    add_change(timeline, status_name(STATUS_CREATED), &started);
}

static void add_attempt(struct timeline *timeline, const struct callback *callback,
                        const struct attempt *attempt)
{
    buf_auto json = {0};
    struct json_out out = {.buf = &json};
    char id[IDENT_TEXT];
    callback_id(callback->seq, id);
    begin_item(&out, attempt->at_ms, "callback");
    json_out_text(&out, "callback", id);
    json_out_text(&out, "transition", status_name(callback->transition));
    json_out_int(&out, "attempt", attempt->number);
    json_out_int_or_null(&out, "code", attempt->code, 0);
    json_out_text(&out, "error", attempt->error);
    json_out_object_end(&out);
    add_item(timeline, attempt->wall_ms, &json);
}

static void add_attempts(struct call *call, struct timeline *timeline,
                         const struct callback *callback)
{
    struct attempt *attempts;
    size_t n = store_attempt_all(call->engine->store, call->arena, callback->seq, &attempts);
    for (size_t i = 0; i < n; i++) {
        add_attempt(timeline, callback, &attempts[i]);
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

void control_timeline(struct call *call)
{
    struct invoice invoice;
    struct callback *callbacks;
    struct timeline timeline = {.arena = call->arena};
    if (!control_has_tenant(call) || !control_find_invoice(call, call->params[0], &invoice)) {
        return;
    }
    add_creation(&timeline, &invoice);
    journal_of_invoice(call->router->journal, invoice.seq, add_visit, &timeline);
    store_transition_all(call->engine->store, invoice.seq, add_transition, &timeline);
    size_t n = store_callback_of_invoice(call->engine->store, call->arena, invoice.seq, &callbacks);
    for (size_t i = 0; i < n; i++) {
        add_attempts(call, &timeline, &callbacks[i]);
    }
    qsort(timeline.items, timeline.n, sizeof *timeline.items, compare_items);
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    for (size_t i = 0; i < timeline.n; i++) {
        json_out_raw(&out, NULL, timeline.items[i].json);
    }
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)timeline.n);
    json_out_null(&out, "next");
    json_out_object_end(&out);
}
