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

static const char *const labels[] = {"pay", "subscribe", "donate"};
static const char *const themes[] = {"light", "dark"};

/* The one of `names` that the text is, else NULL. */
static const char *one_of(const char *text, const char *const *names, size_t n)
{
    for (size_t i = 0; text && i < n; i++) {
        if (text_equal(text, names[i])) {
            return names[i];
        }
    }
    return NULL;
}

/* #rgb or #rrggbb: nothing else may reach a style sheet. */
static bool is_colour(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return (length == 4 || length == 7) && *text == '#' &&
           strspn(text + 1, "0123456789abcdefABCDEF") == length - 1;
}

static void add_colour(struct look *look, const char *property, const char *value,
                       struct arena *arena)
{
    if (is_colour(value) && look->n_colours < LOOK_COLOURS_MOST) {
        look->colours[look->n_colours++] =
            (struct look_colour){property, arena_strdup(arena, value)};
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
    look->theme =
        one_of(json_string_value(json_object_get(style, "theme")), themes, ARRAY_SIZE(themes));
    look->pay_label = one_of(json_string_value(json_object_get(style, "pay_button_label")), labels,
                             ARRAY_SIZE(labels));
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        add_colour(look, colours[i].property,
                   json_string_value(json_object_get(style, colours[i].name)), arena);
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
    look.theme = look.theme ? look.theme : one_of(cardgate->theme, themes, ARRAY_SIZE(themes));
    look.pay_label = look.pay_label ? look.pay_label : labels[0];
    add_colour(&look, "--accent", cardgate->button_colour, arena);
    add_colour(&look, "--on-accent", cardgate->button_ink, arena);
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
