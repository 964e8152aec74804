/* Who may use the control API: the Host and Origin rules against DNS rebinding and cross-site
 * requests (docs/security.md). */
#pragma once

#include <stdbool.h>

#define GUARD_COOKIE "milkypay_mock"
#define GUARD_COOKIE_TEXT 44 /* its value, with the NUL */

struct guard {
    const char *public_url; /* or NULL */
    const char *const *allow_hosts;
    int n_allow_hosts;
};

/* An address, localhost, the public URL's host or an allowed one, each with any port; NULL is
 * refused. */
bool guard_host_passes(const struct guard *guard, const char *host);

/*
 * The page that sends the request was loaded from this server (`host` is the request's Host), from
 * loopback or from an allowed host; NULL: Origin was not sent, so it is no page of elsewhere. An
 * address as such is not enough, as it is for Host: any site may have a bare address.
 */
bool guard_origin_passes(const struct guard *guard, const char *origin, const char *host);

/*
 * Sent by a page of this very host, or by none (NULL). A cookie comes along by itself from every
 * port of the same name: what it allows is for the dashboard's own pages only.
 */
bool guard_origin_is_own(const struct guard *guard, const char *origin, const char *host);

/* What a browser keeps in the cookie GUARD_COOKIE instead of the control token: it follows from the
 * token, stays good when the server starts anew, and does not say what the token is. */
void guard_cookie(const char *token, char ret_value[GUARD_COOKIE_TEXT]);

/* Whether a Cookie header (NULL: none) has it. */
bool guard_cookie_passes(const char *cookies, const char *token);

/* A Host header that can stand in a URL: name or address, optional port. */
bool guard_host_is_plain(const char *host);
