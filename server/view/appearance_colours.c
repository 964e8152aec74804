/* Merchants' colours that make texts of the page hard to read, and what the page does about them:
 * it takes the theme that fits them, and moves its own colours until its texts can be read. */
#include "appearance.h"

#include "base/attr.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* What the page uses where the merchant sets nothing: theme.css. The names are those of `style`. */
static const struct colour {
    const char *property, *name, *light, *dark;
} colours[] = {
    {"--ink", "primary_text_color", "#1a2033", "#eef1f8"},
    {"--paper", "primary_background_color", "#ffffff", "#191d28"},
    {"--quiet", "secondary_text_color", "#59627a", "#a4aec4"},
    {"--ground", "secondary_background_color", "#f3f4f9", "#0f1219"},
    {"--accent", "primary_color", "#3b4fd8", "#a9b6ff"},
    {"--on-accent", "on_primary_color", "#ffffff", "#10163a"},
    {"--milk", "secondary_color", "#eef0ff", "#1f2540"},
    {"--good", "success_color", "#146c3c", "#7edba6"},
    {"--bad", "danger_color", "#b3231b", "#ffa198"},
    {"--info", "info_color", "#1f5fa8", "#8dc0ff"},
    {"--alarm", "notices", "#fff1ef", "#34191a"},
    {"--hair", "marks", "#e3e6ef", "#2b3242"},
};

/* Texts of the page and what they stand on. */
static const struct {
    const char *text, *ground;
} pairs[] = {
    {"--ink", "--paper"},        {"--ink", "--ground"}, {"--ink", "--milk"},
    {"--ink", "--alarm"},        {"--bad", "--alarm"},  {"--quiet", "--paper"},
    {"--quiet", "--ground"},     {"--quiet", "--milk"}, {"--accent", "--paper"},
    {"--on-accent", "--accent"}, {"--good", "--paper"}, {"--bad", "--paper"},
    {"--info", "--paper"},       {"--ink", "--hair"},
};

/* The merchant's last colour of a property, NULL for none. */
static const char *own_colour(const struct appearance *appearance, const char *property)
{
    const char *found = NULL;
    for (size_t i = 0; i < appearance->n_colours; i++) {
        const struct appearance_colour *colour = &appearance->colours[i];
        found = text_equal(colour->property, property) ? colour->value : found;
    }
    return found;
}

static const struct colour *colour_of(const char *property)
{
    size_t i = 0;
    while (!text_equal(colours[i].property, property)) {
        i++;
    }
    return &colours[i];
}

/* ------------------------------------------------------------------ the theme */

/* What the page stands on, then its texts: the first that the merchant set decides. */
static const struct {
    const char *property;
    bool ground;
} deciders[] = {
    {"--paper", true}, {"--ground", true}, {"--milk", true}, {"--ink", false}, {"--quiet", false}};

const char *appearance_theme(const struct appearance *appearance)
{
    for (size_t i = 0; i < ARRAY_SIZE(deciders); i++) {
        const char *own = own_colour(appearance, deciders[i].property);
        if (own) {
            bool light = colour_contrast(own, "#000000") > colour_contrast(own, "#ffffff");
            return light == deciders[i].ground ? "light" : "dark";
        }
    }
    return appearance->theme;
}

/* ------------------------------------------------------------------ what cannot be read */

static const char *in_theme(const struct appearance *appearance, const struct colour *colour,
                            bool dark)
{
    return own_colour(appearance, colour->property) ?: dark ? colour->dark : colour->light;
}

static void say_faint(const struct appearance *appearance, const struct colour *text,
                      const struct colour *ground, struct buf *out)
{
    double contrast[2];
    for (int dark = 0; dark < 2; dark++) {
        contrast[dark] =
            colour_contrast(in_theme(appearance, text, dark), in_theme(appearance, ground, dark));
    }
    bool dark =
        appearance->theme ? text_equal(appearance->theme, "dark") : contrast[1] < contrast[0];
    bool own_text = own_colour(appearance, text->property);
    bool own_ground = own_colour(appearance, ground->property);
    if ((own_text || own_ground) && contrast[dark] < APPEARANCE_CONTRAST_LEAST) {
        buf_printf(out, "%s%s%s on %s%s %.1f:1 (%s theme)", out->size ? ", " : "",
                   own_text ? "" : "the page's ", text->name, own_ground ? "" : "the page's ",
                   ground->name, contrast[dark], dark ? "dark" : "light");
    }
}

const char *appearance_faint(const struct appearance *appearance, struct arena *arena)
{
    buf_auto out = {0};
    for (size_t i = 0; appearance->n_colours && i < ARRAY_SIZE(pairs); i++) {
        say_faint(appearance, colour_of(pairs[i].text), colour_of(pairs[i].ground), &out);
    }
    return out.size ? arena_copy(arena, out.data, out.size) : NULL;
}

/* ------------------------------------------------------------------ the style sheet */

