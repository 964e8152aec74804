/* What the fields of requests accept: the formats of texts with their error messages, and every
 * kind in words. */
#include "json_read.h"

#include "base/few.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/url.h"
#include "domain/colour.h"

#include <string.h>

#define CURRENCY_MOST 10 /* of the published catalogue: KKBCASHKZT (P1265) */

/* Every officially assigned code of ISO 3166-1 alpha-2. */
static const char countries[] = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG "
                                "BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
                                "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
                                "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
                                "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR "
                                "HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
                                "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY "
                                "MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
                                "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
                                "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
                                "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY "
                                "SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
                                "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

static bool is_country(const char *text)
{
    if (strlen(text) != 2) {
        return false;
    }
    const char *at = strstr(countries, text);
    return at && (at - countries) % 3 == 0;
}

static bool is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    const char *dot = at ? strrchr(at, '.') : NULL;
    return at && at != text && dot && dot > at + 1 && dot[1] && !strpbrk(at, " \t\r\n");
}

static bool is_currency(const char *text)
{
    size_t length = strlen(text);
    return length >= 3 && length <= CURRENCY_MOST &&
           strspn(text, TEXT_LETTERS TEXT_DIGITS) == length;
}

static bool is_color(const char *text)
{
    char hex[COLOUR_TEXT];
    return colour_parse(text, hex);
}

/* "de", "pt-BR", "zh_Hans_CN": a language of 2 or 3 letters and parts of up to 8 letters or digits
 * behind it (RFC 5646); an underscore may replace a hyphen. */
static bool is_locale(const char *text)
{
    static const char letters[] = TEXT_LETTERS;
    static const char others[] = TEXT_LETTERS TEXT_DIGITS;
    size_t part = strspn(text, letters);
    bool good = part == 2 || part == 3;
    for (text += part; good && *text; text += 1 + part) {
        part = strspn(text + 1, others);
        good = (*text == '-' || *text == '_') && part >= 1 && part <= 8;
    }
    return good;
}

static const struct {
    bool (*holds)(const char *text);
    const char *message, *accepts;
} formats[] = {
    [JSON_FORMAT_URL] = {url_is_good, "This value is not a valid URL."},
    [JSON_FORMAT_EMAIL] = {is_email, "This value is not a valid email address.",
                           "an e-mail address"},
    [JSON_FORMAT_COUNTRY] = {is_country, "This value is not a valid country.",
                             "a country's two letters (ISO 3166)"},
    [JSON_FORMAT_DATE] = {text_is_date, "This value is not a valid date.", "a date, YYYY-MM-DD"},
    [JSON_FORMAT_CURRENCY] = {is_currency, "This value is not a valid currency.",
                              "a currency's code"},
    [JSON_FORMAT_COLOR] = {is_color, "This value is not a valid CSS color.",
                           "a colour: #rgb, #rrggbb, with alpha #rgba, #rrggbbaa; rgb(…); a name "
                           "of CSS"},
    [JSON_FORMAT_LOCALE] = {is_locale, "This value is not a valid locale.",
                            "a language such as de, pt-BR or en_US; pages in others than en, uk "
                            "and ru are in en"},
};

/* Of the kinds other than texts. */
static const char *const kinds[] = {
    [JSON_KIND_MONEY] = "a number or its text, below 90000000000, at most 15 digits and 8 decimals",
    [JSON_KIND_LIMIT] = "a number or its text, below 90000000000, at most 15 digits and 8 decimals",
    [JSON_KIND_INT] = "a whole number",
    [JSON_KIND_BOOL] = "true or false",
    [JSON_KIND_DURATION] = "a duration, like 10s",
    [JSON_KIND_DATETIME] = "ISO 8601 (without an offset: UTC), or unix seconds",
    [JSON_KIND_MAP] = "an object",
    [JSON_KIND_OBJECT] = "an object",
    [JSON_KIND_ANY] = "an object",
};

bool json_format_holds(enum json_format format, const char *text)
{
    return format == JSON_FORMAT_NONE || formats[format].holds(text);
}

const char *json_format_message(enum json_format format)
{
    return formats[format].message;
}

/* ------------------------------------------------------------------ in words */

#define MISTYPED_MOST 32 /* unknown names that are compared: callers may send any number */

struct typos {
    struct arena *arena;
    struct few list;
    int left; /* names to compare */
};

/* Offers the names that the object does not have, so that an extra field beside them is no typo. */
static void compare(struct typos *typos, const char *prefix, const char *name, const json_t *object,
                    const struct json_field *fields, size_t n)
{
    struct nearest nearest = nearest_to(name);
    nearest.letters_only = true; /* shops add fields like "service_name" */
    for (size_t i = 0; i < n; i++) {
        if (!json_object_get(object, fields[i].name)) {
            nearest_offer(&nearest, fields[i].name);
        }
    }
    if (nearest.name) {
        typos->list.only =
            arena_printf(typos->arena, "the field %s%s is unknown and has no effect%s", prefix,
                         name, nearest_hint(&nearest, typos->arena, NULL));
        few_add(&typos->list, arena_printf(typos->arena, "%s%s%s", prefix, name,
                                           nearest_aside(&nearest, typos->arena, NULL)));
    }
}

static void find_typos(struct typos *typos, const char *prefix, const json_t *object,
                       const struct json_field *fields, size_t n)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        const struct json_field *field = strchr(name, '.') ? NULL : json_field_at(fields, n, name);
        if (!field && typos->left) {
            typos->left--;
            compare(typos, prefix, name, object, fields, n);
        } else if (field && field->kind == JSON_KIND_OBJECT) {
            find_typos(typos, arena_printf(typos->arena, "%s%s.", prefix, name), value,
                       field->fields, field->n_fields);
        }
    }
}

const char *json_mistyped(struct arena *arena, const json_t *object,
                          const struct json_field *fields, size_t n)
{
    struct typos typos = {.arena = arena, .left = MISTYPED_MOST};
    find_typos(&typos, "", object, fields, n);
    return few_message(&typos.list, arena, "fields are unknown and have no effect");
}

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

static const char *text_accepts(struct arena *arena, const struct json_field *field)
{
    long long most = field->most ? field->most : JSON_TEXT_MOST;
    if (field->choices) {
        return nearest_choices(arena, field->choices);
    }
    if (field->format == JSON_FORMAT_URL) {
        return arena_printf(arena, "an absolute http or https URL of at most %lld characters",
                            most);
    }
    return field->format
               ? formats[field->format].accepts
               : arena_printf(arena, "a text of %lld to %lld characters",
                              (long long)(field->required && !field->least ? 1 : field->least),
                              most);
}

const char *json_accepts(struct arena *arena, const struct json_field *field)
{
    return field->kind == JSON_KIND_TEXT ? text_accepts(arena, field) : kinds[field->kind];
}
