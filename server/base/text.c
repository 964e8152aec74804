#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DATE_TEXT 10 /* YYYY-MM-DD */

bool text_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_equal_nocase(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

static int find(const char *const *list, const char *text,
                bool (*equal)(const char *a, const char *b))
{
    for (int i = 0; list && list[i]; i++) {
        if (equal(list[i], text)) {
            return i;
        }
    }
    return -1;
}

int text_index(const char *const *list, const char *text)
{
    return find(list, text, text_equal);
}

int text_index_nocase(const char *const *list, const char *text)
{
    return find(list, text, text_equal_nocase);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const void *find_row(bool (*equal)(const char *a, const char *b), const char *text,
                            const void *rows, size_t n, size_t size)
{
    for (const char *row = rows; n--; row += size) {
        if (equal(text, *(const char *const *)(const void *)row)) {
            return row;
        }
    }
    return NULL;
}

const void *text_find(const char *text, const void *rows, size_t n, size_t size)
{
    return find_row(text_equal, text, rows, n, size);
}

const void *text_find_nocase(const char *text, const void *rows, size_t n, size_t size)
{
    return find_row(text_equal_nocase, text, rows, n, size);
}

void text_copy(char *ret_text, size_t room, const char *text)
{
    size_t size = strnlen(text, room - 1);
    memcpy(ret_text, text, size);
    ret_text[size] = '\0';
}

void text_upper(char *text)
{
    for (; *text; text++) {
        *text = (char)toupper((unsigned char)*text);
    }
}

void text_lower(char *text)
{
    for (; *text; text++) {
        *text = (char)tolower((unsigned char)*text);
    }
}

void text_replace(char *text, const char *bytes, char by)
{
    while ((text = strpbrk(text, bytes))) {
        *text++ = by;
    }
}

void text_flatten(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        *p = *p < ' ' || *p == 0x7f ? '?' : *p;
    }
}

int text_hex_digit(char c)
{
    char lower = (char)(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

size_t text_utf8_decode(const char *text, size_t left, uint32_t *ret_code)
{
    const unsigned char *p = (const unsigned char *)text;
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t n = 0; n < 4; n++) {
        if ((p[0] & forms[n].mask) != forms[n].lead) {
            continue;
        }
        if (left <= n) {
            return 0;
        }
        uint32_t code = p[0] & (unsigned char)~forms[n].mask;
        for (size_t i = 1; i <= n; i++) {
            if ((p[i] & 0xc0) != 0x80) {
                return 0;
            }
            code = code << 6 | (p[i] & 0x3f);
        }
        bool surrogate = code >= 0xd800 && code <= 0xdfff;
        *ret_code = code;
        return code >= forms[n].least && code <= 0x10ffff && !surrogate ? n + 1 : 0;
    }
    return 0;
}

int64_t text_utf8_length(const char *text, size_t size)
{
    int64_t length = 0;
    uint32_t code;
    for (size_t at = 0; at < size; length++) {
        size_t step = text_utf8_decode(text + at, size - at, &code);
        if (!step) {
            return -1;
        }
        at += step;
    }
    return length;
}

/* Reads at most `most` decimal digits. Returns how many it read. */
static int read_digits(const char *text, int most, int64_t *ret_n)
{
    int64_t n = 0;
    int i = 0;
    for (; i < most && isdigit((unsigned char)text[i]); i++) {
        n = n * 10 + (text[i] - '0');
    }
    *ret_n = n;
    return i;
}

bool text_to_int(const char *text, int64_t *ret_n)
{
    bool negative = *text == '-';
    int64_t n;
    int digits = read_digits(text + negative, 18, &n);
    if (!digits || text[negative + digits] != '\0') {
        return false;
    }
    *ret_n = negative ? -n : n;
    return true;
}

bool text_to_duration(const char *text, int64_t *ret_ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    const int64_t most_ms = (int64_t)3650 * 86400000;
    int64_t n;
    int digits = read_digits(text, 12, &n);
    if (!digits) {
        return false;
    }
    if (text[digits] == '\0' && n == 0) {
        *ret_ms = 0;
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (strcmp(text + digits, units[i].unit) == 0 && n <= most_ms / units[i].ms) {
            *ret_ms = n * units[i].ms;
            return true;
        }
    }
    return false;
}

/* Reads exactly `digits` digits and the character `behind` after them. */
static bool read_part(const char **text, int digits, char behind, int64_t *ret_n)
{
    if (read_digits(*text, digits, ret_n) != digits || (behind && (*text)[digits] != behind)) {
        return false;
    }
    *text += digits + (behind != '\0');
    return true;
}

static bool read_date(const char **text, char behind, struct tm *ret_tm)
{
    int64_t year, month, day;
    if (!read_part(text, 4, '-', &year) || !read_part(text, 2, '-', &month) ||
        !read_part(text, 2, behind, &day)) {
        return false;
    }
    struct tm tm = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    struct tm normal = tm;
    timegm(&normal);
    *ret_tm = tm;
    return normal.tm_mday == tm.tm_mday && normal.tm_mon == tm.tm_mon &&
           normal.tm_year == tm.tm_year;
}

/* Reads "Z", "UTC", "+02:00", "+0200" or "+02", or nothing, which means UTC. */
static bool read_offset(const char *text, int64_t *ret_s)
{
    text += *text == ' ' && text[1];
    int sign = *text == '+' ? 1 : *text == '-' ? -1 : 0;
    int64_t hours, minutes = 0;
    *ret_s = 0;
    if (!sign) {
        return *text == '\0' || strcasecmp(text, "Z") == 0 || strcmp(text, "UTC") == 0;
    }
    text++;
    if (!read_part(&text, 2, '\0', &hours)) {
        return false;
    }
    bool more = *text != '\0';
    text += *text == ':';
    if ((more && !read_part(&text, 2, '\0', &minutes)) || *text || hours > 23 || minutes > 59) {
        return false;
    }
    *ret_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* Reads ":42" or ":42.123", or nothing. The fraction is dropped. */
static bool read_seconds(const char **text, int64_t *ret_second)
{
    int64_t fraction;
    *ret_second = 0;
    if (**text != ':') {
        return true;
    }
    (*text)++;
    if (!read_part(text, 2, '\0', ret_second) || *ret_second > 60) {
        return false;
    }
    if (**text == '.') {
        int digits = read_digits(*text + 1, 9, &fraction);
        *text += 1 + digits;
        return digits > 0;
    }
    return true;
}

bool text_to_datetime(const char *text, int64_t *ret_ms)
{
    struct tm tm;
    int64_t hour, minute, second, offset_s;
    if (strlen(text) <= DATE_TEXT || !strchr("Tt ", text[DATE_TEXT]) ||
        !read_date(&text, text[DATE_TEXT], &tm) || !read_part(&text, 2, ':', &hour) ||
        !read_part(&text, 2, '\0', &minute) || !read_seconds(&text, &second) ||
        !read_offset(text, &offset_s) || hour > 23 || minute > 59) {
        return false;
    }
    int64_t day_s = (int64_t)timegm(&tm);
    *ret_ms = (day_s + hour * 3600 + minute * 60 + second - offset_s) * 1000;
    return true;
}

bool text_is_date(const char *text)
{
    struct tm tm;
    return strlen(text) == DATE_TEXT && read_date(&text, '\0', &tm);
}

bool text_matches(const char *text, size_t size, const char *pattern)
{
    const char *end = text + size, *star = NULL, *retry = NULL;
    while (text < end) {
        if (*pattern == '*') {
            star = pattern++; /* it matches nothing first, and one more character after each
                                 mismatch */
            retry = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
