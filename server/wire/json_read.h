/*
 * Reads JSON into structs by field tables: a row says name, kind, place and rules, and a whole
 * document is checked in one go, so that every bad field is reported at once with Symfony-like
 * messages under its dotted path (P1009, P1011).
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Call it first: jansson then ends the program when memory is exhausted, instead of returning
 * values that lack members. */
void json_setup(void);

/* The errors of a document, in the order of the table. Initialize it with zeroes and an arena. */
struct json_errors {
    struct arena *arena;
    struct json_error {
        const char *path, *message;
        struct json_error *next;
    } * first, **tail;
    size_t n;
};

/* Adds an error; a path that has one already keeps the first. */
void json_errors_add(struct json_errors *errors, const char *path, const char *format, ...)
    ATTR_PRINTF(3, 4);

bool json_errors_has(const struct json_errors *errors, const char *path);

/* "FILE: PATH: MESSAGE", a line for each error, in the arena; NULL: there are none. */
const char *json_errors_lines(const struct json_errors *errors, const char *file);

/* The common messages. */
#define MESSAGE_BLANK "This value should not be blank."
#define MESSAGE_INVALID "This value is not valid."
#define MESSAGE_CHOICE "The value you selected is not a valid choice."
#define MESSAGE_NUL "This value must not contain a NUL character."
#define MESSAGE_NOT_EXPECTED "This field was not expected."
#define MESSAGE_DECIMALS "This value should have %d decimals or less."
#define MESSAGE_MAP "This value should be of type array."

enum json_kind {
    JSON_KIND_TEXT,     /* const char *: NULL when absent, null or (for formats) empty */
    JSON_KIND_MONEY,    /* int64_t in money.h's units; a number or a numeric string */
    JSON_KIND_LIMIT,    /* the same of a limit: MONEY_MOST if it is beyond every amount */
    JSON_KIND_INT,      /* int64_t; a whole number, or its text */
    JSON_KIND_BOOL,     /* bool; true, false, 0, 1 or their text */
    JSON_KIND_DURATION, /* int64_t milliseconds; "10s", or a whole number of milliseconds */
    JSON_KIND_DATETIME, /* int64_t unix ms; text_to_datetime, or unix seconds */
    JSON_KIND_MAP,      /* const char *: the JSON text of an object or a list in the platform's
                           spelling */
    JSON_KIND_OBJECT, /* bool: present; its members are `fields`, with offsets into the same struct
                       */
    JSON_KIND_ANY,    /* json_t *, borrowed from the document */
};

/* The formats of texts (P413, P416, P418, P422). */
enum json_format {
    JSON_FORMAT_NONE,
    JSON_FORMAT_URL, /* absolute, http or https, with a host */
    JSON_FORMAT_EMAIL,
    JSON_FORMAT_COUNTRY,  /* ISO 3166 alpha-2 */
    JSON_FORMAT_DATE,     /* YYYY-MM-DD */
    JSON_FORMAT_CURRENCY, /* a code of 3 to 10 letters or digits in any case */
    JSON_FORMAT_COLOR,    /* domain/colour.h */
    JSON_FORMAT_LOCALE,   /* a language, perhaps with a script, a region and more */
};

#define JSON_TEXT_MOST 255

struct json_field {
    const char *name;
    enum json_kind kind;
    size_t offset;
    bool required;
    int64_t least, most; /* texts: characters (most 0: JSON_TEXT_MOST); INT: values (both 0: any) */
    enum json_format format;
    const char *const *choices;      /* NULL-terminated */
    const struct json_field *fields; /* JSON_KIND_OBJECT */
    size_t n_fields;
};

#define JSON_AT(type, member) offsetof(struct type, member)

/* A row: JSON_FIELD(order, "amount", MONEY, amount, .required = true). */
#define JSON_FIELD(type, key, what, member, ...)                                                   \
    {                                                                                              \
        .name = key, .kind = JSON_KIND_##what, .offset = JSON_AT(type, member), ##__VA_ARGS__      \
    }
#define JSON_NESTED(table) .fields = (table), .n_fields = ARRAY_SIZE(table)

/*
 * Fills `into` from `object`. Texts go to the arena of `errors`. The place of an absent or wrong
 * field is not changed, so set defaults before. With `strict` (the control API, fixtures), unknown
 * names are errors, and so is "" for anything but a text; otherwise unknown names are ignored, and
 * "" counts as absent. Currencies become upper case.
 */
void json_read(const json_t *object, const struct json_field *fields, size_t n, bool strict,
               void *into, struct json_errors *errors);

/* ------------------------------------------------------------------ what a field takes */

/* json_format.c: true if the text has the format; JSON_FORMAT_NONE accepts any text. */
bool json_format_holds(enum json_format format, const char *text);

/* The platform's error message for the format, which must not be JSON_FORMAT_NONE. */
const char *json_format_message(enum json_format format);

/* The row of a dotted path ("customer.address.city"), or NULL if the tables have none. */
const struct json_field *json_field_at(const struct json_field *fields, size_t n, const char *path);

/* "one of charge, verify", "text, at most 255 characters". In the arena or static. */
const char *json_accepts(struct arena *arena, const struct json_field *field);

/*
 * What a lenient read ignores although it was probably meant: "the field testmode is unknown and
 * has no effect; did you mean test_mode?"; of several such names in the object and its nested
 * objects "2 fields are unknown and have no effect: " and the first ones. NULL if there is none. In
 * the arena.
 */
const char *json_mistyped(struct arena *arena, const json_t *object,
                          const struct json_field *fields, size_t n);

/* ------------------------------------------------------------------ documents */

/*
 * Parses a whole document: NULs in strings are kept, the last of duplicate keys wins, whole numbers
 * beyond 64 bits become reals. Returns NULL if the text is not JSON; `ret_why` (may be NULL) then
 * says where. The caller owns the result.
 */
json_t *json_parse(const char *data, size_t size, struct arena *arena, const char **ret_why);

/* The same, without an object that has a name twice. */
json_t *json_parse_once(const char *data, size_t size, struct arena *arena, const char **ret_why);

/* As json_parse; also accepts a text, a number, true, false and null as the whole document. */
json_t *json_parse_any(const char *data, size_t size, struct arena *arena, const char **ret_why);

/* True for what PHP accepts as a map: an object, or an empty list. */
bool json_is_map(const json_t *value);

/* A shallow copy of an object without the members that are empty texts: HTML forms also send empty
 * inputs. The caller owns it. */
json_t *json_without_blanks(const json_t *object);

/* A value as JSON text in the platform's spelling, in the arena. */
const char *json_text(struct arena *arena, const json_t *value, bool php_maps);
