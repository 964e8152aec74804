#include "healthcheck.h"

#include "base/attr.h"
#include "base/text.h"

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

static size_t drop(char *data, size_t size, size_t n, void *user)
{
    (void)data;
    (void)user;
    return size * n;
}

/* The certificate of an own https server is for its public name, not for this address: it is not
 * verified. */
static CURLcode ask(CURL *curl, const char *url, bool own, char *error_text, long *ret_code)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_text);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, own ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, own ? 0L : 2L);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_code);
    return result;
}

int healthcheck_run(const char *url)
{
    char target[2048], why[CURL_ERROR_SIZE] = "";
    if (url) {
        size_t length = strlen(url);
        while (length && url[length - 1] == '/') {
            length--;
        }
        snprintf(target, sizeof target, "%.*s" PATH, (int)length, url);
    } else {
        write_own_url(target, sizeof target);
    }
    CURL *curl = curl_easy_init();
    long code = 0;
    CURLcode result = curl ? ask(curl, target, !url, why, &code) : CURLE_FAILED_INIT;
    curl_easy_cleanup(curl);
    if (result == CURLE_OK && code == 200) {
        printf("%s: healthy\n", target);
        return 0;
    }
    if (result == CURLE_OK) {
        snprintf(why, sizeof why, "the status is %ld, must be 200", code);
    }
    fprintf(stderr, "%s: %s\n", target, *why ? why : curl_easy_strerror(result));
    return 1;
}