/* The colours of one theme as they are shown, and those that stay as the merchant set them. */
struct palette {
    char shown[ARRAY_SIZE(colours)][COLOUR_TEXT];
    bool fixed[ARRAY_SIZE(colours)];
    char link[COLOUR_TEXT]; /* the accent as a text */
};

/* Colours of the merchant that give way in a theme where they cannot be read. */
static bool gives_way(const char *property)
{
    return text_equal(property, "--good") || text_equal(property, "--bad") ||
           text_equal(property, "--info");
}

static size_t place_of(const char *property)
{
    return (size_t)(colour_of(property) - colours);
}

/* The least contrast of a colour at a place with those that it meets: as a text with all grounds,
 * as a ground with the texts that are fixed. */
static double least(const struct palette *palette, size_t place, bool as_text, const char *hex)
{
    double found = 21;
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        size_t text = place_of(pairs[i].text), ground = place_of(pairs[i].ground);
        bool meets = as_text ? text == place : ground == place && palette->fixed[text];
        const char *other = palette->shown[as_text ? ground : text];
        double contrast = meets ? colour_contrast(hex, other) : found;
        found = contrast < found ? contrast : found;
    }
    return found;
}

/* Moves a colour to black or white, no further than it must. */
static void move(const struct palette *palette, size_t place, bool as_text, char hex[COLOUR_TEXT])
{
    char moved[COLOUR_TEXT];
    memcpy(moved, hex, COLOUR_TEXT);
    bool white =
        least(palette, place, as_text, "#ffffff") > least(palette, place, as_text, "#000000");
    for (int tenths = 1;
         tenths <= 10 && least(palette, place, as_text, moved) < APPEARANCE_CONTRAST_LEAST;
         tenths++) {
        colour_move(hex, white, tenths, moved);
    }
    memcpy(hex, moved, COLOUR_TEXT);
}

static bool is_ground(size_t place)
{
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        if (place_of(pairs[i].ground) == place) {
            return true;
        }
    }
    return false;
}

static void fit(const struct appearance *appearance, bool dark, struct palette *palette)
{
    size_t accent = place_of("--accent");
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        snprintf(palette->shown[i], COLOUR_TEXT, "%s", in_theme(appearance, &colours[i], dark));
        palette->fixed[i] = own_colour(appearance, colours[i].property) &&
                            !gives_way(colours[i].property) && i != accent;
    }
    memcpy(palette->link, palette->shown[accent], COLOUR_TEXT);
    palette->fixed[accent] = own_colour(appearance, "--accent");
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        /* the accent as a text is the link, so it fixes no ground */
        if (is_ground(i) && !palette->fixed[i]) {
            bool accented = palette->fixed[accent];
            palette->fixed[accent] = false;
            move(palette, i, false, palette->shown[i]);
            palette->fixed[accent] = accented;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        if (!is_ground(i) && !palette->fixed[i]) {
            move(palette, i, true, palette->shown[i]);
        }
    }
    move(palette, accent, true, palette->link);
}

static void add_property(struct buf *out, const char *property, const char *light, const char *dark,
                         const char *theme)
{
    if (theme || text_equal(light, dark)) {
        buf_printf(out, "  %s: %s;\n", property, text_equal(theme, "dark") ? dark : light);
    } else {
        buf_printf(out, "  %s: light-dark(%s, %s);\n", property, light, dark);
    }
}

/* One block: with `theme` "light" it is for browsers that do not know light-dark(). */
static void add_block(struct buf *out, const struct appearance *appearance,
                      const struct palette palettes[2], const char *theme)
{
    buf_text(out, ":root {\n");
    for (size_t i = 0; i < appearance->n_colours; i++) {
        buf_printf(out, "  %s: %s;\n", appearance->colours[i].property,
                   appearance->colours[i].value);
    }
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        const char *light = palettes[0].shown[i], *dark = palettes[1].shown[i];
        bool light_moved = !text_equal(light, in_theme(appearance, &colours[i], false));
        bool dark_moved = !text_equal(dark, in_theme(appearance, &colours[i], true));
        if (text_equal(theme, "dark") ? dark_moved : light_moved || (!theme && dark_moved)) {
            add_property(out, colours[i].property, light, dark, theme);
        }
    }
    if (own_colour(appearance, "--accent") || own_colour(appearance, "--on-accent") ||
        own_colour(appearance, "--paper")) {
        add_property(out, "--link", palettes[0].link, palettes[1].link, theme);
    }
    buf_text(out, "}\n");
}

void appearance_css(struct buf *out, const struct appearance *appearance)
{
    struct palette palettes[2];
    fit(appearance, false, &palettes[0]);
    fit(appearance, true, &palettes[1]);
    add_block(out, appearance, palettes, appearance->theme ? appearance->theme : "light");
    if (!appearance->theme && appearance->n_colours) {
        buf_text(out, "@supports (color: light-dark(#fff, #000)) {\n");
        add_block(out, appearance, palettes, NULL);
        buf_text(out, "}\n");
    }
}
