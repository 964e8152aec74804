/* Reads the hooks of rehearsal.json. */
#include "base/nearest.h"
#include "base/text.h"
#include "rehearse/rehearse_settings.h"

#define TEXT .most = SETTINGS_TEXT_MOST

static const char *const hook_names[HOOK_COUNT] = {
    [HOOK_ORDER] = "order",         [HOOK_STATE] = "state",
    [HOOK_REFUND] = "refund",       [HOOK_RESTART] = "restart",
    [HOOK_RECONCILE] = "reconcile", [HOOK_RETURN] = "return",
    [HOOK_PAYOUT] = "payout",       [HOOK_PAYOUT_STATE] = "payout_state",
};

/* A hook, with all that any of them may have. */
struct raw_hook {
    const char *method, *url, *body;
    const json_t *headers, *form, *json, *command, *expect, *map;
    const json_t *id, *status, *fulfilments, *amount, *refunded;
    int64_t within_ms;
};

#define HOOK_FIELDS                                                                                \
    JSON_FIELD(raw_hook, "method", TEXT, method), JSON_FIELD(raw_hook, "url", TEXT, url, TEXT),    \
        JSON_FIELD(raw_hook, "headers", ANY, headers), JSON_FIELD(raw_hook, "form", ANY, form),    \
        JSON_FIELD(raw_hook, "json", ANY, json),                                                   \
        JSON_FIELD(raw_hook, "body", TEXT, body, .most = 65536),                                   \
        JSON_FIELD(raw_hook, "expect", ANY, expect),                                               \
        JSON_FIELD(raw_hook, "command", ANY, command),                                             \
        JSON_FIELD(raw_hook, "within", DURATION, within_ms)

static const struct json_field plain_fields[] = {HOOK_FIELDS};
static const struct json_field order_fields[] = {HOOK_FIELDS, JSON_FIELD(raw_hook, "id", ANY, id)};
#define WORDS_FIELDS                                                                               \
    JSON_FIELD(raw_hook, "status", ANY, status), JSON_FIELD(raw_hook, "map", ANY, map)

static const struct json_field payout_state_fields[] = {HOOK_FIELDS, WORDS_FIELDS};
static const struct json_field state_fields[] = {
    HOOK_FIELDS,
    WORDS_FIELDS,
    JSON_FIELD(raw_hook, "fulfilments", ANY, fulfilments),
    JSON_FIELD(raw_hook, "amount", ANY, amount),
    JSON_FIELD(raw_hook, "refunded", ANY, refunded),
};

void settings_fields(struct settings_reading *reading, const char *path, const json_t *object,
                     const struct json_field *table, size_t n, void *into)
{
    struct json_errors found = {.arena = reading->errors.arena};
    json_read(object, table, n, true, into, &found);
    for (const struct json_error *error = found.first; error; error = error->next) {
        const char *at =
            *path ? arena_printf(found.arena, "%s.%s", path, error->path) : error->path;
        json_errors_add(&reading->errors, at, "%s", error->message);
    }
}

/* ------------------------------------------------------------------ extracts */

struct raw_extract {
    const char *pattern, *header;
};

static const struct json_field extract_fields[] = {
    JSON_FIELD(raw_extract, "pattern", TEXT, pattern, .required = true, TEXT),
    JSON_FIELD(raw_extract, "header", TEXT, header),
};

static void read_pattern(struct settings_reading *reading, const char *path, const json_t *value,
                         struct rehearse_extract *ret_extract)
{
    struct raw_extract raw = {0};
    char why[PATTERN_WHY];
    settings_fields(reading, path, value, extract_fields, ARRAY_SIZE(extract_fields), &raw);
    if (!raw.pattern) {
        return;
    }
    ret_extract->pattern = pattern_add(&reading->rehearsal->settings.patterns, raw.pattern);
    ret_extract->header = raw.header;
    if (!pattern_check(ret_extract->pattern, why)) {
        json_errors_add(&reading->errors, path, "This pattern cannot be compiled: %s.", why);
    } else if (pattern_groups(ret_extract->pattern) != 1) {
        json_errors_add(&reading->errors, path,
                        "This pattern must have one group, which is the value; (?:...) is none.");
    }
}

