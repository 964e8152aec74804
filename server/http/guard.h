/* Who may use the control API: the Host and Origin rules against DNS rebinding and cross-site
 * requests (mock.md). */
#pragma once

#include <stdbool.h>

struct guard {
    const char *public_url; /* or NULL */
    const char *const *allow_hosts;
    int n_allow_hosts;
};

/* An address, localhost, the public URL's host or an allowed one, each with any port; NULL is
 * refused. */
bool guard_host_passes(const struct guard *guard, const char *host);

/* http or https of loopback or of a host that passes, or not sent (NULL). */
bool guard_origin_passes(const struct guard *guard, const char *origin);

/* A Host header that can stand in a URL: name or address, optional port. */
bool guard_host_is_plain(const char *host);
