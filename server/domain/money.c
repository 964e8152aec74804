#include "money.h"

#include <ctype.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MOST 15
#define DECIMALS_MOST 8
#define CENT_PLACES 2
#define BLANKS " \t\n\r\v\f"
#define EXPONENT_MOST 100000 /* beyond any text; larger ones are cut to it */
#define NUMBER_TEXT 64
#define AMOUNT_MOST ((double)MONEY_MOST / (double)MONEY_ONE)
#define NOISE 1e-12      /* rounding error of a few operations, relative to the result */
#define TEXT_NOISE 1e-10 /* the same in a text: a hundredth of the last decimal */

/* ------------------------------------------------------------------ reading */

/* A decimal number: `digits` x 10^`exponent`, without zeros at either end of the digits. */
struct decimal {
    uint64_t digits; /* the first 19 */
    int n;           /* how many there are, 0: the number is 0 */
    int64_t exponent;
};

/* Adds a digit after `zeros` zeros that turned out not to be trailing. */
static void add_digit(struct decimal *decimal, int zeros, int digit)
{
    for (int i = 0; i <= zeros; i++) {
        if (decimal->n < 19) {
            decimal->digits = decimal->digits * 10 + (uint64_t)(i == zeros ? digit : 0);
        }
        decimal->n++;
    }
}

/* Reads digits with at most one point among them. Returns false if there are none. */
static bool read_digits(const char **text, struct decimal *decimal)
{
    bool any = false, point = false;
    int zeros = 0; /* at the end so far */
    for (; isdigit((unsigned char)**text) || (**text == '.' && !point); (*text)++) {
        if (**text == '.') {
            point = true;
            continue;
        }
        any = true;
        decimal->exponent -= point;
        if (**text != '0') {
            add_digit(decimal, zeros, **text - '0');
            zeros = 0;
        } else if (decimal->n) {
            zeros++;
        }
    }
    decimal->exponent += zeros;
    return any;
}

/* Reads an optional exponent like "e-8". Returns false if it has no digits. */
static bool read_exponent(const char **text, struct decimal *decimal)
{
    if (**text != 'e' && **text != 'E') {
        return true;
    }
    const char *p = *text + 1;
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    int64_t exponent = 0;
    bool any = false;
    for (; isdigit((unsigned char)*p); p++) {
        any = true;
        exponent = exponent < EXPONENT_MOST ? exponent * 10 + (*p - '0') : exponent;
    }
    decimal->exponent += negative ? -exponent : exponent;
    *text = p;
    return any;
}

/* What the decimal is in units, exactly. */
static enum money_result to_units(const struct decimal *decimal, int64_t *ret_units)
{
    if (!decimal->n) {
        *ret_units = 0;
        return MONEY_OK;
    }
    int64_t places = decimal->exponent + DECIMALS_MOST;
    if (decimal->n + places > 19) {
        return MONEY_TOO_LARGE;
    }
    if (places < 0) {
        return MONEY_TOO_FINE;
    }
    unsigned __int128 units = decimal->digits;
    for (; places; places--) {
        units *= 10;
    }
    *ret_units = (int64_t)units;
    return units < MONEY_MOST ? MONEY_OK : MONEY_TOO_LARGE;
}

static enum money_result parse(const char *text, int digits_most, int64_t *ret_amount);

/* How far a number is from the nearest one of 8 decimals, which is written to ret_text. */
static double round_decimals(double number, char ret_text[NUMBER_TEXT])
{
    snprintf(ret_text, NUMBER_TEXT, "%.*f", DECIMALS_MOST, number);
    return fabs(strtod(ret_text, NULL) - number);
}

/* More digits than a double keeps exactly: a rounding error if the first 15 digits are within a few
 * steps of the double, else intended. */
static enum money_result without_noise(double number, int64_t *ret_amount)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%.*g", DIGITS_MOST, number);
    bool noise = fabs(strtod(text, NULL) - number) <= 2 * DBL_EPSILON * fabs(number);
    return noise ? parse(text, DIGITS_MOST, ret_amount) : MONEY_TOO_LONG;
}

