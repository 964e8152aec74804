/* GET /_mock/metrics: the metrics in the text format of Prometheus (0.0.4). */
#include "control.h"

#include "api/event_stream.h"
#include "api/wait.h"
#include "base/wall.h"
#include "engine/schedule.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "milkypay_mock_"

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

static void write_row(struct buf *out, const struct metrics *metrics, size_t row,
                      const struct route *route)
{
    for (size_t column = 0; column < METRICS_CODES; column++) {
        unsigned code = metrics->codes[column];
        if (metrics->requests[row][column]) {
            char shown[12] = "none";
            if (code != METRICS_NO_ANSWER) {
                snprintf(shown, sizeof shown, "%u", code);
            }
            buf_printf(out, PREFIX "requests_total{method=\"%s\",route=\"%s\",code=\"%s\"} %llu\n",
                       route ? route->method : "", route ? route->pattern : "", shown,
                       (unsigned long long)metrics->requests[row][column]);
        }
    }
}

static void write_requests(struct buf *out, const struct router *router)
{
    head(out, "requests_total", "counter", "Answered requests by route and status code.");
    for (size_t row = 0; row <= METRICS_ROUTES; row++) {
        bool known = row < router->n_routes && row < METRICS_ROUTES;
        write_row(out, &router->engine->watch.metrics, row, known ? &router->routes[row] : NULL);
    }
}

static void write_histogram(struct buf *out, const char *name, const char *help,
                            const struct metrics_histogram *histogram)
{
    unsigned long long sum = 0;
    head(out, name, "histogram", help);
    for (size_t i = 0; i < METRICS_BUCKETS - 1; i++) {
        sum += histogram->buckets[i];
        buf_printf(out, PREFIX "%s_bucket{le=\"%g\"} %llu\n", name,
                   (double)metrics_bounds_us[i] / 1e6, sum);
    }
    buf_printf(out, PREFIX "%s_bucket{le=\"+Inf\"} %llu\n", name,
               (unsigned long long)histogram->count);
    buf_printf(out, PREFIX "%s_sum %.6f\n" PREFIX "%s_count %llu\n", name,
               (double)histogram->sum_us / 1e6, name, (unsigned long long)histogram->count);
}

static void write_attempts(struct buf *out, const struct metrics *metrics)
{
    head(out, "callback_attempts_total", "counter",
         "Ended attempts by the state of the callback after them; queued: it is retried.");
    for (int state = 0; state <= CALLBACK_DROPPED; state++) {
        if (state != CALLBACK_SENDING) {
            buf_printf(out, PREFIX "callback_attempts_total{state=\"%s\"} %llu\n",
                       callback_state_name((enum callback_state)state),
                       (unsigned long long)metrics->attempts[state]);
        }
    }
}

static void write_transitions(struct buf *out, const struct metrics *metrics)
{
    head(out, "transitions_total", "counter", "Invoices created and changed, by their new status.");
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        for (int status = 0; status < STATUS_COUNT; status++) {
            if (metrics->transitions[kind][status]) {
                buf_printf(out, PREFIX "transitions_total{type=\"%s\",status=\"%s\"} %llu\n",
                           invoice_kinds[kind].type, status_name((enum status)status),
                           (unsigned long long)metrics->transitions[kind][status]);
            }
        }
    }
}

/* Timers that are due and have not run. Checks only accounts whose earliest timer is due. */
static int64_t count_overdue(struct engine *engine)
{
    int64_t overdue = 0;
    for (size_t i = 0; i < engine->tenants.n; i++) {
        struct tenant *tenant = engine->tenants.list[i];
        int64_t due_ms = schedule_next_due(engine, tenant), now_ms = clock_now(tenant);
        if (due_ms != TIME_NONE && due_ms < now_ms) {
            overdue += store_invoice_overdue(engine->store, tenant->account.num, now_ms) +
                       store_callback_overdue(engine->store, tenant->account.num, now_ms);
        }
    }
    return overdue;
}

static int64_t resident_bytes(void)
{
    char text[128] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        if (!fgets(text, sizeof text, file)) {
            text[0] = '\0';
        }
        fclose(file);
    }
    const char *resident = strchr(text, ' '); /* the second number, in pages */
    return resident ? strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t count_sending(const struct engine *engine)
{
    int64_t sending = 0;
    for (size_t i = 0; i < engine->tenants.n; i++) {
        sending += engine->tenants.list[i]->sending;
    }
    return sending;
}

struct gauge {
    const char *name, *help;
    int64_t value;
};

static void write_gauges(struct buf *out, const struct call *call)
{
    struct engine *engine = call->engine;
    const struct gauge gauges[] = {
        {"timers_due", "Timers of invoices and callbacks that are set.",
         store_invoice_due_count(engine->store) + store_callback_due_count(engine->store)},
        {"timers_overdue", "Timers that are due and have not run yet.", count_overdue(engine)},
        {"callbacks_sending", "Callbacks handed to the sender whose attempt has not ended.",
         count_sending(engine)},
        {"callbacks_running", "Attempts on the wire.", (int64_t)deliver_running(engine->deliver)},
        {"waiting_callers", "Calls of /_mock/wait that are waiting.",
         (int64_t)waits_count(call->router->waits)},
        {"event_streams", "Open streams of /_mock/events.",
         (int64_t)streams_count(call->router->streams)},
        {"body_bytes", "Bodies of requests that are under way.",
         (int64_t)http_server_bodies(call->request->server)},
        {"reply_bytes", "Replies that their clients have not read yet.",
         (int64_t)http_server_replies(call->request->server)},
        {"accounts", "Merchant accounts.", (int64_t)engine->tenants.n},
        {"invoices", "Stored invoices.", store_invoice_count(engine->store)},
        {"journal_requests", "Requests in the journal.",
         (int64_t)journal_records(engine->watch.journal)},
        {"journal_bytes", "Their bytes.", (int64_t)journal_bytes(engine->watch.journal)},
        {"database_bytes", "The database file and its log.", store_bytes(engine->store)},
        {"resident_memory_bytes", "Memory of the process.", resident_bytes()},
        {"uptime_seconds", "Time since the start.", (mono_now_ms() - engine->started_ms) / 1000},
    };
    for (size_t i = 0; i < ARRAY_SIZE(gauges); i++) {
        head(out, gauges[i].name, "gauge", gauges[i].help);
        buf_printf(out, PREFIX "%s %lld\n", gauges[i].name, (long long)gauges[i].value);
    }
}

struct answer *control_metrics(struct call *call)
{
    const struct metrics *metrics = &call->engine->watch.metrics;
    struct buf *out = http_reply(call->request, 200, "text/plain; version=0.0.4; charset=utf-8");
    head(out, "build_info", "gauge", "The version.");
    buf_printf(out, PREFIX "build_info{version=\"%s\"} 1\n", MILKYPAY_VERSION);
    write_requests(out, call->router);
    write_histogram(out, "request_duration_seconds",
                    "Time from a request's first byte to its reply, without calls that wait.",
                    &metrics->latency);
    write_histogram(out, "loop_turn_seconds", "Duration of the turns of the loop, without sleep.",
                    &metrics->turns);
    write_attempts(out, metrics);
    write_transitions(out, metrics);
    write_gauges(out, call);
    return call_answered(call);
}
