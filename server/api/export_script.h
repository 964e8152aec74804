/* A shell script that repeats recorded calls with curl. Variables replace masked values; a comment
 * names each. */
#pragma once

#include "call/call.h"

/* The environment variables that replace secrets. */
enum export_variable {
    EXPORT_URL,
    EXPORT_ACCOUNT,
    EXPORT_API_KEY,
    EXPORT_SECRET,
    EXPORT_TOKEN,
    EXPORT_CONTROL_TOKEN,
    EXPORT_HEADER,
    EXPORT_CARD,
    EXPORT_CODE,
    EXPORT_VARIABLES,
};

struct export_script {
    struct call *call;
    struct buf *out;
    size_t calls;
    /* How many values of each the calls need. The first is $MILKYPAY_CVV, the second
     * $MILKYPAY_CVV_2 and so on. */
    unsigned used[EXPORT_VARIABLES];
};

/* Its name without a number. */
const char *export_variable_name(enum export_variable variable);

/* Appends a word in single quotes. */
void export_word(struct buf *out, const char *text, size_t size);

/* Appends a call. */
void export_call(struct export_script *script, const struct journal_record *record);
