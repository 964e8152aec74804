/* URLs of receivers and of pages that payers return to: http and https, absolute. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * True for an absolute http or https URL (in any case) that can be called: its host is a name, an
 * IPv4 address or an IPv6 address in brackets, its port, if any, is 1 to 65535, and no character
 * must be escaped. Stricter than curl, never more lenient: what holds here, curl reads.
 */
bool url_is_good(const char *text);

/* The length of "http://user@host:port" of a good URL. */
size_t url_origin_size(const char *url);

/* A URL without what may hold a merchant's secret: user and password, query and fragment. */
void url_shown(const char *url, char *ret_text, size_t size);
