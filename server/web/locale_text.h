/* Money and times as a language writes them. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

/* "1,234.50"; "1 234,50" in uk and ru. At least two decimals; blanks do not break. */
const char *locale_figure(struct arena *arena, const char *locale, int64_t amount);

/* The same with its currency, "1,234.50 USD". */
const char *locale_money(struct arena *arena, const char *locale, int64_t amount,
                         const char *currency);

/* "24 Nov 2026, 15:07 UTC"; "24.11.2026, 15:07 UTC" in uk and ru. */
const char *locale_time(struct arena *arena, const char *locale, int64_t time_ms);

/* Whether a text contains another, ignoring case in all languages. */
bool locale_contains(const char *text, const char *part);
