#include "control.h"

#include "api/header_view.h"
#include "api/wait.h"
#include "base/text.h"
#include "receiver/signature_diagnosis.h"
#include "receiver/sink.h"

#include <string.h>

/* A 1xx does not end an exchange: the client would keep waiting. */
#define CODE_LEAST 200
#define CODE_MOST 599

/* The name of the path. */
static struct answer *check_name(struct call *call)
{
    return sink_name_is_good(call->params[0])
               ? NULL
               : call_invalid(call, "a sink's name is 1 to %d of the characters A-Z a-z 0-9 _ . -",
                              SINK_NAME_MOST);
}

static struct answer *reply_too_many(struct call *call)
{
    return call_control_error(call, 409, "too_many_sinks",
                              "the account has %d sinks already: empty some, or reset the account",
                              SINKS_MOST);
}

/* ------------------------------------------------------------------ receiving */

struct heads {
    json_t *object;
    struct buf lines;
    size_t n;
};

static void add_header(void *arg, const char *name, const char *value)
{
    struct heads *heads = arg;
    header_add(heads->object, name, value);
    buf_printf(&heads->lines, "%s: %s\n", name, value);
    heads->n++;
}

static void read_headers(struct call *call, struct sink_request *request)
{
    struct heads heads = {.object = json_object()};
    http_headers(call->request, add_header, &heads);
    bool repeats = heads.n > json_object_size(heads.object);
    request->headers = json_text(call->arena, heads.object, false);
    request->lines = repeats ? arena_strdup(call->arena, buf_str(&heads.lines)) : "";
    json_decref(heads.object);
    buf_finish(&heads.lines);
}

/* The id in a callback's body, or "". */
static const char *invoice_of(struct call *call)
{
    const struct http_request *request = call->request;
    json_auto_t *body = request->body_size && *request->body == '{'
                            ? json_parse(request->body, request->body_size, call->arena, NULL)
                            : NULL;
    const char *id = json_string_value(json_object_get(json_object_get(body, "data"), "id"));
    return id && strlen(id) < IDENT_TEXT ? arena_strdup(call->arena, id) : "";
}

static enum sink_signature judge(struct call *call)
{
    const struct http_request *request = call->request;
    const char *signature = http_header(request, "X-Signature");
    if (!signature) {
        return SINK_MISSING;
    }
    const struct account *account = &call->tenant->account;
    return signature_is_genuine(&account->keys, &account->old_keys, clock_now(call->tenant),
                                request->body, request->body_size, signature)
               ? SINK_VALID
               : SINK_INVALID;
}

struct answer *control_sink_receive(struct call *call)
{
    const struct http_request *request = call->request;
    unsigned code;
    struct answer *refused = check_name(call);
    if (refused) {
        return refused;
    }
    struct sink_request received = {
        .at_ms = clock_now(call->tenant),
        .method = request->head ? "HEAD" : request->method,
        .path = request->path,
        .query = request->query_text,
        .invoice = invoice_of(call),
        .body = request->body,
        .body_size = request->body_size,
        .signature = judge(call),
    };
    read_headers(call, &received);
    if (!sink_receive(&call->tenant->sinks, call->params[0], &received, &code)) {
        return reply_too_many(call);
    }
    waits_received(call->router->waits, call->tenant->journal_id);
    http_reply_empty(call->request, code);
    return call_answered(call);
}

/* ------------------------------------------------------------------ programming */

/* The codes of the list. */
static struct answer *read_codes(struct call *call, const json_t *list, uint16_t **ret_codes)
{
    size_t n = json_array_size(list);
    uint16_t *codes = arena_alloc(call->arena, n * sizeof *codes);
    bool good = json_is_array(list) && n <= SINK_RESPONSES_MOST;
    for (size_t i = 0; good && i < n; i++) {
        const json_t *item = json_array_get(list, i);
        json_int_t code = json_integer_value(item);
        good = json_is_integer(item) && code >= CODE_LEAST && code <= CODE_MOST;
        codes[i] = (uint16_t)code;
    }
    *ret_codes = codes;
    return good ? NULL
                : call_invalid(call,
                               "responses: must be a list of at most %d status codes from %d to %d",
                               SINK_RESPONSES_MOST, CODE_LEAST, CODE_MOST);
}

struct answer *control_sink_program(struct call *call)
{
    static const struct json_field fields[] = {
        {.name = "responses", .kind = JSON_KIND_ANY, .required = true}};
    const json_t *list = NULL;
    uint16_t *codes;
    struct answer *refused = check_name(call)
                                 ?: control_read(call, false, fields, ARRAY_SIZE(fields), &list)
                                 ?: read_codes(call, list, &codes);
    if (refused) {
        return refused;
    }
    if (!sink_program(&call->tenant->sinks, call->params[0], codes, json_array_size(list))) {
        return reply_too_many(call);
    }
    struct json_out out = call_reply_object(call, 200);
    json_out_value(&out, "responses", list, false);
    return call_reply_end(&out);
}