static void read_extract(struct settings_reading *reading, const char *hook, const char *name,
                         const json_t *value, struct rehearse_extract *ret_extract)
{
    const char *path = arena_printf(reading->errors.arena, "%s.%s", hook, name);
    const char *pointer = json_string_value(value);
    if (!value) {
        return;
    }
    ret_extract->given = true;
    if (json_is_object(value)) {
        read_pattern(reading, path, value, ret_extract);
    } else if (pointer && (*pointer == '/' || !*pointer)) {
        ret_extract->pointer = arena_strdup(reading->errors.arena, pointer);
    } else {
        json_errors_add(&reading->errors, path,
                        "This value must be a JSON pointer such as \"/data/status\", or "
                        "{\"pattern\": \"one (group)\"}.");
    }
}

/* ------------------------------------------------------------------ hooks */

static bool all_texts(const json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (!json_is_string(value)) {
            return false;
        }
    }
    return json_is_object(object);
}

static bool is_list_of(const json_t *list, bool texts)
{
    size_t i;
    json_t *value;
    json_array_foreach(list, i, value)
    {
        int64_t n = json_integer_value(value);
        if (texts ? !json_is_string(value) : n < 100 || n > 599) {
            return false;
        }
    }
    return json_is_array(list) && json_array_size(list) > 0 && json_array_size(list) <= 100;
}

/* The rules of a hook that its table does not say. */
static void check_hook(struct settings_reading *reading, const char *name,
                       const struct raw_hook *raw)
{
    struct json_errors *errors = &reading->errors;
    int bodies = !!raw->form + !!raw->json + !!raw->body;
    const struct {
        bool wrong;
        const char *member, *message;
    } rules[] = {
        {!raw->url && !raw->command, "", "This hook needs a \"url\" or a \"command\"."},
        {raw->url && raw->command, "", "This hook must have a \"url\" or a \"command\", not both."},
        {bodies > 1, "", "This hook must have one of \"form\", \"json\" and \"body\"."},
        {raw->headers && !all_texts(raw->headers), ".headers",
         "This value must be an object of texts."},
        {raw->form && !all_texts(raw->form), ".form", "This value must be an object of texts."},
        {raw->command && !is_list_of(raw->command, true), ".command",
         "This value must be a list of texts, such as [\"sh\", \"-c\", \"...\"]."},
        {raw->within_ms <= 0, ".within", "This value must be greater than 0."},
        {raw->expect && !is_list_of(raw->expect, false), ".expect",
         "This value must be a list of statuses, such as [200, 303]."},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        if (rules[i].wrong) {
            json_errors_add(errors, arena_printf(errors->arena, "%s%s", name, rules[i].member),
                            "%s", rules[i].message);
        }
    }
}

static void check_placeholders(struct settings_reading *reading, const char *name,
                               const json_t *hook)
{
    static const struct {
        const char *member;
        bool code;
    } members[] = {{"url", false}, {"headers", false}, {"form", false},
                   {"json", true}, {"body", true},     {"command", true}};
    for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
        settings_check_placeholders(
            reading, arena_printf(reading->errors.arena, "%s.%s", name, members[i].member),
            json_object_get(hook, members[i].member), members[i].code);
    }
}

static const char *const order_states[] = {
    "unpaid", "pending", "paid", "part", "failed", "refunded", "disputed", "part_refunded", NULL};
static const char *const payout_states[] = {"pending", "paid", "failed", NULL};

const char *settings_order_states(struct arena *arena)
{
    return nearest_choices(arena, order_states);
}

/* `path`: of the map. */
static void check_map(struct settings_reading *reading, const char *path, const json_t *map,
                      const char *const *states)
{
    struct json_errors *errors = &reading->errors;
    const char *word;
    json_t *state;
    if (map && !json_is_object(map)) {
        json_errors_add(errors, path, "This value must be an object.");
    }
    json_object_foreach((json_t *)map, word, state)
    {
        if (text_index(states, json_string_value(state)) < 0) {
            json_errors_add(errors, arena_printf(errors->arena, "%s.%s", path, word),
                            "This value must be %s.", nearest_choices(errors->arena, states));
        }
    }
}

