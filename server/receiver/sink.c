#include "sink.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_CODE 200

struct sink {
    LIST_ENTRY(sink) link;
    char name[SINK_NAME_MOST + 1];
    STAILQ_HEAD(requests, sink_request) requests; /* oldest first */
    size_t n;
    uint16_t *codes; /* the program */
    size_t n_codes, next_code;
};

/* ------------------------------------------------------------------ names */

bool sink_name_is_good(const char *name)
{
    size_t length = strspn(name, TEXT_LETTERS TEXT_DIGITS "_.-");
    return length >= 1 && length <= SINK_NAME_MOST && name[length] == '\0';
}

static struct sink *find(const struct sinks *sinks, const char *name)
{
    struct sink *sink;
    LIST_FOREACH(sink, &sinks->list, link)
    {
        if (text_equal(sink->name, name)) {
            return sink;
        }
    }
    return NULL;
}

static struct sink *find_or_make(struct sinks *sinks, const char *name)
{
    struct sink *sink = find(sinks, name);
    if (!sink && sinks->n < SINKS_MOST) {
        sink = mem_alloc(sizeof *sink);
        memcpy(sink->name, name, strlen(name) + 1);
        STAILQ_INIT(&sink->requests);
        LIST_INSERT_HEAD(&sinks->list, sink, link);
        sinks->n++;
    }
    return sink;
}

static void weigh(struct sinks *sinks, ptrdiff_t bytes)
{
    sinks->bytes += (size_t)bytes;
    if (sinks->pool) {
        *sinks->pool += (size_t)bytes;
    }
}

/* If the pool is full, the receiving account drops its oldest requests, but not the new one. */
static bool is_overfull(const struct sinks *sinks, const struct sink_request *newest)
{
    return sinks->bytes > SINK_BYTES_MOST ||
           (sinks->pool && *sinks->pool > SINK_POOL_MOST && sinks->bytes > newest->bytes);
}

static void drop_oldest(struct sinks *sinks, struct sink *sink)
{
    struct sink_request *request = STAILQ_FIRST(&sink->requests);
    STAILQ_REMOVE_HEAD(&sink->requests, link);
    sink->n--;
    weigh(sinks, -(ptrdiff_t)request->bytes);
    free(request);
}

/* A name without requests and program is the same as one that was never used. */
static void forget_if_blank(struct sinks *sinks, struct sink *sink)
{
    if (!sink->n && !sink->n_codes) {
        LIST_REMOVE(sink, link);
        sinks->n--;
        free(sink);
    }
}

static void empty(struct sinks *sinks, struct sink *sink)
{
    while (sink->n) {
        drop_oldest(sinks, sink);
    }
}

void sinks_finish(struct sinks *sinks)
{
    while (!LIST_EMPTY(&sinks->list)) {
        struct sink *sink = LIST_FIRST(&sinks->list);
        empty(sinks, sink);
        free(sink->codes);
        sink->codes = NULL;
        sink->n_codes = 0;
        forget_if_blank(sinks, sink);
    }
}

/* ------------------------------------------------------------------ receiving */

static const char *put(char **at, const void *data, size_t size)
{
    char *to = *at;
    memcpy(to, data, size);
    to[size] = '\0';
    *at += size + 1;
    return to;
}

/* One allocation: the request, followed by its texts. */
static struct sink_request *copy(const struct sink_request *from)
{
    const char *const texts[] = {from->method,  from->path,  from->query,
                                 from->headers, from->lines, from->invoice};
    size_t sizes[ARRAY_SIZE(texts)], bytes = sizeof *from + from->body_size + 1;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        sizes[i] = strlen(texts[i]);
        bytes += sizes[i] + 1;
    }
    struct sink_request *request = mem_alloc(bytes);
    char *at = (char *)(request + 1);
    *request = *from;
    request->bytes = bytes;
    request->method = put(&at, texts[0], sizes[0]);
    request->path = put(&at, texts[1], sizes[1]);
    request->query = put(&at, texts[2], sizes[2]);
    request->headers = put(&at, texts[3], sizes[3]);
    request->lines = put(&at, texts[4], sizes[4]);
    request->invoice = put(&at, texts[5], sizes[5]);
    request->body = put(&at, from->body, from->body_size);
    return request;
}

static unsigned next_code(struct sink *sink)
{
    if (!sink->n_codes) {
        return DEFAULT_CODE;
    }
    unsigned code = sink->codes[sink->next_code];
    sink->next_code += sink->next_code + 1 < sink->n_codes;
    return code;
}

