/* Which addresses callbacks may go to (mock.md "Callbacks"). */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/* Loopback or private: 127/8, ::1, RFC 1918, fc00::/7; IPv4 mapped into IPv6 counts as IPv4. Never
 * 169.254/16. */
bool address_is_private(const struct sockaddr *address);
