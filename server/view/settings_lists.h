/* Settings that are lists: callback_headers and required_fields, JSON texts in struct settings. */
#pragma once

#include "domain/account.h"
#include "wire/json_read.h"

#define SETTINGS_HEADERS_MOST 20     /* header fields per account */
#define SETTINGS_HEADER_NAME_MOST 64 /* characters */
#define SETTINGS_HEADER_VALUE_MOST 1024
#define SETTINGS_PATHS_MOST 50
#define SETTINGS_PATH_MOST 128 /* characters */

/*
 * Each reads a value in the control API's or a fixture's form into `ret_text` (in the arena of
 * `errors`; NULL for null and for nothing in it). Returns NULL, or the reason why it is refused.
 */
const char *settings_read_headers(const json_t *value, struct json_errors *errors,
                                  const char **ret_text);
const char *settings_read_paths(const json_t *value, struct json_errors *errors,
                                const char **ret_text);

/* The header fields of callbacks, as an object of texts. NULL: none. The caller owns it. */
json_t *settings_headers(const struct settings *settings);

/* Whether required_fields has this path. */
bool settings_require(const struct settings *settings, const char *path);

/*
 * Adds an error for each of required_fields that `order` lacks: absent, null, or a blank text.
 * Paths that have an error already keep it.
 */
void settings_check_required(const struct settings *settings, const json_t *order,
                             struct json_errors *errors);
