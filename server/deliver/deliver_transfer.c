#include "deliver_transfer.h"

#include "base/die.h"
#include "base/text.h"
#include "base/url.h"
#include "base/wall.h"
#include "deliver/came.h"
#include "mask/mask.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define USER_AGENT "Webhook-Client"

/* Returns true if `url` starts with `prefix`; scheme and host are compared without case. */
static bool url_starts(const char *url, const char *prefix)
{
    size_t origin = url_origin_size(prefix);
    return strncasecmp(url, prefix, origin) == 0 &&
           (strlen(url) < origin || text_starts(url + origin, prefix + origin));
}

const char *transfer_url(const struct deliver_options *options, struct arena *arena,
                         const char *url)
{
    const char *from = options->rewrite_from;
    size_t length = from ? strlen(from) : 0;
    bool whole =
        length && url_starts(url, from) &&
        (from[length - 1] == '/' || strchr("/:?#", url[length])); /* also matches the end */
    if (!whole) {
        return url;
    }
    return arena_printf(arena, "%s%s", options->rewrite_to, url + strlen(from));
}

/* ------------------------------------------------------------------ curl's callbacks */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct transfer *transfer = arg;
    const char *objection = transfer->options->allow_any ? NULL : address_objection(&address->addr);
    if (objection) {
        const void *bytes = address->family == AF_INET6
                                ? (const void *)&((struct sockaddr_in6 *)&address->addr)->sin6_addr
                                : (const void *)&((struct sockaddr_in *)&address->addr)->sin_addr;
        inet_ntop(address->family, bytes, transfer->address, sizeof transfer->address);
        transfer->objection = objection;
        return CURL_SOCKET_BAD;
    }
    transfer->socket = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return transfer->socket;
}

static int request_begins(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    ((struct transfer *)arg)->heard_ms = mono_now_ms();
    return CURL_PREREQFUNC_OK;
}

/* Records the head that was really sent, and notices the end of the body. */
static int take_sent(CURL *easy, curl_infotype type, char *data, size_t size, void *arg)
{
    (void)easy;
    struct transfer *transfer = arg;
    if (type == CURLINFO_HEADER_OUT) {
        buf_add(&transfer->sent, data, size);
    }
    transfer->sent_body += type == CURLINFO_DATA_OUT ? size : 0;
    if (transfer->when_sent && transfer->sent_body == transfer->delivery.body_size) {
        transfer->when_sent(transfer);
        transfer->when_sent = NULL;
    }
    return 0;
}

static size_t take_body(char *data, size_t one, size_t size, void *arg)
{
    (void)one;
    struct transfer *transfer = arg;
    transfer->heard_ms = mono_now_ms();
    return answer_take_body(&transfer->answer, data, size) ? size : 0;
}

static size_t take_header(char *data, size_t one, size_t size, void *arg)
{
    (void)one;
    struct transfer *transfer = arg;
    transfer->heard_ms = mono_now_ms();
    return answer_take_line(&transfer->answer, data, size) ? size : 0;
}

/* ------------------------------------------------------------------ curl's options */

static void add_header(struct transfer *transfer, const char *format, ...) ATTR_PRINTF(2, 3);

static void add_header(struct transfer *transfer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct curl_slist *list =
        curl_slist_append(transfer->headers, arena_vprintf(&transfer->arena, format, args));
    va_end(args);
    if (!list) {
        die_of_memory(0);
    }
    transfer->headers = list;
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
    for (size_t i = 0; i < delivery->n_headers; i++) {
        add_header(transfer, "%s: %s", delivery->headers[i].name, delivery->headers[i].value);
    }
}

static void set_options(struct transfer *transfer)
{
    const struct deliver_options *options = transfer->options;
    const struct delivery *delivery = &transfer->delivery;
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_URL, transfer_url(options, &transfer->arena, delivery->url));
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY,
                     ""); /* a proxy from the environment would hide the receiver's address */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
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
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L); /* for CURLOPT_DEBUGFUNCTION */
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, take_sent);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
}

void transfer_begin(struct transfer *transfer)
{
    transfer->wall_ms = wall_now_ms();
    transfer->began_ms = mono_now_ms();
    transfer->easy = curl_easy_init();
    if (!transfer->easy) {
        die_of_memory(0);
    }
    transfer->socket = CURL_SOCKET_BAD;
    set_headers(transfer);
    set_options(transfer);
}

/* ------------------------------------------------------------------ the connection's end */

/*
 * SO_LINGER with 0 seconds ends a connection at once with a reset. That is safe only if everything
 * sent has reached the receiver, except one segment, which may be the end of TLS: on Linux,
 * received bytes can still be read after a reset. If the receiver closed first, no port stays in
 * use.
 */
