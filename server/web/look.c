#include "look.h"

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
_Static_assert(ARRAY_SIZE(colours) + 2 <= LOOK_COLOURS_MOST, "room for the card gate's two");

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

static void add_colour(struct look *look, const char *property, const char *value)
{
    if (value && look->n_colours < LOOK_COLOURS_MOST &&
        colour_parse(value, look->colours[look->n_colours].value)) {
        look->colours[look->n_colours++].property = property;
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

static void read_order(const char *text, struct arena *arena, struct look *look)
{
    json_auto_t *all = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *display = json_object_get(all, "display");
    const json_t *style = json_object_get(all, "style");
    look->hide_header = hides(display, "hide_header");
    look->hide_footer = hides(display, "hide_footer");
    look->hide_progress = hides(display, "hide_progress_bar");
    look->hide_filter = hides(display, "hide_method_filter");
    look->hide_counter = hides(display, "hide_lifetime_counter");
    look->show_methods = codes_of(json_object_get(display, "show_methods"), arena);
    look->hide_methods = codes_of(json_object_get(display, "hide_methods"), arena);
    look->hide_logo = json_is_false(json_object_get(style, "show_method_logo"));
    look->theme = theme_of(json_string_value(json_object_get(style, "theme")));
    look->pay_label =
        arena_strdup(arena, json_string_value(json_object_get(style, "pay_button_label")));
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        add_colour(look, colours[i].property,
                   json_string_value(json_object_get(style, colours[i].name)));
    }
}

void look_of(const struct invoice *invoice, const struct cardgate *cardgate, struct arena *arena,
             struct look *ret_look)
{
    struct look look = {0};
    read_order(invoice->look, arena, &look);
    look.hide_footer = look.hide_footer || cardgate->hide_footer;
    look.hide_holder = cardgate->hide_holder;
    look.merchant = cardgate->merchant_name;
    look.window_title = cardgate->window_title;
    look.theme = look.theme ? look.theme : theme_of(cardgate->theme);
    look.pay_label = look.pay_label ? look.pay_label : "pay";
    add_colour(&look, "--accent", cardgate->button_colour);
    add_colour(&look, "--on-accent", cardgate->button_ink);
    *ret_look = look;
}

void look_css(struct buf *out, const struct look *look)
{
    buf_text(out, ":root {\n");
    for (size_t i = 0; i < look->n_colours; i++) {
        buf_printf(out, "  %s: %s;\n", look->colours[i].property, look->colours[i].value);
    }
    buf_text(out, "}\n");
}

bool look_offers(const struct look *look, const char *method, struct arena *arena)
{
    const char *code = arena_printf(arena, ",%s,", method);
    bool shown = !look->show_methods || strstr(look->show_methods, code);
    return shown && !(look->hide_methods && strstr(look->hide_methods, code));
}
