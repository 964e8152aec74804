#include "money.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MOST 15
#define DECIMALS_MOST 8
#define CENT_PLACES 2

enum money_result money_parse(const char *text, int64_t *ret_amount)
{
    bool negative = *text == '-';
    const char *p = text + negative;
    int64_t whole = 0, part = 0;
    int digits = 0, decimals = 0;
    if (!isdigit((unsigned char)*p)) {
        return MONEY_NO_NUMBER;
    }
    for (; isdigit((unsigned char)*p); p++) {
        digits += digits > 0 || *p != '0';
        if (digits > DIGITS_MOST) {
            return MONEY_NO_NUMBER;
        }
        whole = whole * 10 + (*p - '0');
    }
    if (*p == '.') {
        p++;
        size_t length = strspn(p, "0123456789");
        if (!length) {
            return MONEY_NO_NUMBER;
        }
        const char *end = p + length;
        while (length && p[length - 1] == '0') {
            length--;
        }
        for (; (size_t)decimals < length && decimals < DECIMALS_MOST; decimals++) {
            part = part * 10 + (p[decimals] - '0');
        }
        if (length > DECIMALS_MOST || digits + decimals > DIGITS_MOST) {
            return MONEY_NO_NUMBER;
        }
        p = end;
    }
    if (*p) {
        return MONEY_NO_NUMBER;
    }
    for (int i = decimals; i < DECIMALS_MOST; i++) {
        part *= 10;
    }
    bool large = whole >= MONEY_MOST / MONEY_ONE;
    int64_t amount = large ? MONEY_MOST : whole * MONEY_ONE + part;
    *ret_amount = negative ? -amount : amount;
    return large ? MONEY_TOO_LARGE : MONEY_OK;
}

enum money_result money_from_double(double number, int64_t *ret_amount)
{
    if (!isfinite(number)) {
        return MONEY_NO_NUMBER;
    }
    if (fabs(number) >= 1e15) {
        *ret_amount = number < 0 ? -MONEY_MOST : MONEY_MOST;
        return MONEY_TOO_LARGE;
    }
    /* 15 digits survive the way through a double; a 16th does not, and shows as a difference here.
     */
    char digits[64], plain[64];
    snprintf(digits, sizeof digits, "%.*g", DIGITS_MOST, number);
    if (strtod(digits, NULL) != number) {
        return MONEY_NO_NUMBER;
    }
    if (strchr(digits, 'e') == NULL) {
        return money_parse(digits, ret_amount);
    }
    /* An exponent: 1e+14 has no decimals, 1e-07 has at most 8 that matter or is refused. */
    snprintf(plain, sizeof plain, "%.*f", DECIMALS_MOST, number);
    return strtod(plain, NULL) == number ? money_parse(plain, ret_amount) : MONEY_NO_NUMBER;
}

int64_t money_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) {
        return a < 0 ? -MONEY_MOST : MONEY_MOST;
    }
    return sum > MONEY_MOST ? MONEY_MOST : sum < -MONEY_MOST ? -MONEY_MOST : sum;
}

/* With so many decimals at least. */
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
