/* Which names are secret, and the reader of text of no format. */
#include "mask_scan.h"

#include "base/attr.h"

#include <string.h>

#define NAME_MOST 16          /* letters and digits of a secret name, and its NUL */
#define BETWEEN_WORDS "_-. '" /* in a name; the quote is for names that are not valid JSON */

/* ------------------------------------------------------------------ names */

/* In lower case, without separators of words. */
static const struct {
    const char *name;
    enum mask_kind kind;
} names[] = {
    {"cardnumber", MASK_CARD},
    {"cardno", MASK_CARD},
    {"cardpan", MASK_CARD},
    {"pan", MASK_CARD},
    {"cvv", MASK_CODE},
    {"cvv2", MASK_CODE},
    {"cvvcode", MASK_CODE},
    {"cardcvv", MASK_CODE},
    {"cvc", MASK_CODE},
    {"cvc2", MASK_CODE},
    {"cvccode", MASK_CODE},
    {"cardcvc", MASK_CODE},
    {"csc", MASK_CODE},
    {"securitycode", MASK_CODE},
    {"apikey", MASK_API_KEY},
    {"password", MASK_API_KEY},
    {"secret", MASK_SECRET},
    {"secretkey", MASK_SECRET},
    {"secretlivekey", MASK_SECRET},
    {"controltoken", MASK_SECRET},
    {"callbackheaders", MASK_SECRET}, /* an account's setting: all its values */
    {"token", MASK_TOKEN},            /* of a query only */
};

/* Their first letters. */
static const bool begins_name[256] = {
    ['a'] = true, ['c'] = true, ['p'] = true, ['s'] = true, ['t'] = true,
    ['A'] = true, ['C'] = true, ['P'] = true, ['S'] = true, ['T'] = true,
};

bool mask_is_secret_name(const struct mask_scan *scan, struct mask_range name,
                         enum mask_coding coding, enum mask_kind *ret_kind)
{
    char text[NAME_MOST];
    size_t n = 0;
    char first = name.start < name.end ? scan->data[name.start] : '\0';
    if (isalnum((unsigned char)first) && !begins_name[(unsigned char)first]) {
        return false; /* most names, at once */
    }
    for (size_t at = name.start; at < name.end;) {
        char c;
        at += mask_decode(coding, scan->data, at, name.end, &c);
        if (isalnum((unsigned char)c)) {
            if (n == NAME_MOST - 1) {
                return false;
            }
            text[n++] = (char)tolower((unsigned char)c);
        } else if (c && !mask_is_one_of(c, BETWEEN_WORDS)) {
            return false;
        }
    }
    text[n] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (text[0] == names[i].name[0] && text[1] == names[i].name[1] &&
            strcmp(text, names[i].name) == 0) {
            *ret_kind = names[i].kind;
            return scan->query || i < ARRAY_SIZE(names) - 1;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ text of no format */

static struct mask_range next_word(const struct mask_scan *scan, size_t at, size_t end)
{
    while (at < end && !mask_is_word(scan->data[at])) {
        at++;
    }
    struct mask_range word = {at, at};
    while (word.end < end && (mask_is_word(scan->data[word.end]) || scan->data[word.end] == '-')) {
        word.end++;
    }
    return word;
}

/* The value after a name's colon or equals sign; empty if there is none. */
static struct mask_range value_behind(const struct mask_scan *scan, size_t at, size_t end)
{
    size_t sign = mask_skip(scan, at, end, "\"' \t");
    size_t start = mask_skip(scan, sign, end, ":=\"' \t"), stop = start;
    if (sign == end || !mask_is_one_of(scan->data[sign], ":=")) {
        return (struct mask_range){at, at};
    }
    while (stop < end && !mask_is_one_of(scan->data[stop], "\"',;& \t\r\n")) {
        stop++;
    }
    return (struct mask_range){start, stop};
}

void mask_find_text(const struct mask_scan *scan, struct mask_range range, enum mask_coding coding)
{
    size_t done = range.start;
    enum mask_kind kind;
    for (size_t at = range.start; at < range.end;) {
        struct mask_range name = next_word(scan, at, range.end);
        at = name.end;
        if (!mask_is_secret_name(scan, name, coding, &kind)) {
            continue; /* before its value is read, which may be long, and have names too */
        }
        struct mask_range value = value_behind(scan, name.end, range.end);
        if (value.end > value.start) {
            mask_find_anywhere(scan, (struct mask_range){done, value.start}, coding, false);
            mask_emit(scan, value, name, kind, false);
            done = at = value.end;
        }
    }
    mask_find_anywhere(scan, (struct mask_range){done, range.end}, coding, false);
}
