/* The formats of texts in requests: what each accepts, and its error message. */
#include "json_format.h"

#include "base/text.h"
#include "base/url.h"
#include "domain/colour.h"

#include <string.h>

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
    return length >= 3 && length <= 8 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == length;
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
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
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
    const char *message;
} formats[] = {
    [JSON_FORMAT_URL] = {url_is_good, "This value is not a valid URL."},
    [JSON_FORMAT_EMAIL] = {is_email, "This value is not a valid email address."},
    [JSON_FORMAT_COUNTRY] = {is_country, "This value is not a valid country."},
    [JSON_FORMAT_DATE] = {text_is_date, "This value is not a valid date."},
    [JSON_FORMAT_CURRENCY] = {is_currency, "This value is not a valid currency."},
    [JSON_FORMAT_COLOR] = {is_color, "This value is not a valid CSS color."},
    [JSON_FORMAT_LOCALE] = {is_locale, "This value is not a valid locale."},
};

bool json_format_holds(enum json_format format, const char *text)
{
    return format == JSON_FORMAT_NONE || formats[format].holds(text);
}

const char *json_format_message(enum json_format format)
{
    return formats[format].message;
}
