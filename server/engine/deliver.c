#include "deliver.h"

#include "base/buf.h"
#include "base/die.h"
#include "base/text.h"
#include "base/wall.h"
#include "engine/address.h"
#include "json/json_out.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#define RESPONSE_MOST                                                                              \
    ((size_t)65536) /* of body and of headers that are kept; the rest is not read */
#define KEY_MOST 300
#define USER_AGENT "Webhook-Client"

/* A callback that waits for its turn. */
struct waiting {
    int64_t callback, invoice, account;
    STAILQ_ENTRY(waiting) link;
};

/* A receiver: everything at one host:port. Lives while something waits for it or runs. */
struct target {
    char key[KEY_MOST];
    STAILQ_HEAD(, waiting) queue;
    int running, window;
    LIST_ENTRY(target) link;
};

struct transfer {
    int64_t callback, invoice, account;
    struct deliver *deliver;
    struct target *target;
    CURL *easy;
    struct curl_slist *headers;
    struct arena arena;
    struct delivery delivery;
    int64_t wall_ms, began_ms; /* machine and monotonic time */
    int64_t heard_ms; /* monotonic time of the last sign of life once connected, 0 before */
    char public_address[INET6_ADDRSTRLEN];
    struct buf response, response_headers;
    bool overlong, headers_begun;
    char error[CURL_ERROR_SIZE];
    LIST_ENTRY(transfer) link;
};

struct deliver {
    struct deliver_options options;
    struct deliver_hooks hooks;
    CURLM *multi;
    LIST_HEAD(, target) targets;
    LIST_HEAD(, transfer) transfers;
    size_t running, waiting;
    CURL *spare[DELIVER_WINDOW_MOST];
    size_t n_spare;
    char *last_url; /* of the last push, and its receiver while that lives */
    struct target *last_target;
};

/* ------------------------------------------------------------------ receivers */

/* "host:port" of a URL; the URL itself when it cannot be read (curl will say why it fails). */
static void target_key(const char *url, char ret_key[KEY_MOST])
{
    CURLU *parts = curl_url();
    char *host = NULL, *port = NULL;
    bool good = !curl_url_set(parts, CURLUPART_URL, url, 0) &&
                !curl_url_get(parts, CURLUPART_HOST, &host, 0) &&
                !curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    snprintf(ret_key, KEY_MOST, "%s%s%s", good ? host : url, good ? ":" : "", good ? port : "");
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
}

static const char *rewritten(const struct deliver *deliver, struct arena *arena, const char *url)
{
    const char *from = deliver->options.rewrite_from;
    size_t length = from ? strlen(from) : 0;
    bool whole = length && text_starts(url, from) &&
                 (from[length - 1] == '/' || strchr("/:?#", url[length])); /* "" too: the end */
    if (!whole) {
        return url;
    }
    return arena_printf(arena, "%s%s", deliver->options.rewrite_to, url + strlen(from));
}

static struct target *find_target(struct deliver *deliver, const char *url)
{
    struct arena arena = {0};
    char key[KEY_MOST];
    target_key(rewritten(deliver, &arena, url), key);
    arena_finish(&arena);
    struct target *target;
    LIST_FOREACH(target, &deliver->targets, link)
    {
        if (text_equal(target->key, key)) {
            return target;
        }
    }
    target = mem_alloc(sizeof *target);
    memcpy(target->key, key, sizeof key);
    target->window = DELIVER_WINDOW_FIRST;
    STAILQ_INIT(&target->queue);
    LIST_INSERT_HEAD(&deliver->targets, target, link);
    return target;
}

/* Most callbacks go where the one before went, and to read a URL takes curl a dozen allocations. */
static struct target *target_of(struct deliver *deliver, const char *url)
{
    if (!deliver->last_target || !text_equal(deliver->last_url, url)) {
        free(deliver->last_url);
        deliver->last_url = mem_strdup(url);
        deliver->last_target = find_target(deliver, url);
    }
    return deliver->last_target;
}

static void drop_if_idle(struct deliver *deliver, struct target *target)
{
    if (!target->running && STAILQ_EMPTY(&target->queue)) {
        if (deliver->last_target == target) {
            deliver->last_target = NULL;
        }
        LIST_REMOVE(target, link);
        free(target);
    }
}

void deliver_push(struct deliver *deliver, int64_t callback, int64_t invoice, int64_t account,
                  const char *url, bool ahead)
{
    struct waiting *waiting = mem_alloc(sizeof *waiting);
    *waiting = (struct waiting){.callback = callback, .invoice = invoice, .account = account};
    struct target *target = target_of(deliver, url);
    if (ahead) {
        STAILQ_INSERT_HEAD(&target->queue, waiting, link);
    } else {
        STAILQ_INSERT_TAIL(&target->queue, waiting, link);
    }
    deliver->waiting++;
}

