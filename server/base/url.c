#include "url.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOST_MOST 253 /* characters of a DNS name */
#define ZONE_MOST 15  /* characters of a network interface's name */

/* The length of "http://" or "https://" at the start; 0 if there is neither. */
static size_t scheme_size(const char *url)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) {
            return strlen(schemes[i]);
        }
    }
    return 0;
}

static bool needs_no_escape(const char *url)
{
    for (const unsigned char *p = (const unsigned char *)url; *p; p++) {
        if (*p <= ' ' || *p == 0x7f || strchr("\"<>\\^`{|}", *p)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ the host */

static bool is_address6(const char *text)
{
    struct in6_addr address;
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* An IPv6 address, optionally with the interface of a link-local one: "fe80::1%25eth0". */
static bool is_bracketed(char *text)
{
    char *zone = strchr(text, '%');
    if (!zone) {
        return is_address6(text);
    }
    *zone = '\0';
    const char *name = zone + 3;
    size_t size =
        strncmp(zone + 1, "25", 2) == 0 ? strspn(name, TEXT_LETTERS TEXT_DIGITS "._~-") : 0;
    return size && size <= ZONE_MOST && name[size] == '\0' && is_address6(text);
}

/* A name whose last label is a number must be an IPv4 address: nothing else resolves. */
static bool is_numeric(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;
    bool hex = strncasecmp(last, "0x", 2) == 0;
    size_t digits = strspn(last + 2 * hex, hex ? TEXT_DIGITS "abcdefABCDEF" : TEXT_DIGITS);
    return *last && last[2 * hex + digits] == '\0';
}

/* Non-ASCII letters are accepted: curl converts such names, or fails. */
static bool has_host_characters(const char *name)
{
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        if (*p < 0x80 && !strchr(TEXT_LETTERS TEXT_DIGITS "-._", *p)) {
            return false;
        }
    }
    return true;
}

static bool is_name(const char *name)
{
    struct in_addr address;
    bool good = *name && *name != '.' && strlen(name) <= HOST_MOST && !strstr(name, "..") &&
                has_host_characters(name);
    return good && (!is_numeric(name) || inet_aton(name, &address));
}

/* An empty port means the default of the scheme. */
static bool is_port(const char *text)
{
    int64_t port;
    return !*text || (strspn(text, TEXT_DIGITS) == strlen(text) && text_to_int(text, &port) &&
                      port >= 1 && port <= UINT16_MAX);
}

/* curl decodes user and password and refuses control characters in them. */
static bool is_userinfo(const char *text)
{
    for (const char *p = text; (p = strchr(p, '%')); p++) {
        if ((p[1] == '0' || p[1] == '1') && p[2]) {
            return false;
        }
    }
    return !strpbrk(text, "@[]");
}

/* "user:password@host:port" */
static bool is_authority(char *text)
{
    char *at = strrchr(text, '@'), *host = at ? at + 1 : text;
    if (at) {
        *at = '\0';
        if (!is_userinfo(text)) {
            return false;
        }
    }
    bool bracket = *host == '[';
    if (bracket && !strchr(host, ']')) {
        return false;
    }
    char *end = host + (bracket ? strcspn(host, "]") + 1 : strcspn(host, ":"));
    const char *port = *end == ':' ? end + 1 : *end ? NULL : end;
    if (!port || !is_port(port)) {
        return false;
    }
    end[bracket ? -1 : 0] = '\0';
    return bracket ? is_bracketed(host + 1) : is_name(host);
}

/* ------------------------------------------------------------------ the whole */

size_t url_origin_size(const char *url)
{
    size_t scheme = scheme_size(url);
    return scheme + strcspn(url + scheme, "/?#");
}

bool url_is_good(const char *text)
{
    char authority[1024];
    size_t scheme = scheme_size(text), size = url_origin_size(text) - scheme;
    if (!scheme || size >= sizeof authority || !needs_no_escape(text)) {
        return false;
    }
    memcpy(authority, text + scheme, size);
    authority[size] = '\0';
    return is_authority(authority);
}

void url_shown(const char *url, char *ret_text, size_t size)
{
    size_t scheme = scheme_size(url), origin = url_origin_size(url);
    const char *host = url + scheme;
    for (const char *at = host; at < url + origin; at++) {
        host = *at == '@' ? at + 1 : host;
    }
    snprintf(ret_text, size, "%.*s%.*s", (int)scheme, url, (int)strcspn(host, "?#"), host);
}
