/* Small text helpers: what string.h lacks. Everything here is about bytes and ASCII unless it says
 * UTF-8. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool text_equal_nocase(const char *a, const char *b); /* ASCII letters only */
bool text_starts(const char *text, const char *prefix);
void text_upper(char *text); /* in place, ASCII letters only */
void text_lower(char *text);
void text_flatten(char *text); /* in place: control characters become '?', so it is one line */

int text_hex_digit(char c); /* 0 to 15; -1: it is none */

/*
 * The code point at `text`, of which `left` bytes (at least 1) are there. Returns its bytes; 0 when
 * they are not valid UTF-8 (overlong, surrogate, beyond U+10FFFF, cut short).
 */
size_t text_utf8_decode(const char *text, size_t left, uint32_t *ret_code);

/* The number of code points of valid UTF-8, or -1 when the bytes are none. */
int64_t text_utf8_length(const char *text, size_t size);

/* A whole decimal number of at most 18 digits, optional '-', nothing else; false when the text is
 * none. */
bool text_to_int(const char *text, int64_t *ret_n);

/*
 * A duration (server/docs/outcomes.md): a whole number and ms, s, m, h or d; bare "0" too. In
 * milliseconds, at most ten years; false when the text is none.
 */
bool text_to_duration(const char *text, int64_t *ret_ms);

/*
 * A date-time as the standard libraries of languages write it: ISO 8601 with 'T' or a blank between
 * date and time, seconds and their fraction (1 to 9 digits, dropped) if they are there, then Z,
 * UTC, +02:00, +0200 or +02; without an offset it is UTC. As unix milliseconds; false when the text
 * is none or names a day that is not in the calendar.
 */
bool text_to_datetime(const char *text, int64_t *ret_ms);

/* A calendar date YYYY-MM-DD. */
bool text_is_date(const char *text);

/* True when the text matches the pattern, in which `*` stands for any characters, none too. Takes
 * no longer than the product of their lengths. */
bool text_matches(const char *text, size_t size, const char *pattern);

/* How many letters must be put in, left out, changed or swapped with the next to make one text of
 * the other, counted in their first 63 bytes: how alike two names are. */
size_t text_distance(const char *a, const char *b);
