/* The mock's own panel on the card page: the fixtures' test cards, to fill in with one click. */
#pragma once

#include "web/visit.h"

#define CHECKOUT_PANEL_CVV "123"
#define CHECKOUT_PANEL_HOLDER "TEST HOLDER"

struct checkout_panel {
    struct template_rows cards, expiries;
};

void checkout_panel_fill(const struct visit *visit, struct checkout_panel *ret_panel);

/* "5123 8172 3406 0000", "12/24" */
const char *checkout_panel_number(struct arena *arena, const char *number);
const char *checkout_panel_expiry(struct arena *arena, const char *expiry);
