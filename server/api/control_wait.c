/* GET /_mock/wait: reads the condition. waiter.h checks it, waits.c has the parked calls. */
#include "control.h"

#include "api/waiter.h"
#include "base/text.h"

#define TIMEOUT_MS 10000
#define TIMEOUT_MOST_MS 60000
#define REQUESTS_MOST 1000000

static struct answer *read_duration(struct call *call, const char *name, int64_t *value_ms)
{
    const char *text = http_query_text(call->request, name);
    return !text || text_to_duration(text, value_ms)
               ? NULL
               : call_invalid(call, "%s: must be a duration like 10s", name);
}

static struct answer *read_callback(struct call *call, const char *name, struct waiter *waiter)
{
    const char *transition = http_query_text(call->request, "transition");
    enum status status = STATUS_CREATED;
    bool delivered = text_equal(name, "delivered");
    waiter->kind = WAIT_CALLBACK;
    waiter->state = delivered ? CALLBACK_DONE : CALLBACK_FAILED;
    if (!delivered && !text_equal(name, "failed")) {
        return call_invalid(call, "callback: must be delivered or failed");
    }
    if (transition && !status_parse(transition, &status)) {
        return call_invalid(call, "transition: %s", status_unknown(transition, call->arena));
    }
    waiter->transition = transition ? (int64_t)status : TIME_NONE;
    return NULL;
}

/* A sink supports only the filter by invoice. */
static struct answer *read_sink(struct call *call, struct waiter *waiter)
{
    static const char *const others[] = {"method", "path", "status",       "kind",
                                         "from",   "to",   "reference_id", "unmatched"};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (http_query_text(call->request, others[i])) {
            return call_invalid(call, "sink: can be combined with the filter invoice only");
        }
    }
    waiter->sink_invoice = http_query_text(call->request, "invoice");
    return sink_name_is_good(waiter->sink) ? NULL
                                           : call_invalid(call, "sink: must be the name of a sink");
}

static struct answer *read_requests(struct call *call, const char *text, struct waiter *waiter)
{
    waiter->kind = WAIT_REQUESTS;
    if (!text_to_int(text, &waiter->requests) || waiter->requests < 1 ||
        waiter->requests > REQUESTS_MOST) {
        return call_invalid(call, "requests: must be a number from 1 to 1000000");
    }
    waiter->sink = http_query_text(call->request, "sink");
    return waiter->sink ? read_sink(call, waiter)
                        : call_check_journal(call) ?: journal_filter_read(call, &waiter->filter);
}

static struct answer *read_invoice(struct call *call, const char *id, struct waiter *waiter)
{
    const char *status = http_query_text(call->request, "status");
    struct invoice invoice;
    struct answer *refused = control_find_invoice(call, id, &invoice);
    if (refused) {
        return refused;
    }
    waiter->invoice = invoice.seq;
    if (!status) {
        return read_callback(call, http_query_text(call->request, "callback"), waiter);
    }
    waiter->kind = WAIT_STATUS;
    return status_parse(status, &waiter->status)
               ? NULL
               : call_invalid(call, "status: %s", status_unknown(status, call->arena));
}

/* Exactly one condition. */
static struct answer *read_condition(struct call *call, struct waiter *waiter)
{
    struct http_request *request = call->request;
    const char *id = http_query_text(request, "invoice");
    const char *callback = http_query_text(request, "callback");
    const char *idle = http_query_text(request, "idle");
    const char *requests = http_query_text(request, "requests");
    bool status = !requests && http_query_text(request, "status"); /* with requests a filter */
    if (status + (callback != NULL) + (idle != NULL) + (requests != NULL) != 1 ||
        (!requests && (id == NULL) != (idle != NULL))) {
        return call_invalid(call, "exactly one of invoice and status, invoice and callback, "
                                  "idle=true and requests is required");
    }
    if (requests) {
        return read_requests(call, requests, waiter);
    }
    if (idle) {
        waiter->kind = WAIT_IDLE;
        return text_equal(idle, "true") ? NULL : call_invalid(call, "idle: must be true");
    }
    return read_invoice(call, id, waiter);
}

struct answer *control_wait(struct call *call)
{
    struct waiter waiter = {.request = call->request};
    struct wait_cache cache = {.no_invoice = false};
    int64_t timeout_ms = TIMEOUT_MS;
    struct answer *answer = read_condition(call, &waiter)
                                ?: read_duration(call, "timeout", &timeout_ms)
                                ?: read_duration(call, "within", &waiter.within_ms);
    if (answer) {
        return answer;
    }
    if (timeout_ms > TIMEOUT_MOST_MS) {
        return call_invalid(call, "timeout: must be at most 60s");
    }
    answer = waiter_try(call, &waiter, &cache);
    if (!answer) {
        waits_park(call->router->waits, call->tenant, &waiter, timeout_ms);
        answer = call_answered(call);
    }
    wait_cache_finish(&cache);
    return answer;
}
