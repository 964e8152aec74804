/*
 * Writes JSON straight into a buffer, the way the platform spells it (P208, P210, P211):
 * compact, `/` as `\/`, non-ASCII as `\uxxxx` with lower-case hex, amounts as the shortest decimal.
 * Keys go out in the order of the calls.
 *
 * In an object pass the key, in an array pass NULL.
 */
#pragma once

#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A key as it is written, for tables of keys: no need to measure and to escape it each time. */
struct json_key {
    const char *text; /* with its quotes and colon */
    size_t size;
};
#define JSON_KEY(name)                                                                             \
    {                                                                                              \
        "\"" name "\":", sizeof "\"" name "\":" - 1                                                \
    }

struct json_out {
    struct buf *buf;
    bool comma; /* the next value needs a comma before it */
};

/* The key of the next value, which is then written with NULL. */
void json_out_key(struct json_out *out, const struct json_key *key);

void json_out_object(struct json_out *out, const char *key);
void json_out_object_end(struct json_out *out);
void json_out_array(struct json_out *out, const char *key);
void json_out_array_end(struct json_out *out);

void json_out_text(struct json_out *out, const char *key, const char *text); /* NULL: null */
void json_out_text_sized(struct json_out *out, const char *key, const char *text,
                         size_t size); /* any bytes; invalid UTF-8 as U+FFFD */
void json_out_int(struct json_out *out, const char *key, int64_t n);
void json_out_int_or_null(struct json_out *out, const char *key, int64_t n,
                          int64_t null); /* null when n is `null` */
void json_out_bool(struct json_out *out, const char *key, bool value);
void json_out_null(struct json_out *out, const char *key);
void json_out_money(struct json_out *out, const char *key, int64_t amount); /* MONEY_NONE: null */
void json_out_seconds(struct json_out *out, const char *key,
                      int64_t time_ms); /* unix seconds; TIME_NONE: null */

/* A value that is JSON in this spelling already; NULL: null. */
void json_out_raw(struct json_out *out, const char *key, const char *json);

/* Any value. Empty maps are `[]` as PHP writes them when `php_maps`, else `{}`. */
void json_out_value(struct json_out *out, const char *key, const json_t *value, bool php_maps);
