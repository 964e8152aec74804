/* A snapshot as a file: written row by row, an invoice to a line, so that two files can be
 * compared.
 */
#include "base/mem.h"
#include "engine/outbox.h"
#include "engine/snapshot.h"
#include "view/snapshot_row.h"

struct export
{
    struct engine *engine;
    const struct snapshot *snapshot;
    struct arena arena; /* of one invoice */
    struct json_out out;
};

static void write_transitions(struct export *export, const struct invoice *invoice)
{
    struct json_out *out = &export->out;
    struct transition *rows;
    size_t n = store_snapshot_transitions(export->engine->store, &export->arena,
                                          export->snapshot->seq, invoice->seq, &rows);
    json_out_array(out, "transitions");
    for (size_t i = 0; i < n; i++) {
        json_out_object(out, NULL);
        row_write(out, &row_transition, &rows[i]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_attempts(struct export *export, const struct callback *callback)
{
    struct json_out *out = &export->out;
    struct attempt *rows;
    size_t n = store_snapshot_attempts(export->engine->store, &export->arena, export->snapshot->seq,
                                       callback->seq, &rows);
    json_out_array(out, "attempts");
    for (size_t i = 0; i < n; i++) {
        json_out_object(out, NULL);
        row_write(out, &row_attempt, &rows[i]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_callbacks(struct export *export, const struct invoice *invoice)
{
    struct json_out *out = &export->out;
    struct callback *rows;
    size_t n = store_snapshot_callbacks(export->engine->store, &export->arena,
                                        export->snapshot->seq, invoice->seq, &rows);
    json_out_array(out, "callbacks");
    for (size_t i = 0; i < n; i++) {
        rows[i].body = outbox_body(export->engine, &export->arena, &rows[i]);
        json_out_object(out, NULL);
        row_write(out, &row_callback, &rows[i]);
        write_attempts(export, &rows[i]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_refunds(struct export *export, const struct invoice *invoice)
{
    struct json_out *out = &export->out;
    struct refund *rows;
    size_t n = store_snapshot_refunds(export->engine->store, &export->arena, export->snapshot->seq,
                                      invoice->seq, &rows);
    json_out_array(out, "refunds");
    for (size_t i = 0; i < n; i++) {
        json_out_object(out, NULL);
        row_write(out, &row_refund, &rows[i]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static bool write_invoice(void *arg, const struct invoice *invoice)
{
    struct export *export = arg;
    struct json_out *out = &export->out;
    json_out_raw(out, NULL, "\n");
    out->comma = false;
    json_out_object(out, NULL);
    row_write(out, &row_invoice, invoice);
    write_transitions(export, invoice);
    write_callbacks(export, invoice);
    write_refunds(export, invoice);
    json_out_object_end(out);
    arena_reset(&export->arena);
    return out->buf->size <= SNAPSHOT_FILE_MOST;
}

static void write_outcome(void *arg, const char *text)
{
    json_out_text(arg, NULL, text);
}

static void write_balance(void *arg, const struct ledger_balance *moved)
{
    struct json_out *out = arg;
    json_out_object(out, NULL);
    row_write(out, &row_balance, moved);
    json_out_object_end(out);
}

enum snapshot_result snapshot_export(struct engine *engine, const struct snapshot *snapshot,
                                     struct buf *ret_file)
{
    struct export export = {.engine = engine, .snapshot = snapshot, .out = {.buf = ret_file}};
    struct json_out *out = &export.out;
    json_out_object(out, NULL);
    json_out_text(out, "format", SNAPSHOT_FORMAT);
    json_out_int(out, "version", SNAPSHOT_VERSION);
    json_out_seconds(out, "created", snapshot->created_ms);
    json_out_object(out, "clock");
    json_out_text(out, "mode", snapshot->frozen ? "frozen" : "real");
    json_out_int(out, "now_ms", snapshot->now_ms);
    json_out_object_end(out);
    json_out_raw(out, "settings", snapshot->settings);
    json_out_array(out, "outcomes");
    store_snapshot_outcomes(engine->store, snapshot->seq, write_outcome, out);
    json_out_array_end(out);
    json_out_array(out, "balances");
    store_snapshot_balances(engine->store, snapshot->seq, write_balance, out);
    json_out_array_end(out);
    json_out_array(out, "invoices");
    store_snapshot_invoices(engine->store, snapshot->seq, write_invoice, &export);
    json_out_array_end(out);
    json_out_object_end(out);
    buf_char(ret_file, '\n');
    arena_finish(&export.arena);
    return ret_file->size <= SNAPSHOT_FILE_MOST ? SNAPSHOT_DONE : SNAPSHOT_TOO_LARGE;
}
