/*
 * Amounts of money as whole numbers of 1e-8 units of a currency, never doubles. The range reaches
 * 90 billion, beyond any service's limit; mock.md bounds the text to 15 digits and 8 decimals.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MONEY_ONE ((int64_t)100000000)
#define MONEY_MOST (900 * MONEY_ONE * 100000000)
#define MONEY_NONE INT64_MIN /* an amount that is null on the wire */
#define MONEY_TEXT 24        /* room for any amount as text, with its NUL */

enum money_result {
    MONEY_OK,
    MONEY_NO_NUMBER, /* not a decimal number, or more digits than the platform takes */
    MONEY_TOO_LARGE, /* a number, beyond MONEY_MOST: *ret_amount is MONEY_MOST or -MONEY_MOST */
};

/* Reads "100", "20.40", "-1"; no exponent, no sign but '-', no blanks. */
enum money_result money_parse(const char *text, int64_t *ret_amount);

/* A number out of a JSON document: the decimal that was written there, if it had at most 15 digits.
 */
enum money_result money_from_double(double number, int64_t *ret_amount);

/* The amount, and nothing for none. */
static inline int64_t money_or_zero(int64_t amount)
{
    return amount == MONEY_NONE ? 0 : amount;
}

/* The sum, which stops at MONEY_MOST of either sign. */
int64_t money_add(int64_t a, int64_t b);

/* The shortest decimal: 100, 20.4, 123.45. Returns its length. */
int money_format(int64_t amount, char ret_text[MONEY_TEXT]);

/* With two decimals at least: 100.00, 20.40, 0.00001. Returns its length. */
int money_format_cents(int64_t amount, char ret_text[MONEY_TEXT]);
