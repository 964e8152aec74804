/* milkypay.html: counts, failures, and a table of the invoices. */
#include "report_private.h"

#include "base/text.h"
#include "base/url.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "web/messages.h"

#include <string.h>

#define URL_ROOM 512
#define STATUS_VALUES 2
#define FAILURE_VALUES 5
#define STEP_VALUES 4
#define CALLBACK_VALUES 5

/* Allocates `n` rows. */
static struct template_value *new_rows(struct arena *arena, size_t n, size_t width)
{
    return arena_alloc(arena, n * width * sizeof(struct template_value));
}

/* ------------------------------------------------------------------ the head */

static struct template_rows status_rows(const struct report *report, struct arena *arena)
{
    struct template_value *values = new_rows(arena, STATUS_COUNT, STATUS_VALUES);
    struct template_rows rows = {values, 0, STATUS_VALUES};
    for (int i = 0; i < STATUS_COUNT; i++) {
        const struct template_value row[STATUS_VALUES] = {
            {"status", status_name((enum status)i), NULL},
            {"count", report_number(arena, report->counts.invoices[i]), NULL},
        };
        if (report->counts.invoices[i]) {
            memcpy(values + rows.n++ * STATUS_VALUES, row, sizeof row);
        }
    }
    return rows;
}

/* Fills a row; returns false if the callback no longer exists. */
static bool fill_failure(struct report *report, struct arena *arena, int64_t seq,
                         struct template_value ret_row[FAILURE_VALUES])
{
    struct engine *engine = report->engine;
    struct arena texts = {0}; /* freed at once: a callback's body is large */
    struct callback callback;
    struct invoice invoice;
    char id[IDENT_TEXT], url[URL_ROOM];
    bool found = store_callback_get(engine->store, &texts, seq, &callback) &&
                 store_invoice_get(engine->store, &texts, callback.invoice, &invoice);
    if (found) {
        callback_id(seq, id);
        url_shown(callback.url, url, sizeof url);
        const struct template_value row[FAILURE_VALUES] = {
            {"callback", arena_strdup(arena, id), NULL},
            {"invoice", arena_strdup(arena, invoice.id), NULL},
            {"transition", status_name(callback.transition), NULL},
            {"url", arena_strdup(arena, url), NULL},
            {"reason", report_reason(engine, arena, &callback), NULL},
        };
        memcpy(ret_row, row, sizeof row);
    }
    arena_finish(&texts);
    return found;
}

static struct template_rows failure_rows(struct report *report, struct arena *arena)
{
    int64_t *seqs;
    size_t n = store_run_undelivered(report->engine->store, arena, report->run->after,
                                     REPORT_FAILURES, &seqs);
    struct template_value *values = new_rows(arena, n, FAILURE_VALUES);
    struct template_rows rows = {values, 0, FAILURE_VALUES};
    for (size_t i = 0; i < n; i++) {
        rows.n += fill_failure(report, arena, seqs[i], values + rows.n * FAILURE_VALUES);
    }
    return rows;
}

void report_html_begin(struct report *report)
{
    struct arena arena = {0};
    const struct engine_options *options = &report->engine->options;
    const struct template_rows statuses = status_rows(report, &arena);
    const struct template_rows failures = failure_rows(report, &arena);
    int64_t hidden = report->invoices - REPORT_INVOICES;
    const struct template_value values[] = {
        {"invoices", report_number(&arena, report->invoices), NULL},
        {"any", report_number_or_none(&arena, report->invoices), NULL},
        {"shown", report_number(&arena, REPORT_INVOICES), NULL},
        {"hidden", report_number_or_none(&arena, hidden > 0 ? hidden : 0), NULL},
        {"delivered", report_number(&arena, report->counts.callbacks[CALLBACK_DONE]), NULL},
        {"undelivered", report_number(&arena, report->undelivered), NULL},
        {"failed", report_number_or_none(&arena, (int64_t)failures.n), NULL},
        {"more", report_number_or_none(&arena, report->undelivered - (int64_t)failures.n), NULL},
        {"began", report_time(&arena, report->run->began_ms), NULL},
        {"took", report_seconds(&arena, report->took_ms), NULL},
        {"version", MILKYPAY_VERSION, NULL},
        {"seed", options->seeded ? report_number(&arena, options->seed) : NULL, NULL},
        {"statuses", NULL, &statuses},
        {"failures", NULL, &failures},
    };
    report_fill(&report->html, "report_head.html", values, ARRAY_SIZE(values));
    arena_finish(&arena);
}

/* ------------------------------------------------------------------ an invoice */

static struct template_rows step_rows(struct arena *arena, const struct report_invoice *invoice)
{
    struct template_value *values = new_rows(arena, invoice->n_steps, STEP_VALUES);
    struct template_rows rows = {values, 0, STEP_VALUES};
    for (size_t i = 0; i < invoice->n_steps; i++) {
        const struct report_step *step = &invoice->steps[i];
        bool telling = !text_equal(step->resolution, RESOLUTION_OK);
        const struct template_value row[STEP_VALUES] = {
            {"at", report_time(arena, step->at_ms), NULL},
            {"status", step->status, NULL},
            {"resolution", telling ? step->resolution : NULL, NULL},
            {"cause", step->cause, NULL},
        };
        memcpy(values + rows.n++ * STEP_VALUES, row, sizeof row);
    }
    return rows;
}

static struct template_rows callback_rows(struct arena *arena, const struct report_invoice *invoice)
{
    struct template_value *values = new_rows(arena, invoice->n_callbacks, CALLBACK_VALUES);
    struct template_rows rows = {values, 0, CALLBACK_VALUES};
    for (size_t i = 0; i < invoice->n_callbacks; i++) {
        const struct report_callback *callback = &invoice->callbacks[i];
        const struct template_value row[CALLBACK_VALUES] = {
            {"callback", callback->id, NULL},
            {"transition", status_name(callback->row->transition), NULL},
            {"state", callback_state_name(callback->row->state), NULL},
            {"codes", callback->codes, NULL},
            {"reason", callback->reason, NULL},
        };
        memcpy(values + rows.n++ * CALLBACK_VALUES, row, sizeof row);
    }
    return rows;
}

void report_html_invoice(struct report *report, struct arena *arena,
                         const struct report_invoice *invoice)
{
    const struct invoice *row = &invoice->row;
    const struct template_rows steps = step_rows(arena, invoice);
    const struct template_rows callbacks = callback_rows(arena, invoice);
    const struct template_value values[] = {
        {"id", row->id, NULL},
        {"account", invoice->account, NULL},
        {"reference", row->reference_id, NULL},
        {"amount", locale_money(arena, "en", row->amount, row->currency), NULL},
        {"service", row->service, NULL},
        {"status", status_name(row->status), NULL},
        {"resolution", row->resolution, NULL},
        {"good", status_is_paid(row->status) ? "1" : NULL, NULL},
        {"bad", status_is_failure(row->status) ? "1" : NULL, NULL},
        {"steps", NULL, &steps},
        {"more_steps", report_number_or_none(arena, (int64_t)invoice->more_steps), NULL},
        {"callbacks", NULL, &callbacks},
        {"more_callbacks", report_number_or_none(arena, (int64_t)invoice->more_callbacks), NULL},
    };
    report_fill(&report->html, "report_invoice.html", values, ARRAY_SIZE(values));
}

void report_html_end(struct report *report)
{
    report_fill(&report->html, "report_foot.html", NULL, 0);
}
