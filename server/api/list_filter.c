#include "list_filter.h"

#include "api/api.h"
#include "base/few.h"
#include "base/nearest.h"
#include "base/text.h"

#include <string.h>

#define TIME_MOST_S ((int64_t)1 << 40)

/* ------------------------------------------------------------------ values */

/* Readers of one value: write it as the column stores it, or return false. */

static bool read_text(struct call *call, const char *text, struct json_out *out)
{
    (void)call;
    json_out_text(out, NULL, text);
    return true;
}

static bool read_currency(struct call *call, const char *text, struct json_out *out)
{
    json_out_text(out, NULL, arena_upper(call->arena, text));
    return true;
}

static bool read_status(struct call *call, const char *text, struct json_out *out)
{
    enum status status;
    (void)call;
    if (!status_parse(text, &status)) {
        return false;
    }
    json_out_int(out, NULL, status);
    return true;
}

static bool read_bool(struct call *call, const char *text, struct json_out *out)
{
    bool yes = text_equal(text, "true") || text_equal(text, "1");
    (void)call;
    json_out_int(out, NULL, yes);
    return yes || text_equal(text, "false") || text_equal(text, "0");
}

/* A text that is no id matches nothing, as row 0 does. */
static bool read_id(struct call *call, const char *text, struct json_out *out)
{
    int64_t seq = 0;
    invoice_id_read(call->engine->keys.rows, text, &seq);
    json_out_int(out, NULL, seq);
    return true;
}

/* ------------------------------------------------------------------ the table */

enum form {
    FORM_LITERAL, /* one text; commas and dashes belong to it, as in references */
    FORM_VALUES,  /* a,b is either, -a,b neither (P522) */
    FORM_RANGE,   /* [from] and [to], inclusive (P524) */
    FORM_FROM,    /* one end of it */
    FORM_TO,
};

struct filter {
    const char *name;
    enum form form;
    const char *accepts;
    enum invoice_column column; /* of FORM_VALUES, like `read` */
    bool (*read)(struct call *call, const char *text, struct json_out *out);
};

#define TIMES "whole unix seconds"
#define BOOLS "true, false, 1 or 0"
#define LISTS ", separated by commas, at most 100; with a - before the first: none of them"

/* In the order in which links repeat them. */
static const struct filter filters[] = {
    {"reference_id", FORM_LITERAL, "a reference"},
    {"id", FORM_VALUES, "ids" LISTS, COLUMN_SEQ, read_id},
    {"status", FORM_VALUES, "names of statuses" LISTS, COLUMN_STATUS, read_status},
    {"service", FORM_VALUES, "codes of services" LISTS, COLUMN_SERVICE, read_text},
    {"currency", FORM_VALUES, "currencies" LISTS, COLUMN_CURRENCY, read_currency},
    {"test_mode", FORM_VALUES, BOOLS, COLUMN_TEST_MODE, read_bool},
    {"created_from", FORM_FROM, TIMES},
    {"created_to", FORM_TO, TIMES},
    {"created", FORM_RANGE, "[from] and [to] in " TIMES},
};

static const char *const range_ends[] = {"from", "to"};

/* ------------------------------------------------------------------ reading */

/* A list of values, with '-' before the first: none of these. False if one cannot be read. */
static bool read_values(struct call *call, const struct filter *filter, const char *text,
                        struct invoice_list *list)
{
    struct invoice_values *values = &list->values[filter->column];
    buf_auto array = {0};
    struct json_out out = {.buf = &array};
    bool good = true;
    values->negated = *text == '-';
    text += values->negated;
    json_out_array(&out, NULL);
    for (int n = 1; text && good; n++) {
        size_t size = strcspn(text, ",");
        good = n <= FILTER_VALUES_MOST &&
               filter->read(call, arena_copy(call->arena, text, size), &out);
        text = text[size] ? text + size + 1 : NULL;
    }
    json_out_array_end(&out);
    values->list = arena_strdup(call->arena, buf_str(&array));
    return good;
}

/* The end of a range: the narrower one if there are two. */
static bool read_time(const char *text, bool from, struct invoice_list *list)
{
    int64_t seconds;
    if (!text_to_int(text, &seconds) || seconds < 0 || seconds > TIME_MOST_S) {
        return false;
    }
    int64_t ms = (seconds + !from) * 1000; /* to the end of that second */
    int64_t *end = from ? &list->created_from_ms : &list->created_before_ms;
    if (*end == TIME_NONE || (from ? ms > *end : ms < *end)) {
        *end = ms;
    }
    return true;
}

