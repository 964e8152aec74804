#include "fetch.h"

#include "base/die.h"
#include "base/text.h"

#include <curl/curl.h>
#include <string.h>

/* One call under way. */
struct exchange {
    struct arena *arena;
    const struct fetch_call *call;
    struct fetch_reply *reply;
    size_t head_size;
};

/* Ends it from this side. */
static size_t stop(struct exchange *exchange, enum fetch_end end, const char *why)
{
    exchange->reply->end = end;
    exchange->reply->failure = why;
    return 0;
}

/* ------------------------------------------------------------------ what comes */

static void take_field(struct exchange *exchange, const char *line, size_t name, size_t size)
{
    struct fetch_reply *reply = exchange->reply;
    const char *value = line + name + 1, *end = line + size;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && strchr("\r\n \t", end[-1])) {
        end--;
    }
    reply->fields = arena_grow(exchange->arena, reply->fields, reply->n_fields, &reply->fields_room,
                               sizeof *reply->fields);
    reply->fields[reply->n_fields++] =
        (struct fetch_field){arena_copy(exchange->arena, line, name),
                             arena_copy(exchange->arena, value, (size_t)(end - value))};
}

/* Called for each line of a head; an interim reply is followed by another head. */
static size_t take_line(char *line, size_t unit, size_t n, void *arg)
{
    struct exchange *exchange = arg;
    size_t size = unit * n;
    const char *colon = memchr(line, ':', size);
    exchange->head_size += size;
    if (exchange->head_size > FETCH_HEAD_MOST) {
        return stop(exchange, FETCH_TOO_LONG, "its headers are longer than 64 KiB");
    }
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        exchange->reply->n_fields = 0;
    } else if (colon) {
        take_field(exchange, line, (size_t)(colon - line), size);
    }
    return size;
}

static size_t take_body(char *data, size_t unit, size_t n, void *arg)
{
    struct exchange *exchange = arg;
    size_t size = unit * n;
    if (exchange->reply->body.size + size > exchange->call->body_most) {
        return stop(exchange, FETCH_TOO_LONG, exchange->call->too_long);
    }
    buf_add(&exchange->reply->body, data, size);
    return size;
}

/* ------------------------------------------------------------------ where it goes */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct exchange *exchange = arg;
    const struct fetch_call *call = exchange->call;
    const char *objection = call->objection ? call->objection(call->arg, &address->addr) : NULL;
    (void)purpose;
    if (objection) {
        stop(exchange, FETCH_OBJECTED, objection);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ------------------------------------------------------------------ the request */

static struct curl_slist *with_line(struct curl_slist *lines, const char *line)
{
    struct curl_slist *list = curl_slist_append(lines, line);
    if (!list) {
        die_of_memory(0);
    }
    return list;
}

/* The library leaves out a field without a value unless it ends in ';'. */
static struct curl_slist *head_of(struct arena *arena, const struct fetch_call *call)
{
    struct curl_slist *lines = with_line(NULL, "Expect:");
    for (size_t i = 0; i < call->n_fields; i++) {
        const struct fetch_field *field = &call->fields[i];
        lines = with_line(lines, *field->value
                                     ? arena_printf(arena, "%s: %s", field->name, field->value)
                                     : arena_printf(arena, "%s;", field->name));
    }
    return lines;
}

static void set_request(CURL *curl, const struct fetch_call *call)
{
    curl_easy_setopt(curl, CURLOPT_URL, call->url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, call->agent);
    if (call->login) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, call->login);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, call->password);
    }
    if (call->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(call->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
    }
    if (text_equal(call->method, "HEAD")) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
    }
}

static void set_limits(CURL *curl, const struct fetch_call *call)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(call->timeout_ms > 0 ? call->timeout_ms : 1));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, call->unverified ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, call->unverified ? 0L : 2L);
    if (call->ca) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, call->ca);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static void set_receivers(CURL *curl, struct exchange *exchange)
{
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, exchange);
}

/* ------------------------------------------------------------------ its end */

/* Not the library's own message: it may quote what the server sent. */
static void conclude(struct fetch_reply *reply, CURLcode code)
{
    static const struct {
        CURLcode code;
        enum fetch_end end;
        const char *failure;
    } ends[] = {
        {CURLE_OK, FETCH_DONE, NULL},
        {CURLE_OPERATION_TIMEDOUT, FETCH_LATE, "no complete answer in time"},
        {CURLE_COULDNT_CONNECT, FETCH_REFUSED, "connection refused"},
        {CURLE_GOT_NOTHING, FETCH_SILENT, "the connection was closed without an answer"},
        {CURLE_PEER_FAILED_VERIFICATION, FETCH_UNTRUSTED,
         "its certificate is not trusted for this name"},
    };
    if (reply->failure) {
        return; /* this side has ended it */
    }
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        if (ends[i].code == code) {
            reply->end = ends[i].end;
            reply->failure = ends[i].failure;
            return;
        }
    }
    reply->end = FETCH_FAILED;
    reply->failure = curl_easy_strerror(code);
}

void fetch(struct arena *arena, const struct fetch_call *call, struct fetch_reply *ret_reply)
{
    CURL *curl = curl_easy_init();
    if (!curl) {
        die_of_memory(0);
    }
    struct exchange exchange = {.arena = arena, .call = call, .reply = ret_reply};
    struct curl_slist *head = head_of(arena, call);
    long status = 0;
    *ret_reply = (struct fetch_reply){0};
    set_request(curl, call);
    set_limits(curl, call);
    set_receivers(curl, &exchange);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
    conclude(ret_reply, curl_easy_perform(curl));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    ret_reply->status = (int)status;
    curl_slist_free_all(head);
    curl_easy_cleanup(curl);
}
