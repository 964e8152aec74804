/*
 * The merchant's options for the card gate, from gateway_options (P431): `cardgate` with its
 * `theme_options`. Booleans and numbers also come as texts. Everything unknown is ignored, as the
 * platform does.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct cardgate {
    bool tokenize;           /* return a token of the card */
    bool instant;            /* charge the order's token without the page */
    bool bypass_status_page; /* return to the shop directly after the decision */
    int64_t retry_limit;     /* attempts of the payer, 0: not given */
    bool hide_holder;        /* card_holder: false */
    bool hide_footer;        /* powered_by: false */
    const char *theme;       /* as sent, or NULL, like all that follow */
    const char *merchant_name, *window_title;
    const char *button_colour, *button_ink; /* btn_bg_color, btn_font_color */
};

/* Reads an invoice's gateway_options (JSON text or NULL). Texts live in the arena. */
void cardgate_read(const char *gateway_options, struct arena *arena, struct cardgate *ret_cardgate);

/* Reads `tokenize` alone. */
bool cardgate_tokenizes(const char *gateway_options);
