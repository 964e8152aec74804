#include "report_csv.h"

#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_AT_ONCE 200 /* read from the database in one go: about 30 kB of text */

/* A report that is being sent. */
struct sending {
    struct engine *engine;
    struct report_scope scope;
    struct report_range range; /* what was not read yet */
    struct arena arena;        /* of the sums */
    struct report_sums sums;
    struct buf out;
    size_t sent; /* of `out` */
    int room;    /* changes until `out` is full */
    bool all_read;
};

/* ------------------------------------------------------------------ lines */

static void write_head(struct buf *out)
{
    struct csv csv = {.out = out};
    for (int i = 0; i < REPORT_COLUMNS; i++) {
        csv_plain(&csv, report_columns[i].name);
    }
    csv_end(&csv);
}

static void write_row(struct buf *out, const char *const cells[REPORT_COLUMNS])
{
    struct csv csv = {.out = out};
    for (int i = 0; i < REPORT_COLUMNS; i++) {
        if (report_columns[i].foreign) {
            csv_text(&csv, cells[i]);
        } else {
            csv_plain(&csv, cells[i] ? cells[i] : "");
        }
    }
    csv_end(&csv);
}

static void write_total(struct buf *out, const struct report_sum *sum)
{
    const struct report_amounts texts = report_amounts_of(&sum->all, sum->currency);
    const char *const cells[REPORT_COLUMNS] = {
        [REPORT_TYPE] = "total",  [REPORT_CURRENCY] = sum->currency, [REPORT_AMOUNT] = texts.amount,
        [REPORT_FEE] = texts.fee, [REPORT_NET] = texts.net,
    };
    write_row(out, cells);
}

/* ------------------------------------------------------------------ sending */

static bool add_change(void *arg, const struct report_change *change)
{
    struct sending *s = arg;
    struct report_row rows[MOVEMENT_TYPES];
    size_t n = report_rows_of(&s->scope, change, rows);
    for (size_t i = 0; i < n; i++) {
        write_row(&s->out, rows[i].cells);
    }
    report_sums_add(&s->sums, change);
    s->range.from_ms = change->transition.at_ms;
    s->range.after = change->seq;
    return --s->room > 0;
}

/* Fills `out` with the next lines, or leaves it empty at the end of the report. Some changes have
 * no line, so it reads on until there is one. Writes no totals if the database failed. */
static void render(struct sending *s)
{
    s->out.size = s->sent = 0;
    while (!s->out.size && !s->all_read) {
        s->room = CHANGES_AT_ONCE;
        store_report(s->engine->store, &s->range, add_change, s);
        s->all_read = s->room > 0;
        s->sums.n = *store_failure(s->engine->store) ? 0 : s->sums.n;
    }
    for (size_t i = 0; s->all_read && i < s->sums.n; i++) {
        if (s->sums.list[i].all.n) {
            write_total(&s->out, &s->sums.list[i]);
        }
    }
    s->sums.n = s->all_read ? 0 : s->sums.n;
}

static ssize_t read_lines(void *arg, char *into, size_t room)
{
    struct sending *s = arg;
    if (s->sent == s->out.size) {
        render(s);
    }
    size_t left = s->out.size - s->sent, size = left < room ? left : room;
    if (!size) {
        return -1;
    }
    memcpy(into, s->out.data + s->sent, size);
    s->sent += size;
    return (ssize_t)size;
}

static void free_sending(void *arg)
{
    struct sending *s = arg;
    buf_finish(&s->out);
    arena_finish(&s->arena);
    free(s);
}

struct answer *report_csv_reply(struct call *call, const struct report_scope *scope)
{
    struct sending *s = mem_alloc(sizeof *s);
    *s = (struct sending){.engine = call->engine,
                          .scope = *scope,
                          .range = {.account = scope->account,
                                    .from_ms = scope->from_s * 1000,
                                    .to_ms = scope->to_s * 1000}};
    s->sums.arena = &s->arena;
    write_head(&s->out);
    const struct http_stream stream = {.read = read_lines, .gone = free_sending, .arg = s};
    http_stream_begin(call->request, "text/csv; charset=utf-8; header=present", &stream);
    return call_answered(call);
}
