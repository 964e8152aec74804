/*
 * The appearance of an invoice's pages, set by the merchant: `display` and `style` of the order
 * (P766, P767) and gateway_options.cardgate (P431). Colours become a separate style sheet,
 * because the pages' policy allows no style in the page.
 */
#pragma once

#include "base/buf.h"
#include "domain/colour.h"
#include "domain/invoice.h"
#include "view/cardgate.h"

#define APPEARANCE_COLOURS_MOST 16

struct appearance {
    const char *theme;     /* "light", "dark" or NULL: the browser's preference */
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

/* Reads the invoice's appearance; invalid values are ignored. Texts are in the arena. */
void appearance_of(const struct invoice *invoice, const struct cardgate *cardgate,
                   struct arena *arena, struct appearance *ret_appearance);

#define APPEARANCE_CONTRAST_LEAST 4.5 /* WCAG 2.2, 1.4.3 */

/* The theme that fits the merchant's colours: that of the background, or of the texts, that they
 * set; else the one that was asked for, or NULL. */
const char *appearance_theme(const struct appearance *appearance);

/* The pairs of text and ground whose contrast is too low because of the merchant's colours, in the
 * names of `style`, with the theme; NULL if all can be read. */
const char *appearance_faint(const struct appearance *appearance, struct arena *arena);

/* The style sheet of its colours, and of those of the page that are moved so that its texts can be
 * read. */
void appearance_css(struct buf *out, const struct appearance *appearance);

/* Whether a method is offered. */
bool appearance_offers(const struct appearance *appearance, const char *method,
                       struct arena *arena);
