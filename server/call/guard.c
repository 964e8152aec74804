#include "guard.h"

#include "base/crypt.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define HOST_MOST 256
#define COOKIE_PURPOSE "dashboard cookie"

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
        name_end += strspn(host, TEXT_DIGITS TEXT_LETTERS "-._");
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

/* The authority of "http://host:port/..." as browsers send it in Host: without the default port. ""
 * if it is not such a URL. */
static void url_host(const char *url, char ret_host[HOST_MOST])
{
    const char *mark = strstr(url, "://");
    const char *start = mark ? mark + 3 : "";
    const char *port = text_starts(url, "https:") ? ":443" : ":80";
    size_t size = strcspn(start, "/?#"), port_size = strlen(port);
    if (size > port_size && strncmp(start + size - port_size, port, port_size) == 0) {
        size -= port_size;
    }
    snprintf(ret_host, HOST_MOST, "%.*s", (int)size, start);
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
    return text_index_nocase(guard->allow_hosts, name) >= 0;
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

/* True if the page was loaded from this server: from the host and port of the request, or from the
 * public URL. */
static bool is_own(const struct guard *guard, const char *origin_host, const char *host)
{
    char public_host[HOST_MOST] = "";
    if (guard->public_url) {
        url_host(guard->public_url, public_host);
    }
    return *origin_host &&
           (text_equal_nocase(origin_host, host) || text_equal_nocase(origin_host, public_host));
}

bool guard_origin_passes(const struct guard *guard, const char *origin, const char *host)
{
    char from[HOST_MOST], name[HOST_MOST];
    if (!origin) {
        return true;
    }
    bool web = text_starts(origin, "http://") || text_starts(origin, "https://");
    url_host(origin, from);
    return web && host_name(from, name) &&
           (is_loopback(name) || text_index_nocase(guard->allow_hosts, name) >= 0 ||
            is_own(guard, from, host));
}

bool guard_origin_is_own(const struct guard *guard, const char *origin, const char *host)
{
    char from[HOST_MOST];
    if (!origin) {
        return true;
    }
    url_host(origin, from);
    return is_own(guard, from, host);
}

void guard_cookie(const char *token, char ret_value[GUARD_COOKIE_TEXT])
{
    uint8_t key[CRYPT_KEY_SIZE], mac[32];
    buf_auto text = {0};
    crypt_sha256(token, key);
    crypt_hmac(key, COOKIE_PURPOSE, strlen(COOKIE_PURPOSE), mac);
    crypt_base64url(&text, mac, sizeof mac);
    snprintf(ret_value, GUARD_COOKIE_TEXT, "%s", buf_str(&text));
}

bool guard_cookie_passes(const char *cookies, const char *token)
{
    char wanted[GUARD_COOKIE_TEXT], value[GUARD_COOKIE_TEXT];
    if (!cookies) {
        return false;
    }
    guard_cookie(token, wanted);
    for (const char *at = cookies; *at; at += strspn(at, "; ")) {
        size_t size = strcspn(at, ";");
        size_t name = strlen(GUARD_COOKIE "=");
        if (text_starts(at, GUARD_COOKIE "=") && size - name < sizeof value) {
            snprintf(value, sizeof value, "%.*s", (int)(size - name), at + name);
            if (crypt_equal(value, wanted)) {
                return true;
            }
        }
        at += size;
    }
    return false;
}
