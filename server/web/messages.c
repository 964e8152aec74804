#include "messages.h"

#include "base/buf.h"
#include "base/die.h"
#include "base/embedded.h"
#include "base/fold.h"
#include "base/text.h"
#include "domain/currency.h"
#include "domain/money.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CATALOGUE "server/web/messages.json"
#define NBSP "\xc2\xa0"

const struct language languages[] = {{"en", "English"}, {"uk", "Українська"}, {"ru", "Русский"}};
const size_t languages_count = ARRAY_SIZE(languages);

const char *language_find(const char *locale)
{
    size_t length = locale ? strcspn(locale, "-_") : 0;
    for (size_t i = 0; length && i < languages_count; i++) {
        const char *code = languages[i].code;
        if (strlen(code) == length && strncasecmp(code, locale, length) == 0) {
            return code;
        }
    }
    return NULL;
}

/* "uk-UA;q=0.8": the language without its region; the weight of a range is 1 when none is given. */
static const char *read_range(const char *range, size_t length, double *ret_weight)
{
    char text[64], code[3];
    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : 0), range);
    const char *weight = strstr(text, "q=");
    *ret_weight = weight ? strtod(weight + 2, NULL) : 1;
    const char *begin = text + strspn(text, " \t");
    snprintf(code, sizeof code, "%s", begin);
    return strcspn(begin, "-; \t") == 2 ? language_find(code) : NULL;
}

const char *language_accepted(const char *header)
{
    const char *best = NULL;
    double best_weight = 0, weight;
    while (header && *header) {
        size_t length = strcspn(header, ",");
        const char *code = read_range(header, length, &weight);
        if (code && weight > best_weight) {
            best = code;
            best_weight = weight;
        }
        header += length + (header[length] == ',');
    }
    return best;
}

static const json_t *catalogue(void)
{
    static json_t *read;
    if (!read) {
        const struct embedded_file *file = embedded_find(CATALOGUE);
        read = file ? json_loadb(file->data, file->size, JSON_REJECT_DUPLICATES, NULL) : NULL;
        if (!read) {
            die("%s cannot be read", CATALOGUE);
        }
    }
    return read;
}

const char *message_find(const char *locale, const char *key)
{
    return json_string_value(json_object_get(json_object_get(catalogue(), key), locale));
}

const char *message(const char *locale, const char *key)
{
    const char *text = message_find(locale, key);
    if (!text) {
        die("%s has no text %s in the language %s", CATALOGUE, key, locale);
    }
    return text;
}

/* ------------------------------------------------------------------ money and times */

struct marks {
    const char *group, *point;
};

static struct marks marks_of(const char *locale)
{
    return text_equal(locale, "en") ? (struct marks){",", "."} : (struct marks){NBSP, ","};
}

const char *locale_figure(struct arena *arena, const char *locale, int64_t amount,
                          const char *currency)
{
    char text[MONEY_TEXT];
    struct marks marks = marks_of(locale);
    buf_auto out = {0};
    money_format(amount, text);
    size_t whole = strcspn(text, ".");
    for (size_t i = 0; i < whole; i++) {
        bool mark = i && text[i - 1] != '-' && (whole - i) % 3 == 0;
        buf_printf(&out, "%s%c", mark ? marks.group : "", text[i]);
    }
    const char *decimals = text[whole] ? text + whole + 1 : "";
    int zeros = currency_decimals_shown(currency) - (int)strlen(decimals);
    if (*decimals || zeros > 0) {
        buf_printf(&out, "%s%s%.*s", marks.point, decimals, zeros > 0 ? zeros : 0, "000");
    }
    return arena_copy(arena, out.data, out.size);
}

const char *locale_money(struct arena *arena, const char *locale, int64_t amount,
                         const char *currency)
{
    return arena_printf(arena, "%s" NBSP "%s", locale_figure(arena, locale, amount, currency),
                        currency);
}

const char *locale_time(struct arena *arena, const char *locale, int64_t time_ms)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    int year = t.tm_year + 1900;
    if (text_equal(locale, "en")) {
        return arena_printf(arena, "%d %s %d, %02d:%02d UTC", t.tm_mday, months[t.tm_mon], year,
                            t.tm_hour, t.tm_min);
    }
    return arena_printf(arena, "%02d.%02d.%d, %02d:%02d UTC", t.tm_mday, t.tm_mon + 1, year,
                        t.tm_hour, t.tm_min);
}

bool locale_contains(const char *text, const char *part)
{
    buf_auto folded = {0}, wanted = {0};
    fold_add(&folded, text, strlen(text));
    fold_add(&wanted, part, strlen(part));
    return strstr(buf_str(&folded), buf_str(&wanted));
}
