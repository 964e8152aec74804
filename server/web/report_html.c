/* milkypay.html: counts, what failed, and a table of the invoices. */
#include "report_part.h"

#include "base/text.h"
#include "engine/outbox.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define URL_ROOM 512

/* A number as a template sees it: none when it is zero. */
static const char *number_or_none(struct arena *arena, int64_t n)
{
    return n ? report_number(arena, n) : NULL;
}

static void add_counts(struct report *report, struct arena *arena)
{
    const struct run_counts *counts = &report->counts;
    const struct engine_options *options = &report->engine->options;
    const struct template_value begin[] = {
        {"invoices", report_number(arena, report->invoices)},
        {"undelivered", report_number(arena, report->undelivered)},
        {"began", report_time(arena, report->run->began_ms)},
        {"took", report_seconds(arena, report->took_ms)},
        {"version", MILKYPAY_VERSION},
        {"seed", options->seeded ? report_number(arena, options->seed) : NULL},
    };
    report_add(&report->html, "begin", begin, ARRAY_SIZE(begin));
    for (int i = 0; i < STATUS_COUNT; i++) {
        const struct template_value row[] = {
            {"status", status_name((enum status)i)},
            {"count", report_number(arena, counts->invoices[i])},
        };
        if (counts->invoices[i]) {
            report_add(&report->html, "status", row, ARRAY_SIZE(row));
        }
    }
    const struct template_value callbacks[] = {
        {"delivered", report_number(arena, counts->callbacks[CALLBACK_DONE])},
        {"undelivered", number_or_none(arena, report->undelivered)},
    };
    report_add(&report->html, "callbacks", callbacks, ARRAY_SIZE(callbacks));
}

static void add_failure(struct report *report, struct arena *arena, int64_t seq)
{
    struct engine *engine = report->engine;
    struct callback callback;
    struct invoice invoice;
    char id[IDENT_TEXT], url[URL_ROOM];
    if (!store_callback_get(engine->store, arena, seq, &callback) ||
        !store_invoice_get(engine->store, arena, callback.invoice, &invoice)) {
        return;
    }
    callback_id(seq, id);
    outbox_shown_url(callback.url, url, sizeof url);
    const struct template_value values[] = {
        {"callback", id},
        {"invoice", invoice.id},
        {"transition", status_name(callback.transition)},
        {"url", url},
        {"reason", report_reason(engine, arena, &callback)},
    };
    report_add(&report->html, "failure", values, ARRAY_SIZE(values));
}

static void add_failures(struct report *report)
{
    struct arena list = {0}, arena = {0};
    int64_t *seqs;
    size_t n = store_run_undelivered(report->engine->store, &list, report->run->after,
                                     REPORT_FAILURES, &seqs);
    if (n) {
        report_add(&report->html, "failures", NULL, 0);
        for (size_t i = 0; i < n; i++) {
            add_failure(report, &arena, seqs[i]);
            arena_reset(&arena);
        }
        const struct template_value end[] = {
            {"more", number_or_none(&list, report->undelivered - (int64_t)n)}};
        report_add(&report->html, "failures_end", end, ARRAY_SIZE(end));
    }
    arena_finish(&arena);
    arena_finish(&list);
}

void report_html_begin(struct report *report)
{
    struct arena arena = {0};
    report->html = report_page_of("report.html");
    add_counts(report, &arena);
    add_failures(report);
    int64_t hidden = report->invoices - REPORT_INVOICES;
    const struct template_value values[] = {
        {"hidden", number_or_none(&arena, hidden > 0 ? hidden : 0)},
        {"shown", report_number(&arena, REPORT_INVOICES)},
        {"all", number_or_none(&arena, report->invoices)},
    };
    report_add(&report->html, "invoices", values, ARRAY_SIZE(values));
    arena_finish(&arena);
}

/* ------------------------------------------------------------------ a row */

static void add_steps(struct report *report, struct arena *arena,
                      const struct report_invoice *invoice)
{
    for (size_t i = 0; i < invoice->n_steps; i++) {
        const struct report_step *step = &invoice->steps[i];
        bool telling = !text_equal(step->resolution, RESOLUTION_OK);
        const struct template_value values[] = {
            {"at", report_time(arena, step->at_ms)},
            {"status", step->status},
            {"resolution", telling ? step->resolution : NULL},
            {"cause", step->cause},
        };
        report_add(&report->html, "step", values, ARRAY_SIZE(values));
    }
    const struct template_value end[] = {
        {"more", number_or_none(arena, (int64_t)invoice->more_steps)}};
    report_add(&report->html, "callbacks_of", end, ARRAY_SIZE(end));
}

static void add_callbacks(struct report *report, struct arena *arena,
                          const struct report_invoice *invoice)
{
    for (size_t i = 0; i < invoice->n_callbacks; i++) {
        const struct report_callback *callback = &invoice->callbacks[i];
        const struct template_value values[] = {
            {"callback", callback->id},
            {"transition", status_name(callback->row->transition)},
            {"state", callback_state_name(callback->row->state)},
            {"codes", callback->codes},
            {"reason", callback->reason},
        };
        report_add(&report->html, "callback", values, ARRAY_SIZE(values));
    }
    const struct template_value end[] = {
        {"more", number_or_none(arena, (int64_t)invoice->more_callbacks)},
        {"none", invoice->n_callbacks ? NULL : "1"},
    };
    report_add(&report->html, "invoice_end", end, ARRAY_SIZE(end));
}

void report_html_invoice(struct report *report, struct arena *arena,
                         const struct report_invoice *invoice)
{
    const struct invoice *row = &invoice->row;
    char amount[MONEY_TEXT];
    money_format(row->amount, amount);
    const struct template_value values[] = {
        {"id", row->id},
        {"account", invoice->account},
        {"reference", row->reference_id},
        {"amount", amount},
        {"currency", row->currency},
        {"service", row->service},
        {"status", status_name(row->status)},
        {"resolution", row->resolution},
        {"good", status_is_paid(row->status) ? "1" : NULL},
        {"bad", status_is_failure(row->status) ? "1" : NULL},
    };
    report_add(&report->html, "invoice", values, ARRAY_SIZE(values));
    add_steps(report, arena, invoice);
    add_callbacks(report, arena, invoice);
}

void report_html_end(struct report *report)
{
    report_add(&report->html, "end", NULL, 0);
}
