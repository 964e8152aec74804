/* Sets a value of a JSON document by its place, a JSON Pointer (RFC 6901). */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/*
 * Replaces the value at "/data/attributes/amount", or adds it if its object lacks the member or its
 * list ends there ("-" is the end). Returns false if there is no such place: the pointer does not
 * start with '/', or what should contain the value is missing, or is neither an object nor a list.
 * `value` is shared, not copied.
 */
bool json_pointer_set(json_t *document, const char *pointer, json_t *value);
