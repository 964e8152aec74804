#include "messages.h"

#include "base/attr.h"
#include "base/die.h"
#include "base/embedded.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE "server/web/messages.json"

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
