/* The placeholders of hooks. */
#include "base/text.h"
#include "rehearse/rehearse_hook.h"

#include <string.h>

struct placeholder {
    const char *name;
    size_t offset; /* into struct scene; 0: `value` */
    const char *(*value)(struct scene *scene);
    bool url; /* a URL, which stands in a URL as it is */
};

static const char *value_port(struct scene *scene)
{
    return scene->port ? arena_printf(&scene->arena, "%d", scene->port) : NULL;
}

static const char *value_mock(struct scene *scene)
{
    return scene->rehearsal->mock;
}

static const char *value_amount(struct scene *scene)
{
    return scene->hook_amount ? scene->hook_amount : scene->amount;
}

static const char *value_dir(struct scene *scene)
{
    return scene->place->dir;
}

#define AT(member) offsetof(struct scene, member)

static const struct placeholder placeholders[] = {
    {"shop", AT(shop), NULL, true},
    {"mock", 0, value_mock, true},
    {"return_url", AT(return_url), NULL, true},
    {"callback_url", AT(callback_url), NULL, true},
    {"port", 0, value_port, false},
    {"order", AT(order), NULL, false},
    {"payout", AT(payout), NULL, false},
    {"click", AT(click), NULL, false},
    {"reference", AT(reference), NULL, false},
    {"invoice", AT(invoice), NULL, false},
    {"amount", 0, value_amount, false},
    {"currency", AT(currency), NULL, false},
    {"dir", 0, value_dir, false},
    {"stranger", AT(stranger), NULL, false},
    {"other", AT(other), NULL, false},
};

#define OF_STEPS 2 /* the last ones are for the steps of scenarios */

const char *hook_placeholder(size_t i)
{
    return i < ARRAY_SIZE(placeholders) - OF_STEPS ? placeholders[i].name : NULL;
}

/* NULL if it has none yet. */
static const char *value_of(struct scene *scene, const struct placeholder *placeholder)
{
    const char *value = placeholder->value
                            ? placeholder->value(scene)
                            : *(const char **)(void *)((char *)scene + placeholder->offset);
    return value && *value ? value : NULL;
}

/* The placeholder that begins at an opening brace, or NULL: braces of JSON stay. */
static const struct placeholder *placeholder_at(const char *brace)
{
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
        size_t size = strlen(placeholders[i].name);
        if (strncmp(brace + 1, placeholders[i].name, size) == 0 && brace[1 + size] == '}') {
            return &placeholders[i];
        }
    }
    return NULL;
}

static void fail_empty(struct scene *scene, const struct placeholder *placeholder)
{
    scene_fail(scene, "{%s} has no value here", placeholder->name);
}

static const char *fill(struct scene *scene, const char *text, bool url)
{
    buf_auto filled = {0};
    for (const char *at = text; *at;) {
        const struct placeholder *found = *at == '{' ? placeholder_at(at) : NULL;
        if (!found) {
            buf_char(&filled, *at++);
            continue;
        }
        const char *value = value_of(scene, found);
        if (!value) {
            fail_empty(scene, found);
            value = "";
        }
        if (url && !found->url) {
            buf_url_text(&filled, value);
        } else {
            buf_text(&filled, value);
        }
        at += strlen(found->name) + 2;
    }
    return arena_copy(&scene->arena, buf_str(&filled), filled.size);
}

const char *hook_fill(struct scene *scene, const char *text)
{
    return fill(scene, text, false);
}

const char *hook_fill_url(struct scene *scene, const char *text)
{
    return fill(scene, text, true);
}

/* ------------------------------------------------------------------ JSON, commands */

json_t *hook_fill_json(struct scene *scene, const json_t *value)
{
    const char *name;
    size_t i;
    json_t *each, *copy;
    if (json_is_string(value)) {
        return json_string(hook_fill(scene, json_string_value(value)));
    }
    if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach((json_t *)value, name, each)
        {
            json_object_set_new(copy, name, hook_fill_json(scene, each));
        }
        return copy;
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, i, each)
        {
            json_array_append_new(copy, hook_fill_json(scene, each));
        }
        return copy;
    }
    return json_deep_copy(value);
}

bool hook_can_fill(struct scene *scene, const char *text)
{
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        const struct placeholder *found = placeholder_at(at);
        if (found && !value_of(scene, found)) {
            return false;
        }
    }
    return true;
}

/* Whether a text has the variable of a placeholder, and not the beginning of a longer name. */
static bool has_variable(struct arena *arena, const char *text, const char *name)
{
    const char *variable = arena_printf(arena, "REHEARSE_%s", arena_upper(arena, name));
    size_t size = strlen(variable);
    for (const char *at = text; (at = strstr(at, variable)); at += size) {
        if (!strchr(TEXT_LETTERS TEXT_DIGITS "_", at[size]) || !at[size]) {
            return true;
        }
    }
    return false;
}

const char *hook_fill_word(struct scene *scene, const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
        if (!value_of(scene, &placeholders[i]) &&
            has_variable(&scene->arena, text, placeholders[i].name)) {
            fail_empty(scene, &placeholders[i]);
        }
    }
    return hook_fill(scene, text);
}

char **hook_variables(struct scene *scene)
{
    char **list = arena_alloc(&scene->arena, (ARRAY_SIZE(placeholders) + 1) * sizeof *list);
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
        const char *name = arena_upper(&scene->arena, placeholders[i].name);
        list[i] = arena_printf(&scene->arena, "REHEARSE_%s=%s", name,
                               value_of(scene, &placeholders[i]) ?: "");
    }
    return list;
}
