/*
 * Amounts of money as whole numbers of 1e-8 units of a currency, never doubles. An amount is read
 * exactly or refused: it must be below 90 billion, with at most 8 decimals and at most 15
 * significant digits, which every client can represent.
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
    MONEY_NO_NUMBER,
    MONEY_TOO_LARGE, /* not between -MONEY_MOST and MONEY_MOST */
    MONEY_TOO_FINE,  /* more than 8 decimals */
    MONEY_TOO_LONG,  /* more than 15 significant digits */
};

/*
 * Reads what PHP's is_numeric accepts: "100", "20.40", " -.5 ", "1e2". Texts of more digits than a
 * double has are read as money_from_double reads them.
 */
enum money_result money_parse(const char *text, int64_t *ret_amount);

/* The same without the limit of 15 digits, so that it reads everything that money_format writes. */
enum money_result money_parse_long(const char *text, int64_t *ret_amount);

/*
 * Reads a number of a JSON document as the decimal that was meant. The rounding error of a sum of
 * doubles (9.200000000000001) is dropped: a number within a relative 1e-12 of one with at most 8
 * decimals is read as that one.
 */
enum money_result money_from_double(double number, int64_t *ret_amount);

/* True if it has more than 15 significant digits: a JSON number would not keep it exactly. */
bool money_is_long(int64_t amount);

/* The amount, or 0 for MONEY_NONE. */
static inline int64_t money_or_zero(int64_t amount)
{
    return amount == MONEY_NONE ? 0 : amount;
}

/* The sum, limited to MONEY_MOST of either sign. */
int64_t money_add(int64_t a, int64_t b);

/* The shortest decimal: 100, 20.4, 123.45. Returns its length. */
int money_format(int64_t amount, char ret_text[MONEY_TEXT]);

/* With two decimals at least: 100.00, 20.40, 0.00001. Returns its length. */
int money_format_cents(int64_t amount, char ret_text[MONEY_TEXT]);
