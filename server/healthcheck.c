#include "healthcheck.h"

#include "base/attr.h"
#include "base/text.h"
#include "deliver/deliver_transfer.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 2000L
#define PATH "/_mock/health"
#define DEFAULT_LISTEN "127.0.0.1:8080"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

/* Writes the URL of a server with this environment. "All addresses" cannot be connected to, so it
 * becomes loopback. */
static void write_own_url(char *ret_url, size_t size)
{
    static const struct {
        const char *all, *one;
    } addresses[] = {{"0.0.0.0:", "127.0.0.1:"}, {"[::]:", "[::1]:"}};
    const char *listen = is_set("MILKYPAY_LISTEN") ? getenv("MILKYPAY_LISTEN") : DEFAULT_LISTEN;
    const char *host = "";
    for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
        if (text_starts(listen, addresses[i].all)) {
            host = addresses[i].one;
            listen += strlen(addresses[i].all);
        }
    }
    snprintf(ret_url, size, "%s://%s%s" PATH, is_set("MILKYPAY_TLS_CERT") ? "https" : "http", host,
             listen);
}

/* A question to a server, and its answer. */
struct question {
    const char *url;
    bool own; /* its certificate is not verified: that of an own server is for its public name */
    long timeout_ms;
    long code;
    char error[CURL_ERROR_SIZE];
    char body[256]; /* the beginning */
    size_t size;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
    struct question *call = arg;
    size_t room = sizeof call->body - 1 - call->size, more = size * n < room ? size * n : room;
    memcpy(call->body + call->size, data, more);
    call->size += more;
    return size * n;
}

static CURLcode ask(struct question *call)
{
    CURL *curl = curl_easy_init();
    if (!curl) {
        return CURLE_FAILED_INIT;
    }
    curl_easy_setopt(curl, CURLOPT_URL, call->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, call->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, call->own ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, call->own ? 0L : 2L);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &call->code);
    curl_easy_cleanup(curl);
    return result;
}

/* ------------------------------------------------------------------ the command */

static void write_target(const char *url, char *ret_target, size_t size)
{
    size_t length = strlen(url);
    while (length && url[length - 1] == '/') {
        length--;
    }
    snprintf(ret_target, size, "%.*s" PATH, (int)length, url);
}

/* Prints why the server is not healthy. */
static void tell(const struct question *call, CURLcode result)
{
    const char *plain = transfer_tls_mismatch(result, call->error, call->url);
    fprintf(stderr, "%s: ", call->url);
    if (result == CURLE_OK) {
        fprintf(stderr, "the status is %ld, must be 200\n", call->code);
    } else if (plain) {
        fprintf(stderr, "the server %s\n", plain);
    } else {
        fprintf(stderr, "%s\n", *call->error ? call->error : curl_easy_strerror(result));
    }
}

static int run(const char *url)
{
    char target[2048];
    struct question call = {.url = target, .own = !url, .timeout_ms = TIMEOUT_MS};
    if (url) {
        write_target(url, target, sizeof target);
    } else {
        write_own_url(target, sizeof target);
    }
    CURLcode result = ask(&call);
    if (result == CURLE_OK && call.code == 200) {
        printf("%s: healthy\n", target);
        return 0;
    }
    tell(&call, result);
    return 1;
}

int healthcheck_main(int argc, char **argv)
{
    const char *url = argc > 2 ? argv[2] : NULL;
    if (text_equal(url, "-h") || text_equal(url, "--help")) {
        puts("Usage: milkypay-mock healthcheck [URL]\n\nExits with 0 if the server at the URL is "
             "up, "
             "else with 1. Without a URL, asks the server of this environment.");
        return 0;
    }
    const char *wrong = argc > 3 ? argv[3] : url && *url == '-' ? url : NULL;
    if (wrong) {
        fprintf(stderr,
                "milkypay-mock: healthcheck: \"%s\": unexpected argument; the only one is a "
                "URL\n",
                wrong);
        return 2;
    }
    return run(url);
}

/* ------------------------------------------------------------------ who is there */

const char *healthcheck_version(const char *url, struct arena *arena)
{
    static const char begin[] = "{\"status\":\"ok\",\"version\":\"";
    char target[2048];
    struct question call = {.url = target, .own = true, .timeout_ms = 1000};
    write_target(url, target, sizeof target);
    if (ask(&call) != CURLE_OK || call.code != 200 || !text_starts(call.body, begin)) {
        return NULL;
    }
    const char *version = call.body + strlen(begin);
    return arena_copy(arena, version, strspn(version, "0123456789."));
}
