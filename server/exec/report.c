/* Reads the rows of a run's report; report_html.c and report_junit.c write them. */
#include "report.h"

#include "base/text.h"
#include "base/wall.h"
#include "exec/report_private.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define JUNIT_FILE "milkypay-junit.xml"
#define HTML_FILE "milkypay.html"

/* ------------------------------------------------------------------ an invoice */

struct steps {
    struct arena *arena;
    struct report_invoice *invoice;
};

static void add_step(struct report_invoice *invoice, const struct report_step *step)
{
    if (invoice->n_steps < REPORT_OF_INVOICE) {
        invoice->steps[invoice->n_steps++] = *step;
    } else {
        invoice->more_steps++;
    }
}

static void add_transition(void *arg, const struct transition *row)
{
    const struct steps *steps = arg;
    const struct report_step step = {
        .at_ms = row->at_ms,
        .status = status_name(row->new),
        .resolution = arena_strdup(steps->arena, row->resolution),
        .cause = arena_strdup(steps->arena, row->cause),
    };
    add_step(steps->invoice, &step);
}

/* Creation has no row; its time is in the invoice. */
static void read_steps(struct engine *engine, struct arena *arena, struct report_invoice *invoice)
{
    struct steps steps = {arena, invoice};
    struct report_step step = {invoice->row.created_ms, status_name(STATUS_CREATED), RESOLUTION_OK,
                               "order"};
    invoice->steps = arena_alloc(arena, REPORT_OF_INVOICE * sizeof *invoice->steps);
    add_step(invoice, &step);
    if (store_invoice_start(engine->store, &invoice->row) != STATUS_CREATED) {
        step.status = status_name(STATUS_PROCESS_PENDING);
        add_step(invoice, &step);
    }
    store_transition_all(engine->store, invoice->row.seq, add_transition, &steps);
}

static void read_attempts(struct engine *engine, struct arena *arena, struct report_callback *shown)
{
    struct attempt *attempts;
    buf_auto codes = {0};
    size_t n = store_attempt_last(engine->store, arena, shown->row->seq, REPORT_CODES, &attempts);
    for (size_t i = 0; i < n; i++) {
        buf_text(&codes, i ? ", " : attempts[i].number > 1 ? "..., " : "");
        attempts[i].code ? buf_int(&codes, attempts[i].code) : buf_text(&codes, "no answer");
        if (attempts[i].fault) {
            buf_printf(&codes, " to %s", fault_kind_name(attempts[i].fault));
        }
        shown->took_ms += attempts[i].took_ms;
    }
    shown->codes = arena_strdup(arena, buf_str(&codes));
}

static void read_callbacks(struct engine *engine, struct arena *arena,
                           struct report_invoice *invoice)
{
    struct callback *rows;
    size_t n = store_callback_of_invoice(engine->store, arena, invoice->row.seq,
                                         STORE_CALLBACKS_ALL, &rows);
    invoice->n_callbacks = n < REPORT_OF_INVOICE ? n : REPORT_OF_INVOICE;
    invoice->more_callbacks = n - invoice->n_callbacks;
    invoice->callbacks = arena_alloc(arena, n * sizeof *invoice->callbacks);
    for (size_t i = 0; i < invoice->n_callbacks; i++) {
        struct report_callback *shown = &invoice->callbacks[i];
        shown->row = &rows[i];
        ident_number("cb", rows[i].seq, shown->id);
        read_attempts(engine, arena, shown);
        if (callback_is_undelivered(rows[i].state)) {
            shown->reason = report_reason(engine, arena, &rows[i]);
            shown->bad = verdict_is_lost(engine, arena, rows[i].seq);
        }
    }
}

/* Names the account as the suite did, which is often the name of its test. */
static void name_account(struct engine *engine, struct arena *arena, struct report_invoice *invoice)
{
    const struct tenant *tenant = tenants_by_num(&engine->tenants, invoice->row.account);
    const char *name = tenant ? tenant->account.settings.name : NULL;
    invoice->account = tenant ? tenant->account.keys.id : "";
    if (!tenant) {
        store_run_account(engine->store, arena, invoice->row.account, &invoice->account, &name);
    }
    struct settings fresh;
    settings_default(&fresh);
    bool named = name && *name && !text_equal(name, fresh.name);
    invoice->title = named ? name : invoice->account;
}

static void add_invoice(struct report *report, struct arena *arena, int64_t seq)
{
    struct engine *engine = report->engine;
    struct report_invoice invoice = {0};
    if (!store_invoice_get(engine->store, arena, seq, &invoice.row)) {
        return;
    }
    name_account(engine, arena, &invoice);
    read_steps(engine, arena, &invoice);
    read_callbacks(engine, arena, &invoice);
    report_html_invoice(report, arena, &invoice);
    report_junit_invoice(report, arena, &invoice);
}

/* ------------------------------------------------------------------ the files */

static void add_invoices(struct report *report)
{
    struct arena list = {0}, arena = {0};
    int64_t *seqs;
    size_t n = store_run_invoices(report->engine->store, &list, REPORT_INVOICES, &seqs);
    for (size_t i = 0; i < n; i++) {
        add_invoice(report, &arena, seqs[i]);
        arena_reset(&arena);
    }
    arena_finish(&arena);
    arena_finish(&list);
}

const char *report_write(struct engine *engine, const struct report_run *run,
                         const struct verdict *verdict, struct arena *arena)
{
    struct report report = {.engine = engine,
                            .run = run,
                            .verdict = verdict,
                            .took_ms = mono_now_ms() - engine->started_ms};
    report_html_begin(&report);
    add_invoices(&report);
    report_fill(&report.html, "report_foot.html", NULL, 0);
    report_junit_end(&report);
    const char *why = report_write_file(run->dir, JUNIT_FILE, &report.junit, arena);
    why = why ? why : report_write_file(run->dir, HTML_FILE, &report.html, arena);
    buf_finish(&report.junit);
    buf_finish(&report.invoice_cases);
    buf_finish(&report.callback_cases);
    buf_finish(&report.html);
    return why;
}
