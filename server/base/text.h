/* Text helpers that string.h lacks. They work on bytes and ASCII unless stated otherwise. */
#pragma once

#include "attr.h"

#include <stdbool.h>
#include <stdint.h>

/* Sets of characters, for strspn. */
#define TEXT_DIGITS "0123456789"
#define TEXT_LOWER "abcdefghijklmnopqrstuvwxyz"
#define TEXT_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" TEXT_LOWER

bool text_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool text_equal_nocase(const char *a, const char *b); /* ASCII letters only */
bool text_starts(const char *text, const char *prefix);

/* The index of a text in a list that ends in NULL; -1 if it is not there, or if the list is NULL.
 */
int text_index(const char *const *list, const char *text);
int text_index_nocase(const char *const *list, const char *text);

/* Copies a text, cut to `room` bytes with its NUL. */
void text_copy(char *ret_text, size_t room, const char *text);

void text_upper(char *text); /* in place, ASCII letters only */
void text_lower(char *text);
void text_replace(char *text, const char *bytes, char by); /* in place, each of these bytes */
void text_flatten(char *text); /* in place: control characters become '?', for output on one line */

/* Returns the first of `n` rows whose first member, a `const char *`, is this text; NULL if there
 * is none. `size`: of a row. TEXT_FIND searches a whole array. */
const void *text_find(const char *text, const void *rows, size_t n, size_t size);
const void *text_find_nocase(const char *text, const void *rows, size_t n, size_t size);
#define TEXT_FIND(text, array) text_find(text, array, ARRAY_SIZE(array), sizeof *(array))

int text_hex_digit(char c); /* 0 to 15; -1 if not a hex digit */

/*
 * Decodes the code point at `text`, which has `left` bytes (at least 1). Returns its size in bytes;
 * 0 if they are not valid UTF-8 (overlong, surrogate, beyond U+10FFFF, truncated).
 */
size_t text_utf8_decode(const char *text, size_t left, uint32_t *ret_code);

/* Returns the number of code points; -1 if the bytes are not valid UTF-8. */
int64_t text_utf8_length(const char *text, size_t size);

/* Parses a whole decimal number of at most 18 digits with an optional '-'. Returns false if the
 * text is anything else. */
bool text_to_int(const char *text, int64_t *ret_n);

/*
 * Parses a duration (server/docs/outcomes.md): a whole number and ms, s, m, h or d, or "0". At most
 * ten years. Returns false if the text is anything else.
 */
bool text_to_duration(const char *text, int64_t *ret_ms);

/*
 * Parses a date-time as standard libraries write it: ISO 8601 with 'T' or a space between date and
 * time, optional seconds and fraction (1 to 9 digits, dropped), then Z, UTC, +02:00, +0200 or +02;
 * without an offset it is UTC. In unix milliseconds. Returns false if the text is anything else or
 * the day does not exist.
 */
bool text_to_datetime(const char *text, int64_t *ret_ms);

/* Returns true for an existing calendar date YYYY-MM-DD. */
bool text_is_date(const char *text);

/* Returns true if the text matches the pattern, in which `*` stands for any number of characters.
 * Takes at most the product of both lengths. */
bool text_matches(const char *text, size_t size, const char *pattern);
