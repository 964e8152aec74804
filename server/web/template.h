/*
 * Fills page templates. `{{name}}` is a value, always escaped for HTML; `{{#name}}...{{/name}}`
 * stays when the value is there and not empty, and is repeated for each row when it has rows;
 * `{{^name}}...{{/name}}` stays when it is not there. `{{t.key}}` is a text of the catalogue
 * (messages.h), in which `{name}` is a value; `{{>name}}` is another template. `{{&name}}` is a
 * value that is JSON, for a script element. Values never add markup.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

struct template_rows;

struct template_value {
    const char *name, *value; /* value NULL: not there */
    const struct template_rows *rows;
};

/* n rows of `width` values each. */
struct template_rows {
    const struct template_value *values;
    size_t n, width;
};

/* Appends a row; all rows have the same width. They grow in the arena. */
void template_add_row(struct template_rows *rows, struct arena *arena,
                      const struct template_value *row, size_t width);

/* Where names are looked up: here, then in `outer`. */
struct template_scope {
    const struct template_value *values;
    size_t n;
    const struct template_scope *outer;
};

/* Appends JSON as it may stand in a script element. */
void template_add_json(struct buf *out, const char *json);

/* Appends the template server/web/assets/NAME in a language. */
void template_fill(struct buf *out, const char *name, const char *locale,
                   const struct template_scope *scope);
