/* Writes a snapshot as a file, row by row, with one invoice per line so that files can be
 * compared. */
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

/* The rows of a table that belong to `owner` (store_snapshot_rows). */
static void write_rows(struct export *export, const char *key, const struct row_table *table,
                       int64_t owner)
{
    const char *rows;
    size_t n = store_snapshot_rows(export->engine->store, &export->arena, export->snapshot->seq,
                                   table, owner, &rows);
    json_out_array(&export->out, key);
    for (size_t i = 0; i < n; i++) {
        json_out_object(&export->out, NULL);
        row_write(&export->out, table, rows + i * table->size);
        json_out_object_end(&export->out);
    }
    json_out_array_end(&export->out);
}

static void write_callbacks(struct export *export, const struct invoice *invoice)
{
    struct json_out *out = &export->out;
    struct callback *rows;
    size_t n = store_snapshot_rows(export->engine->store, &export->arena, export->snapshot->seq,
                                   &row_callback, invoice->seq, &rows);
    json_out_array(out, "callbacks");
    for (size_t i = 0; i < n; i++) {
        rows[i].body = outbox_body(export->engine, &export->arena, &rows[i]);
        json_out_object(out, NULL);
        row_write(out, &row_callback, &rows[i]);
        write_rows(export, "attempts", &row_attempt, rows[i].seq);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_outcomes(struct export *export)
{
    struct queued_outcome *rows;
    size_t n = store_snapshot_rows(export->engine->store, &export->arena, export->snapshot->seq,
                                   &row_outcome, export->snapshot->seq, &rows);
    json_out_array(&export->out, "outcomes");
    for (size_t i = 0; i < n; i++) {
        json_out_text(&export->out, NULL, rows[i].text);
    }
    json_out_array_end(&export->out);
}

static bool write_invoice(void *arg, const struct invoice *invoice)
{
    struct export *export = arg;
    struct json_out *out = &export->out;
    json_out_raw(out, NULL, "\n");
    out->comma = false;
    json_out_object(out, NULL);
    row_write(out, &row_invoice, invoice);
    write_rows(export, "transitions", &row_transition, invoice->seq);
    write_callbacks(export, invoice);
    write_rows(export, "refunds", &row_refund, invoice->seq);
    json_out_object_end(out);
    arena_reset(&export->arena);
    return out->buf->size <= SNAPSHOT_FILE_MOST;
}

/* Without the values of callback_headers, which may be credentials: the file has no secrets. */
static void write_settings(struct export *export)
{
    json_auto_t *settings = json_loads(export->snapshot->settings, 0, NULL);
    bool headers = json_is_object(json_object_get(settings, "callback_headers"));
    if (headers) {
        json_object_set_new(settings, "callback_headers", json_null());
    }
    json_out_raw(&export->out, "settings",
                 headers ? json_text(&export->arena, settings, false) : export->snapshot->settings);
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
    write_settings(&export);
    if (snapshot->services) {
        json_out_raw(out, "services", snapshot->services);
    }
    write_outcomes(&export);
    write_rows(&export, "balances", &row_balance, snapshot->seq);
    json_out_array(out, "invoices");
    store_snapshot_invoices(engine->store, snapshot->seq, write_invoice, &export);
    json_out_array_end(out);
    json_out_object_end(out);
    buf_char(ret_file, '\n');
    arena_finish(&export.arena);
    return ret_file->size <= SNAPSHOT_FILE_MOST ? SNAPSHOT_DONE : SNAPSHOT_TOO_LARGE;
}
