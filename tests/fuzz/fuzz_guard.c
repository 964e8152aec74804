/* Cookies and the guard of the control API, with lines of any bytes as Host, Origin and Cookie.
 * Compared with plainer readings of the same rules. The byte 1 stands for the right cookie. */
#include "fuzz.h"

#include "base/buf.h"
#include "call/guard.h"

#include <string.h>

#define TOKEN "secret"

/* A part between semicolons, without blanks before it, is the cookie. */
static bool has_cookie(const char *cookies, const char *value)
{
    buf_auto copy = {0}, wanted = {0};
    buf_text(&copy, cookies);
    buf_printf(&wanted, GUARD_COOKIE "=%s", value);
    char *rest = (char *)buf_str(&copy);
    for (char *part; copy.size && (part = strsep(&rest, ";"));) {
        size_t blanks = part > copy.data ? strspn(part, " ") : 0; /* HTTP has removed the first */
        if (strcmp(part + blanks, wanted.data) == 0) {
            return true;
        }
    }
    return false;
}

static void check_cookie(const char *line)
{
    char value[GUARD_COOKIE_TEXT];
    buf_auto cookies = {0};
    guard_cookie(TOKEN, value);
    for (const char *at = line; *at; at++) {
        *at == 1 ? buf_text(&cookies, value) : buf_char(&cookies, *at);
    }
    const char *text = buf_str(&cookies);
    PROMISE(guard_cookie_passes(text, TOKEN) == has_cookie(text, value));
    PROMISE(!guard_cookie_passes(text, TOKEN "x"));
}

/* Nothing that passes could mean another host to a browser. */
static bool is_clean(const char *text)
{
    return !text[strcspn(text, "@\\ \t\r\n#?/\"<>")];
}

static void check_hosts(const struct guard *guard, const char *host, const char *origin)
{
    bool passes = guard_host_passes(guard, host);
    PROMISE(!passes || (is_clean(host) && guard_host_is_plain(host)));
    bool own = guard_origin_is_own(guard, origin, host);
    bool web = strncmp(origin, "http://", 7) == 0 || strncmp(origin, "https://", 8) == 0;
    bool from = guard_origin_passes(guard, origin, host);
    PROMISE(!from || web);
    PROMISE(!(own && web && passes) || from);
    PROMISE(guard_origin_passes(guard, NULL, host) && guard_origin_is_own(guard, NULL, host));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const allowed[] = {"mock.test", NULL};
    static const struct guard guards[] = {{NULL, NULL}, {"https://pay.test:8443/base", allowed}};
    buf_auto text = {0};
    buf_add(&text, data, size);
    char *rest = (char *)buf_str(&text), empty[] = "";
    rest = size ? rest : empty;
    const char *host = strsep(&rest, "\n"), *origin = rest ? strsep(&rest, "\n") : "";
    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        check_hosts(&guards[i], host, origin);
    }
    check_cookie(rest ? rest : "");
    return 0;
}
