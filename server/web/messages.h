/* The texts of the pages in the platform's languages: server/web/messages.json, read once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct language {
    const char *code, *name; /* "uk", and how it calls itself */
};

extern const struct language languages[];
extern const size_t languages_count;

/* The language of a locale, "uk" of "uk" and of "uk-UA", as `languages` has it. NULL: it is none of
 * ours. */
const char *language_find(const char *locale);

/* The best language for an Accept-Language header, or NULL if it names none of them. */
const char *language_accepted(const char *header);

/* A text of the catalogue. The build checks that it exists in every language. */
const char *message(const char *locale, const char *key);

/* The same, NULL when there is none. */
const char *message_find(const char *locale, const char *key);
