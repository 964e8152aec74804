#include "record.h"

#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "http/target.h"
#include "mask/mask.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MOST ((size_t)40000) /* more than libmicrohttpd accepts (CONNECTION_MEMORY) */
#define DETAIL_MOST ((size_t)256)
#define MASKS_MOST (JOURNAL_MASKS_MOST * sizeof(struct journal_mask))
#define SECRET_MOST ((size_t)64) /* maximum bytes of a card number */
#define HIDDEN "***"             /* replaces a header's value */

/* Data of the router, kept until the reply is sent. */
struct record {
    uint64_t number;
    int64_t account, invoice, at_ms, wall_ms;
    int route;
    enum journal_refusal refusal;
    const char *hint;       /* or NULL */
    bool skip, page, plain; /* plain: the reply is masked when it is shown */
};

void record_begin(const struct router *router, struct http_request *request)
{
    if (request->record) {
        router->engine->watch.trace.current = request->record->number; /* it is handled again */
        return;
    }
    struct record *record = arena_alloc(&request->arena, sizeof *record);
    record->number = trace_begin(&router->engine->watch.trace);
    record->wall_ms = record->at_ms = wall_now_ms();
    record->route = -1;
    request->record = record;
}

void record_account(struct http_request *request, const struct tenant *tenant)
{
    struct record *record = request->record;
    if (tenant && !record->account) {
        record->account = tenant->journal_id;
        record->at_ms = clock_at_wall(tenant, record->wall_ms);
    }
}

static bool is_recorded(const struct http_request *request)
{
    const char *path = request->path;
    if (!path || !target_is_under(path, CALL_CONTROL_PREFIX)) {
        return true;
    }
    bool reads = text_equal(request->method, "GET") || text_equal(request->method, "OPTIONS");
    return !reads && !target_is_under(path, CALL_CONTROL_PREFIX "/sink");
}

/* Answers of the platform are most of the bytes, and only the parts that repeat the request can
 * contain a secret. */
static bool is_plain(const struct route *route)
{
    return route && (route->access == ACCESS_PRIVATE || route->access == ACCESS_PUBLIC ||
                     route->access == ACCESS_GATE);
}

void record_routed(const struct call *call)
{
    const struct route *found = call->route;
    struct record *record = call->request->record;
    record->route = found ? (int)(found - call->router->routes) : -1;
    record->invoice = call->invoice;
    record->refusal = call->refusal;
    record->page = found && found->access == ACCESS_PAGE;
    record->plain = is_plain(found);
    record->skip = call->unrecorded || call_is_look(call) || !is_recorded(call->request);
}

void record_hint(struct http_request *request, const char *hint)
{
    struct record *record = request->record;
    record->hint = hint;
}

/* ------------------------------------------------------------------ into the journal */

static size_t at_most(size_t size, size_t most)
{
    return size < most ? size : most;
}

struct writing {
    struct journal_request *request;
    char *at;
    enum journal_part head; /* where headers are added */
    struct journal_mask masks[JOURNAL_MASKS_MOST];
    size_t n_masks;
};

static void add(struct writing *writing, enum journal_part part, const char *data, size_t size)
{
    if (size) {
        memcpy(writing->at, data, size);
    }
    writing->at += size;
    writing->request->size[part] += (uint32_t)size;
}

static void note_mask(struct writing *writing, enum journal_part part, size_t offset,
                      const struct mask_span *span)
{
    if (part == JOURNAL_REPLY_HEADERS) {
        return; /* nobody fills them in again */
    }
    writing->request->masks++;
    if (writing->n_masks < JOURNAL_MASKS_MOST) {
        writing->masks[writing->n_masks++] =
            (struct journal_mask){.start = (uint32_t)(offset + span->start),
                                  .size = (uint32_t)span->size,
                                  .name = (uint32_t)(offset + span->name),
                                  .name_size = (uint32_t)span->name_size,
                                  .part = (uint8_t)part,
                                  .kind = (uint8_t)span->kind};
    }
}

/* A text that is being masked after it was written. */
struct masking {
    struct writing *writing;
    enum journal_part part;
    char *text;
    size_t size, offset; /* offset: of the text in its part */
};

static void hide(void *arg, const struct mask_span *span)
{
    const struct masking *masking = arg;
    struct mask_span kept = *span;
    if (span->start < masking->size) {
        kept.size = at_most(span->size, masking->size - span->start);
        mask_hide(masking->text, masking->size, &kept);
        note_mask(masking->writing, masking->part, masking->offset, &kept);
    }
}

/* Adds the target or a header's value. */
static void add_target(struct writing *writing, enum journal_part part, const char *data,
                       size_t size)
{
    struct masking masking = {writing, part, writing->at, size, writing->request->size[part]};
    add(writing, part, data, size);
    mask_find_target(data, size, hide, &masking);
}

/* Adds the part of a body that is kept. A secret at the cut is still recognized. */
static void add_body(struct writing *writing, const struct http_request *request)
{
    size_t size = request->body_size;
    if (!size) {
        return;
    }
    const char *data = request->body, *type = http_header(request, "Content-Type");
    size_t kept = at_most(size, JOURNAL_BODY_MOST);
    struct masking masking = {writing, JOURNAL_BODY, writing->at, kept, 0};
    add(writing, JOURNAL_BODY, data, kept);
    mask_find(type, data, at_most(size, kept + SECRET_MOST), hide, &masking);
}

/* The part of a hidden value that is kept: the scheme of "Basic ***". */
static size_t shown_size(const char *value)
{
    static const char *const schemes[] = {"Basic ", "Bearer "};
    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
        if (strncasecmp(value, schemes[i], strlen(schemes[i])) == 0) {
            return strlen(schemes[i]);
        }
    }
    return 0;
}

