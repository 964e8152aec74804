#include "api/order_fields.h"

#include "base/attr.h"
#include "base/text.h"

#include <string.h>

#define METHODS_MOST 50
#define METHOD_CODE_MOST 64
#define LABEL_MOST 64

struct appearance_input {
    bool has_display, hide_header, hide_footer, hide_progress_bar, hide_method_filter,
        hide_lifetime_counter;
    const json_t *show_methods, *hide_methods;
    bool has_style, show_method_logo;
    const char *pay_button_label, *theme;
    const char *success, *warning, *danger, *info;
    const char *primary_plain, *secondary_plain; /* the widget's names */
    const char *primary, *primary_variant, *primary_text, *primary_background, *on_primary;
    const char *secondary, *secondary_variant, *secondary_text, *secondary_background,
        *on_secondary;
};

static const char *const themes[] = {"basic", "light", "dark", NULL};

#define FIELD(key, what, member, ...) JSON_FIELD(appearance_input, key, what, member, ##__VA_ARGS__)
#define FLAG(member) FIELD(#member, BOOL, member)
#define COLOR(key, member) FIELD(key, TEXT, member, .format = JSON_FORMAT_COLOR)

static const struct json_field display_fields[] = {
    FLAG(hide_header),
    FLAG(hide_footer),
    FLAG(hide_progress_bar),
    FLAG(hide_method_filter),
    FLAG(hide_lifetime_counter),
    FIELD("show_methods", ANY, show_methods),
    FIELD("hide_methods", ANY, hide_methods),
};

static const struct json_field style_fields[] = {
    FIELD("pay_button_label", TEXT, pay_button_label, .most = LABEL_MOST),
    FLAG(show_method_logo),
    FIELD("theme", TEXT, theme, .choices = themes),
    COLOR("success_color", success),
    COLOR("warning_color", warning),
    COLOR("danger_color", danger),
    COLOR("info_color", info),
    COLOR("primary", primary_plain),
    COLOR("primary_color", primary),
    COLOR("primary_variant", primary_variant),
    COLOR("primary_text_color", primary_text),
    COLOR("primary_background_color", primary_background),
    COLOR("on_primary_color", on_primary),
    COLOR("secondary", secondary_plain),
    COLOR("secondary_color", secondary),
    COLOR("secondary_variant", secondary_variant),
    COLOR("secondary_text_color", secondary_text),
    COLOR("secondary_background_color", secondary_background),
    COLOR("on_secondary_color", on_secondary),
};

/* In the order of reading: `style` comes later and wins. */
static const struct json_field appearance_fields[] = {
    FIELD("pay_button_label", TEXT, pay_button_label, .most = LABEL_MOST),
    FIELD("theme", TEXT, theme, .choices = themes),
    FIELD("display", OBJECT, has_display, JSON_NESTED(display_fields)),
    FIELD("style", OBJECT, has_style, JSON_NESTED(style_fields)),
};

/* ------------------------------------------------------------------ lists of methods */

/* One code, or some with commas between. */
static bool add_methods(json_t *list, const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value)) {
        return false;
    }
    while (*text) {
        size_t length = strcspn(text, ",");
        bool good = strspn(text, TEXT_LOWER TEXT_DIGITS "_") == length &&
                    length <= METHOD_CODE_MOST && json_array_size(list) < METHODS_MOST;
        if (!good) {
            return false;
        }
        if (length) {
            json_array_append_new(list, json_stringn(text, length));
        }
        text += length + (text[length] == ',');
    }
    return true;
}

/* A list, a text, or a map as forms send it (`show_methods[0]`). Returns a new value, or NULL if it
 * is wrong. */
static json_t *read_methods(const json_t *value)
{
    json_t *list = json_array();
    bool good = true;
    size_t i;
    const char *key;
    json_t *item;
    if (json_is_string(value)) {
        good = add_methods(list, value);
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, item)
        {
            good = good && add_methods(list, item);
        }
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, item)
        {
            good = good && add_methods(list, item);
        }
    } else {
        good = false;
    }
    if (!good) {
        json_decref(list);
        return NULL;
    }
    return list;
}

/* ------------------------------------------------------------------ the normal form */

/* The value of a field as JSON. NULL: none was given, or it had an error. */
static json_t *normal_value(const char *group, const struct json_field *field, const char *input,
                            struct json_errors *errors)
{
    const void *place = input + field->offset;
    if (field->kind == JSON_KIND_TEXT) {
        const char *text = *(const char *const *)place;
        return text ? json_string(text) : NULL;
    }
    if (field->kind == JSON_KIND_BOOL) {
        return json_boolean(*(const bool *)place);
    }
    json_t *list = read_methods(*(const json_t *const *)place);
    if (!list) {
        json_errors_add(errors, arena_printf(errors->arena, "%s.%s", group, field->name),
                        MESSAGE_INVALID);
    }
    return list;
}

/* The given members of a group, including texts of the top level. */
static json_t *normal_group(const struct json_field *group, const json_t *given,
                            const struct appearance_input *input, struct json_errors *errors)
{
    json_t *normal = json_object();
    for (size_t i = 0; i < group->n_fields; i++) {
        const struct json_field *field = &group->fields[i];
        const json_t *value = json_object_get(given, field->name);
        bool absent = !value || json_is_null(value);
        if (!absent || field->kind == JSON_KIND_TEXT) {
            json_object_set_new(normal, field->name,
                                normal_value(group->name, field, (const char *)input, errors));
        }
    }
    return normal;
}

const char *appearance_read(const json_t *attributes, struct json_errors *errors)
{
    struct appearance_input input = {0};
    json_auto_t *given = json_object(), *look = json_object();
    bool any = false;
    for (size_t i = 0; i < ARRAY_SIZE(appearance_fields); i++) {
        const char *name = appearance_fields[i].name;
        json_object_set_new(given, name, json_without_blanks(json_object_get(attributes, name)));
    }
    json_read(given, appearance_fields, ARRAY_SIZE(appearance_fields), false, &input, errors);
    for (size_t i = 0; i < ARRAY_SIZE(appearance_fields); i++) {
        const struct json_field *field = &appearance_fields[i];
        if (field->kind == JSON_KIND_OBJECT) {
            json_t *group =
                normal_group(field, json_object_get(given, field->name), &input, errors);
            any = any || json_object_size(group);
            json_object_set_new(look, field->name, group);
        }
    }
    return any ? json_text(errors->arena, look, false) : NULL;
}
