/*
 * The `options` of a payment's order. Those that the mock knows are kept as booleans, whatever
 * spelling they came in; the others are kept as they came, and mean nothing.
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
 * The text that an invoice keeps, in the arena: of the order's `options` and what was read of them.
 * NULL when the order has none.
 */
const char *invoice_options_text(struct arena *arena, const json_t *given,
                                 const struct invoice_options *read);

/* An option of that text; `otherwise` if the text, which may be NULL, does not say. */
bool invoice_option(const char *options, const char *name, bool otherwise);
