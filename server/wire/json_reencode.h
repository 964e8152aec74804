/*
 * Writes JSON text in another style: the same tokens in the same order, with other blanks between
 * them and other escapes in strings. Numbers do not change. The styles are those in which common
 * libraries write a document again.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

enum json_blanks {
    JSON_BLANKS_NONE,     /* {"a":1,"b":2} */
    JSON_BLANKS_SPACED,   /* {"a": 1, "b": 2} */
    JSON_BLANKS_INDENT_2, /* a line for each, indented by two blanks */
    JSON_BLANKS_INDENT_4,
};

enum json_wide {
    JSON_WIDE_UTF8,  /* non-ASCII characters as they are */
    JSON_WIDE_LOWER, /* as \u00e9 */
    JSON_WIDE_UPPER, /* as \u00E9 */
};

struct json_style {
    enum json_blanks blanks;
    enum json_wide wide;
    bool slashes; /* `/` as `\/` */
};

/* What the platform writes (P208, P210, P220). */
#define JSON_STYLE_PLATFORM ((struct json_style){JSON_BLANKS_NONE, JSON_WIDE_LOWER, true})

/*
 * Appends `text`, which must be JSON (json_parse took it). Returns false if the result exceeds
 * `most` bytes, as it can with indentation; only a part is appended then.
 */
bool json_reencode(const char *text, size_t size, const struct json_style *style, size_t most,
                   struct buf *out);
