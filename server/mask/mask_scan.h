/* Shared by the readers of mask_find. */
#pragma once

#include "mask.h"

#include <ctype.h>
#include <string.h>

/* The character encoding of a format. */
enum mask_coding {
    MASK_PLAIN,
    MASK_ESCAPED, /* within a JSON string: \u0034 */
    MASK_PERCENT, /* a form or a query: %34, '+' is a blank */
    MASK_ENTITY,  /* XML: &#52; */
};

struct mask_scan {
    const char *data;
    size_t size;
    bool query; /* of a target */
    void (*each)(void *arg, const struct mask_span *span);
    void *arg;
};

/* A range of the text. */
struct mask_range {
    size_t start, end;
};

/* ------------------------------------------------------------------ characters */

/* mask_decode for a byte that may start an escape. */
size_t mask_decode_escape(enum mask_coding coding, const char *data, size_t at, size_t end,
                          char *ret_c);

/* The character at `at`, before `end`, and its number of bytes, at least one. A non-ASCII character
 * is returned as '\x80'. */
static inline size_t mask_decode(enum mask_coding coding, const char *data, size_t at, size_t end,
                                 char *ret_c)
{
    char c = data[at];
    if (isalnum((unsigned char)c)) { /* nearly all are */
        *ret_c = c;
        return 1;
    }
    return mask_decode_escape(coding, data, at, end, ret_c);
}

/* Letters, digits and '_': adjacent digits are part of a word. */
static inline bool mask_is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

#define MASK_BLANKS " \t\r\n"

static inline bool mask_is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* The first byte from `at` on that is not in the set, or the end. */
static inline size_t mask_skip(const struct mask_scan *scan, size_t at, size_t end, const char *set)
{
    while (at < end && mask_is_one_of(scan->data[at], set)) {
        at++;
    }
    return at;
}

/* Where `what` begins from `at` on, or the end. */
static inline size_t mask_seek(const struct mask_scan *scan, size_t at, size_t end,
                               const char *what, size_t size)
{
    const char *found = memmem(scan->data + at, end - at, what, size);
    return found ? (size_t)(found - scan->data) : end;
}

/* ------------------------------------------------------------------ names */

/* True if a value under this name is a secret. Case and word separators do not matter: cardNumber
 * is card_number. */
bool mask_is_secret_name(const struct mask_scan *scan, struct mask_range name,
                         enum mask_coding coding, enum mask_kind *ret_kind);

/* ------------------------------------------------------------------ readers */

/* Reports a secret, unless it is empty. An empty `name` means that it has none. */
void mask_emit(const struct mask_scan *scan, struct mask_range range, struct mask_range name,
               enum mask_kind kind, bool bare);

/* Reports everything in a range that is a secret anywhere. `bare`: it is a JSON number. */
void mask_find_anywhere(const struct mask_scan *scan, struct mask_range range,
                        enum mask_coding coding, bool bare);

/* The same, and values after a secret name ("cvv: 123"), for text of no known format. */
void mask_find_text(const struct mask_scan *scan, struct mask_range range, enum mask_coding coding);

void mask_find_json(const struct mask_scan *scan, struct mask_range range);
void mask_find_form(const struct mask_scan *scan, struct mask_range range);
/* The inside of a JSON string, which may be a URL with a query. */
void mask_find_url_in_json(const struct mask_scan *scan, struct mask_range range);
void mask_find_xml(const struct mask_scan *scan, struct mask_range range);

/* A part of a multipart body: JSON, XML or any text. */
void mask_find_part(const struct mask_scan *scan, struct mask_range range);

/* As mask_is_secret_name for a form's key: each name of "card[cvv][0]" counts. */
bool mask_is_secret_key(const struct mask_scan *scan, struct mask_range key,
                        enum mask_coding coding, enum mask_kind *ret_kind);
