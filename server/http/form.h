/*
 * Forms and queries as one JSON tree, by the rules of PHP's parse_str: `customer[address][city]=X`
 * is {"customer":{"address":{"city":"X"}}}, `a[]=1&a[]=2` is {"a":["1","2"]}, `a.b=1` is
 * {"a_b":"1"}. A map whose keys are 0, 1, 2, ... in order is a list. If a name is repeated, the
 * last value wins. All values are strings.
 *
 * What PHP silently drops or truncates is an error here, reported under the field's dotted path: a
 * field beyond the limits below, without a name, not in UTF-8 or with a NUL.
 */
#pragma once

#include "wire/json_read.h"

#include <jansson.h>
#include <stddef.h>

#define FORM_FIELDS_MOST 1000 /* PHP's max_input_vars */
#define FORM_LEVELS_MOST 64   /* pairs of brackets in a name: PHP's max_input_nesting_level */

/* A form being read. Zeroed with `errors` set it is ready. */
struct form {
    struct json_errors *errors; /* its arena also holds temporary texts */
    json_t *root;
    size_t n;
};

/* Adds a field with decoded name and value; neither needs a NUL at its end. */
void form_add(struct form *form, const char *name, size_t name_size, const char *value,
              size_t value_size);

/* Returns the finished form, owned by the caller. Never NULL; check the errors first. */
json_t *form_finish(struct form *form);

/* Parses application/x-www-form-urlencoded, or a query. Malformed escapes are kept. The result is
 * owned by the caller and never NULL; check the errors first. */
json_t *form_parse(const char *data, size_t size, struct json_errors *errors);

/* Prepares a name for a message, in the arena: NUL and bytes that are not UTF-8 become %XX. */
const char *form_shown(struct arena *arena, const char *name, size_t size);

/* Decodes %XX in place ('+' too if `plus`) and returns the new length. Malformed escapes are
 * kept. */
size_t form_decode(char *text, size_t size, int plus);

/*
 * form_parts.c: adds the fields of a body that is multipart/form-data to the form; `type` is the
 * value of its Content-Type. A part that is a file, has no name or is encoded is an error of the
 * form, under its field's name. An empty file input is ignored. Returns NULL, or why the body is
 * not multipart/form-data.
 */
const char *form_read_parts(const char *type, const char *body, size_t size, struct form *form);