void transfer_free_port(const struct transfer *transfer, struct ports *ports)
{
    const struct linger at_once = {.l_onoff = 1};
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (transfer->whole && getsockopt(transfer->socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
        info.tcpi_state == TCP_ESTABLISHED && info.tcpi_unacked <= 1 &&
        !ports_take(ports, mono_now_ms())) {
        setsockopt(transfer->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
}

void transfer_close_socket(struct transfer *transfer)
{
    if (transfer->heard_ms) {
        transfer->kept = true;
        return;
    }
    close(transfer->socket);
    transfer->socket = CURL_SOCKET_BAD;
}

void transfer_finish(struct transfer *transfer)
{
    if (transfer->kept) {
        close(transfer->socket);
    }
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    buf_finish(&transfer->sent);
    answer_finish(&transfer->answer);
    arena_finish(&transfer->arena);
}

/* ------------------------------------------------------------------ results */

/* Removes " after N ms" from curl's message: took_ms contains it, and repeated runs must read
 * alike. */
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

/* Replacements for curl's messages that say too little or differ between versions. */
static const struct {
    CURLcode code;
    const char *text;
    const char *start; /* of curl's message; NULL: any */
} words[] = {
    {CURLE_GOT_NOTHING, "the receiver closed the connection without an answer", NULL},
    {CURLE_PARTIAL_FILE, "the receiver closed the connection within its answer's body", NULL},
    {CURLE_BAD_FUNCTION_ARGUMENT, ANSWER_FOLDED, NULL},
    {CURLE_UNSUPPORTED_PROTOCOL, ANSWER_NO_STATUS, NULL},
    {CURLE_WEIRD_SERVER_REPLY, ANSWER_NO_STATUS, "Version mismatch"}, /* HTTP/2, since curl 8 */
    {CURLE_BAD_CONTENT_ENCODING, ANSWER_CODING, NULL},
    {CURLE_OUT_OF_MEMORY, ANSWER_LONG_HEAD, NULL}, /* one line longer than curl's limit */
#if LIBCURL_VERSION_NUM >= 0x080600
    {CURLE_TOO_LARGE, ANSWER_LONG_HEAD, NULL},
#endif
};

#define ENDED                                                                                      \
    "ended the connection in the TLS handshake; if it speaks no TLS, use http:// in the URL"

/* What TLS libraries say of a peer that speaks no TLS: its answer may be lost in a reset. */
static const struct {
    const char *said, *words;
} no_tls[] = {
    {"wrong version number", "speaks no TLS: use http:// in the URL"},
    {"packet length too long", "speaks no TLS: use http:// in the URL"},
    {"unexpected TLS packet", "speaks no TLS: use http:// in the URL"},
    {"SSL_ERROR_SYSCALL", ENDED},
    {"unexpected eof", ENDED},
    {"reset by peer", ENDED},
};

static bool is_https(const char *url)
{
    return strncasecmp(url, "https:", strlen("https:")) == 0;
}

const char *transfer_tls_mismatch(CURLcode code, const char *error, const char *url)
{
    bool https = is_https(url);
    for (size_t i = 0; https && code == CURLE_SSL_CONNECT_ERROR && i < ARRAY_SIZE(no_tls); i++) {
        if (strcasestr(error, no_tls[i].said)) {
            return no_tls[i].words;
        }
    }
    return !https && code == CURLE_GOT_NOTHING ? "closed the connection without an answer; if it "
                                                 "speaks TLS, use https:// in the URL"
                                               : NULL;
}

bool delivery_wants_tls(const struct delivery_result *result)
{
    static const char *const said[] = {"sent to HTTPS port",      /* nginx */
                                       "to an HTTPS server",      /* Go */
                                       "SSL-enabled server port", /* Apache */
                                       "requires TLS"};           /* Tomcat */
    for (size_t i = 0; result->code == 400 && i < ARRAY_SIZE(said); i++) {
        if (strstr(result->response_body, said[i])) {
            return true;
        }
    }
    return false;
}

#define TLS_ADVICE "; if the receiver speaks TLS, use https:// in the URL"
#define TRUST_ADVICE                                                                               \
    "; --callback-ca FILE trusts a certificate, --callback-insecure skips the check"

/* What to do about an error that curl describes, or "". Some servers of TLS reset connections
 * without it. */
static const char *advice(const struct transfer *transfer, CURLcode code, const char *url)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        return TRUST_ADVICE;
    }
    if (code == CURLE_SSL_CACERT_BADFILE) { /* a minimal system has no authorities */
        return "; the package ca-certificates installs the system's authorities" TRUST_ADVICE;
    }
    if (code == CURLE_COULDNT_RESOLVE_HOST) {
        return "; --callback-rewrite FROM=TO replaces the start of a URL";
    }
    return code == CURLE_RECV_ERROR && !transfer->answer.head.size && !is_https(url) ? TLS_ADVICE
                                                                                     : "";
}

/* An answer that is no HTTP may have been an alert of TLS, of which curl shows nothing. */
static const char *worded(struct transfer *transfer, const char *text, const char *url)
{
    return text_equal(text, ANSWER_NO_STATUS) && !is_https(url)
               ? arena_printf(&transfer->arena, "%s%s", text, TLS_ADVICE)
               : text;
}

/* What had come when the time was over. curl knows only of whole lines, and of TLS the kernel knows
 * nothing. */
static const char *timeout_text(struct transfer *transfer, const char *url, bool late)
{
    struct arena *arena = &transfer->arena;
    const struct answer *answer = &transfer->answer;
    int64_t came = answer->ended   ? (int64_t)answer->body_came
                   : is_https(url) ? -1
                                   : came_bytes(transfer->socket);
    long long ms = late ? transfer->delivery.read_timeout_ms : transfer->delivery.total_timeout_ms;
    const char *part = answer->ended    ? "body was"
                       : answer->status ? "headers were"
                                        : "status line was";
    const char *count = came < 0 ? "" : arena_printf(arena, ": %lld bytes came", (long long)came);
    if (!came && !answer->ended) {
        return arena_printf(arena, "%s timeout: no byte came for %lld ms", late ? "read" : "total",
                            ms);
    }
    return late
               ? arena_printf(arena, "read timeout: the answer's %s not complete%s, %s for %lld ms",
                              part, count, answer->ended ? "none" : "no whole line", ms)
               : arena_printf(arena, "total timeout: the answer's %s not complete after %lld ms%s",
                              part, ms, count);
}

static const char *error_text(struct transfer *transfer, CURLcode code, bool late)
{
    struct arena *arena = &transfer->arena;
    const char *url = transfer_url(transfer->options, arena, transfer->delivery.url);
    const char *flaw = transfer->answer.flaw;
    if (transfer->objection) {
        return arena_printf(arena, "%s is %s; --callback-allow any allows it", transfer->address,
                            transfer->objection);
    }
    if (late || (code == CURLE_OPERATION_TIMEDOUT && transfer->heard_ms)) {
        return timeout_text(transfer, url, late);
    }
    if (flaw) {
        return worded(transfer, flaw, url);
    }
    if (code == CURLE_OK) {
        return "the receiver closed the connection within its answer's headers";
    }
    if (code == CURLE_URL_MALFORMAT) {
        char shown[256];
        url_shown(url, shown, sizeof shown);
        return arena_printf(arena, "%s is not a valid URL", shown);
    }
    const char *mismatch = transfer_tls_mismatch(code, transfer->error, url);
    if (mismatch) {
        return arena_printf(arena, "the receiver %s", mismatch);
    }
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (words[i].code == code &&
            (!words[i].start || text_starts(transfer->error, words[i].start))) {
            return worded(transfer, words[i].text, url);
        }
    }
    const char *said =
        transfer->error[0] ? without_time(arena, transfer->error) : curl_easy_strerror(code);
    return arena_printf(arena, "%s%s", said, advice(transfer, code, url));
}

