#include "colour.h"

#include "base/attr.h"
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLOUR_MOST 64 /* characters that are looked at */
#define OPAQUE 255.0

/* clang-format off */
static const struct name {
    const char *name;
    uint32_t rgb;
} names[] = { /* sorted by name */
    {"aliceblue", 0xf0f8ff}, {"antiquewhite", 0xfaebd7}, {"aqua", 0x00ffff}, {"aquamarine", 0x7fffd4},
    {"azure", 0xf0ffff}, {"beige", 0xf5f5dc}, {"bisque", 0xffe4c4}, {"black", 0x000000},
    {"blanchedalmond", 0xffebcd}, {"blue", 0x0000ff}, {"blueviolet", 0x8a2be2}, {"brown", 0xa52a2a},
    {"burlywood", 0xdeb887}, {"cadetblue", 0x5f9ea0}, {"chartreuse", 0x7fff00}, {"chocolate", 0xd2691e},
    {"coral", 0xff7f50}, {"cornflowerblue", 0x6495ed}, {"cornsilk", 0xfff8dc}, {"crimson", 0xdc143c},
    {"cyan", 0x00ffff}, {"darkblue", 0x00008b}, {"darkcyan", 0x008b8b}, {"darkgoldenrod", 0xb8860b},
    {"darkgray", 0xa9a9a9}, {"darkgreen", 0x006400}, {"darkgrey", 0xa9a9a9}, {"darkkhaki", 0xbdb76b},
    {"darkmagenta", 0x8b008b}, {"darkolivegreen", 0x556b2f}, {"darkorange", 0xff8c00}, {"darkorchid", 0x9932cc},
    {"darkred", 0x8b0000}, {"darksalmon", 0xe9967a}, {"darkseagreen", 0x8fbc8f}, {"darkslateblue", 0x483d8b},
    {"darkslategray", 0x2f4f4f}, {"darkslategrey", 0x2f4f4f}, {"darkturquoise", 0x00ced1},
    {"darkviolet", 0x9400d3}, {"deeppink", 0xff1493}, {"deepskyblue", 0x00bfff}, {"dimgray", 0x696969},
    {"dimgrey", 0x696969}, {"dodgerblue", 0x1e90ff}, {"firebrick", 0xb22222}, {"floralwhite", 0xfffaf0},
    {"forestgreen", 0x228b22}, {"fuchsia", 0xff00ff}, {"gainsboro", 0xdcdcdc}, {"ghostwhite", 0xf8f8ff},
    {"gold", 0xffd700}, {"goldenrod", 0xdaa520}, {"gray", 0x808080}, {"green", 0x008000},
    {"greenyellow", 0xadff2f}, {"grey", 0x808080}, {"honeydew", 0xf0fff0}, {"hotpink", 0xff69b4},
    {"indianred", 0xcd5c5c}, {"indigo", 0x4b0082}, {"ivory", 0xfffff0}, {"khaki", 0xf0e68c},
    {"lavender", 0xe6e6fa}, {"lavenderblush", 0xfff0f5}, {"lawngreen", 0x7cfc00}, {"lemonchiffon", 0xfffacd},
    {"lightblue", 0xadd8e6}, {"lightcoral", 0xf08080}, {"lightcyan", 0xe0ffff},
    {"lightgoldenrodyellow", 0xfafad2}, {"lightgray", 0xd3d3d3}, {"lightgreen", 0x90ee90},
    {"lightgrey", 0xd3d3d3}, {"lightpink", 0xffb6c1}, {"lightsalmon", 0xffa07a}, {"lightseagreen", 0x20b2aa},
    {"lightskyblue", 0x87cefa}, {"lightslategray", 0x778899}, {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xb0c4de}, {"lightyellow", 0xffffe0}, {"lime", 0x00ff00}, {"limegreen", 0x32cd32},
    {"linen", 0xfaf0e6}, {"magenta", 0xff00ff}, {"maroon", 0x800000}, {"mediumaquamarine", 0x66cdaa},
    {"mediumblue", 0x0000cd}, {"mediumorchid", 0xba55d3}, {"mediumpurple", 0x9370db},
    {"mediumseagreen", 0x3cb371}, {"mediumslateblue", 0x7b68ee}, {"mediumspringgreen", 0x00fa9a},
    {"mediumturquoise", 0x48d1cc}, {"mediumvioletred", 0xc71585}, {"midnightblue", 0x191970},
    {"mintcream", 0xf5fffa}, {"mistyrose", 0xffe4e1}, {"moccasin", 0xffe4b5}, {"navajowhite", 0xffdead},
    {"navy", 0x000080}, {"oldlace", 0xfdf5e6}, {"olive", 0x808000}, {"olivedrab", 0x6b8e23},
    {"orange", 0xffa500}, {"orangered", 0xff4500}, {"orchid", 0xda70d6}, {"palegoldenrod", 0xeee8aa},
    {"palegreen", 0x98fb98}, {"paleturquoise", 0xafeeee}, {"palevioletred", 0xdb7093}, {"papayawhip", 0xffefd5},
    {"peachpuff", 0xffdab9}, {"peru", 0xcd853f}, {"pink", 0xffc0cb}, {"plum", 0xdda0dd},
    {"powderblue", 0xb0e0e6}, {"purple", 0x800080}, {"rebeccapurple", 0x663399}, {"red", 0xff0000},
    {"rosybrown", 0xbc8f8f}, {"royalblue", 0x4169e1}, {"saddlebrown", 0x8b4513}, {"salmon", 0xfa8072},
    {"sandybrown", 0xf4a460}, {"seagreen", 0x2e8b57}, {"seashell", 0xfff5ee}, {"sienna", 0xa0522d},
    {"silver", 0xc0c0c0}, {"skyblue", 0x87ceeb}, {"slateblue", 0x6a5acd}, {"slategray", 0x708090},
    {"slategrey", 0x708090}, {"snow", 0xfffafa}, {"springgreen", 0x00ff7f}, {"steelblue", 0x4682b4},
    {"tan", 0xd2b48c}, {"teal", 0x008080}, {"thistle", 0xd8bfd8}, {"tomato", 0xff6347}, {"turquoise", 0x40e0d0},
    {"violet", 0xee82ee}, {"wheat", 0xf5deb3}, {"white", 0xffffff}, {"whitesmoke", 0xf5f5f5},
    {"yellow", 0xffff00}, {"yellowgreen", 0x9acd32},
};
/* clang-format on */

