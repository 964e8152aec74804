/* The pages in the platform's languages: their texts (server/web/messages.json, read once), and
 * money and times as a language writes them. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* "1,234.50"; "1 234,50" in uk and ru. At least the decimals that the currency shows (currency.h);
 * blanks do not break. */
const char *locale_figure(struct arena *arena, const char *locale, int64_t amount,
                          const char *currency);

/* The same with its currency, "1,234.50 USD". */
const char *locale_money(struct arena *arena, const char *locale, int64_t amount,
                         const char *currency);

/* "24 Nov 2026, 15:07 UTC"; "24.11.2026, 15:07 UTC" in uk and ru. */
const char *locale_time(struct arena *arena, const char *locale, int64_t time_ms);

/* Whether a text contains another, ignoring case in all languages. */
bool locale_contains(const char *text, const char *part);
