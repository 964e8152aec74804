/* milkypay-junit.xml: a case for each invoice and each callback; a callback's case fails if it was
 * not delivered. */
#include "report_private.h"

static void add_callback(struct report *report, struct arena *arena,
                         const struct report_invoice *invoice,
                         const struct report_callback *callback)
{
    const struct template_value values[] = {
        {"account", invoice->title},
        {"reference", invoice->row.reference_id},
        {"id", invoice->row.id},
        {"callback", callback->id},
        {"transition", status_name(callback->row->transition)},
        {"took", report_seconds(arena, callback->took_ms)},
        {"state", callback_state_name(callback->row->state)},
        {"attempts", report_number(arena, callback->row->attempts)},
        {"codes", callback->codes},
        {"reason", callback->reason},
        {"bad", callback->bad ? "1" : NULL},
    };
    report_fill(&report->callback_cases, "report_callback.xml", values, ARRAY_SIZE(values));
    report->n_callback_cases++;
    report->n_failures += callback->bad;
}

void report_junit_invoice(struct report *report, struct arena *arena,
                          const struct report_invoice *invoice)
{
    const struct invoice *row = &invoice->row;
    char amount[MONEY_TEXT], paid[MONEY_TEXT];
    money_format(row->amount, amount);
    money_format(money_or_zero(row->processed_amount), paid);
    const struct template_value values[] = {
        {"account", invoice->title},
        {"reference", row->reference_id},
        {"id", row->id},
        {"status", status_name(row->status)},
        {"resolution", row->resolution},
        {"amount", amount},
        {"paid", invoice_is_part_paid(row) ? paid : NULL},
        {"currency", row->currency},
        {"service", row->service},
        {"created", report_time(arena, row->created_ms)},
    };
    report_fill(&report->invoice_cases, "report_invoice.xml", values, ARRAY_SIZE(values));
    report->n_invoice_cases++;
    for (size_t i = 0; i < invoice->n_callbacks; i++) {
        add_callback(report, arena, invoice, &invoice->callbacks[i]);
    }
}

/* A time in ISO 8601, as JUnit requires: "2026-11-24T17:07:31". */
static const char *timestamp(struct arena *arena, int64_t time_ms)
{
    char *text = arena_strdup(arena, report_time(arena, time_ms));
    for (char *p = text; *p; p++) {
        *p = *p == ' ' ? 'T' : *p;
    }
    return text;
}

static void add_suite(struct report *report, struct arena *arena, const char *name,
                      const struct buf *cases, int64_t tests, int64_t failures)
{
    const struct verdict *verdict = report->verdict;
    const struct template_value values[] = {
        {"name", name},
        {"tests", report_number(arena, tests)},
        {"failures", report_number(arena, failures)},
        {"began", timestamp(arena, report->run->began_ms)},
        {"took", report_seconds(arena, report->took_ms)},
        {"version", MILKYPAY_VERSION},
        {"accounts", report_number(arena, verdict->accounts)},
        {"invoices", report_number(arena, verdict->invoices)},
        {"shown", report_number(arena, report->n_invoice_cases)},
        {"delivered", report_number(arena, verdict->delivered)},
        {"undelivered", report_number(arena, verdict->losses[RUN_LOST])},
        {"verified", report_number(arena, (int64_t)verdict->verified)},
        {"refused", report_number(arena, verdict->refused)},
        {"accepted", report_number(arena, verdict->accepted)},
    };
    report_fill(&report->junit, "report_suite.xml", values, ARRAY_SIZE(values));
    buf_add(&report->junit, buf_str(cases), cases->size);
    buf_text(&report->junit, "</testsuite>\n");
}

/* A case for each check of --strict. */
static void add_checks(const struct report *report, struct buf *cases, int64_t *ret_tests,
                       int64_t *ret_failures)
{
    for (size_t i = 0; i < verdict_checks_count; i++) {
        const struct verdict_check *check = &verdict_checks[i];
        bool holds = check->holds(report->verdict);
        const struct template_value values[] = {
            {"check", check->name},
            {"advice", holds ? NULL : check->advice},
        };
        if (report->run->strictness >= check->from) {
            report_fill(cases, "report_check.xml", values, ARRAY_SIZE(values));
            ++*ret_tests;
            *ret_failures += !holds;
        }
    }
}

void report_junit_end(struct report *report)
{
    struct arena arena = {0};
    buf_auto checks = {0};
    int64_t n_checks = 0, n_wrong = 0;
    add_checks(report, &checks, &n_checks, &n_wrong);
    const struct template_value values[] = {
        {"tests",
         report_number(&arena, report->n_invoice_cases + report->n_callback_cases + n_checks)},
        {"failures", report_number(&arena, report->n_failures + n_wrong)},
        {"took", report_seconds(&arena, report->took_ms)},
    };
    report_fill(&report->junit, "report_head.xml", values, ARRAY_SIZE(values));
    add_suite(report, &arena, "invoices", &report->invoice_cases, report->n_invoice_cases, 0);
    add_suite(report, &arena, "callbacks", &report->callback_cases, report->n_callback_cases,
              report->n_failures);
    if (n_checks) {
        add_suite(report, &arena, "strict", &checks, n_checks, n_wrong);
    }
    buf_text(&report->junit, "</testsuites>\n");
    arena_finish(&arena);
}