/* Credentials, and whatever the account adds. */
static bool hides(const void *arg, const char *name)
{
    const struct delivery *delivery = arg;
    bool own = false;
    for (size_t i = 0; i < delivery->n_headers && !own; i++) {
        own = text_equal_nocase(delivery->headers[i].name, name);
    }
    return own || mask_hides_header(name);
}

static const char *json_of(struct transfer *transfer, const struct buf *head, bool sent)
{
    buf_auto json = {0};
    head_to_json(&json, &transfer->arena, head, sent ? hides : NULL, &transfer->delivery);
    return arena_copy(&transfer->arena, json.data, json.size);
}

void transfer_result(struct transfer *transfer, CURLcode code, bool late,
                     struct delivery_result *ret_result)
{
    const struct answer *answer = &transfer->answer;
    transfer->whole = code == CURLE_OK && answer->ended && !late;
    *ret_result = (struct delivery_result){
        .callback = transfer->callback,
        .account = transfer->account,
        .url = transfer->delivery.url,
        .body = transfer->delivery.body,
        .sent = transfer->delivery.sent,
        .orphan = !transfer->target,
        .wall_ms = transfer->wall_ms,
        .took_ms = mono_now_ms() - transfer->began_ms,
        .code = transfer->whole ? answer->status : 0,
        .error = transfer->whole ? NULL : error_text(transfer, code, late),
        .refused = transfer->objection || code == CURLE_URL_MALFORMAT,
        .request_headers = json_of(transfer, &transfer->sent, true),
        .response_headers = answer->head.size ? json_of(transfer, &answer->head, false) : NULL,
        .response_lines = head_lines(&transfer->arena, &answer->head),
        .response_body = buf_str(&answer->body),
        .response_size = answer->body.size,
        .request_line = head_line(&transfer->arena, &transfer->sent),
        .response_line = head_line(&transfer->arena, &answer->head),
    };
}

int64_t transfer_late_at_ms(const struct transfer *transfer, int64_t now_ms)
{
    int64_t heard_ms = transfer->heard_ms ? transfer->heard_ms : now_ms;
    return heard_ms + transfer->delivery.read_timeout_ms;
}