/* ------------------------------------------------------------------ what curl calls */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct transfer *transfer = arg;
    if (!transfer->deliver->options.allow_any && !address_is_private(&address->addr)) {
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

/* ------------------------------------------------------------------ one attempt */

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
    json_out_text(&out, "Host", transfer->target->key);
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
    const struct deliver_options *options = &transfer->deliver->options;
    const struct delivery *delivery = &transfer->delivery;
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_URL,
                     rewritten(transfer->deliver, &transfer->arena, delivery->url));
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

/* Handles are dear to make and are used again; what one attempt set in them is reset. */
static CURL *take_easy(struct deliver *deliver)
{
    CURL *easy = deliver->n_spare ? deliver->spare[--deliver->n_spare] : curl_easy_init();
    if (!easy) {
        die("out of memory for a transfer");
    }
    return easy;
}

static void give_easy(struct deliver *deliver, CURL *easy)
{
    if (deliver->n_spare == ARRAY_SIZE(deliver->spare)) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    deliver->spare[deliver->n_spare++] = easy;
}

static void free_transfer(struct transfer *transfer)
{
    if (transfer->easy) {
        curl_multi_remove_handle(transfer->deliver->multi, transfer->easy);
        give_easy(transfer->deliver, transfer->easy);
    }
    curl_slist_free_all(transfer->headers);
    buf_finish(&transfer->response);
    buf_finish(&transfer->response_headers);
    arena_finish(&transfer->arena);
    free(transfer);
}

static void leave(struct transfer *transfer)
{
    LIST_REMOVE(transfer, link);
    transfer->target->running--;
    transfer->deliver->running--;
}

static void begin(struct deliver *deliver, struct target *target, const struct waiting *waiting)
{
    struct transfer *transfer = mem_alloc(sizeof *transfer);
    transfer->deliver = deliver;
    transfer->target = target;
    transfer->callback = waiting->callback;
    transfer->invoice = waiting->invoice;
    transfer->account = waiting->account;
    if (!deliver->hooks.load(deliver->hooks.arg, &transfer->arena, waiting->callback,
                             &transfer->delivery)) {
        free_transfer(transfer);
        return;
    }
    transfer->wall_ms = wall_now_ms();
    transfer->began_ms = mono_now_ms();
    transfer->easy = take_easy(deliver);
    set_headers(transfer);
    set_options(transfer);
    LIST_INSERT_HEAD(&deliver->transfers, transfer, link);
    target->running++;
    deliver->running++;
    curl_multi_add_handle(deliver->multi, transfer->easy);
}

/* ------------------------------------------------------------------ starting */

static bool invoice_is_busy(const struct deliver *deliver, int64_t invoice)
{
    const struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (transfer->invoice == invoice) {
            return true;
        }
    }
    return false;
}

/* The first of the queue whose invoice has nothing under way. */
static struct waiting *next_waiting(const struct deliver *deliver, struct target *target)
{
    struct waiting *waiting;
    STAILQ_FOREACH(waiting, &target->queue, link)
    {
        if (!invoice_is_busy(deliver, waiting->invoice)) {
            return waiting;
        }
    }
    return NULL;
}

/* Whoever has nothing under way gets a place beyond the total, so that the dead starve nobody. */
static bool may_start(const struct deliver *deliver, const struct target *target)
{
    size_t total = target->running ? DELIVER_TOTAL : 2 * DELIVER_TOTAL;
    return deliver->running < total && target->running < target->window;
}

void deliver_start(struct deliver *deliver)
{
    struct target *target, *next;
    for (target = LIST_FIRST(&deliver->targets); target; target = next) {
        next = LIST_NEXT(target, link);
        struct waiting *waiting;
        while (may_start(deliver, target) && (waiting = next_waiting(deliver, target))) {
            STAILQ_REMOVE(&target->queue, waiting, waiting, link);
            deliver->waiting--;
            begin(deliver, target, waiting);
            free(waiting);
        }
        drop_if_idle(deliver, target);
    }
}

/* ------------------------------------------------------------------ ending */

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

static void end(struct transfer *transfer, CURLcode code, bool late)
{
    struct deliver *deliver = transfer->deliver;
    struct target *target = transfer->target;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer->overlong);
    buf_auto request_headers = {0};
    write_request_headers(transfer, &request_headers);
    if (transfer->response_headers.size) {
        buf_char(&transfer->response_headers, '}');
    }
    const struct delivery_result result = {
        .callback = transfer->callback,
        .wall_ms = transfer->wall_ms,
        .took_ms = mono_now_ms() - transfer->began_ms,
        .code = answered ? status : 0,
        .error = answered ? NULL : error_text(transfer, code, late),
        .refused = transfer->public_address[0],
        .request_headers = request_headers.data,
        .response_headers =
            transfer->response_headers.size ? transfer->response_headers.data : NULL,
        .response_body = buf_str(&transfer->response),
        .response_size = transfer->response.size,
    };
    target->window = !answered                              ? 1
                     : target->window < DELIVER_WINDOW_MOST ? target->window + 1
                                                            : target->window;
    leave(transfer);
    deliver->hooks.ended(deliver->hooks.arg, &result);
    free_transfer(transfer);
}

