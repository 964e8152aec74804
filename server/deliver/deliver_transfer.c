#include "deliver_transfer.h"

#include "base/die.h"
#include "base/text.h"
#include "base/wall.h"
#include "deliver/address.h"
#include "json/json_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESPONSE_MOST                                                                              \
    ((size_t)65536) /* of body and of headers that are kept; the rest is not read */
#define USER_AGENT "Webhook-Client"

const char *transfer_url(const struct deliver_options *options, struct arena *arena,
                         const char *url)
{
    const char *from = options->rewrite_from;
    size_t length = from ? strlen(from) : 0;
    bool whole = length && text_starts(url, from) &&
                 (from[length - 1] == '/' || strchr("/:?#", url[length])); /* "" too: the end */
    if (!whole) {
        return url;
    }
    return arena_printf(arena, "%s%s", options->rewrite_to, url + strlen(from));
}

/* ------------------------------------------------------------------ what curl calls */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct transfer *transfer = arg;
    if (!transfer->options->allow_any && !address_is_private(&address->addr)) {
        const void *bytes = address->family == AF_INET6
                                ? (const void *)&((struct sockaddr_in6 *)&address->addr)->sin6_addr
                                : (const void *)&((struct sockaddr_in *)&address->addr)->sin_addr;
        inet_ntop(address->family, bytes, transfer->public_address,
                  sizeof transfer->public_address);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int request_begins(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    struct transfer *transfer = arg;
    if (transfer->heard_ms) {
        /* curl would send again on a new connection when a kept one dies: that is our retry to
         * make. */
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->heard_ms = mono_now_ms();
    return CURL_PREREQFUNC_OK;
}

/* Keeps up to RESPONSE_MOST bytes; a receiver that answers more is cut off. */
static size_t take_body(char *data, size_t one, size_t size, void *arg)
{
    (void)one;
    struct transfer *transfer = arg;
    transfer->heard_ms = mono_now_ms();
    size_t room = RESPONSE_MOST - transfer->response.size;
    buf_add(&transfer->response, data, size < room ? size : room);
    transfer->overlong = size > room;
    return transfer->overlong ? 0 : size;
}

/* Header lines go into a JSON object as they come; a new status line (after a 100) begins anew. */
static size_t take_header(char *data, size_t one, size_t size, void *arg)
{
    (void)one;
    struct transfer *transfer = arg;
    transfer->heard_ms = mono_now_ms();
    if (size > 5 && memcmp(data, "HTTP/", 5) == 0) {
        transfer->response_headers.size = 0;
        buf_char(&transfer->response_headers, '{');
        transfer->headers_begun = false;
        return size;
    }
    const char *colon = memchr(data, ':', size);
    if (!colon || transfer->response_headers.size + size > RESPONSE_MOST) {
        return size;
    }
    const char *value = colon + 1, *end = data + size;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) {
        end--;
    }
    struct json_out out = {.buf = &transfer->response_headers, .comma = transfer->headers_begun};
    char *name = arena_copy(&transfer->arena, data, (size_t)(colon - data));
    json_out_text_sized(&out, name, value, (size_t)(end - value));
    transfer->headers_begun = true;
    return size;
}

/* ------------------------------------------------------------------ what curl is told */

static void add_header(struct transfer *transfer, const char *format, ...) ATTR_PRINTF(2, 3);

static void add_header(struct transfer *transfer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct curl_slist *list =
        curl_slist_append(transfer->headers, arena_vprintf(&transfer->arena, format, args));
    va_end(args);
    if (!list) {
        die("out of memory for a header");
    }
    transfer->headers = list;
}

static void write_request_headers(const struct transfer *transfer, struct buf *buf)
{
    struct json_out out = {.buf = buf};
    char size[24];
    json_out_object(&out, NULL);
    json_out_text(&out, "Host", transfer->host);
    json_out_text(&out, "User-Agent", USER_AGENT);
    for (const struct curl_slist *header = transfer->headers; header; header = header->next) {
        const char *colon = strchr(header->data, ':');
        if (colon && colon[1]) {
            json_out_text(&out,
                          arena_copy((struct arena *)&transfer->arena, header->data,
                                     (size_t)(colon - header->data)),
                          colon + 2);
        }
    }
    snprintf(size, sizeof size, "%zu", transfer->delivery.body_size);
    json_out_text(&out, "Content-Length", size);
    json_out_object_end(&out);
}

static void set_headers(struct transfer *transfer)
{
    const struct delivery *delivery = &transfer->delivery;
    add_header(transfer, "Content-Type: application/json");
    add_header(transfer, "Accept: */*");
    if (delivery->signature) {
        add_header(transfer, "X-Signature: %s", delivery->signature);
    }
    if (delivery->retry) {
        add_header(transfer, "Retry-Count: %lld", (long long)delivery->retry);
        if (delivery->next_retry_s) {
            add_header(transfer, "Next-Retry: %lld", (long long)delivery->next_retry_s);
        }
    }
    add_header(transfer, "Expect:");
}

static void set_options(struct transfer *transfer)
{
    const struct deliver_options *options = transfer->options;
    const struct delivery *delivery = &transfer->delivery;
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_URL, transfer_url(options, &transfer->arena, delivery->url));
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY,
                     ""); /* one from the environment would hide the receiver's address */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, delivery->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)delivery->body_size);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)delivery->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)delivery->total_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options->insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options->insecure ? 0L : 2L);
    if (options->ca) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca);
    }
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, request_begins);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
}