/* ------------------------------------------------------------------ reading */

struct page {
    struct sink_filter filter;
    enum sink_signature signature;
    int64_t after, limit; /* after 0: from the beginning */
    bool newest;          /* comes first */
};

static struct answer *read_page(struct call *call, struct page *ret_page)
{
    const char *signature = http_query_text(call->request, "signature");
    const char *order = http_query_text(call->request, "order");
    const char *after;
    ret_page->filter.invoice = http_query_text(call->request, "invoice");
    ret_page->filter.signature = signature ? &ret_page->signature : NULL;
    ret_page->newest = text_equal(order, "newest");
    if (signature && !sink_signature_parse(signature, &ret_page->signature)) {
        return call_invalid(call, "signature: must be valid, invalid or missing");
    }
    if (order && !ret_page->newest && !text_equal(order, "oldest")) {
        return call_invalid(call, "order: must be oldest or newest");
    }
    struct answer *refused = control_read_page(call, &ret_page->limit, &after);
    bool good = !after || (text_to_int(after, &ret_page->after) && ret_page->after >= 0);
    return refused || good ? refused
                           : call_invalid(call, "after: must be the next of another page");
}

/* Bytes that are not UTF-8 are written as base64. */
static void write_body(struct json_out *out, const struct sink_request *request)
{
    buf_auto base64 = {0};
    if (text_utf8_length(request->body, request->body_size) >= 0) {
        json_out_text_sized(out, "body", request->body, request->body_size);
        return;
    }
    crypt_base64(&base64, request->body, request->body_size);
    json_out_null(out, "body");
    json_out_text_sized(out, "body_base64", base64.data, base64.size);
}

static void write_request(struct json_out *out, const struct sink_request *request)
{
    json_out_object(out, NULL);
    json_out_int(out, "at", request->at_ms);
    json_out_text(out, "method", request->method);
    json_out_text(out, "path", request->path);
    json_out_text(out, "query", request->query);
    json_out_raw(out, "headers", request->headers);
    header_lines_write(out, *request->lines ? request->lines : NULL);
    write_body(out, request);
    json_out_int(out, "response_code", request->response_code);
    json_out_text(out, "signature", sink_signature_name(request->signature));
    json_out_object_end(out);
}

static void turn_round(const struct sink_request **all, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const struct sink_request *request = all[i];
        all[i] = all[n - 1 - i];
        all[n - 1 - i] = request;
    }
}

/* Skips items of earlier pages. */
static bool is_past(const struct page *page, const struct sink_request *request)
{
    return page->after &&
           (page->newest ? request->seq >= page->after : request->seq <= page->after);
}

static struct answer *reply_list(struct call *call, const struct page *page)
{
    const struct sink_request **all;
    size_t from = 0;
    size_t total =
        sink_list(&call->tenant->sinks, call->params[0], &page->filter, call->arena, &all);
    if (page->newest) {
        turn_round(all, total);
    }
    while (from < total && is_past(page, all[from])) {
        from++;
    }
    size_t left = total - from;
    size_t n = left < (size_t)page->limit ? left : (size_t)page->limit;
    const char *next =
        n < left ? arena_printf(call->arena, "%lld", (long long)all[from + n - 1]->seq) : NULL;
    struct json_out out = call_reply_list(call);
    for (size_t i = from; i < from + n; i++) {
        write_request(&out, all[i]);
    }
    return call_reply_list_end(&out, (int64_t)total, next);
}

struct answer *control_sink_list(struct call *call)
{
    struct page page = {0};
    return check_name(call) ?: read_page(call, &page) ?: reply_list(call, &page);
}

struct answer *control_sink_clear(struct call *call)
{
    const struct page page = {.limit = 1};
    struct answer *refused = check_name(call);
    if (refused) {
        return refused;
    }
    sink_clear(&call->tenant->sinks, call->params[0]);
    return reply_list(call, &page);
}

/* ------------------------------------------------------------------ all of them */

static void write_sink(void *arg, const struct sink_view *view)
{
    struct json_out *out = arg;
    json_out_object(out, NULL);
    json_out_text(out, "name", view->name);
    json_out_int(out, "requests", (int64_t)view->requests);
    json_out_array(out, "responses");
    for (size_t i = view->next_code; i < view->n_codes; i++) {
        json_out_int(out, NULL, view->codes[i]);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

struct answer *control_sinks_list(struct call *call)
{
    const struct sinks *sinks = &call->tenant->sinks;
    struct json_out out = call_reply_list(call);
    sinks_all(sinks, write_sink, &out);
    return call_reply_list_end(&out, (int64_t)sinks->n, NULL);
}