static bool read_range(const json_t *value, struct invoice_list *list)
{
    bool good = json_is_object(value);
    for (size_t i = 0; i < ARRAY_SIZE(range_ends) && good; i++) {
        const json_t *end = json_object_get(value, range_ends[i]);
        good = !end || (json_is_string(end) && read_time(json_string_value(end), i == 0, list));
    }
    return good;
}

static bool read_filter(struct call *call, const struct filter *filter, const json_t *value,
                        struct list_filter *into)
{
    const char *text = json_string_value(value);
    switch (filter->form) {
    case FORM_LITERAL:
        into->reference_id = text;
        return text;
    case FORM_VALUES:
        return text && read_values(call, filter, text, &into->list);
    case FORM_RANGE:
        return read_range(value, &into->list);
    case FORM_FROM:
    case FORM_TO:
        break;
    }
    return text && read_time(text, filter->form == FORM_FROM, &into->list);
}

/* 400 (P525). */
static struct answer *refuse(struct call *call, const struct filter *filter)
{
    char uuid[IDENT_UUID];
    ident_next_uuid(&call->engine->idents, uuid);
    struct json_out out = call_reply_object(call, 400);
    json_out_array(&out, "errors");
    json_out_object(&out, NULL);
    json_out_text(&out, "id", uuid);
    json_out_text(&out, "status", "error");
    json_out_text(&out, "code", "400");
    json_out_text(&out, "title",
                  arena_printf(call->arena, "Invalid value provided for key `%s`.", filter->name));
    json_out_object_end(&out);
    json_out_array_end(&out);
    call->refusal = REFUSAL_FILTER;
    call->detail =
        arena_printf(call->arena, "filter[%s] must be %s", filter->name, filter->accepts);
    return call_reply_end(&out);
}

/* The sent value of a filter, NULL if there is none. */
static const json_t *find_value(struct call *call, const struct filter *filter)
{
    return *call->request->query_text
               ? json_object_get(json_object_get(http_query(call->request), "filter"), filter->name)
               : NULL;
}

static void ignore_bare(struct call *call, struct few *ignored, const char *name)
{
    ignored->only = arena_printf(call->arena, "%s is ignored: write filter[%s]", name, name);
    few_add(ignored, arena_printf(call->arena, "%s (write filter[%s])", name, name));
}

static void ignore_unknown(struct call *call, struct few *ignored, const char *name)
{
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        nearest_offer_as(&nearest, filters[i].name,
                         arena_printf(call->arena, "filter[%s]", filters[i].name));
    }
    ignored->only = arena_printf(call->arena, "filter[%s] is ignored: there is no such filter%s",
                                 name, nearest_hint(&nearest, call->arena, NULL));
    few_add(ignored, arena_printf(call->arena, "filter[%s]%s", name,
                                  nearest_aside(&nearest, call->arena, "there is no such filter")));
}

/* What looks like a filter and is none: the platform ignores it, and all rows seem to match. */
static const char *find_ignored(struct call *call)
{
    const json_t *query = *call->request->query_text ? http_query(call->request) : NULL;
    struct few ignored = {0};
    const char *name;
    json_t *value;
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        if (json_object_get(query, filters[i].name)) {
            ignore_bare(call, &ignored, filters[i].name);
        }
    }
    json_object_foreach(json_object_get(query, "filter"), name, value)
    {
        if (!TEXT_FIND(name, filters)) {
            ignore_unknown(call, &ignored, name);
        }
    }
    return few_message(&ignored, call->arena, "parameters are ignored");
}

struct answer *list_filter_read(struct call *call, struct list_filter *ret_filter)
{
    struct invoice_list *list = &ret_filter->list;
    const struct invoice_kind_row *kind = &invoice_kinds[call->route->kind];
    list->created_from_ms = list->created_before_ms = TIME_NONE;
    list->first_seq = kind->first;
    list->last_seq = kind->last;
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        const json_t *value = find_value(call, &filters[i]);
        if (value && !read_filter(call, &filters[i], value, ret_filter)) {
            return refuse(call, &filters[i]);
        }
    }
    call->hint = find_ignored(call);
    return NULL;
}

/* ------------------------------------------------------------------ writing */

static void write_one(struct buf *out, const char *name, const char *member, const json_t *value)
{
    if (json_is_string(value)) {
        buf_printf(out, "&filter[%s]%s=", name, member);
        buf_url_text(out, json_string_value(value));
    }
}

void list_filter_write(struct call *call, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        const json_t *value = find_value(call, &filters[i]);
        write_one(out, filters[i].name, "", value);
        for (size_t end = 0; end < ARRAY_SIZE(range_ends); end++) {
            write_one(out, filters[i].name, arena_printf(call->arena, "[%s]", range_ends[end]),
                      json_object_get(value, range_ends[end]));
        }
    }
}
