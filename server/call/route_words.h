/* Other platforms' words in paths. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Returns the path that people mean by a first segment (its letters only, without case), as
 * segments without a leading slash: "payment-invoices" for "charges". NULL: no known word. */
const char *route_word(const char *text, size_t size, const char *method);

/* A segment that says no more than the method and the rest do: "list", "create". */
bool route_word_is_idle(const char *text, size_t size);
