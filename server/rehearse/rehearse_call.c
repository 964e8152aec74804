#include "rehearse/rehearse_call.h"

#include "base/die.h"
#include "base/text.h"
#include "deliver/deliver_transfer.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MOST ((size_t)64 << 10)
#define BODY_MOST ((size_t)16 << 20)

/* One call under way. */
struct exchange {
    struct arena *arena;
    struct rehearse_reply *reply;
    size_t head_size;
    const char *objection; /* why this side ended it */
    bool foreign;          /* ... because of the address */
};

/* ------------------------------------------------------------------ what comes */

static void take_field(struct exchange *exchange, const char *line, size_t name, size_t size)
{
    const char *value = line + name + 1;
    size_t left = size - name - 1, blank = strspn(value, " \t");
    blank = blank < left ? blank : left;
    value += blank;
    left -= blank;
    while (left && strchr("\r\n \t", value[left - 1])) {
        left--;
    }
    json_object_set_new_nocheck(exchange->reply->headers, arena_copy(exchange->arena, line, name),
                                json_stringn(value, left));
}

/* Called for each line of a head; an interim reply is followed by another head. */
static size_t take_line(char *line, size_t unit, size_t n, void *arg)
{
    struct exchange *exchange = arg;
    size_t size = unit * n;
    const char *colon = memchr(line, ':', size);
    exchange->head_size += size;
    if (exchange->head_size > HEAD_MOST) {
        exchange->objection = "its headers are longer than 64 KiB";
        return 0;
    }
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        json_object_clear(exchange->reply->headers);
    } else if (colon) {
        take_field(exchange, arena_copy(exchange->arena, line, size), (size_t)(colon - line), size);
    }
    return size;
}

static size_t take_body(char *data, size_t unit, size_t n, void *arg)
{
    struct exchange *exchange = arg;
    size_t size = unit * n;
    if (exchange->reply->body.size + size > BODY_MOST) {
        exchange->objection = "its body is longer than 16 MiB";
        return 0;
    }
    buf_add(&exchange->reply->body, data, size);
    return size;
}

/* ------------------------------------------------------------------ where it goes */

static bool is_link_local(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (address->sa_family == AF_INET) {
        memcpy(&in, address, sizeof in);
        return (ntohl(in.sin_addr.s_addr) >> 16) == 0xa9fe; /* 169.254/16 */
    }
    memcpy(&in6, address, sizeof in6);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr);
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct exchange *exchange = arg;
    const char *objection = address_objection(&address->addr);
    (void)purpose;
    if (objection && !is_link_local(&address->addr)) {
        exchange->foreign = true;
        exchange->objection = arena_printf(
            exchange->arena,
            "its host is %s; a rehearsal calls this machine and private networks only", objection);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ------------------------------------------------------------------ the call */

static struct curl_slist *with_line(struct curl_slist *lines, const char *line)
{
    struct curl_slist *list = curl_slist_append(lines, line);
    if (!list) {
        die("out of memory for a header");
    }
    return list;
}

static struct curl_slist *header_lines(struct arena *arena, const struct rehearse_call *call)
{
    struct curl_slist *lines = with_line(NULL, "Expect:");
    const char *name;
    json_t *value;
    if (call->type) {
        lines = with_line(lines, arena_printf(arena, "Content-Type: %s", call->type));
    }
    json_object_foreach((json_t *)call->headers, name, value)
    {
        const char *text = json_string_value(value);
        lines = with_line(lines, *text ? arena_printf(arena, "%s: %s", name, text)
                                       : arena_printf(arena, "%s;", name));
    }
    return lines;
}

static void set_request(CURL *curl, const struct rehearse_call *call)
{
    curl_easy_setopt(curl, CURLOPT_URL, call->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* of this machine or network */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(call->timeout_ms > 0 ? call->timeout_ms : 1));
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "milkypay-mock-rehearse/" MILKYPAY_VERSION);
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

static void set_receivers(CURL *curl, struct exchange *exchange)
{
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, exchange);
}

static const char *failure_of(CURLcode result, const struct exchange *exchange)
{
    if (exchange->objection) {
        return exchange->objection;
    }
    switch ((int)result) {
    case CURLE_OK:
        return NULL;
    case CURLE_OPERATION_TIMEDOUT:
        return "no complete answer in time";
    case CURLE_COULDNT_CONNECT:
        return "connection refused";
    case CURLE_GOT_NOTHING:
        return "the connection was closed without an answer";
    default:
        return curl_easy_strerror(result);
    }
}

void rehearse_call(struct arena *arena, const struct rehearse_call *call,
                   struct rehearse_reply *ret_reply)
{
    CURL *curl = curl_easy_init();
    if (!curl) {
        die("out of memory for a call");
    }
    struct curl_slist *lines = header_lines(arena, call);
    struct exchange exchange = {.arena = arena, .reply = ret_reply};
    long status = 0;
    *ret_reply = (struct rehearse_reply){.headers = json_object()};
    set_request(curl, call);
    set_receivers(curl, &exchange);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    ret_reply->failure = failure_of(curl_easy_perform(curl), &exchange);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    ret_reply->status = (int)status;
    ret_reply->refused = exchange.foreign;
    curl_slist_free_all(lines);
    curl_easy_cleanup(curl);
}

const char *rehearse_reply_header(const struct rehearse_reply *reply, const char *name)
{
    const char *each;
    json_t *value;
    json_object_foreach(reply->headers, each, value)
    {
        if (text_equal_nocase(each, name)) {
            return json_string_value(value);
        }
    }
    return NULL;
}

void rehearse_reply_finish(struct rehearse_reply *reply)
{
    json_decref(reply->headers);
    buf_finish(&reply->body);
    *reply = (struct rehearse_reply){0};
}