void transfer_begin(struct transfer *transfer, CURL *easy)
{
    transfer->wall_ms = wall_now_ms();
    transfer->began_ms = mono_now_ms();
    transfer->easy = easy;
    set_headers(transfer);
    set_options(transfer);
}

void transfer_finish(struct transfer *transfer)
{
    curl_slist_free_all(transfer->headers);
    buf_finish(&transfer->response);
    buf_finish(&transfer->response_headers);
    arena_finish(&transfer->arena);
}

/* ------------------------------------------------------------------ how it ended */

/* curl's words without " after N ms": took_ms says that, and equal runs read alike. */
static const char *without_time(struct arena *arena, const char *text)
{
    static const char mark[] = " after ";
    const char *begin = strstr(text, mark);
    const char *number = begin ? begin + sizeof mark - 1 : "";
    const char *unit = number + strspn(number, "0123456789");
    size_t length = text_starts(unit, " milliseconds") ? strlen(" milliseconds")
                    : text_starts(unit, " ms")         ? strlen(" ms")
                                                       : 0;
    if (unit == number || !length) {
        return text;
    }
    return arena_printf(arena, "%.*s%s", (int)(begin - text), text, unit + length);
}

static const char *error_text(struct transfer *transfer, CURLcode code, bool late)
{
    if (transfer->public_address[0]) {
        return arena_printf(&transfer->arena,
                            "%s is a public address; --callback-allow any opens it",
                            transfer->public_address);
    }
    if (late) {
        return arena_printf(&transfer->arena, "read timeout: no byte came for %lld ms",
                            (long long)transfer->delivery.read_timeout_ms);
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return "the receiver closed the connection without an answer";
    }
    return transfer->error[0] ? without_time(&transfer->arena, transfer->error)
                              : curl_easy_strerror(code);
}

void transfer_result(struct transfer *transfer, CURLcode code, bool late,
                     struct delivery_result *ret_result)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer->overlong);
    buf_auto request_headers = {0};
    write_request_headers(transfer, &request_headers);
    if (transfer->response_headers.size) {
        buf_char(&transfer->response_headers, '}');
    }
    *ret_result = (struct delivery_result){
        .callback = transfer->callback,
        .wall_ms = transfer->wall_ms,
        .took_ms = mono_now_ms() - transfer->began_ms,
        .code = answered ? status : 0,
        .error = answered ? NULL : error_text(transfer, code, late),
        .refused = transfer->public_address[0],
        .request_headers = arena_copy(&transfer->arena, request_headers.data, request_headers.size),
        .response_headers =
            transfer->response_headers.size ? transfer->response_headers.data : NULL,
        .response_body = buf_str(&transfer->response),
        .response_size = transfer->response.size,
    };
}

int64_t transfer_left_ms(const struct transfer *transfer, int64_t now_ms)
{
    if (!transfer->heard_ms) {
        return INT64_MAX;
    }
    int64_t left_ms = transfer->heard_ms + transfer->delivery.read_timeout_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms;
}