static void take_words(struct settings_reading *reading, enum rehearse_hook_kind kind,
                       const struct raw_hook *raw, struct rehearse_words *ret_words)
{
    const char *hook = hook_names[kind];
    struct arena *arena = reading->errors.arena;
    read_extract(reading, hook, "status", raw->status, &ret_words->status);
    ret_words->map = raw->map;
    check_map(reading, arena_printf(arena, "%s.map", hook), raw->map,
              kind == HOOK_STATE ? order_states : payout_states);
    if (!raw->status) {
        json_errors_add(&reading->errors, arena_printf(arena, "%s.status", hook), MESSAGE_BLANK);
    }
}

static void take_extracts(struct settings_reading *reading, enum rehearse_hook_kind kind,
                          const struct raw_hook *raw)
{
    struct rehearse_settings *settings = &reading->rehearsal->settings;
    const struct {
        enum rehearse_hook_kind kind;
        const char *name;
        const json_t *value;
        struct rehearse_extract *extract;
    } all[] = {
        {HOOK_ORDER, "id", raw->id, &settings->order_id},
        {HOOK_PAYOUT, "id", raw->id, &settings->payout_id},
        {HOOK_STATE, "fulfilments", raw->fulfilments, &settings->fulfilments},
        {HOOK_STATE, "amount", raw->amount, &settings->shop_amount},
        {HOOK_STATE, "refunded", raw->refunded, &settings->refunded},
    };
    if (kind == HOOK_STATE) {
        take_words(reading, kind, raw, &settings->order_words);
    } else if (kind == HOOK_PAYOUT_STATE) {
        take_words(reading, kind, raw, &settings->payout_words);
    }
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (all[i].kind == kind) {
            read_extract(reading, hook_names[kind], all[i].name, all[i].value, all[i].extract);
        }
    }
}

/* What each hook may have. */
#define TABLE(fields)                                                                              \
    {                                                                                              \
        fields, ARRAY_SIZE(fields)                                                                 \
    }
static const struct table {
    const struct json_field *fields;
    size_t n;
} tables[HOOK_COUNT] = {
    [HOOK_ORDER] = TABLE(order_fields),     [HOOK_STATE] = TABLE(state_fields),
    [HOOK_REFUND] = TABLE(plain_fields),    [HOOK_RESTART] = TABLE(plain_fields),
    [HOOK_RECONCILE] = TABLE(plain_fields), [HOOK_RETURN] = TABLE(plain_fields),
    [HOOK_PAYOUT] = TABLE(order_fields),    [HOOK_PAYOUT_STATE] = TABLE(payout_state_fields),
};

void settings_hook(struct settings_reading *reading, enum rehearse_hook_kind kind,
                   const json_t *value)
{
    const char *name = hook_names[kind];
    struct raw_hook raw = {.within_ms = 15000};
    const struct table *table = &tables[kind];
    if (!json_is_object(value)) {
        json_errors_add(&reading->errors, name,
                        kind == HOOK_RESTART ? "This value must be true or an object."
                                             : "This value must be an object.");
        return;
    }
    settings_fields(reading, name, value, table->fields, table->n, &raw);
    check_hook(reading, name, &raw);
    check_placeholders(reading, name, value);
    take_extracts(reading, kind, &raw);
    bool body = raw.form || raw.json || raw.body;
    reading->rehearsal->settings.hooks[kind] = (struct rehearse_hook){
        .given = true,
        .name = name,
        .method = raw.method ? raw.method
                  : body     ? "POST"
                             : "GET",
        .url = raw.url,
        .body = raw.body,
        .headers = raw.headers,
        .form = raw.form,
        .json = raw.json,
        .command = raw.command,
        .expect = raw.expect,
        .wrong_from = kind == HOOK_ORDER ? 500 : 0, /* an error page: the customer tries again */
        .within_ms = raw.within_ms,
    };
}