/* ------------------------------------------------------------------ names */

static int compare_name(const void *text, const void *name)
{
    return strcmp(text, ((const struct name *)name)->name);
}

static bool read_name(const char *text, double ret_parts[4])
{
    const struct name *found = bsearch(text, names, ARRAY_SIZE(names), sizeof *names, compare_name);
    bool clear = text_equal(text, "transparent");
    uint32_t rgb = found ? found->rgb : 0;
    ret_parts[0] = rgb >> 16;
    ret_parts[1] = rgb >> 8 & 0xff;
    ret_parts[2] = rgb & 0xff;
    ret_parts[3] = clear ? 0 : OPAQUE;
    return found || clear;
}

/* ------------------------------------------------------------------ #rrggbbaa */

static bool read_hex(const char *text, double ret_parts[4])
{
    if (*text != '#') {
        return false;
    }
    size_t digits = strspn(text + 1, "0123456789abcdef");
    size_t width = digits > 4 ? 2 : 1, n = digits / width;
    if (text[1 + digits] || n * width != digits || n < 3 || n > 4) {
        return false;
    }
    ret_parts[3] = OPAQUE;
    for (size_t i = 0; i < n; i++) {
        char part[3] = {text[1 + i * width], text[1 + i * width + width - 1]};
        ret_parts[i] = (double)strtoul(part, NULL, 16);
    }
    return true;
}

/* ------------------------------------------------------------------ rgb() */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

/* Reads a number, scaled so that `whole` is 255, or a percentage. Clamps it to the range, as
 * browsers do. Returns NULL if it is neither. */
