/*
 * Makes secrets unreadable in what clients sent: card numbers, security codes, API keys. A masked
 * text keeps its length, so it is done in place: digits become '*', in a bare JSON number '0', and
 * of a card number the first six and the last four stay, as the platform shows it.
 *
 * It reads JSON and forms, but is no parser: broken input is masked as far as it goes. A name that
 * is spelt with escapes is taken for a secret one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define MASK_CARD_LEAST 13 /* digits of a number that is taken for a card's wherever it stands */

enum mask_kind {
    MASK_CARD,    /* card_number, or digits that pass for a card's anywhere */
    MASK_CODE,    /* cvv and its like */
    MASK_API_KEY, /* api_key, password */
    MASK_SECRET,  /* secret_key and its like, and sk_test_... anywhere */
};

/* A stretch of the text that must not be read. */
struct mask_span {
    size_t start, size;
    enum mask_kind kind;
    bool bare; /* a JSON number or word, not in quotes */
};

/* Calls `each` for every secret stretch of a body: JSON when it begins with '{' or '[', else a
 * form. In order; also of a text that is masked already. */
void mask_find(const char *data, size_t size, void (*each)(void *arg, const struct mask_span *span),
               void *arg);

/* The same for a query, where `token` is a secret too. */
void mask_find_query(const char *data, size_t size,
                     void (*each)(void *arg, const struct mask_span *span), void *arg);

/* Masks a body, as mask_find reads it. */
void mask_body(char *data, size_t size);

/* Masks the query of a target ("/path?a=b"). */
void mask_target(char *data, size_t size);

/* True for headers whose value is a secret: Authorization, Cookie, X-Mock-Token and their like. */
bool mask_hides_header(const char *name);
