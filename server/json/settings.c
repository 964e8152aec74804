#include "settings.h"

#include "base/text.h"
#include "domain/outcome.h"

#include <string.h>

static bool read_text_setting(const struct setting *setting, const json_t *value,
                              struct json_errors *errors, const char **place, const char **ret_why)
{
    bool nullable = setting->kind != SETTING_CHOICE && setting->kind != SETTING_OUTCOME;
    if (json_is_null(value) && nullable) {
        *place = NULL;
        return true;
    }
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value)) {
        *ret_why = "a string is wanted";
        return false;
    }
    int64_t most = setting->most ? setting->most : 2048;
    if (text_utf8_length(text, strlen(text)) > most) {
        *ret_why =
            arena_printf(errors->arena, "at most %lld characters are taken", (long long)most);
        return false;
    }
    if (setting->kind == SETTING_URL && !json_format_holds(JSON_FORMAT_URL, text)) {
        *ret_why = "an http or https URL is wanted";
        return false;
    }
    *place = arena_strdup(errors->arena, text);
    return true;
}

static bool read_choice(const struct setting *setting, const char *text, struct json_errors *errors,
                        const char **ret_why)
{
    buf_auto list = {0};
    for (const char *const *choice = setting->choices; *choice; choice++) {
        if (text_equal(*choice, text)) {
            return true;
        }
        buf_printf(&list, "%s%s", list.size ? ", " : "", *choice);
    }
    *ret_why = arena_printf(errors->arena, "one of %s is wanted", buf_str(&list));
    return false;
}

static bool read_outcome(const char *text, const struct resolution_set *resolutions,
                         struct json_errors *errors, const char **ret_why)
{
    struct outcome outcome;
    char why[256];
    if (outcome_parse(text, STATUS_PROCESS_PENDING, resolutions, &outcome, why, sizeof why)) {
        return true;
    }
    *ret_why = arena_strdup(errors->arena, why);
    return false;
}

static bool read_number(const struct setting *setting, const json_t *value,
                        struct json_errors *errors, int64_t *place, const char **ret_why)
{
    if (json_is_null(value) && setting->number == ACCOUNT_UNSET) {
        *place = ACCOUNT_UNSET;
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < setting->least ||
        json_integer_value(value) > setting->most) {
        *ret_why = arena_printf(errors->arena, "a whole number from %lld to %lld is wanted",
                                (long long)setting->least, (long long)setting->most);
        return false;
    }
    *place = json_integer_value(value);
    return true;
}

/* Reads one value into a copy of the settings; on an error says why. */
static bool read_setting(const struct setting *setting, const json_t *value,
                         const struct resolution_set *resolutions, struct settings *settings,
                         struct json_errors *errors, const char **ret_why)
{
    const char **text = setting_text(setting, settings);
    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_URL:
        return read_text_setting(setting, value, errors, text, ret_why);
    case SETTING_CHOICE:
        return read_text_setting(setting, value, errors, text, ret_why) &&
               read_choice(setting, *text, errors, ret_why);
    case SETTING_OUTCOME:
        return read_text_setting(setting, value, errors, text, ret_why) &&
               read_outcome(*text, resolutions, errors, ret_why);
    case SETTING_BOOL:
        if (!json_is_boolean(value)) {
            *ret_why = "true or false is wanted";
            return false;
        }
        *setting_bool(setting, settings) = json_is_true(value);
        return true;
    case SETTING_INT:
        return read_number(setting, value, errors, setting_number(setting, settings), ret_why);
    case SETTING_OBJECT:
        if (!json_is_object(value) && !json_is_null(value)) {
            *ret_why = "an object is wanted";
            return false;
        }
        *text = json_is_null(value) ? NULL : json_text(errors->arena, value, false);
        return true;
    }
    return false;
}

static const struct setting *find_setting(const char *name)
{
    for (size_t i = 0; i < account_settings_count; i++) {
        if (text_equal(account_settings[i].name, name)) {
            return &account_settings[i];
        }
    }
    return NULL;
}

static bool is_listed(const char *const *names, const char *name)
{
    for (; names && *names; names++) {
        if (text_equal(*names, name)) {
            return true;
        }
    }
    return false;
}

static void read_members(const json_t *object, const char *prefix, const char *const *others,
                         const struct resolution_set *resolutions, struct settings *settings,
                         struct json_errors *errors)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        const char *path = arena_printf(errors->arena, "%s%s", prefix, name);
        const struct setting *setting = find_setting(name);
        if (setting) {
            struct settings copy = *settings;
            const char *why = NULL;
            if (read_setting(setting, value, resolutions, &copy, errors, &why)) {
                *settings = copy;
            } else {
                json_errors_add(errors, path, "%s", why);
            }
        } else if (!*prefix && text_equal(name, "settings")) {
            if (json_is_object(value)) {
                read_members(value, "settings.", NULL, resolutions, settings, errors);
            } else {
                json_errors_add(errors, path, "an object is wanted");
            }
        } else if (!is_listed(others, name)) {
            json_errors_add(errors, path, "unknown name");
        }
    }
}

void settings_read(const json_t *object, const char *const *others,
                   const struct resolution_set *resolutions, struct settings *settings,
                   struct json_errors *errors)
{
    read_members(object, "", others, resolutions, settings, errors);
}

void settings_write(struct json_out *out, const struct settings *settings)
{
    struct settings copy = *settings; /* the accessors take what can be written to */
    for (size_t i = 0; i < account_settings_count; i++) {
        const struct setting *setting = &account_settings[i];
        switch (setting->kind) {
        case SETTING_TEXT:
        case SETTING_URL:
        case SETTING_CHOICE:
        case SETTING_OUTCOME:
            json_out_text(out, setting->name, *setting_text(setting, &copy));
            break;
        case SETTING_OBJECT:
            json_out_raw(out, setting->name, *setting_text(setting, &copy));
            break;
        case SETTING_BOOL:
            json_out_bool(out, setting->name, *setting_bool(setting, &copy));
            break;
        case SETTING_INT:
            json_out_int_or_null(out, setting->name, *setting_number(setting, &copy),
                                 ACCOUNT_UNSET);
            break;
        }
    }
}

const char *settings_text(struct buf *buf, const struct settings *settings)
{
    struct json_out out = {.buf = buf};
    json_out_object(&out, NULL);
    settings_write(&out, settings);
    json_out_object_end(&out);
    return buf_str(buf);
}
