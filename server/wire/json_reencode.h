/*
 * JSON text in other styles: the same tokens in the same order, numbers untouched, but with
 * other blanks between them and other escapes in strings. What a library makes of a document that
 * it reads and writes again is one of these.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

enum json_blanks {
    JSON_BLANKS_NONE,     /* {"a":1,"b":2} */
    JSON_BLANKS_SPACED,   /* {"a": 1, "b": 2} */
    JSON_BLANKS_INDENT_2, /* a line for each, by two blanks */
    JSON_BLANKS_INDENT_4,
};

enum json_wide {
    JSON_WIDE_UTF8,  /* what is not ASCII, as it is */
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
 * Appends `text`, which must be JSON (json_parse took it). False when that makes more than `most`
 * bytes, which indenting can: what was appended is then only a part.
 */
bool json_reencode(const char *text, size_t size, const struct json_style *style, size_t most,
                   struct buf *out);
