/* Absolute http and https URLs: of receivers, and of pages that payers return to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Returns true for an absolute http or https URL (in any case) that can be requested. The host must
 * be a name, an IPv4 address or an IPv6 address in brackets; the port, if any, 1 to 65535; and no
 * character may need escaping. Stricter than curl: curl accepts everything that this accepts.
 */
bool url_is_good(const char *text);

/* The length of "http://user@host:port" at the start of a valid URL. */
size_t url_origin_size(const char *url);

/* Writes a URL without the parts that may hold secrets: user and password, query and fragment. */
void url_shown(const char *url, char *ret_text, size_t size);