/* The name with the oldest request of the account. */
static struct sink *oldest(const struct sinks *sinks)
{
    struct sink *sink, *found = NULL;
    LIST_FOREACH(sink, &sinks->list, link)
    {
        if (sink->n &&
            (!found || STAILQ_FIRST(&sink->requests)->seq < STAILQ_FIRST(&found->requests)->seq)) {
            found = sink;
        }
    }
    return found;
}

bool sink_receive(struct sinks *sinks, const char *name, const struct sink_request *request,
                  unsigned *ret_code)
{
    struct sink *sink = find_or_make(sinks, name);
    if (!sink) {
        return false;
    }
    struct sink_request *kept = copy(request);
    kept->seq = ++sinks->last_seq;
    kept->response_code = next_code(sink);
    STAILQ_INSERT_TAIL(&sink->requests, kept, link);
    sink->n++;
    weigh(sinks, (ptrdiff_t)kept->bytes);
    if (sink->n > SINK_REQUESTS_MOST) {
        drop_oldest(sinks, sink);
    }
    struct sink *loser;
    while (is_overfull(sinks, kept) && (loser = oldest(sinks))) {
        drop_oldest(sinks, loser);
        forget_if_blank(sinks, loser);
    }
    *ret_code = kept->response_code;
    return true;
}

/* ------------------------------------------------------------------ the control API's side */

bool sink_program(struct sinks *sinks, const char *name, const uint16_t *codes, size_t n)
{
    struct sink *sink = find_or_make(sinks, name);
    if (!sink) {
        return false;
    }
    free(sink->codes);
    sink->codes = n ? mem_alloc(n * sizeof *codes) : NULL;
    sink->n_codes = n;
    sink->next_code = 0;
    if (n) {
        memcpy(sink->codes, codes, n * sizeof *codes);
    }
    forget_if_blank(sinks, sink);
    return true;
}

void sinks_all(const struct sinks *sinks, void (*each)(void *arg, const struct sink_view *view),
               void *arg)
{
    const struct sink *sink;
    LIST_FOREACH(sink, &sinks->list, link)
    {
        const struct sink_view view = {sink->name, sink->n, sink->codes, sink->n_codes,
                                       sink->next_code};
        each(arg, &view);
    }
}

void sink_clear(struct sinks *sinks, const char *name)
{
    struct sink *sink = find(sinks, name);
    if (sink) {
        empty(sinks, sink);
        forget_if_blank(sinks, sink);
    }
}

static bool passes(const struct sink_filter *filter, const struct sink_request *request)
{
    return !filter || ((!filter->invoice || text_equal(filter->invoice, request->invoice)) &&
                       (!filter->signature || *filter->signature == request->signature));
}

size_t sink_count(const struct sinks *sinks, const char *name, const struct sink_filter *filter)
{
    const struct sink *sink = find(sinks, name);
    const struct sink_request *request = sink ? STAILQ_FIRST(&sink->requests) : NULL;
    size_t n = 0;
    for (; request; request = STAILQ_NEXT(request, link)) {
        n += passes(filter, request);
    }
    return n;
}

size_t sink_list(const struct sinks *sinks, const char *name, const struct sink_filter *filter,
                 struct arena *arena, const struct sink_request ***ret_requests)
{
    const struct sink *sink = find(sinks, name);
    const struct sink_request *request = sink ? STAILQ_FIRST(&sink->requests) : NULL;
    const struct sink_request **list = arena_alloc(arena, (sink ? sink->n : 0) * sizeof(void *));
    size_t n = 0;
    for (; request; request = STAILQ_NEXT(request, link)) {
        if (passes(filter, request)) {
            list[n++] = request;
        }
    }
    *ret_requests = list;
    return n;
}

/* ------------------------------------------------------------------ words */

static const char *const signature_names[] = {
    [SINK_VALID] = "valid", [SINK_INVALID] = "invalid", [SINK_MISSING] = "missing", NULL};

const char *sink_signature_name(enum sink_signature signature)
{
    return signature_names[signature];
}

bool sink_signature_parse(const char *name, enum sink_signature *ret_signature)
{
    int signature = text_index(signature_names, name);
    if (signature >= 0) {
        *ret_signature = (enum sink_signature)signature;
    }
    return signature >= 0;
}
