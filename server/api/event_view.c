#include "api/event_stream.h"

#include "wire/json_out.h"

#include <stdio.h>

#define PATH_MOST 1000 /* shown of a target */

static const char *const changes[] = {
    [JOURNAL_CREATED] = "created",   [JOURNAL_CHANGED] = "changed", [JOURNAL_RESET] = "reset",
    [JOURNAL_RESTORED] = "restored", [JOURNAL_DELETED] = "deleted",
};

static void write_request(const struct engine *engine, struct json_out *out,
                          const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    size_t size = request->size[JOURNAL_TARGET];
    json_out_text(out, "kind", request->page ? "page" : "api");
    json_out_text(out, "method", request->method);
    json_out_text_sized(out, "path", journal_part(engine->watch.journal, record, JOURNAL_TARGET),
                        size < PATH_MOST ? size : PATH_MOST);
    json_out_int_or_null(out, "status", request->status, 0);
    json_out_int(out, "took_us", request->took_us);
    json_out_bool(out, "unmatched", record->unmatched);
    json_out_text(out, "fault", request->fault ? fault_kind_name(request->fault) : NULL);
}

static void write_transition(const struct engine *engine, struct json_out *out,
                             const struct journal_record *record)
{
    (void)engine;
    bool change = record->transition.from != record->transition.to; /* not at its creation */
    json_out_text(out, "from", change ? status_name(record->transition.from) : NULL);
    json_out_text(out, "to", status_name(record->transition.to));
    json_out_text(out, "resolution", record->transition.resolution);
    json_out_text(out, "cause", record->transition.cause);
}

static void write_callback(const struct engine *engine, struct json_out *out,
                           const struct journal_record *record)
{
    (void)engine;
    const char *error = record->callback.error;
    json_out_text(out, "transition", status_name(record->callback.transition));
    json_out_text(out, "state", callback_state_name(record->callback.state));
    json_out_int(out, "attempt", record->callback.attempt);
    json_out_int_or_null(out, "code", record->callback.code, 0);
    json_out_text(out, "error", *error ? error : NULL);
}

static void write_fault(const struct engine *engine, struct json_out *out,
                        const struct journal_record *record)
{
    (void)engine;
    json_out_text(out, "on", record->fault.on);
    json_out_text(out, "fault", record->fault.name);
}

static void write_clock(const struct engine *engine, struct json_out *out,
                        const struct journal_record *record)
{
    (void)engine;
    json_out_text(out, "mode", record->clock.frozen ? "frozen" : "real");
    json_out_seconds(out, "now", record->at_ms);
}

static void write_account(const struct engine *engine, struct json_out *out,
                          const struct journal_record *record)
{
    (void)engine;
    json_out_text(out, "change", changes[record->account_change.change]);
}

static const struct {
    const char *type;
    void (*write)(const struct engine *engine, struct json_out *out,
                  const struct journal_record *record);
} kinds[] = {
    [JOURNAL_REQUEST] = {"request", write_request},
    [JOURNAL_TRANSITION] = {"transition", write_transition},
    [JOURNAL_CALLBACK] = {"callback", write_callback},
    [JOURNAL_FAULT] = {"fault", write_fault},
    [JOURNAL_CLOCK] = {"clock", write_clock},
    [JOURNAL_ACCOUNT] = {"account", write_account},
};

/* The id of the thing that the event is about. */
static void write_id(const struct engine *engine, struct json_out *out,
                     const struct journal_record *record)
{
    char id[IDENT_TEXT] = "";
    switch (record->kind) {
    case JOURNAL_REQUEST:
        trace_id(record->request.number, id);
        break;
    case JOURNAL_TRANSITION:
        invoice_id(engine->keys.rows, record->invoice, id);
        break;
    case JOURNAL_CALLBACK:
        ident_number("cb", record->callback.seq, id);
        break;
    case JOURNAL_FAULT:
        ident_number("fault", record->fault.id, id);
        break;
    case JOURNAL_CLOCK:
        snprintf(id, sizeof id, "clock");
        break;
    case JOURNAL_ACCOUNT:
        snprintf(id, sizeof id, "%s", record->account_change.id);
        break;
    }
    json_out_text(out, "id", id);
}

void event_view(const struct engine *engine, struct buf *out, const struct journal_record *record)
{
    char invoice[IDENT_TEXT], request[IDENT_TEXT];
    buf_printf(out, "id: %llu\nevent: %s\ndata: ", (unsigned long long)record->seq,
               kinds[record->kind].type);
    struct json_out json = {.buf = out};
    json_out_object(&json, NULL);
    write_id(engine, &json, record);
    json_out_int(&json, "at", record->wall_ms);
    if (record->invoice) {
        invoice_id(engine->keys.rows, record->invoice, invoice);
    }
    json_out_text(&json, "invoice", record->invoice ? invoice : NULL);
    trace_id(record->cause, request);
    json_out_text(&json, "request", record->cause ? request : NULL);
    kinds[record->kind].write(engine, &json, record);
    json_out_object_end(&json);
    buf_text(out, "\n\n");
}
