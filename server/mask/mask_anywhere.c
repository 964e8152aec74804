/* Card numbers and secret keys anywhere in a text. */
#include "mask_scan.h"

#include "base/attr.h"

#include <string.h>

#define CARD_MOST 19  /* digits */
#define GROUP_FIRST 4 /* digits of the first group, as people type card numbers */
#define GROUP_MOST 6
#define SHORTEST 9 /* bytes of a secret: sk_test_a */

#define LENGTH(n) (1U << (n))
#define LENGTHS_16_TO_19 (LENGTH(16) | LENGTH(17) | LENGTH(18) | LENGTH(19))

/* First digits and lengths of card numbers. Times in milliseconds and microseconds begin with 1,
 * and phone numbers are shorter. */
static const struct {
    int first, last; /* the first four digits */
    unsigned lengths;
} schemes[] = {
    {2200, 2204, LENGTHS_16_TO_19},                     /* Mir */
    {2221, 2720, LENGTH(16)},                           /* Mastercard */
    {3000, 3059, LENGTH(14) | LENGTH(16)},              /* Diners Club */
    {3400, 3499, LENGTH(15)},                           /* American Express */
    {3528, 3589, LENGTHS_16_TO_19},                     /* JCB */
    {3600, 3699, LENGTH(14) | LENGTH(16)},              /* Diners Club */
    {3700, 3799, LENGTH(15)},                           /* American Express */
    {3800, 3999, LENGTH(14) | LENGTH(16)},              /* Diners Club */
    {4000, 4999, LENGTH(13) | LENGTH(16) | LENGTH(19)}, /* Visa */
    {5000, 5099, LENGTHS_16_TO_19},                     /* Maestro */
    {5100, 5599, LENGTH(16)},                           /* Mastercard */
    {5600, 5899, LENGTHS_16_TO_19},                     /* Maestro */
    {6000, 6999, LENGTHS_16_TO_19},                     /* Discover, UnionPay, Maestro */
};

enum {
    BEGINS_SECRET = 1, /* a card's first digit, the s of sk_ */
    BEGINS_ESCAPE = 2, /* in some coding */
};

/* Every request is read byte by byte, so one table lookup tells what a byte may begin. */
static const unsigned char classes[256] = {
    ['2'] = BEGINS_SECRET,  ['3'] = BEGINS_SECRET, ['4'] = BEGINS_SECRET,
    ['5'] = BEGINS_SECRET,  ['6'] = BEGINS_SECRET, ['s'] = BEGINS_SECRET,
    ['\\'] = BEGINS_ESCAPE, ['%'] = BEGINS_ESCAPE, ['&'] = BEGINS_ESCAPE,
};

void mask_emit(const struct mask_scan *scan, struct mask_range range, struct mask_range name,
               enum mask_kind kind, bool bare)
{
    if (range.end > range.start) {
        scan->each(scan->arg, &(const struct mask_span){.start = range.start,
                                                        .size = range.end - range.start,
                                                        .name = name.start,
                                                        .name_size = name.end - name.start,
                                                        .kind = kind,
                                                        .bare = bare});
    }
}

/* A range that is read character by character. */
struct reading {
    const struct mask_scan *scan;
    enum mask_coding coding;
    size_t end;
};

/* The character at `at` and its number of bytes; 0 and 0 at the end. */
static size_t character(const struct reading *reading, size_t at, char *ret_c)
{
    *ret_c = '\0';
    return at < reading->end
               ? mask_decode(reading->coding, reading->scan->data, at, reading->end, ret_c)
               : 0;
}

/* ------------------------------------------------------------------ secret keys */

/* Returns the end of sk_test_... or sk_live_..., masked or not, or `at` if there is none. */
static size_t secret_key_end(const struct reading *reading, size_t at)
{
    const size_t prefix = strlen("sk_test_");
    const char *text = reading->scan->data + at;
    if (reading->end - at <= prefix || text[1] != 'k' ||
        (strncmp(text, "sk_test_", prefix) != 0 && strncmp(text, "sk_live_", prefix) != 0)) {
        return at;
    }
    char c;
    size_t stop = at + prefix;
    for (size_t width; (width = character(reading, stop, &c)) != 0; stop += width) {
        if (!mask_is_word(c) && c != '-' && c != '*') {
            break;
        }
    }
    return stop;
}

/* ------------------------------------------------------------------ card numbers */

struct digits {
    char text[CARD_MOST];
    size_t n;
    size_t groups, first, longest; /* of digits without a blank between them */
    bool many;                     /* more digits than a card has */
};