static void add_header(void *arg, const char *name, const char *value)
{
    struct writing *writing = arg;
    enum journal_part head = writing->head;
    size_t left = HEADERS_MOST - writing->request->size[head];
    size_t size = strlen(name), length = strlen(value);
    bool hidden = mask_hides_header(name);
    if (size + length + sizeof ": ***\n" > left) {
        return;
    }
    size_t start = writing->request->size[head];
    add(writing, head, name, size);
    add(writing, head, ": ", 2);
    if (hidden) {
        add(writing, head, value, shown_size(value));
        const struct mask_span span = {.start = writing->request->size[head],
                                       .size = strlen(HIDDEN),
                                       .name = start,
                                       .name_size = size,
                                       .kind = MASK_HEADER};
        note_mask(writing, head, 0, &span);
        add(writing, head, HIDDEN, strlen(HIDDEN));
    } else {
        add_target(writing, head, value, length);
    }
    add(writing, head, "\n", 1);
}

/* Why the call is refused (reason.h), the hint if it is not, or "". */
static const char *reason_given(const struct http_request *request)
{
    for (size_t i = 0; i < request->reply.n_headers; i++) {
        if (text_equal(request->reply.headers[i].name, HTTP_REASON)) {
            return request->reply.headers[i].value;
        }
    }
    const struct record *record = request->record;
    return record->hint ? record->hint : "";
}

static void write_parts(struct writing *writing, const struct http_request *request,
                        const struct record *record)
{
    const struct http_reply *reply = &request->reply;
    const char *answer = reply->fixed ? reply->fixed : buf_str(&reply->body);
    const char *reason = reason_given(request);
    size_t answer_size = reply->fixed ? reply->fixed_size : reply->body.size;
    struct journal_request *kept = writing->request;
    const char *target = target_without_authority(request->target);
    add_target(writing, JOURNAL_TARGET, target, at_most(strlen(target), TARGET_MOST));
    http_headers(request, add_header, writing);
    kept->body = request->received;
    add_body(writing, request);
    writing->head = JOURNAL_REPLY_HEADERS;
    http_reply_headers(request, add_header, writing);
    kept->reply = answer_size;
    size_t size = at_most(answer_size, JOURNAL_REPLY_MOST);
    add(writing, JOURNAL_REPLY, answer, size);
    if (!record->plain) {
        mask_body(writing->at - size, size);
    }
    add(writing, JOURNAL_DETAIL, reason, at_most(strlen(reason), DETAIL_MOST));
    add(writing, JOURNAL_MASKS, (const char *)writing->masks,
        writing->n_masks * sizeof *writing->masks);
}

static void keep(const struct router *router, const struct http_request *request, int64_t took_us)
{
    const struct record *record = request->record;
    struct journal_record made = {
        .unmatched = !record->account || record->refusal,
        .account = record->account,
        .invoice = request->rolled_back ? 0 : record->invoice,
        .at_ms = record->at_ms,
        .wall_ms = record->wall_ms,
        .request = {.number = record->number,
                    .took_us = took_us,
                    .status = request->reply.status,
                    .route = record->route,
                    .refusal = record->refusal,
                    .page = record->page,
                    .old = request->old,
                    .fault = request->fault ? request->fault->effect.kind : FAULT_NONE},
    };
    made.everyone = made.unmatched;
    text_copy(made.request.method, sizeof made.request.method,
              request->head ? "HEAD" : request->method);
    size_t most = TARGET_MOST + 2 * HEADERS_MOST + JOURNAL_REPLY_MOST + DETAIL_MOST + MASKS_MOST +
                  at_most(request->body_size, JOURNAL_BODY_MOST);
    struct writing writing; /* only the first n_masks masks are set */
    writing.request = &made.request;
    writing.at = journal_room(router->engine->watch.journal, most);
    writing.n_masks = 0;
    writing.head = JOURNAL_HEADERS;
    if (writing.at) {
        write_parts(&writing, request, record);
        journal_add_request(router->engine->watch.journal, &made);
    }
}

/* ------------------------------------------------------------------ the end */

static void log_request(const struct router *router, struct http_request *request, int64_t took_us)
{
    const struct record *record = request->record;
    char id[IDENT_TEXT], invoice[IDENT_TEXT] = "";
    char *path = arena_strdup(&request->arena, request->path ? request->path : "?");
    mask_target(path, strlen(path));
    trace_id(record->number, id);
    if (record->invoice) {
        invoice_id(router->engine->keys.rows, record->invoice, invoice);
    }
    log_event(LOG_INFO, "request", LOG_TEXT("method", request->head ? "HEAD" : request->method),
              LOG_TEXT("path", path), LOG_NUMBER("status", request->reply.status),
              LOG_NUMBER("took_us", took_us), LOG_TEXT("invoice", invoice),
              LOG_TEXT("request", id));
}

void record_done(void *arg, struct http_request *request)
{
    const struct router *router = arg;
    const struct record *record = request->record;
    if (!record) {
        return; /* refused before the router */
    }
    int64_t took_us = mono_now_us() - request->began_us;
    metrics_request(&router->engine->watch.metrics, record->route, request->reply.status, took_us,
                    request->waited);
    if (!record->skip) {
        keep(router, request, took_us);
    }
    if (log_wants(LOG_INFO)) {
        log_request(router, request, took_us);
    }
}

void record_over(void *arg, struct http_request *request)
{
    const struct router *router = arg;
    if (request->record) {
        first_callback_replied(router->engine, request->record->number);
    }
}
