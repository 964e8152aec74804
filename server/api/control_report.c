/* GET /_mock/report: the movements of money on a day of an account, with sums by currency. */
#include "control.h"

#include "api/report_csv.h"
#include "base/text.h"
#include "domain/currency.h"

#include <string.h>

#define DAY_S 86400

/* ------------------------------------------------------------------ the query */

/* The place of the last row of the previous page. */
struct place {
    int64_t at_ms, seq; /* 0: this is the first page */
    int64_t type;
};

struct report_query {
    const char *date;
    struct report_scope scope;
    int64_t limit;
    struct place after;
};

static struct answer *read_date(struct call *call, const char **ret_date, int64_t *ret_day)
{
    const char *date = http_query_text(call->request, "date");
    int64_t ms;
    if (!date || !text_is_date(date) ||
        !text_to_datetime(arena_printf(call->arena, "%sT00:00Z", date), &ms)) {
        return call_invalid(call, "date: must be a day as YYYY-MM-DD");
    }
    *ret_date = date;
    *ret_day = ms / 1000 / DAY_S;
    return NULL;
}

static struct answer *read_scope(struct call *call, struct report_query *query)
{
    const char *name = http_query_text(call->request, "timezone");
    struct report_scope *scope = &query->scope;
    int64_t day;
    struct answer *refused = read_date(call, &query->date, &day);
    const char *why = refused ? NULL : zone_read(name ? name : "UTC", &scope->zone);
    if (refused || why) {
        return refused ?: call_invalid(call, "timezone: %s", why);
    }
    scope->account = call->tenant->account.num;
    scope->from_s = zone_day_begin_s(&scope->zone, day);
    scope->to_s = zone_day_begin_s(&scope->zone, day + 1);
    return NULL;
}

/* Reads "AT_MS-SEQ-TYPE". Returns false if the time is not in the day. */
static bool parse_place(struct arena *arena, const struct report_scope *scope, const char *text,
                        struct place *ret_place)
{
    int64_t *const parts[] = {&ret_place->at_ms, &ret_place->seq, &ret_place->type};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        size_t size = strcspn(text, "-");
        char behind = i + 1 < ARRAY_SIZE(parts) ? '-' : '\0';
        if (!text_to_int(arena_copy(arena, text, size), parts[i]) || text[size] != behind) {
            return false;
        }
        text += size + 1;
    }
    return ret_place->at_ms >= scope->from_s * 1000 && ret_place->at_ms < scope->to_s * 1000 &&
           ret_place->seq > 0;
}

static struct answer *read_page(struct call *call, struct report_query *query)
{
    const char *after;
    struct answer *refused = control_read_page(call, &query->limit, &after);
    if (!refused && after && !parse_place(call->arena, &query->scope, after, &query->after)) {
        return call_invalid(call, "after: must be the `next` of a page of this report");
    }
    return refused;
}

/* ------------------------------------------------------------------ JSON */

static bool add_to_sums(void *arg, const struct report_change *change)
{
    report_sums_add(arg, change);
    return true;
}

static void write_sum(struct json_out *out, const char *key, const struct movement_sum *sum,
                      const char *currency)
{
    const struct report_amounts texts = report_amounts_of(sum, currency);
    json_out_object(out, key);
    json_out_int(out, "count", sum->n);
    json_out_text(out, "amount", texts.amount);
    json_out_text(out, "fee", texts.fee);
    json_out_text(out, "net", texts.net);
    json_out_object_end(out);
}

/* Writes the sums of the day; returns the number of its rows. */
static int64_t write_sums(struct json_out *out, const struct report_sums *sums)
{
    int64_t total = 0;
    json_out_array(out, "sums");
    for (size_t i = 0; i < sums->n; i++) {
        const struct report_sum *sum = &sums->list[i];
        char pending[MOVEMENT_TEXT];
        movement_format(sum->pending, currency_decimals_shown(sum->currency), pending);
        json_out_object(out, NULL);
        json_out_text(out, "currency", sum->currency);
        for (int type = 0; type < MOVEMENT_TYPES; type++) {
            write_sum(out, movement_plurals[type], &sum->types[type], sum->currency);
        }
        json_out_object(out, "change");
        json_out_text(out, "active", report_amounts_of(&sum->all, sum->currency).net);
        json_out_text(out, "pending", pending);
        json_out_object_end(out);
        json_out_object_end(out);
        total += sum->all.n;
    }
    json_out_array_end(out);
    return total;
}

