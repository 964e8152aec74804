/* Shared by all unit tests. The name of a test is a sentence of the contract of its module. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names the row of a table that failed, because cmocka's messages only name the line. */
#define assert_row(row, condition)                                                                 \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("row \"%s\": %s", row, #condition);                                           \
        }                                                                                          \
    } while (0)

#define assert_row_text(row, is, wanted)                                                           \
    do {                                                                                           \
        const char *is_ = (is), *wanted_ = (wanted);                                               \
        if (!is_ || strcmp(is_, wanted_) != 0) {                                                   \
            fail_msg("row \"%s\": \"%s\" is not \"%s\"", row, is_ ? is_ : "(null)", wanted_);      \
        }                                                                                          \
    } while (0)

/* Returns a text of `n` times the same character. The caller frees it. */
static inline char *repeat(char c, size_t n)
{
    char *text = malloc(n + 1);
    assert_non_null(text);
    memset(text, c, n);
    text[n] = '\0';
    return text;
}
