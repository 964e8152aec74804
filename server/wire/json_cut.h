/*
 * Cuts JSON text into its values without parsing them, for documents that are too large to be
 * parsed at once. It knows strings and brackets only: that a piece is JSON is for json_parse to
 * say, and each piece must get there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* No large document of ours has as many values; stopping there bounds the time of a cut. */
#define JSON_CUT_WEIGHT_MOST ((size_t)4000000)

/* A piece of a text. */
struct json_cut {
    const char *at, *end;
    size_t weight; /* as json_memory_estimate would say; of values that were cut */
};

/* A list or an object that is being cut. */
struct json_cutting {
    struct json_cut rest;
    bool begun; /* a value was cut already */
};

enum json_cut_result {
    JSON_CUT_VALUE,
    JSON_CUT_END,   /* the closing bracket, and nothing behind it */
    JSON_CUT_WRONG, /* neither; the text is no JSON */
    JSON_CUT_HEAVY, /* the value weighs more than JSON_CUT_WEIGHT_MOST, and was not cut */
};

/* Moves the start of a piece behind its blanks. */
void json_cut_trim(struct json_cut *piece);

/* Goes into a value that starts with `open`, '[' or '{'; false if it does not. */
bool json_cut_enter(const struct json_cut *value, char open, struct json_cutting *ret_inside);

/* The next value of a list. */
enum json_cut_result json_cut_item(struct json_cutting *list, struct json_cut *ret_value);

/* The next member of an object; its name is raw, without its quotes. */
enum json_cut_result json_cut_member(struct json_cutting *object, struct json_cut *ret_name,
                                     struct json_cut *ret_value);

/* How many values a list has, up to the first that is wrong; most + 1 if there are more than that.
 */
size_t json_cut_count(const struct json_cutting *list, size_t most);

/* The piece is exactly this text. */
bool json_cut_is(const struct json_cut *piece, const char *text);

size_t json_cut_size(const struct json_cut *piece);
