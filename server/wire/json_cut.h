/*
 * Cuts JSON text into its values without parsing them, for documents that are too large to be
 * parsed at once. It knows strings and brackets only, so each piece must still be parsed by
 * json_parse.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Our large documents have fewer values; the limit bounds the time of a cut. */
#define JSON_CUT_WEIGHT_MOST ((size_t)4000000)

/* A piece of a text. */
struct json_cut {
    const char *at, *end;
    size_t weight; /* of the values that were cut: 1 each, 8 more for an object or a list */
};

/* A list or an object that is being cut. */
struct json_cutting {
    struct json_cut rest;
    bool begun; /* a value was cut already */
};

enum json_cut_result {
    JSON_CUT_VALUE,
    JSON_CUT_END,   /* the closing bracket, and nothing follows it */
    JSON_CUT_WRONG, /* neither; the text is not JSON */
    JSON_CUT_HEAVY, /* the value weighs more than JSON_CUT_WEIGHT_MOST, and was not cut */
};

/* Skips the blanks at the start of a piece. */
void json_cut_trim(struct json_cut *piece);

/* Enters a value that starts with `open`, '[' or '{'. Returns false if it does not start with
 * it. */
bool json_cut_enter(const struct json_cut *value, char open, struct json_cutting *ret_inside);

/* The next value of a list. */
enum json_cut_result json_cut_item(struct json_cutting *list, struct json_cut *ret_value);

/* The next member of an object; its name is raw, without its quotes. */
enum json_cut_result json_cut_member(struct json_cutting *object, struct json_cut *ret_name,
                                     struct json_cut *ret_value);

/* Counts the values of a list up to the first wrong one. Returns most + 1 if there are more. */
size_t json_cut_count(const struct json_cutting *list, size_t most);

/* True if the piece is exactly this text. */
bool json_cut_is(const struct json_cut *piece, const char *text);

size_t json_cut_size(const struct json_cut *piece);
