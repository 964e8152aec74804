#include "appearance.h"

#include "base/attr.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

/* Names of the platform's reference and of its widget; page.css has the properties. */
static const struct {
    const char *name, *property;
} colours[] = {
    {"primary", "--accent"},
    {"primary_color", "--accent"},
    {"on_primary_color", "--on-accent"},
    {"primary_text_color", "--ink"},
    {"primary_background_color", "--paper"},
    {"secondary", "--milk"},
    {"secondary_color", "--milk"},
    {"secondary_text_color", "--quiet"},
    {"secondary_background_color", "--ground"},
    {"success_color", "--good"},
    {"warning_color", "--warn"},
    {"danger_color", "--bad"},
    {"info_color", "--info"},
};
_Static_assert(ARRAY_SIZE(colours) + 2 <= APPEARANCE_COLOURS_MOST, "room for the card gate's two");

/* The platform's presets are basic and dark. */
static const struct {
    const char *name, *theme;
} themes[] = {{"basic", "light"}, {"light", "light"}, {"dark", "dark"}};

static const char *theme_of(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_SIZE(themes); i++) {
        if (text_equal(name, themes[i].name)) {
            return themes[i].theme;
        }
    }
    return NULL;
}

static void add_colour(struct appearance *appearance, const char *property, const char *value)
{
    if (value && appearance->n_colours < APPEARANCE_COLOURS_MOST &&
        colour_parse(value, appearance->colours[appearance->n_colours].value)) {
        appearance->colours[appearance->n_colours++].property = property;
    }
}

/* The order's way: booleans are stored as such. */
static bool hides(const json_t *display, const char *name)
{
    return json_is_true(json_object_get(display, name));
}

/* A list of method codes as one text, ",card,paypal,"; NULL when it is not there. */
static const char *codes_of(const json_t *list, struct arena *arena)
{
    buf_auto out = {0};
    size_t i;
    const json_t *code;
    json_array_foreach(list, i, code)
    {
        buf_printf(&out, "%s%s,", i ? "" : ",", json_string_value(code));
    }
    return out.size ? arena_copy(arena, out.data, out.size) : NULL;
}

static void read_order(const char *text, struct arena *arena, struct appearance *appearance)
{
    json_auto_t *all = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *display = json_object_get(all, "display");
    const json_t *style = json_object_get(all, "style");
    appearance->hide_header = hides(display, "hide_header");
    appearance->hide_footer = hides(display, "hide_footer");
    appearance->hide_progress = hides(display, "hide_progress_bar");
    appearance->hide_filter = hides(display, "hide_method_filter");
    appearance->hide_counter = hides(display, "hide_lifetime_counter");
    appearance->show_methods = codes_of(json_object_get(display, "show_methods"), arena);
    appearance->hide_methods = codes_of(json_object_get(display, "hide_methods"), arena);
    appearance->hide_logo = json_is_false(json_object_get(style, "show_method_logo"));
    appearance->theme = theme_of(json_string_value(json_object_get(style, "theme")));
    appearance->pay_label =
        arena_strdup(arena, json_string_value(json_object_get(style, "pay_button_label")));
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        add_colour(appearance, colours[i].property,
                   json_string_value(json_object_get(style, colours[i].name)));
    }
}

void appearance_of(const struct invoice *invoice, const struct cardgate *cardgate,
                   struct arena *arena, struct appearance *ret_appearance)
{
    struct appearance appearance = {0};
    read_order(invoice->look, arena, &appearance);
    appearance.hide_footer = appearance.hide_footer || cardgate->hide_footer;
    appearance.hide_holder = cardgate->hide_holder;
    appearance.merchant = cardgate->merchant_name;
    appearance.window_title = cardgate->window_title;
    appearance.theme = appearance.theme ? appearance.theme : theme_of(cardgate->theme);
    appearance.pay_label = appearance.pay_label ? appearance.pay_label : "pay";
    add_colour(&appearance, "--accent", cardgate->button_colour);
    add_colour(&appearance, "--on-accent", cardgate->button_ink);
    appearance.theme = appearance_theme(&appearance);
    *ret_appearance = appearance;
}

bool appearance_offers(const struct appearance *appearance, const char *method, struct arena *arena)
{
    const char *code = arena_printf(arena, ",%s,", method);
    bool shown = !appearance->show_methods || strstr(appearance->show_methods, code);
    return shown && !(appearance->hide_methods && strstr(appearance->hide_methods, code));
}
