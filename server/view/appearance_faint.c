/* Merchants' colours that make texts of the page hard to read. */
#include "appearance.h"

#include "base/attr.h"
#include "base/text.h"

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
    {"--alarm", "notices", "#fff1ef", "#34191a"},
};

/* Texts of the page and what they stand on. */
static const struct {
    const char *text, *ground;
} pairs[] = {
    {"--ink", "--paper"},        {"--ink", "--ground"}, {"--ink", "--milk"},
    {"--ink", "--alarm"},        {"--bad", "--alarm"},  {"--quiet", "--paper"},
    {"--quiet", "--ground"},     {"--quiet", "--milk"}, {"--accent", "--paper"},
    {"--on-accent", "--accent"}, {"--good", "--paper"}, {"--bad", "--paper"},
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

/* The lower contrast of the themes that the page may have. */
static double contrast_of(const struct appearance *appearance, const struct colour *text,
                          const struct colour *ground)
{
    const char *own = own_colour(appearance, text->property);
    const char *below = own_colour(appearance, ground->property);
    double light = colour_contrast(own ?: text->light, below ?: ground->light);
    double dark = colour_contrast(own ?: text->dark, below ?: ground->dark);
    return text_equal(appearance->theme, "light")  ? light
           : text_equal(appearance->theme, "dark") ? dark
           : light < dark                          ? light
                                                   : dark;
}

const char *appearance_faint(const struct appearance *appearance, struct arena *arena)
{
    buf_auto out = {0};
    for (size_t i = 0; appearance->n_colours && i < ARRAY_SIZE(pairs); i++) {
        const struct colour *text = colour_of(pairs[i].text), *ground = colour_of(pairs[i].ground);
        bool own =
            own_colour(appearance, text->property) || own_colour(appearance, ground->property);
        double contrast = contrast_of(appearance, text, ground);
        if (own && contrast < APPEARANCE_CONTRAST_LEAST) {
            buf_printf(&out, "%s%s on %s %.1f:1", out.size ? ", " : "", text->name, ground->name,
                       contrast);
        }
    }
    return out.size ? arena_copy(arena, out.data, out.size) : NULL;
}