static enum money_result text_without_noise(double number, int64_t *ret_amount)
{
    char rounded[NUMBER_TEXT];
    enum money_result result =
        fabs(number) < AMOUNT_MOST && round_decimals(number, rounded) <= TEXT_NOISE
            ? money_from_double(number, ret_amount)
            : without_noise(number, ret_amount);
    return result == MONEY_OK ? MONEY_OK : MONEY_TOO_FINE;
}

static enum money_result parse(const char *text, int digits_most, int64_t *ret_amount)
{
    struct decimal decimal = {0};
    int64_t units;
    const char *p = text + strspn(text, BLANKS);
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    bool read = read_digits(&p, &decimal) && read_exponent(&p, &decimal);
    if (!read || p[strspn(p, BLANKS)]) {
        return MONEY_NO_NUMBER;
    }
    enum money_result result = to_units(&decimal, &units);
    if (result == MONEY_TOO_FINE && decimal.n > digits_most) {
        return text_without_noise(strtod(text, NULL), ret_amount);
    }
    if (result == MONEY_OK && decimal.n > digits_most) {
        return MONEY_TOO_LONG;
    }
    if (result == MONEY_OK) {
        *ret_amount = negative ? -units : units;
    }
    return result;
}

enum money_result money_parse(const char *text, int64_t *ret_amount)
{
    return parse(text, DIGITS_MOST, ret_amount);
}

enum money_result money_parse_long(const char *text, int64_t *ret_amount)
{
    return parse(text, INT_MAX, ret_amount);
}

enum money_result money_from_double(double number, int64_t *ret_amount)
{
    char text[NUMBER_TEXT];
    if (!isfinite(number)) {
        return MONEY_NO_NUMBER;
    }
    if (fabs(number) >= AMOUNT_MOST) {
        return MONEY_TOO_LARGE;
    }
    /* The nearest number of 8 decimals, if it has no more digits than a double keeps exactly. */
    if (round_decimals(number, text) > NOISE * fabs(number)) {
        return MONEY_TOO_FINE;
    }
    return parse(text, DIGITS_MOST, ret_amount) == MONEY_OK ? MONEY_OK
                                                            : without_noise(number, ret_amount);
}

/* ------------------------------------------------------------------ sums and texts */

bool money_is_long(int64_t amount)
{
    const int64_t least = 1000000000000000; /* of 16 digits */
    while (amount && amount % 10 == 0) {
        amount /= 10;
    }
    return amount >= least || amount <= -least;
}

int64_t money_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) {
        return a < 0 ? -MONEY_MOST : MONEY_MOST;
    }
    return sum > MONEY_MOST ? MONEY_MOST : sum < -MONEY_MOST ? -MONEY_MOST : sum;
}

/* Writes at least so many decimals. */
static int format(int64_t amount, int least, char ret_text[MONEY_TEXT])
{
    uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    uint64_t whole = size / (uint64_t)MONEY_ONE, part = size % (uint64_t)MONEY_ONE;
    char *p = ret_text + MONEY_TEXT - 1;
    *p = '\0';
    if (part || least) {
        int places = DECIMALS_MOST;
        for (; places > least && part % 10 == 0; places--) {
            part /= 10;
        }
        for (; places; places--, part /= 10) {
            *--p = (char)('0' + part % 10);
        }
        *--p = '.';
    }
    do {
        *--p = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole);
    if (amount < 0) {
        *--p = '-';
    }
    int length = (int)(ret_text + MONEY_TEXT - 1 - p);
    memmove(ret_text, p, (size_t)length + 1);
    return length;
}

int money_format(int64_t amount, char ret_text[MONEY_TEXT])
{
    return format(amount, 0, ret_text);
}

int money_format_cents(int64_t amount, char ret_text[MONEY_TEXT])
{
    return format(amount, CENT_PLACES, ret_text);
}
