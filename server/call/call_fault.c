/* Records the account of a call and applies its fault. */
#include "call/call.h"

#include "base/text.h"
#include "base/wall.h"
#include "call/record.h"
#include "engine/engine_journal.h"

#include <stdio.h>
#include <string.h>

static const char garbage[] = "%!?<html>this is neither JSON nor a page: {\"data\":[}";

static bool is_page(const struct call *call)
{
    return call->route->access == ACCESS_PAGE;
}

/* ------------------------------------------------------------------ instead of the call */

/* The field that most likely would be refused. */
static const char *usual_field(const struct call *call)
{
    bool reads = text_equal(call->request->method, "GET");
    return call->route->access == ACCESS_GATE ? "card_number" : reads ? "page[size]" : "amount";
}

/* Refuses the call as it would be with this status: with a wrong field, the conflicting invoice, or
 * the status's header. */
static struct answer *refuse(struct call *call, unsigned status)
{
    if (status == 422 && !is_page(call)) {
        struct json_errors errors = {.arena = call->arena};
        call_document(call);
        json_errors_add(&errors, usual_field(call), MESSAGE_INVALID);
        return call_reply_errors(call, &errors);
    }
    struct answer *conflict = status == 409 && !is_page(call) ? call->router->conflict(call) : NULL;
    return conflict ? conflict : call_error(call, status);
}

static void answer_status(struct call *call, const struct fault_hit *hit)
{
    const struct fault_effect *effect = &hit->effect;
    struct answer *answer = refuse(call, (unsigned)effect->status);
    if (answer && is_page(call)) {
        call->router->error_page(call);
    }
    if (effect->retry_after_s != FAULT_UNSET) {
        http_reply_header(call->request, "Retry-After",
                          arena_printf(call->arena, "%lld", (long long)effect->retry_after_s));
    }
}

static void answer_garbage(struct call *call, const struct fault_hit *hit)
{
    (void)hit;
    http_reply_fixed(call->request, 200, is_page(call) ? HTTP_HTML : HTTP_JSON, garbage,
                     sizeof garbage - 1);
}

static void come_later(struct call *call, const struct fault_hit *hit)
{
    http_postpone(call->request, hit->delay_ms);
}

/* ------------------------------------------------------------------ to its answer */

static void change_answer(struct http_reply *reply, enum reply_fault fault,
                          const struct fault_effect *effect)
{
    reply->fault = fault;
    reply->cut_at = effect->bytes;
    reply->bytes_per_s = effect->bytes_per_s;
    reply->hold_ms = effect->kind == FAULT_COMMIT_THEN_TIMEOUT ? effect->hold_ms : 0;
}

/* Faults of calls and pages. Some prevent the execution of the call; the others only change its
 * answer. */
static const struct {
    void (*apply)(struct call *call, const struct fault_hit *hit); /* NULL: only `reply` */
    enum reply_fault reply;
    bool executes;
} effects[FAULT_KINDS] = {
    [FAULT_STATUS] = {.apply = answer_status},
    [FAULT_DELAY] = {.apply = come_later},
    [FAULT_RESET] = {.reply = REPLY_RESET},
    [FAULT_EMPTY] = {.reply = REPLY_CLOSED},
    [FAULT_GARBAGE] = {.apply = answer_garbage},
    [FAULT_TRUNCATE] = {.reply = REPLY_CUT, .executes = true},
    [FAULT_SLOW] = {.reply = REPLY_SLOW, .executes = true},
    [FAULT_COMMIT_THEN_RESET] = {.reply = REPLY_RESET, .executes = true},
    [FAULT_COMMIT_THEN_TIMEOUT] = {.reply = REPLY_CLOSED, .executes = true},
};

/* ------------------------------------------------------------------ the account of a call */

/* The id that the call names, which need not exist, or NULL. */
static const char *invoice_of(const struct call *call)
{
    const char *in_path = call->route->access == ACCESS_PRIVATE ? call->params[0] : NULL;
    return call->found ? call->found->id : in_path;
}

static void note_hit(const struct call *call, const struct fault_subject *subject,
                     const struct fault_hit *hit)
{
    int64_t row = 0;
    bool known =
        subject->invoice && invoice_id_read(call->engine->keys.rows, subject->invoice, &row);
    journal_fault(call->engine, call->tenant, known ? row : 0, hit->number,
                  fault_place_name(subject->place), fault_kind_name(hit->effect.kind));
}

static struct answer *ask_faults(struct call *call)
{
    struct http_request *request = call->request;
    const struct fault_subject subject = {
        .place = is_page(call) ? FAULT_ON_PAGE : FAULT_ON_API,
        .method = request->method,
        .path = request->path,
        .invoice = invoice_of(call),
        .transition = FAULT_UNSET,
    };
    struct fault_hit hit;
    if (!(call->tenant->faults.places & FAULT_AT(subject.place)) ||
        !faults_ask(&call->tenant->faults, call->tenant->account.keys.id, &subject, &hit)) {
        return NULL;
    }
    struct fault_hit *kept = arena_alloc(call->arena, sizeof *kept);
    *kept = hit;
    request->fault = kept;
    note_hit(call, &subject, kept);
    change_answer(&request->reply, effects[hit.effect.kind].reply, &hit.effect);
    if (effects[hit.effect.kind].apply) {
        effects[hit.effect.kind].apply(call, kept);
    }
    return effects[hit.effect.kind].executes ? NULL : call_answered(call);
}

/* The calls of the platform and its pages; not what a page does on its own. */
static bool meets_faults(const struct call *call)
{
    enum route_access access = call->route->access;
    return access == ACCESS_PUBLIC || access == ACCESS_PRIVATE || access == ACCESS_GATE ||
           (access == ACCESS_PAGE && !call_is_look(call));
}

struct answer *call_set_account(struct call *call)
{
    struct tenant *tenant = call->tenant;
    tenant->used_ms = mono_now_ms();
    record_account(call->request, tenant);
    call->invoice = call->found ? call->found->seq : call->invoice;
    if (call->request->fault) {
        return NULL; /* a delayed call is handled a second time: it does not count, or meet a fault
                      */
    }
    struct answer *refused = call_check_rate(call);
    bool asks = !refused && tenant->faults.n && meets_faults(call);
    return asks ? ask_faults(call) : refused;
}
