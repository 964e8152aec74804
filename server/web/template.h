/*
 * Fills page templates. `{{name}}` is a value, always escaped for HTML; `{{#name}}...{{/name}}`
 * stays when the value is there and not empty, `{{^name}}...{{/name}}` when it is not. Values never
 * bring markup.
 */
#pragma once

#include "base/buf.h"

struct template_value {
    const char *name, *value; /* value NULL: not there */
};

void template_fill(struct buf *out, const char *text, const struct template_value *values,
                   size_t n);
