#include "control.h"

#include "base/text.h"
#include "engine/advance.h"
#include "engine/engine_account.h"

#define TIMEOUT_MS 30000
#define TIMEOUT_MOST_MS 600000
#define TIME_MOST_S ((int64_t)1 << 40)

struct answer *control_clock_get(struct call *call)
{
    struct json_out out = call_reply_object(call, 200);
    json_out_text(&out, "mode", call->tenant->account.clock.frozen ? "frozen" : "real");
    json_out_seconds(&out, "now", clock_now(call->tenant));
    return call_reply_end(&out);
}

/* Only the running advance may change the clock. */
static struct answer *check_free(struct call *call)
{
    return call->tenant->advance ? call_control_error(call, 409, "advancing",
                                                      "the clock is being advanced by another call")
                                 : NULL;
}

static struct answer *refuse_past(struct call *call, int64_t now_ms)
{
    return call_control_error(call, 409, "back_in_time",
                              "the clock is at %lld already: it cannot go back",
                              (long long)(now_ms / 1000));
}

struct clock_input {
    const char *mode;
    int64_t now_s;
};

static const char *const modes[] = {"real", "frozen", NULL};

static const struct json_field clock_fields[] = {
    JSON_FIELD(clock_input, "mode", TEXT, mode, .choices = modes),
    JSON_FIELD(clock_input, "now", INT, now_s, .most = TIME_MOST_S),
};

struct answer *control_clock_set(struct call *call)
{
    struct clock_input input = {.now_s = TIME_NONE};
    struct answer *refused =
        control_read(call, false, clock_fields, ARRAY_SIZE(clock_fields), &input)
            ?: check_free(call);
    if (refused) {
        return refused;
    }
    if (!input.mode && input.now_s == TIME_NONE) {
        return call_invalid(call, "mode or now is required");
    }
    int64_t now_ms = clock_now(call->tenant);
    bool frozen =
        input.mode ? text_equal(input.mode, "frozen") : call->tenant->account.clock.frozen;
    if (input.now_s != TIME_NONE && input.now_s < now_ms / 1000) {
        return refuse_past(call, now_ms);
    }
    bool later = input.now_s != TIME_NONE && input.now_s * 1000 > now_ms;
    if (later) {
        now_ms = input.now_s * 1000;
    } else if (frozen && !call->tenant->account.clock.frozen) {
        now_ms = (now_ms + 999) / 1000 * 1000; /* rounded up to whole seconds */
    }
    engine_set_clock(call->engine, call->tenant, frozen, now_ms);
    return control_clock_get(call);
}

/* ------------------------------------------------------------------ advance */

struct advance_input {
    int64_t seconds, to_s, timeout_ms;
    bool next;
};

static const struct json_field advance_fields[] = {
    JSON_FIELD(advance_input, "seconds", INT, seconds, .most = TIME_MOST_S),
    JSON_FIELD(advance_input, "to", INT, to_s, .most = TIME_MOST_S),
    JSON_FIELD(advance_input, "next", BOOL, next),
    JSON_FIELD(advance_input, "timeout", DURATION, timeout_ms),
};

static void write_event(struct json_out *out, const struct advance_event *event)
{
    char id[IDENT_TEXT];
    json_out_object(out, NULL);
    json_out_seconds(out, "at", event->at_ms);
    json_out_text(out, "kind", event->is_callback ? "callback" : "transition");
    json_out_text(out, "invoice", event->invoice);
    if (event->is_callback) {
        ident_number("cb", event->callback, id);
        json_out_text(out, "callback", id);
        json_out_int(out, "attempt", event->attempt);
        json_out_text(out, "result", event->done ? "done" : "failed");
    } else {
        json_out_text(out, "from", status_name(event->from));
        json_out_text(out, "to", status_name(event->to));
    }
    json_out_object_end(out);
}

static void advance_done(void *arg, struct tenant *tenant, struct advance *advance)
{
    struct http_request *request = arg;
    struct json_out out = {.buf = http_reply(request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_seconds(&out, "now", clock_now(tenant));
    json_out_bool(&out, "complete", advance->complete);
    json_out_array(&out, "events");
    for (size_t i = 0; i < tenant->events.n; i++) {
        write_event(&out, &tenant->events.list[i]);
    }
    json_out_array_end(&out);
    if (tenant->events.total > tenant->events.n) {
        json_out_int(&out, "events_total", (int64_t)tenant->events.total);
    }
    json_out_object_end(&out);
    http_unpark(request);
}

/* Exactly one of seconds, to and next. */
static struct answer *read_target(struct call *call, const struct advance_input *input,
                                  int64_t now_ms, int64_t *ret_target_ms)
{
    bool seconds = input->seconds != TIME_NONE, to = input->to_s != TIME_NONE;
    if (seconds + to + input->next != 1) {
        return call_invalid(call, "exactly one of seconds, to and next is required");
    }
    if (to && input->to_s < now_ms / 1000) {
        return refuse_past(call, now_ms);
    }
    *ret_target_ms = seconds ? now_ms + input->seconds * 1000 : to ? input->to_s * 1000 : now_ms;
    return NULL;
}

struct answer *control_clock_advance(struct call *call)
{
    struct advance_input input = {
        .seconds = TIME_NONE, .to_s = TIME_NONE, .timeout_ms = TIMEOUT_MS};
    int64_t target_ms;
    struct answer *refused =
        control_read(call, false, advance_fields, ARRAY_SIZE(advance_fields), &input)
            ?: check_free(call)
            ?: read_target(call, &input, clock_now(call->tenant), &target_ms);
    if (refused) {
        return refused;
    }
    int64_t timeout_ms = input.timeout_ms > TIMEOUT_MOST_MS ? TIMEOUT_MOST_MS : input.timeout_ms;
    advance_begin(call->engine, call->tenant, target_ms, input.next, timeout_ms, advance_done,
                  call->request);
    http_park(call->request, advance_abandon, call->tenant->advance);
    return call_answered(call);
}
