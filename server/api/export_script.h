/* A shell script that makes recorded calls again with curl. What the journal masks comes from
 * variables, so that a call is the same once they are set; a comment names each. */
#pragma once

#include "call/call.h"

/* What the script takes from its environment instead of a secret. */
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
