/*
 * The looks of an invoice's pages as its merchant wants them: `display` and `style` of the order
 * (P766, P767) and gateway_options.cardgate (P431). Colours become a style sheet of their own,
 * because the pages' policy allows no style in the page.
 */
#pragma once

#include "base/buf.h"
#include "domain/colour.h"
#include "domain/invoice.h"
#include "view/cardgate.h"

#define APPEARANCE_COLOURS_MOST 16

struct appearance {
    const char *theme;     /* "light", "dark" or NULL: as the browser wishes */
    const char *pay_label; /* of the pay button: "pay", "subscribe" and "donate" are translated, any
                              other text is the merchant's own */
    const char *window_title, *merchant; /* or NULL */
    bool hide_header, hide_footer, hide_progress, hide_filter, hide_counter, hide_holder, hide_logo;
    const char *show_methods, *hide_methods; /* codes with a comma around each, or NULL */
    struct appearance_colour {
        const char *property;
        char value[COLOUR_TEXT];
    } colours[APPEARANCE_COLOURS_MOST];
    size_t n_colours;
};

/* Reads what the invoice carries; what makes no sense is left out. Texts live in the arena. */
void appearance_of(const struct invoice *invoice, const struct cardgate *cardgate,
                   struct arena *arena, struct appearance *ret_appearance);

/* The style sheet of its colours. */
void appearance_css(struct buf *out, const struct appearance *appearance);

/* Whether a method is to be offered. */
bool appearance_offers(const struct appearance *appearance, const char *method,
                       struct arena *arena);
