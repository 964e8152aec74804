/*
 * The errors of a request's fields in the platform's form (422). The form depends on the account's
 * profile: a row of one table.
 */
#pragma once

#include "domain/account.h"
#include "wire/json_read.h"

enum error_style {
    ERROR_STYLE_MAP,  /* {"errors":{"amount":"..."}} */
    ERROR_STYLE_LIST, /* {"errors":[{"status":..,"code":..,"title":..,"detail":..,"source":{..}}]},
                         one for each field */
};

/* How a profile writes its errors. */
enum error_style view_error_style(enum profile profile);

/* The place of the fields in the request, for `source`. */
struct error_place {
    bool in_query;          /* else in the body */
    bool enveloped;         /* the body is an envelope (call_attributes) */
    const json_t *document; /* the body, as JSON or as read from a form; NULL: there is none */
    const char *header;     /* the path that means a header field, or NULL */
};

/*
 * Writes the document. `source` is {"pointer":"/data/attributes/amount"} for a member of the body,
 * {"parameter":"page[size]"} for the query and {"header":"X-Mock-Outcome"} for a header field.
 */
void view_errors(struct buf *out, enum error_style style, const struct error_place *place,
                 const struct json_errors *errors);

/* Reads what view_errors wrote: {path: message}, a new value; or NULL if `reply` is not such a
 * document. */
json_t *view_errors_read(const json_t *reply);
