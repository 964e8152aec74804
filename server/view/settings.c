#include "settings.h"

#include "base/nearest.h"
#include "base/text.h"
#include "domain/money.h"
#include "domain/outcome.h"
#include "view/settings_lists.h"

#include <string.h>

static const char *read_text_setting(const struct setting *setting, const json_t *value,
                                     struct json_errors *errors, const char **place)
{
    bool nullable = setting->kind != SETTING_CHOICE && setting->kind != SETTING_OUTCOME;
    if (json_is_null(value) && nullable) {
        *place = NULL;
        return NULL;
    }
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value)) {
        return "must be a string";
    }
    int64_t most = setting->most ? setting->most : 2048;
    if (text_utf8_length(text, strlen(text)) > most) {
        return arena_printf(errors->arena, "must be at most %lld characters", (long long)most);
    }
    if (setting->kind == SETTING_URL && !json_format_holds(JSON_FORMAT_URL, text)) {
        return "must be an http or https URL";
    }
    *place = arena_strdup(errors->arena, text);
    return NULL;
}

static const char *read_number(const struct setting *setting, const json_t *value,
                               struct json_errors *errors, int64_t *place)
{
    if (json_is_null(value) && setting->number == ACCOUNT_UNSET) {
        *place = ACCOUNT_UNSET;
        return NULL;
    }
    if (!json_is_integer(value) || json_integer_value(value) < setting->least ||
        json_integer_value(value) > setting->most) {
        return arena_printf(errors->arena, "must be a whole number from %lld to %lld",
                            (long long)setting->least, (long long)setting->most);
    }
    *place = json_integer_value(value);
    return NULL;
}

/* Reads a member of an object as an amount. Returns MONEY_NONE if it is not one, or below 0. */
static int64_t amount_of(const json_t *object, const char *name, struct arena *arena)
{
    const struct json_field field = {.name = name, .kind = JSON_KIND_MONEY};
    struct json_errors errors = {.arena = arena};
    int64_t amount = MONEY_NONE;
    json_read(object, &field, 1, false, &amount, &errors);
    return errors.n || amount < 0 ? MONEY_NONE : amount;
}

/* Kept in its normal form: each amount as the shortest decimal. */
static const char *read_amounts(const struct setting *setting, const json_t *value,
                                struct json_errors *errors, const char **place)
{
    if (json_is_null(value)) {
        *place = NULL;
        return NULL;
    }
    if (!json_is_object(value) || json_object_size(value) > (size_t)setting->most) {
        return arena_printf(errors->arena, "must be an object of at most %lld currencies",
                            (long long)setting->most);
    }
    const char *name;
    json_t *amount;
    buf_auto text = {0};
    json_auto_t *seen = json_object();
    struct json_out out = {.buf = &text};
    json_out_object(&out, NULL);
    json_object_foreach((json_t *)value, name, amount)
    {
        const char *currency = arena_upper(errors->arena, name);
        int64_t units = amount_of(value, name, errors->arena);
        if (units == MONEY_NONE || !json_format_holds(JSON_FORMAT_CURRENCY, currency)) {
            return "must be currencies and their amounts: 0 or more, below 90000000000, at most 8 "
                   "decimals and 15 digits";
        }
        if (json_object_get(seen, currency)) {
            return arena_printf(errors->arena, "%s is given twice", currency);
        }
        json_object_set_new(seen, currency, json_true());
        json_out_money(&out, currency, units);
    }
    json_out_object_end(&out);
    *place = arena_copy(errors->arena, text.data, text.size);
    return NULL;
}

/* Reads one value into a copy of the settings. Returns NULL, or the reason why it is refused. */
static const char *read_setting(const struct setting *setting, const json_t *value,
                                const struct resolution_set *resolutions, struct settings *settings,
                                struct json_errors *errors)
{
    void *place = setting_place(setting, settings);
    const char *why;
    struct outcome outcome;
    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_URL:
        return read_text_setting(setting, value, errors, place);
    case SETTING_CHOICE:
        why = read_text_setting(setting, value, errors, place);
        return why || text_index(setting->choices, *(const char **)place) >= 0
                   ? why
                   : arena_printf(errors->arena, "must be %s",
                                  nearest_choices(errors->arena, setting->choices));
    case SETTING_OUTCOME:
        why = read_text_setting(setting, value, errors, place);
        return why ? why
                   : outcome_parse(*(const char **)place, STATUS_PROCESS_PENDING, resolutions,
                                   errors->arena, &outcome);
    case SETTING_BOOL:
        if (!json_is_boolean(value)) {
            return "must be true or false";
        }
        *(bool *)place = json_is_true(value);
        return NULL;
    case SETTING_INT:
        return read_number(setting, value, errors, place);
    case SETTING_AMOUNTS:
        return read_amounts(setting, value, errors, place);
    case SETTING_HEADERS:
        return settings_read_headers(value, errors, place);
    case SETTING_PATHS:
        break;
    }
    return settings_read_paths(value, errors, place);
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