/* curl knows no read timeout finer than a second, so the signs of life are watched here. */
static bool is_late(const struct transfer *transfer, int64_t now_ms)
{
    return transfer->heard_ms && now_ms - transfer->heard_ms >= transfer->delivery.read_timeout_ms;
}

static void end_late(struct deliver *deliver)
{
    int64_t now_ms = mono_now_ms();
    struct transfer *transfer, *next;
    for (transfer = LIST_FIRST(&deliver->transfers); transfer; transfer = next) {
        next = LIST_NEXT(transfer, link);
        if (is_late(transfer, now_ms)) {
            end(transfer, CURLE_OPERATION_TIMEDOUT, true);
        }
    }
}

void deliver_collect(struct deliver *deliver)
{
    if (!deliver->running) {
        return;
    }
    int running, left;
    curl_multi_perform(deliver->multi, &running);
    for (CURLMsg *message; (message = curl_multi_info_read(deliver->multi, &left));) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        if (message->msg == CURLMSG_DONE && transfer) {
            end(transfer, message->data.result, false);
        }
    }
    end_late(deliver);
}

int deliver_wait_ms(const struct deliver *deliver)
{
    int64_t wait_ms = -1, now_ms = mono_now_ms();
    const struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (transfer->heard_ms) {
            int64_t left_ms = transfer->heard_ms + transfer->delivery.read_timeout_ms - now_ms;
            left_ms = left_ms < 0 ? 0 : left_ms;
            wait_ms = wait_ms < 0 || left_ms < wait_ms ? left_ms : wait_ms;
        }
    }
    return (int)wait_ms;
}

/* ------------------------------------------------------------------ life */

struct deliver *deliver_new(const struct deliver_options *options,
                            const struct deliver_hooks *hooks)
{
    struct deliver *deliver = mem_alloc(sizeof *deliver);
    deliver->options = *options;
    deliver->hooks = *hooks;
    LIST_INIT(&deliver->targets);
    LIST_INIT(&deliver->transfers);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(deliver->multi = curl_multi_init())) {
        die("libcurl does not start");
    }
    curl_multi_setopt(deliver->multi, CURLMOPT_MAXCONNECTS, (long)(2 * DELIVER_WINDOW_MOST));
    return deliver;
}

static void drop_transfers(struct deliver *deliver, int64_t account, bool all)
{
    struct transfer *transfer, *next;
    for (transfer = LIST_FIRST(&deliver->transfers); transfer; transfer = next) {
        next = LIST_NEXT(transfer, link);
        if (all || transfer->account == account) {
            leave(transfer);
            free_transfer(transfer);
        }
    }
}

static void drop_waiting(struct deliver *deliver, struct target *target, int64_t account, bool all)
{
    struct waiting *waiting, *next;
    for (waiting = STAILQ_FIRST(&target->queue); waiting; waiting = next) {
        next = STAILQ_NEXT(waiting, link);
        if (all || waiting->account == account) {
            STAILQ_REMOVE(&target->queue, waiting, waiting, link);
            deliver->waiting--;
            free(waiting);
        }
    }
}

static void drop(struct deliver *deliver, int64_t account, bool all)
{
    struct target *target, *next;
    drop_transfers(deliver, account, all);
    for (target = LIST_FIRST(&deliver->targets); target; target = next) {
        next = LIST_NEXT(target, link);
        drop_waiting(deliver, target, account, all);
        drop_if_idle(deliver, target);
    }
}

void deliver_cancel(struct deliver *deliver, int64_t account)
{
    drop(deliver, account, false);
}

void deliver_free(struct deliver *deliver)
{
    if (deliver) {
        drop(deliver, 0, true);
        while (deliver->n_spare) {
            curl_easy_cleanup(deliver->spare[--deliver->n_spare]);
        }
        curl_multi_cleanup(deliver->multi);
        curl_global_cleanup();
        free(deliver->last_url);
        free(deliver);
    }
}

CURLM *deliver_multi(const struct deliver *deliver)
{
    return deliver->multi;
}

bool deliver_is_sending(const struct deliver *deliver, int64_t callback)
{
    const struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (transfer->callback == callback) {
            return true;
        }
    }
    return false;
}

size_t deliver_running(const struct deliver *deliver)
{
    return deliver->running;
}
