/*
 * Forms and queries as one JSON tree, by the rules of PHP's parse_str: `customer[address][city]=X`
 * is
 * {"customer":{"address":{"city":"X"}}}, `a[]=1&a[]=2` is {"a":["1","2"]}, `a.b=1` is {"a_b":"1"}.
 * A map whose keys are 0, 1, 2, ... in order is a list. The last of equal names wins. All values
 * are strings.
 *
 * What PHP drops or cuts short without a word is an error here, under the field's dotted path: a
 * field beyond the bounds below, one without a name, one that is not UTF-8 or holds a NUL.
 */
#pragma once

#include "wire/json_read.h"

#include <jansson.h>
#include <stddef.h>

#define FORM_FIELDS_MOST 1000 /* PHP's max_input_vars */
#define FORM_LEVELS_MOST 64   /* pairs of brackets in a name: PHP's max_input_nesting_level */

/* A form under way. Zeroed with `errors` set it is ready. */
struct form {
    struct json_errors *errors; /* its arena holds what is needed on the way, too */
    json_t *root;
    size_t n;
};

/* Adds a field whose name and value are decoded; neither needs a NUL behind it. */
void form_add(struct form *form, const char *name, size_t name_size, const char *value,
              size_t value_size);

/* The whole form; never NULL. The caller owns it, and looks at the errors first. */
json_t *form_finish(struct form *form);

/* Reads application/x-www-form-urlencoded, or a query. Broken escapes stay as they are. Never NULL;
 * the caller owns it, and looks at the errors first. */
json_t *form_parse(const char *data, size_t size, struct json_errors *errors);

/* A name for a message: what is not UTF-8 in it, and NUL, as %XX. In the arena. */
const char *form_shown(struct arena *arena, const char *name, size_t size);

/* Decodes %XX in place ('+' too when `plus`); the new length. Broken escapes stay. */
size_t form_decode(char *text, size_t size, int plus);
