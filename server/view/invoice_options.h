/*
 * The `options` of a payment's order. Options that the mock knows are kept as booleans, in whatever
 * form they were sent; others are kept as sent and have no effect.
 */
#pragma once

#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>

#define OPTION_ALLOW_PARTIALLY "allow_partially"
#define OPTION_BYPASS_HPP "bypass_hpp"
#define OPTION_SEND_CONTEXT "send_operation_context_on_return"

struct invoice_options {
    bool allow_partially, bypass_hpp, send_context;
};

/*
 * The text that an invoice keeps, in the arena: the order's `options` with the known ones
 * normalized. NULL if the order has none.
 */
const char *invoice_options_text(struct arena *arena, const json_t *given,
                                 const struct invoice_options *read);

/* An option of that text (may be NULL), or `otherwise` if it is not there. */
bool invoice_option(const char *options, const char *name, bool otherwise);