static bool passes_luhn(const struct digits *digits)
{
    int sum = 0;
    for (size_t i = 0; i < digits->n; i++) {
        int digit = digits->text[digits->n - 1 - i] - '0';
        digit = i % 2 ? digit * 2 : digit;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* Typed in one piece, or in groups as on a card. The groups of a UUID differ. */
static bool is_grouped_like_card(const struct digits *digits)
{
    return digits->groups == 1 || (digits->first == GROUP_FIRST && digits->longest <= GROUP_MOST);
}

static bool may_be_card(const struct digits *digits)
{
    int begin = 0;
    for (size_t i = 0; i < 4 && i < digits->n; i++) {
        begin = begin * 10 + digits->text[i] - '0';
    }
    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
        if (begin >= schemes[i].first && begin <= schemes[i].last) {
            return schemes[i].lengths & LENGTH(digits->n) && is_grouped_like_card(digits) &&
                   passes_luhn(digits);
        }
    }
    return false;
}

/* Adds the digits from `at` on. Returns their end. */
static size_t add_group(const struct reading *reading, size_t at, struct digits *digits)
{
    size_t before = digits->n;
    char c;
    for (size_t width; (width = character(reading, at, &c)) != 0; at += width) {
        if (!isdigit((unsigned char)c)) {
            break;
        }
        if (digits->n == CARD_MOST) {
            digits->many = true;
            return at;
        }
        digits->text[digits->n++] = c;
    }
    size_t size = digits->n - before;
    digits->first = digits->groups++ ? digits->first : size;
    digits->longest = size > digits->longest ? size : digits->longest;
    return at;
}

/* Digits followed by a letter or a fraction are not a card number. */
static bool goes_on(const struct reading *reading, size_t at)
{
    char c, next;
    size_t width = character(reading, at, &c);
    character(reading, at + width, &next);
    return mask_is_word(c) || (c == '.' && isdigit((unsigned char)next));
}

/* Finds the longest run of digit groups from `at` on that is a card number. Returns its end, or
 * `at` if there is none. Groups may be separated by one blank or hyphen. */
static size_t card_end(const struct reading *reading, size_t at)
{
    struct digits digits = {0};
    size_t found = at, next = at;
    for (;;) {
        char c;
        size_t stop = add_group(reading, next, &digits);
        if (digits.many || stop == next) {
            return found;
        }
        if (may_be_card(&digits) && !goes_on(reading, stop)) {
            found = stop;
        }
        size_t gap = character(reading, stop, &c);
        if (c != ' ' && c != '-') {
            return found;
        }
        next = stop + gap;
    }
}

/* ------------------------------------------------------------------ the search */

/* Skips to the next byte that may begin a secret or an escape, and keeps the two characters before
 * it. */
static size_t skip_dull(const struct reading *reading, size_t at, char *before, char *earlier)
{
    const char *data = reading->scan->data;
    size_t start = at;
    while (at < reading->end && !classes[(unsigned char)data[at]]) {
        at++;
    }
    if (at > start) {
        *earlier = at > start + 1 ? data[at - 2] : *before;
        *before = data[at - 1];
    }
    return at;
}

void mask_find_anywhere(const struct mask_scan *scan, struct mask_range range,
                        enum mask_coding coding, bool bare)
{
    const struct reading reading = {scan, coding, range.end};
    const struct mask_range nameless = {0, 0};
    char before = ' ', earlier = ' ';
    if (range.end - range.start < SHORTEST) {
        return;
    }
    for (size_t at = range.start; (at = skip_dull(&reading, at, &before, &earlier)) < range.end;) {
        char c;
        size_t width = character(&reading, at, &c), stop = at;
        bool fraction = before == '.' && isdigit((unsigned char)earlier);
        if (c == 's') {
            stop = secret_key_end(&reading, at);
        } else if (classes[(unsigned char)c] == BEGINS_SECRET && !mask_is_word(before) &&
                   !fraction) {
            stop = card_end(&reading, at);
        }
        if (stop > at && c == 's') {
            mask_emit(scan, (struct mask_range){at + strlen("sk_test_"), stop}, nameless,
                      MASK_SECRET, false);
        } else if (stop > at) {
            mask_emit(scan, (struct mask_range){at, stop}, nameless, MASK_CARD, bare);
        }
        earlier = before;
        before = c;
        at = stop > at ? stop : at + width;
    }
}
