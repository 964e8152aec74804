/* milkypay.html: counts, failures, and a table of the invoices. */
#include "report_private.h"

#include "base/text.h"
#include "web/messages.h"

/* ------------------------------------------------------------------ the head */

static struct template_rows status_rows(const struct report *report, struct arena *arena)
{
    struct template_rows rows = {0};
    for (int i = 0; i < STATUS_COUNT; i++) {
        const struct template_value row[] = {
            {"status", status_name((enum status)i)},
            {"count", report_number(arena, report->verdict->counts.invoices[i])},
        };
        if (report->verdict->counts.invoices[i]) {
            template_add_row(&rows, arena, row, ARRAY_SIZE(row));
        }
    }
    return rows;
}

static struct template_rows failure_rows(struct report *report, struct arena *arena)
{
    const struct verdict *verdict = report->verdict;
    struct template_rows rows = {0};
    struct report_failure failure;
    for (size_t i = 0; i < verdict->n_lost; i++) {
        if (report_failure(report->engine, arena, verdict->lost[i], &failure)) {
            const struct template_value row[] = {
                {"callback", failure.callback},     {"invoice", failure.invoice},
                {"transition", failure.transition}, {"url", failure.url},
                {"reason", failure.reason},
            };
            template_add_row(&rows, arena, row, ARRAY_SIZE(row));
        }
    }
    return rows;
}

/* What --strict asked, and whether it holds. */
static struct template_rows check_rows(const struct report *report, struct arena *arena)
{
    struct template_rows rows = {0};
    for (size_t i = 0; i < verdict_checks_count; i++) {
        const struct verdict_check *check = &verdict_checks[i];
        bool holds = check->holds(report->verdict);
        const struct template_value row[] = {
            {"check", check->name},
            {"holds", holds ? "1" : NULL},
            {"advice", holds ? NULL : check->advice},
        };
        if (report->run->strictness >= check->from) {
            template_add_row(&rows, arena, row, ARRAY_SIZE(row));
        }
    }
    return rows;
}

void report_html_begin(struct report *report)
{
    const struct verdict *verdict = report->verdict;
    struct arena arena = {0};
    const struct engine_options *options = &report->engine->options;
    const struct template_rows statuses = status_rows(report, &arena);
    const struct template_rows failures = failure_rows(report, &arena);
    const struct template_rows checks = check_rows(report, &arena);
    int64_t hidden = verdict->invoices - REPORT_INVOICES, lost = verdict->losses[RUN_LOST];
    int64_t excused = 0;
    for (int i = RUN_LOST + 1; i < RUN_LOSSES; i++) {
        excused += verdict->losses[i];
    }
    const struct template_value values[] = {
        {"accounts", report_number(&arena, verdict->accounts)},
        {"invoices", report_number(&arena, verdict->invoices)},
        {"any", report_number_or_none(&arena, verdict->invoices)},
        {"shown", report_number(&arena, REPORT_INVOICES)},
        {"hidden", report_number_or_none(&arena, hidden > 0 ? hidden : 0)},
        {"delivered", report_number(&arena, verdict->delivered)},
        {"undelivered", report_number(&arena, lost)},
        {"excused", report_number_or_none(&arena, excused)},
        {"verified", report_number(&arena, (int64_t)verdict->verified)},
        {"refused", report_number(&arena, verdict->refused)},
        {"accepted", report_number_or_none(&arena, verdict->accepted)},
        {"failed", report_number_or_none(&arena, (int64_t)failures.n)},
        {"more", report_number_or_none(&arena, lost - (int64_t)failures.n)},
        {"strict", checks.n ? "1" : NULL},
        {"checks", .rows = &checks},
        {"began", report_time(&arena, report->run->began_ms)},
        {"took", report_seconds(&arena, report->took_ms)},
        {"version", MILKYPAY_VERSION},
        {"seed", options->seeded ? report_number(&arena, options->seed) : NULL},
        {"statuses", .rows = &statuses},
        {"failures", .rows = &failures},
    };
    report_fill(&report->html, "report_head.html", values, ARRAY_SIZE(values));
    arena_finish(&arena);
}

/* ------------------------------------------------------------------ an invoice */

static struct template_rows step_rows(struct arena *arena, const struct report_invoice *invoice)
{
    struct template_rows rows = {0};
    for (size_t i = 0; i < invoice->n_steps; i++) {
        const struct report_step *step = &invoice->steps[i];
        bool telling = !text_equal(step->resolution, RESOLUTION_OK);
        const struct template_value row[] = {
            {"at", report_time(arena, step->at_ms)},
            {"status", step->status},
            {"resolution", telling ? step->resolution : NULL},
            {"cause", step->cause},
        };
        template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

static struct template_rows callback_rows(struct arena *arena, const struct report_invoice *invoice)
{
    struct template_rows rows = {0};
    for (size_t i = 0; i < invoice->n_callbacks; i++) {
        const struct report_callback *callback = &invoice->callbacks[i];
        const struct template_value row[] = {
            {"callback", callback->id},
            {"transition", status_name(callback->row->transition)},
            {"state", callback_state_name(callback->row->state)},
            {"codes", callback->codes},
            {"reason", callback->reason},
            {"bad", callback->bad ? "1" : NULL},
        };
        template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

/* "61.50 USD", "20.00 of 61.50 USD" if only a part was paid. */
static const char *amount_text(struct arena *arena, const struct invoice *row)
{
    if (!invoice_is_part_paid(row)) {
        return locale_money(arena, "en", row->amount, row->currency);
    }
    return arena_printf(arena, "%s of %s",
                        locale_figure(arena, "en", row->processed_amount, row->currency),
                        locale_money(arena, "en", row->payment_amount, row->currency));
}

void report_html_invoice(struct report *report, struct arena *arena,
                         const struct report_invoice *invoice)
{
    const struct invoice *row = &invoice->row;
    enum status_money money = status_money(row->status);
    bool bad = status_is_failure(row->status) || money == STATUS_MONEY_CHARGED_BACK;
    const struct template_rows steps = step_rows(arena, invoice);
    const struct template_rows callbacks = callback_rows(arena, invoice);
    const struct template_value values[] = {
        {"id", row->id},
        {"account", invoice->title},
        {"account_id", invoice->title == invoice->account ? NULL : invoice->account},
        {"reference", row->reference_id},
        {"amount", amount_text(arena, row)},
        {"service", row->service},
        {"status", status_name(row->status)},
        {"resolution", row->resolution},
        {"good", money == STATUS_MONEY_PAID ? "1" : NULL},
        {"bad", bad ? "1" : NULL},
        {"steps", .rows = &steps},
        {"more_steps", report_number_or_none(arena, (int64_t)invoice->more_steps)},
        {"callbacks", .rows = &callbacks},
        {"more_callbacks", report_number_or_none(arena, (int64_t)invoice->more_callbacks)},
    };
    report_fill(&report->html, "report_invoice.html", values, ARRAY_SIZE(values));
}
