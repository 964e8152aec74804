/* A head of HTTP/1, as it came or went: a start line, then fields. */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <stdbool.h>

#define HEAD_FIELDS_MOST 256

/*
 * Appends the fields as a JSON object, in their order. Fields of one name become one, joined by
 * ", " under the first one's spelling; folded lines become one line; values of headers that hold
 * credentials of ours are masked if `masked`. Of more than HEAD_FIELDS_MOST fields the rest is left
 * out. Works in `arena`.
 */
void head_to_json(struct buf *buf, struct arena *arena, const struct buf *head, bool masked);
