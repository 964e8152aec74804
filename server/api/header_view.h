/* Headers as items of the control API show them: an object, and lines where it does not suffice. */
#pragma once

#include "wire/json_out.h"

/* Adds a header to a JSON object. Repeated ones are joined, as in HTTP, under the first spelling of
 * the name. */
void header_add(void *headers, const char *name, const char *value);

/* Writes the member `header_lines`: lines that end with '\n' or the text. NULL: no member. */
void header_lines_write(struct json_out *out, const char *lines);
