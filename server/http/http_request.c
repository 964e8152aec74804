/* What handlers do with a request: read its parts, and reply. */
#include "http_server.h"

#include "base/die.h"
#include "base/text.h"
#include "http/form.h"
#include "http/target.h"
#include "wire/json_out.h"

#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* ------------------------------------------------------------------ reading */

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct header_visit {
    void (*each)(void *arg, const char *name, const char *value);
    void *arg;
};

static enum MHD_Result visit_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    const struct header_visit *visit = arg;
    visit->each(visit->arg, name, value ? value : "");
    return MHD_YES;
}

void http_headers(const struct http_request *request,
                  void (*each)(void *arg, const char *name, const char *value), void *arg)
{
    struct header_visit visit = {each, arg};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, visit_header, &visit);
}

void http_reply_headers(const struct http_request *request,
                        void (*each)(void *arg, const char *name, const char *value), void *arg)
{
    const struct http_reply *reply = &request->reply;
    if (reply->type) {
        each(arg, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    }
    for (size_t i = 0; i < reply->n_headers; i++) {
        each(arg, reply->headers[i].name, reply->headers[i].value);
    }
    if (request->last) {
        each(arg, MHD_HTTP_HEADER_CONNECTION, "close");
    }
}

const char *http_reason(unsigned status)
{
    return MHD_get_reason_phrase_for(status);
}

const char *http_client_ip(struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char host[NI_MAXHOST] = "";
    if (info && info->client_addr) {
        socklen_t size = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                                  : sizeof(struct sockaddr_in);
        getnameinfo(info->client_addr, size, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    }
    return arena_strdup(&request->arena, host);
}

const json_t *http_query(struct http_request *request)
{
    if (!request->query) {
        request->query_errors.arena = &request->arena;
        request->query =
            form_parse(request->query_text, strlen(request->query_text), &request->query_errors);
    }
    return request->query;
}

const struct json_errors *http_query_errors(struct http_request *request)
{
    if (*request->query_text) {
        http_query(request);
    }
    return &request->query_errors;
}

const char *http_query_text(struct http_request *request, const char *name)
{
    return *request->query_text ? json_string_value(json_object_get(http_query(request), name))
                                : NULL;
}

/* ------------------------------------------------------------------ the target */

const char *target_without_authority(const char *target)
{
    size_t scheme = *target == '/'                            ? 0
                    : strncasecmp(target, "http://", 7) == 0  ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    return scheme ? target + scheme + strcspn(target + scheme, "/?") : target;
}

/* An escaped NUL or slash: the decoded path would not be what was sent. */
static bool hides_something(const char *raw, const char *end)
{
    for (; (raw = memchr(raw, '%', (size_t)(end - raw))); raw++) {
        if (end - raw > 2 && (strncmp(raw, "%00", 3) == 0 || strncasecmp(raw, "%2f", 3) == 0)) {
            return true;
        }
    }
    return false;
}

bool target_split(struct arena *arena, const char *target, const char **ret_path,
                  const char **ret_query)
{
    const char *start = target_without_authority(target);
    const char *end = strchrnul(start, '?');
    if (strlen(target) > TARGET_MOST || (*start != '/' && end > start) ||
        hides_something(start, end)) {
        return false;
    }
    char *path =
        end > start ? arena_copy(arena, start, (size_t)(end - start)) : arena_strdup(arena, "/");
    size_t length = strlen(path);
    if (strchr(path, '%')) {
        length = form_decode(path, length, 0);
    }
    while (length > 1 && path[length - 1] == '/') {
        path[--length] = '\0';
    }
    *ret_path = path;
    *ret_query = *end ? end + 1 : "";
    return text_utf8_length(path, length) >= 0;
}

bool target_match(struct arena *arena, const char *path, const char *pattern,
                  const char **ret_params, size_t most)
{
    size_t n = 0;
    while (*path && *pattern) {
        if (*pattern != '{') {
            if (*path++ != *pattern++) {
                return false;
            }
            continue;
        }
        size_t length = strcspn(path, "/");
        if (!length || n == most) {
            return false;
        }
        ret_params[n++] = arena_copy(arena, path, length);
        path += length;
        pattern += strcspn(pattern, "}") + 1;
    }
    return !*path && !*pattern;
}

/* Places of a pattern as bits. That of a `}` is in a parameter that may have more characters. */
static uint64_t place(size_t at)
{
    return UINT64_C(1) << at;
}

/* Where one is after one more character of the path. */
static uint64_t after_character(const char *pattern, uint64_t places, char c)
{
    uint64_t next = 0;
    for (size_t i = 0; pattern[i]; i++) {
        if (!(places & place(i))) {
            continue;
        }
        if (pattern[i] != '{' && pattern[i] != '}') {
            next |= pattern[i] == c ? place(i + 1) : 0;
        } else if (c != '/') {
            size_t close = i + strcspn(pattern + i, "}");
            next |= place(close) | place(close + 1);
        }
    }
    return next;
}

/* Where one may be after any text: at all places that follow. */
static uint64_t after_any(const char *pattern, uint64_t places)
{
    for (size_t i = 0; pattern[i]; i++) {
        size_t next = pattern[i] == '{' ? i + strcspn(pattern + i, "}") : i + 1;
        places |= places & place(i) ? place(next) : 0;
        i = next - 1;
    }
    return places;
}

bool target_may_match(const char *glob, const char *pattern)
{
    uint64_t places = place(0);
    size_t size = strlen(pattern);
    if (size > TARGET_PATTERN_MOST) {
        die("the pattern %s is too long", pattern);
    }
    for (; *glob; glob++) {
        places =
            *glob == '*' ? after_any(pattern, places) : after_character(pattern, places, *glob);
    }
    return places & place(size);
}

bool target_is_under(const char *path, const char *prefix)
{
    size_t length = strlen(prefix);
    return text_starts(path, prefix) && (path[length] == '/' || path[length] == '\0');
}

/* ------------------------------------------------------------------ replies */

#define USUAL_BODY 4000 /* a private invoice with all members */

static const struct {
    unsigned status;
    const char *reason;
} reasons[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Payload Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

struct buf *http_reply(struct http_request *request, unsigned status, const char *type)
{
    struct http_reply *reply = &request->reply;
    reply->status = status;
    reply->type = type;
    reply->fixed = NULL;
    reply->body.size = 0;
    if (type) {
        buf_reserve(&reply->body, USUAL_BODY);
    }
    return &reply->body;
}

void http_reply_header(struct http_request *request, const char *name, const char *value)
{
    struct http_reply *reply = &request->reply;
    if (reply->n_headers == HTTP_HEADERS_MOST) {
        die("more than %d headers in a reply", HTTP_HEADERS_MOST);
    }
    reply->headers[reply->n_headers++] = (struct http_header){name, value};
}

void http_reply_empty(struct http_request *request, unsigned status)
{
    http_reply(request, status, NULL);
}

void http_reply_fixed(struct http_request *request, unsigned status, const char *type,
                      const char *data, size_t size)
{
    http_reply(request, status, type);
    request->reply.fixed = data;
    request->reply.fixed_size = size;
}

static const char *reason_of(unsigned status)
{
    for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return status == 500 ? "internal_error" : MHD_get_reason_phrase_for(status);
}

void http_reply_error(struct http_request *request, unsigned status)
{
    struct json_out out = {.buf = http_reply(request, status, HTTP_JSON)};
    char code[12];
    snprintf(code, sizeof code, "%u", status);
    json_out_object(&out, NULL);
    json_out_array(&out, "errors");
    json_out_object(&out, NULL);
    json_out_text(&out, "status", reason_of(status));
    json_out_text(&out, "code", code);
    if (status == 500) {
        json_out_text(&out, "title", "internal_error");
        json_out_text(&out, "detail", "Internal server error.");
    }
    json_out_object_end(&out);
    json_out_array_end(&out);
    json_out_object_end(&out);
}
