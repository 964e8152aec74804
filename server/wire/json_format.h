/* The formats of texts in requests (P413, P416, P418, P422). */
#pragma once

#include <stdbool.h>

enum json_format {
    JSON_FORMAT_NONE,
    JSON_FORMAT_URL, /* absolute, http or https, with a host */
    JSON_FORMAT_EMAIL,
    JSON_FORMAT_COUNTRY,  /* ISO 3166 alpha-2 */
    JSON_FORMAT_DATE,     /* YYYY-MM-DD */
    JSON_FORMAT_CURRENCY, /* a code of 3 to 8 letters or digits in any case */
    JSON_FORMAT_COLOR,    /* domain/colour.h */
    JSON_FORMAT_LOCALE,   /* a language, perhaps with a script, a region and more */
};

/* True if the text has the format; JSON_FORMAT_NONE accepts any text. */
bool json_format_holds(enum json_format format, const char *text);

/* The platform's error message for the format, which must not be JSON_FORMAT_NONE. */
const char *json_format_message(enum json_format format);
