/* Who may use the control API: the Host and Origin rules against DNS rebinding and cross-site
 * requests (docs/security.md). */
#pragma once

#include <stdbool.h>

#define GUARD_COOKIE "milkypay_mock"
#define GUARD_COOKIE_TEXT 44 /* size of its value with the NUL */

struct guard {
    const char *public_url;         /* or NULL */
    const char *const *allow_hosts; /* ends in NULL; or NULL */
};

/* An address, localhost, the public URL's host or an allowed one, each with any port; NULL is
 * refused. */
bool guard_host_passes(const struct guard *guard, const char *host);

/*
 * True if the page that sends the request was loaded from this server (`host` is the request's
 * Host), from loopback or from an allowed host, or if Origin was not sent (NULL): then it is no
 * cross-site page. A numeric address is not enough here, unlike in Host: any site can have one.
 */
bool guard_origin_passes(const struct guard *guard, const char *origin, const char *host);

/*
 * True if a page of this host and port sent the request, or no page (NULL). Browsers send a cookie
 * to every port of a host, so its permissions are for the dashboard's own pages only.
 */
bool guard_origin_is_own(const struct guard *guard, const char *origin, const char *host);

/* The value of the cookie GUARD_COOKIE. It is derived from the control token, stays valid after a
 * restart, and does not reveal the token. */
void guard_cookie(const char *token, char ret_value[GUARD_COOKIE_TEXT]);

/* Whether a Cookie header (NULL: none) has this value. */
bool guard_cookie_passes(const char *cookies, const char *token);

/* A Host header that can stand in a URL: name or address, optional port. */
bool guard_host_is_plain(const char *host);