static const char *read_part(const char *text, double whole, double *ret_value, bool *ret_percent)
{
    size_t sign = *text == '+' || *text == '-';
    size_t digits = strspn(text + sign, "0123456789");
    size_t point =
        text[sign + digits] == '.' ? 1 + strspn(text + sign + digits + 1, "0123456789") : 0;
    const char *end = text + sign + digits + point;
    if (!digits && point < 2) {
        return NULL;
    }
    *ret_percent = *end == '%';
    double value = strtod(text, NULL) * OPAQUE / (*ret_percent ? 100 : whole);
    *ret_value = fmin(fmax(value, 0), OPAQUE);
    return end + *ret_percent;
}

/* Skips the separator of two parts: a comma in the older syntax, a blank in the newer one, whose
 * alpha follows a slash. Returns NULL if there is none. */
static const char *skip_mark(const char *text, size_t next, bool commas)
{
    const char *at = skip_blanks(text);
    char mark = commas ? ',' : next == 3 ? '/' : '\0';
    if (!mark) {
        return at > text ? at : NULL;
    }
    return *at == mark ? skip_blanks(at + 1) : NULL;
}

/* Reads what follows the opening bracket. */
static bool read_parts(const char *text, double ret_parts[4])
{
    bool commas = strchr(text, ','), first, percent;
    const char *at = read_part(skip_blanks(text), OPAQUE, &ret_parts[0], &first);
    ret_parts[3] = OPAQUE;
    for (size_t i = 1; i < 4 && at; i++) {
        if (i == 3 && *skip_blanks(at) == ')') {
            break;
        }
        at = skip_mark(at, i, commas);
        at = at ? read_part(at, i == 3 ? 1 : OPAQUE, &ret_parts[i], &percent) : NULL;
        if (at && commas && i < 3 && percent != first) {
            return false; /* the older syntax cannot mix numbers and percentages */
        }
    }
    return at && text_equal(skip_blanks(at), ")");
}

static bool read_function(const char *text, double ret_parts[4])
{
    size_t name = text_starts(text, "rgb(") ? 4 : text_starts(text, "rgba(") ? 5 : 0;
    return name && read_parts(text + name, ret_parts);
}

bool colour_parse(const char *text, char ret_hex[COLOUR_TEXT])
{
    char lower[COLOUR_MOST + 1];
    double parts[4] = {0};
    size_t length = strlen(text);
    if (length > COLOUR_MOST) {
        return false;
    }
    memcpy(lower, text, length + 1);
    text_lower(lower);
    if (!read_hex(lower, parts) && !read_name(lower, parts) && !read_function(lower, parts)) {
        return false;
    }
    int n = snprintf(ret_hex, COLOUR_TEXT, "#%02lx%02lx%02lx", lround(parts[0]), lround(parts[1]),
                     lround(parts[2]));
    if (lround(parts[3]) < 255) {
        snprintf(ret_hex + n, COLOUR_TEXT - (size_t)n, "%02lx", lround(parts[3]));
    }
    return true;
}

/* ------------------------------------------------------------------ contrast */

/* Relative luminance, 0 to 1, as WCAG 2.2 defines it. */
static double luminance(const char *hex)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    unsigned long rgb =
        strtoul((char[]){hex[1], hex[2], hex[3], hex[4], hex[5], hex[6], 0}, NULL, 16);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double part = (double)(rgb >> (16 - 8 * i) & 0xff) / OPAQUE;
        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double colour_contrast(const char *hex, const char *other)
{
    double a = luminance(hex), b = luminance(other);
    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

/* ------------------------------------------------------------------ moving */

void colour_move(const char *hex, bool white, int tenths, char ret_hex[COLOUR_TEXT])
{
    long rgb = strtol((char[]){hex[1], hex[2], hex[3], hex[4], hex[5], hex[6], 0}, NULL, 16);
    long end = white ? 0xff : 0, out[3];
    for (int i = 0; i < 3; i++) {
        long part = rgb >> (16 - 8 * i) & 0xff;
        out[i] = part + (end - part) * tenths / 10;
    }
    snprintf(ret_hex, COLOUR_TEXT, "#%02x%02x%02x", (unsigned)out[0] & 0xff,
             (unsigned)out[1] & 0xff, (unsigned)out[2] & 0xff);
}