static const char *hint_for(const char *name, const char *const *others, struct arena *arena)
{
    struct nearest nearest = nearest_to(name);
    nearest_offer_rows(&nearest, account_settings, account_settings_count,
                       sizeof *account_settings);
    nearest_offer_list(&nearest, others);
    return nearest_hint(&nearest, arena, NULL);
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
            const char *why = read_setting(setting, value, resolutions, &copy, errors);
            if (why) {
                json_errors_add(errors, path, "%s", why);
            } else {
                *settings = copy;
            }
        } else if (!*prefix && text_equal(name, "settings")) {
            if (json_is_object(value)) {
                read_members(value, "settings.", NULL, resolutions, settings, errors);
            } else {
                json_errors_add(errors, path, "must be an object");
            }
        } else if (text_index(others, name) < 0) {
            json_errors_add(errors, path, "unknown name%s", hint_for(name, others, errors->arena));
        }
    }
}

/* A setting can stand at the top or in `settings`. If both differ, neither is meant for sure. */
static void check_twice(const json_t *object, struct json_errors *errors)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(object, "settings"), name, value)
    {
        const json_t *other = find_setting(name) ? json_object_get(object, name) : NULL;
        if (other && !json_equal(other, value)) {
            json_errors_add(errors, arena_printf(errors->arena, "settings.%s", name),
                            "differs from %s at the top: give one of them", name);
        }
    }
}

/* The outcome must be one of the profile, whichever of the two was read. */
static void check_outcome(const struct resolution_set *resolutions, const struct settings *settings,
                          struct json_errors *errors)
{
    struct outcome outcome;
    if (!outcome_parse(settings->outcome, STATUS_PROCESS_PENDING, resolutions, NULL, &outcome)) {
        const char *why = outcome_is_in(&outcome, profile_of(settings->profile), errors->arena);
        if (why) {
            json_errors_add(errors, "outcome", "%s", why);
        }
    }
}

void settings_read(const json_t *object, const char *const *others,
                   const struct resolution_set *resolutions, struct settings *settings,
                   struct json_errors *errors)
{
    read_members(object, "", others, resolutions, settings, errors);
    check_twice(object, errors);
    check_outcome(resolutions, settings, errors);
}

void settings_write(struct json_out *out, const struct settings *settings)
{
    for (size_t i = 0; i < account_settings_count; i++) {
        const struct setting *setting = &account_settings[i];
        const void *place = (const char *)settings + setting->offset;
        switch (setting->kind) {
        case SETTING_TEXT:
        case SETTING_URL:
        case SETTING_CHOICE:
        case SETTING_OUTCOME:
            json_out_text(out, setting->name, *(const char *const *)place);
            break;
        case SETTING_AMOUNTS:
        case SETTING_HEADERS:
        case SETTING_PATHS:
            json_out_raw(out, setting->name, *(const char *const *)place);
            break;
        case SETTING_BOOL:
            json_out_bool(out, setting->name, *(const bool *)place);
            break;
        case SETTING_INT:
            json_out_int_or_null(out, setting->name, *(const int64_t *)place, ACCOUNT_UNSET);
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

/* ------------------------------------------------------------------ opening balances */

/* Returns NULL if there is none. The caller owns it. */
static json_t *openings(const struct settings *settings, struct arena *arena)
{
    const char *text = settings->opening_balances;
    return text ? json_parse(text, strlen(text), arena, NULL) : NULL;
}

int64_t settings_opening(const struct settings *settings, const char *currency)
{
    struct arena arena = {0};
    json_auto_t *object = openings(settings, &arena);
    int64_t amount = object ? amount_of(object, currency, &arena) : MONEY_NONE;
    arena_finish(&arena);
    return amount;
}

void settings_opening_all(const struct settings *settings,
                          void (*each)(void *arg, const char *currency), void *arg)
{
    struct arena arena = {0};
    json_auto_t *object = openings(settings, &arena);
    const char *currency;
    json_t *amount;
    json_object_foreach(object, currency, amount)
    {
        each(arg, currency);
    }
    arena_finish(&arena);
}
