#include "compare/compare_call.h"

#include "base/die.h"
#include "base/text.h"
#include "deliver/deliver_transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MOST ((size_t)64 << 10)
#define BODY_MOST ((size_t)8 << 20)

#define WRONG_LOGIN "coma_0000000000000000"
#define WRONG_KEY "0000000000000000000000000000000000000000000"

/* One call under way. */
struct transfer_state {
    const struct comparison *comparison;
    struct compare_reply *reply;
    const char *refused; /* why this side ended it */
    bool plain;          /* http: the login must stay in the private network */
};

/* ------------------------------------------------------------------ what comes */

static void take_name(struct transfer_state *state, const char *line, size_t size)
{
    char name[128];
    if (size < sizeof name) {
        memcpy(name, line, size);
        name[size] = '\0';
        comparison_add_header(state->comparison, state->reply->headers, name);
    }
}

/* Called for each line of a head; an interim reply is followed by another head. */
static size_t take_line(char *line, size_t unit, size_t n, void *arg)
{
    struct transfer_state *state = arg;
    size_t size = unit * n;
    const char *colon = memchr(line, ':', size);
    state->reply->head_size += size;
    if (state->reply->head_size > HEAD_MOST) {
        state->refused = "its headers are longer than 64 KiB";
        return 0;
    }
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        json_object_clear(state->reply->headers);
    } else if (colon) {
        take_name(state, line, (size_t)(colon - line));
    }
    return size;
}

static size_t take_body(char *data, size_t unit, size_t n, void *arg)
{
    struct transfer_state *state = arg;
    size_t size = unit * n;
    if (state->reply->body.size + size > BODY_MOST) {
        state->refused = "its body is longer than 8 MiB";
        return 0;
    }
    buf_add(&state->reply->body, data, size);
    return size;
}

/* ------------------------------------------------------------------ where it goes */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer_state *state = arg;
    (void)purpose;
    if (state->plain && address_objection(&address->addr)) {
        state->refused = "plain http would send the API key unencrypted; use https";
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ------------------------------------------------------------------ options */

static void set_limits(CURL *curl, const struct compare_options *options)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "milkypay-mock-compare/" MILKYPAY_VERSION);
    if (options->ca) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static void set_login(CURL *curl, const struct compare_options *options, enum compare_login login)
{
    bool wrong = login == COMPARE_LOGIN_WRONG;
    if (login != COMPARE_LOGIN_NONE) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, wrong ? WRONG_LOGIN : options->account_id);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, wrong ? WRONG_KEY : options->api_key);
    }
}

static void set_request(CURL *curl, const struct compare_call *call)
{
    curl_easy_setopt(curl, CURLOPT_URL, call->url);
    if (call->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(call->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
}

static void set_receivers(CURL *curl, struct transfer_state *state)
{
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, state);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, state);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, state);
}

static struct curl_slist *with_header(struct curl_slist *headers, const char *line)
{
    struct curl_slist *list = curl_slist_append(headers, line);
    if (!list) {
        die("out of memory for a header");
    }
    return list;
}

static struct curl_slist *headers_of(const struct compare_call *call, struct arena *arena)
{
    struct curl_slist *headers = with_header(NULL, arena_printf(arena, "Accept: %s", call->accept));
    headers = with_header(headers, "Expect:");
    return call->type ? with_header(headers, arena_printf(arena, "Content-Type: %s", call->type))
                      : headers;
}

/* ------------------------------------------------------------------ the call */

/* Not curl's own message: it may quote what the server sent. */
static const char *failure_of(CURLcode result, const struct transfer_state *state)
{
    if (state->refused) {
        return state->refused;
    }
    switch ((int)result) {
    case CURLE_OK:
        return NULL;
    case CURLE_OPERATION_TIMEDOUT:
        return "no complete reply in time; see --timeout";
    case CURLE_PEER_FAILED_VERIFICATION:
        return "its certificate is not trusted for this name; see --ca";
    default:
        return curl_easy_strerror(result);
    }
}

void compare_call(const struct comparison *comparison, const struct compare_call *call,
                  struct compare_reply *ret_reply)
{
    struct arena arena = {0};
    CURL *curl = curl_easy_init();
    if (!curl) {
        die("out of memory for a call");
    }
    struct curl_slist *headers = headers_of(call, &arena);
    struct transfer_state state = {
        .comparison = comparison, .reply = ret_reply, .plain = !text_starts(call->url, "https:")};
    long status = 0;
    *ret_reply = (struct compare_reply){.headers = json_object()};
    set_limits(curl, &comparison->options);
    set_login(curl, &comparison->options, call->login);
    set_request(curl, call);
    set_receivers(curl, &state);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    ret_reply->failure = failure_of(curl_easy_perform(curl), &state);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    ret_reply->status = (int)status;
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    arena_finish(&arena);
}

void compare_reply_finish(struct compare_reply *reply)
{
    json_decref(reply->headers);
    buf_finish(&reply->body);
}
