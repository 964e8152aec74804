/*
 * Makes secrets unreadable in what clients sent: card numbers, security codes, API keys. A masked
 * text keeps its length, so it is done in place: digits become '*', in a bare JSON number '0', and
 * of a card number the first six and the last four stay, as the platform shows it. Everything that
 * is not a secret stays byte for byte.
 *
 * Secrets are the values of secret names (`cvv`, "card[cvv]", "c\u0076v"), including everything in
 * an object or a list under such a name. Possible card numbers and secret keys are secrets
 * anywhere. There is one reader per format: JSON (mask_json.c), forms and queries (mask_form.c),
 * multipart (mask_find.c), XML (mask_xml.c), any other text (mask_text.c). Broken input is read
 * as far as possible.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum mask_kind {
    MASK_CARD,    /* card_number, or digits that may be a card's anywhere */
    MASK_CODE,    /* cvv and similar */
    MASK_API_KEY, /* api_key, password */
    MASK_SECRET,  /* secret_key and similar, and sk_test_... anywhere */
    MASK_TOKEN,   /* token of a query */
    MASK_HEADER,  /* a header's value; never found, only noted */
};

/* A secret: a range of the text. */
struct mask_span {
    size_t start, size;
    size_t name, name_size; /* its name as sent; size 0: it has none */
    enum mask_kind kind;
    bool bare; /* a JSON number, not in quotes */
};

/* Calls `each` for every secret in a body, in order. They do not overlap. The first bytes tell the
 * format, but the boundary of `type`, its Content-Type (NULL: not known), comes first: that is how
 * the parts are read. */
void mask_find(const char *type, const char *data, size_t size,
               void (*each)(void *arg, const struct mask_span *span), void *arg);

/* The same for a target ("/path?a=b") or a header's value, which may be a URL. In the query after
 * '?', `token` is a secret too. */
void mask_find_target(const char *data, size_t size,
                      void (*each)(void *arg, const struct mask_span *span), void *arg);

/* Masks a secret in the text in which it was found. Only the first `size` bytes of the text are
 * there. */
void mask_hide(char *text, size_t size, const struct mask_span *span);

/* Both for a whole body, in place. */
void mask_body(char *data, size_t size);

/* Both for a target, in place. */
void mask_target(char *data, size_t size);

/* True for headers with a secret value: Authorization, Cookie, X-Mock-Token and similar. */
bool mask_hides_header(const char *name);
