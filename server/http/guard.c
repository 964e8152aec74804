#include "guard.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define HOST_MOST 256

bool guard_host_is_plain(const char *host)
{
    size_t length = host ? strlen(host) : 0;
    if (!length || length >= HOST_MOST) {
        return false;
    }
    const char *name_end = host;
    if (*host == '[') {
        size_t inside = strspn(host + 1, "0123456789abcdefABCDEF:.");
        name_end = host + 1 + inside;
        if (!inside || *name_end++ != ']') {
            return false;
        }
    } else {
        name_end +=
            strspn(host, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._");
    }
    if (name_end == host || *name_end == '\0') {
        return name_end != host;
    }
    size_t digits = *name_end == ':' ? strspn(name_end + 1, "0123456789") : 0;
    return digits > 0 && digits <= 5 && name_end[1 + digits] == '\0';
}

/* "[::1]:80" -> "::1", "localhost:80" -> "localhost" */
static bool host_name(const char *host, char ret_name[HOST_MOST])
{
    if (!guard_host_is_plain(host)) {
        return false;
    }
    bool bracket = *host == '[';
    size_t length = bracket ? strcspn(host, "]") - 1 : strcspn(host, ":");
    memcpy(ret_name, host + bracket, length);
    ret_name[length] = '\0';
    return true;
}

static bool is_address(const char *name)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* The authority of "http://host:port/..."; "" when it is no such URL. */
static void url_host(const char *url, char ret_host[HOST_MOST])
{
    const char *mark = strstr(url, "://");
    const char *start = mark ? mark + 3 : "";
    snprintf(ret_host, HOST_MOST, "%.*s", (int)strcspn(start, "/?#"), start);
}

bool guard_host_passes(const struct guard *guard, const char *host)
{
    char name[HOST_MOST], public_host[HOST_MOST], public_name[HOST_MOST];
    if (!host_name(host, name)) {
        return false;
    }
    if (is_address(name) || text_equal_nocase(name, "localhost")) {
        return true;
    }
    if (guard->public_url) {
        url_host(guard->public_url, public_host);
        if (host_name(public_host, public_name) && text_equal_nocase(name, public_name)) {
            return true;
        }
    }
    for (int i = 0; i < guard->n_allow_hosts; i++) {
        if (text_equal_nocase(name, guard->allow_hosts[i])) {
            return true;
        }
    }
    return false;
}

static bool is_loopback(const char *name)
{
    unsigned char v4[4], v6[16];
    if (inet_pton(AF_INET, name, v4) == 1) {
        return v4[0] == 127;
    }
    return (inet_pton(AF_INET6, name, v6) == 1 && text_equal(name, "::1")) ||
           text_equal_nocase(name, "localhost");
}

bool guard_origin_passes(const struct guard *guard, const char *origin)
{
    char host[HOST_MOST], name[HOST_MOST];
    if (!origin) {
        return true;
    }
    bool web = text_starts(origin, "http://") || text_starts(origin, "https://");
    url_host(origin, host);
    if (!web || !host_name(host, name)) {
        return false;
    }
    return is_loopback(name) || guard_host_passes(guard, host);
}