/* A page that is being written. */
struct page {
    const struct report_query *query;
    struct json_out *out;
    int64_t n;
    struct place last; /* the last row of it */
    bool more;
};

static void write_row(struct json_out *out, int64_t at_ms, const struct report_row *row)
{
    json_out_object(out, NULL);
    json_out_int(out, "at", at_ms / 1000);
    for (int i = 0; i < REPORT_COLUMNS; i++) {
        if (report_columns[i].json) {
            json_out_raw(out, report_columns[i].name, row->cells[i]);
        } else {
            json_out_text(out, report_columns[i].name, row->cells[i]);
        }
    }
    json_out_object_end(out);
}

static bool add_to_page(void *arg, const struct report_change *change)
{
    struct page *page = arg;
    struct report_row rows[MOVEMENT_TYPES];
    const struct place *after = &page->query->after;
    size_t n = report_rows_of(&page->query->scope, change, rows);
    for (size_t i = 0; i < n && !page->more; i++) {
        struct place place = {change->transition.at_ms, change->seq, rows[i].type};
        if (change->seq == after->seq && place.type <= after->type) {
            continue; /* it was on the previous page */
        }
        page->more = page->n == page->query->limit;
        if (!page->more) {
            write_row(page->out, place.at_ms, &rows[i]);
            page->last = place;
            page->n++;
        }
    }
    return !page->more;
}

/* Writes the rows of the page; returns the place of the next one, or NULL. */
static const char *write_items(struct call *call, struct json_out *out,
                               const struct report_query *query)
{
    struct page page = {.query = query, .out = out};
    const struct place *after = &query->after;
    const struct report_range range = {.account = query->scope.account,
                                       .from_ms =
                                           after->seq ? after->at_ms : query->scope.from_s * 1000,
                                       .to_ms = query->scope.to_s * 1000,
                                       .after = after->seq ? after->seq - 1 : 0};
    json_out_array(out, "items");
    store_report(call->engine->store, &range, add_to_page, &page);
    json_out_array_end(out);
    return page.more ? arena_printf(call->arena, "%lld-%lld-%lld", (long long)page.last.at_ms,
                                    (long long)page.last.seq, (long long)page.last.type)
                     : NULL;
}

static struct answer *reply_json(struct call *call, const struct report_query *query)
{
    const struct report_scope *scope = &query->scope;
    const struct report_range day = {
        .account = scope->account, .from_ms = scope->from_s * 1000, .to_ms = scope->to_s * 1000};
    struct report_sums sums = {.arena = call->arena};
    store_report_money(call->engine->store, &day, add_to_sums, &sums);
    struct json_out out = call_reply_object(call, 200);
    json_out_text(&out, "account", call->tenant->account.keys.id);
    json_out_text(&out, "date", query->date);
    json_out_text(&out, "timezone", scope->zone.name);
    json_out_int(&out, "from", scope->from_s);
    json_out_int(&out, "to", scope->to_s);
    json_out_bool(&out, "complete", clock_now(call->tenant) >= day.to_ms);
    int64_t total = write_sums(&out, &sums);
    const char *next = write_items(call, &out, query);
    json_out_int(&out, "total", total);
    json_out_text(&out, "next", next);
    return call_reply_end(&out);
}

/* ------------------------------------------------------------------ the call */

static struct answer *reply_csv(struct call *call, const struct report_query *query)
{
    if (http_query_text(call->request, "limit") || http_query_text(call->request, "after")) {
        return call_invalid(call, "limit and after: a report as csv has no pages");
    }
    http_reply_header(
        call->request, "Content-Disposition",
        arena_printf(call->arena, "attachment; filename=\"report-%s.csv\"", query->date));
    return report_csv_reply(call, &query->scope);
}

struct answer *control_report(struct call *call)
{
    const char *format = http_query_text(call->request, "format");
    bool csv = text_equal(format, "csv");
    struct report_query query = {0};
    if (format && !csv && !text_equal(format, "json")) {
        return call_invalid(call, "format: must be csv or json");
    }
    return read_scope(call, &query) ?: csv ? reply_csv(call, &query)
                                           : read_page(call, &query) ?: reply_json(call, &query);
}
