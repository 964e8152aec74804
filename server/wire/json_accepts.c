#include "wire/json_read.h"

#include <string.h>

#define TEXT_MOST 255 /* default of the tables */

const struct json_field *json_field_at(const struct json_field *fields, size_t n, const char *path)
{
    size_t length = strcspn(path, ".");
    for (size_t i = 0; i < n; i++) {
        const struct json_field *field = &fields[i];
        if (strlen(field->name) != length || memcmp(field->name, path, length) != 0) {
            continue;
        }
        return path[length] ? json_field_at(field->fields, field->n_fields, path + length + 1)
                            : field;
    }
    return NULL;
}

static const char *choices_text(struct arena *arena, const char *const *choices)
{
    buf_auto text = {0};
    for (size_t i = 0; choices[i]; i++) {
        buf_printf(&text, "%s%s", i ? ", " : "one of ", choices[i]);
    }
    return arena_copy(arena, text.data, text.size);
}

static const char *text_accepts(struct arena *arena, const struct json_field *field)
{
    long long most = field->most ? field->most : TEXT_MOST;
    if (field->choices) {
        return choices_text(arena, field->choices);
    }
    switch (field->format) {
    case JSON_FORMAT_NONE:
        break;
    case JSON_FORMAT_URL:
        return arena_printf(arena, "an absolute http or https URL of at most %lld characters",
                            most);
    case JSON_FORMAT_EMAIL:
        return "an e-mail address";
    case JSON_FORMAT_COUNTRY:
        return "a country's two letters (ISO 3166)";
    case JSON_FORMAT_DATE:
        return "a date, YYYY-MM-DD";
    case JSON_FORMAT_COLOR:
        return "a colour: #rgb, #rrggbb, with alpha #rgba, #rrggbbaa; rgb(…); a name of CSS";
    case JSON_FORMAT_LOCALE:
        return "a language such as de, pt-BR or en_US; pages in others than en, uk and ru are in "
               "en";
    case JSON_FORMAT_CURRENCY:
        return "a currency's code";
    }
    return arena_printf(arena, "a text of %lld to %lld characters", (long long)field->least, most);
}

const char *json_accepts(struct arena *arena, const struct json_field *field)
{
    switch (field->kind) {
    case JSON_KIND_TEXT:
        return text_accepts(arena, field);
    case JSON_KIND_MONEY:
    case JSON_KIND_LIMIT:
        return "a number or its text, below 90000000000, at most 15 digits and 8 decimals";
    case JSON_KIND_INT:
        return "a whole number";
    case JSON_KIND_BOOL:
        return "true or false";
    case JSON_KIND_DURATION:
        return "a duration, like 10s";
    case JSON_KIND_DATETIME:
        return "ISO 8601 (without an offset: UTC), or unix seconds";
    case JSON_KIND_MAP:
    case JSON_KIND_OBJECT:
    case JSON_KIND_ANY:
        return "an object";
    }
    return NULL;
}
