/* Which addresses callbacks may go to (callbacks.md, "Where they may go"). */
#pragma once

#include <sys/socket.h>

/*
 * NULL for loopback and private addresses: 127/8, ::1, RFC 1918, fc00::/7. For any other what it
 * is, to follow "ADDRESS is ": "a public address", "a link-local address". IPv4 mapped into IPv6
 * counts as IPv4. Static.
 */
const char *address_objection(const struct sockaddr *address);
