#include "service_fields.h"

#include "base/text.h"

#include <string.h>

#define CARD_FIELD "card_number" /* could be a card number, for any service */
#define CARD_FIRST 6             /* digits that are shown of a card, as in `payload` (P503) */
#define CARD_LAST 4

bool outcome_read(struct call *call, const char *path, const char *text,
                  const struct outcome_subject *subject, struct json_errors *errors)
{
    struct outcome outcome;
    if (!text) {
        return true;
    }
    const char *why = outcome_parse(text, subject->from, &call->engine->fixture->resolutions,
                                    call->arena, &outcome);
    why = why ? why : outcome_fits(&outcome, subject, call->arena);
    if (why) {
        json_errors_add(errors, path, "%s", why);
    }
    return !why;
}

/* ------------------------------------------------------------------ a field */

/* The map `name` of a request, and where its errors go. */
struct map {
    struct call *call;
    const char *name;
    const json_t *fields;
    struct json_errors *errors;
};

enum reading {
    READ_TEXT,     /* an empty one counts as absent */
    READ_OR_EMPTY, /* an empty one is a value */
    READ_NAME,     /* of a status or a resolution: with spaces and hyphens, or with underscores */
};

/* The regexp of a name has spaces and hyphens where the name has underscores (P623). */
static bool holds(const struct map *map, const struct service_field *field, enum reading how,
                  const char *text)
{
    if (service_field_holds(field, text)) {
        return true;
    }
    char *spaced = arena_strdup(map->call->arena, text);
    text_replace(spaced, "_", ' ');
    return how == READ_NAME && service_field_holds(field, spaced);
}

/* One field: its text if it is right, else NULL and perhaps an error at "MAP.KEY". */
static const char *read_field(const struct map *map, const struct service_field *field,
                              enum reading how)
{
    const json_t *value = json_object_get(map->fields, field->key);
    const char *text = json_string_value(value);
    const char *path = arena_printf(map->call->arena, "%s.%s", map->name, field->key);
    if (!value || json_is_null(value) || (text && !*text && how != READ_OR_EMPTY)) {
        if (field->required) {
            json_errors_add(map->errors, path, MESSAGE_BLANK);
        }
        return NULL;
    }
    if (!text) {
        json_errors_add(map->errors, path, "This value should be of type string.");
    } else if (strlen(text) != json_string_length(value) || !holds(map, field, how, text)) {
        json_errors_add(map->errors, path, MESSAGE_INVALID);
    } else {
        return text;
    }
    return NULL;
}

/* "512381******0000" of a text, "*" of anything else that stands there. */
static json_t *masked_card(struct call *call, const json_t *value)
{
    const char *number = json_string_value(value);
    char *masked = arena_strdup(call->arena, number ? number : "*");
    size_t length = strlen(masked);
    for (size_t i = CARD_FIRST; i + CARD_LAST < length; i++) {
        masked[i] = '*';
    }
    return json_string(masked);
}

/* The fields as they are stored and shown, a JSON text without full card numbers. */
static const char *kept_fields(struct call *call, const json_t *fields)
{
    const json_t *card = json_object_get(fields, CARD_FIELD);
    if (!card || json_is_null(card)) {
        return json_text(call->arena, fields, true);
    }
    json_auto_t *copy = json_copy((json_t *)fields);
    json_object_set_new(copy, CARD_FIELD, masked_card(call, card));
    return json_text(call->arena, copy, true);
}

/* ------------------------------------------------------------------ of a payment */

/* The words of the published catalogue's hint (P1066, P1067). */
static const struct status_word {
    const char *word;
    enum status status;
} words[] = {
    {"success", STATUS_PROCESSED},
    {"pending", STATUS_PROCESS_PENDING},
    {"fail", STATUS_PROCESS_FAILED},
};

/* The outcome of a word, a status or a resolution in any case; the text itself if it is none. */
static const char *plan_of(struct call *call, const char *text)
{
    enum status status;
    const struct status_word *word =
        text_find_nocase(text, words, ARRAY_SIZE(words), sizeof *words);
    const char *resolution = resolution_find(text, &call->engine->fixture->resolutions);
    if (word) {
        return status_name(word->status);
    }
    if (!resolution || status_parse(text, &status)) {
        return text;
    }
    return text_equal(resolution, RESOLUTION_OK)
               ? "processed"
               : arena_printf(call->arena, "process_failed:%s", resolution);
}

/* The outcome that `status` asks for, "" for the payer's choice; NULL and an error if it is none.
 */
static const char *read_status(struct call *call, enum invoice_flow flow, const char *text,
                               struct json_errors *errors)
{
    const struct outcome_subject subject = {STATUS_PROCESS_PENDING, INVOICE_PAYMENT, flow,
                                            call_profile(call)};
    struct outcome outcome;
    const char *plan = plan_of(call, text);
    if (!*text) {
        return "";
    }
    const char *why = outcome_parse(plan, STATUS_PROCESS_PENDING,
                                    &call->engine->fixture->resolutions, NULL, &outcome)
                          ? MESSAGE_CHOICE
                          : outcome_fits(&outcome, &subject, call->arena);
    if (why) {
        json_errors_add(errors, "service_fields.status", "%s", why);
        return NULL;
    }
    return arena_strdup(call->arena, plan);
}

void service_fields_read(struct call *call, const struct service *service, enum invoice_flow flow,
                         const json_t *fields, struct json_errors *errors, const char **ret_text,
                         const char **ret_outcome)
{
    if (fields && !json_is_map(fields)) {
        json_errors_add(errors, "service_fields", MESSAGE_MAP);
        return;
    }
    const struct map map = {call, "service_fields", fields, errors};
    for (size_t i = 0; service && i < service->n_fields; i++) {
        const struct service_field *field = &service->fields[i];
        /* The payer of a test service then chooses on the page (P1068). */
        const char *text =
            read_field(&map, field, service_is_test(service) ? READ_OR_EMPTY : READ_TEXT);
        if (text && service_is_test(service) && text_equal(field->key, "status")) {
            *ret_outcome = read_status(call, flow, text, errors);
        }
    }
    *ret_text = fields ? kept_fields(call, fields) : NULL;
}

/* ------------------------------------------------------------------ of a payout */

#define STATUS_FIELD "test_details_payout_status"
#define RESOLUTION_FIELD "test_details_payout_resolution"
#define RATE_FIELD "test_details_success_rate"
#define DRAW_CHARS 4 /* 24 random bits */

/* A payout's fields are shown, so a card number must have a form that can be masked. */
static void check_card(const json_t *fields, struct json_errors *errors)
{
    const json_t *number = json_object_get(fields, CARD_FIELD);
    if (number && !json_is_null(number) && !json_is_string(number)) {
        json_errors_add(errors, "fields." CARD_FIELD, "This value should be of type string.");
    }
}

/* What the fields of the test service ask for; NULL where they ask for nothing. */
struct wish {
    const char *status, *resolution, *rate;
};

/* Returns true with a probability of `rate` percent. */
static bool draw(struct engine *engine, int64_t rate)
{
    char text[DRAW_CHARS + 1];
    uint32_t number = 0;
    ident_next_secret(&engine->idents, text, DRAW_CHARS);
    for (int i = 0; i < DRAW_CHARS; i++) {
        number = number * 64 + (uint32_t)text[i] % 64;
    }
    return number % 100 < (uint64_t)rate;
}

/* "Process failed" and "process-failed" are process_failed (P623). */
static const char *read_name(const struct map *map, const struct service_field *field)
{
    char *name = arena_strdup(map->call->arena, read_field(map, field, READ_NAME));
    if (name) {
        text_replace(name, " -\t\n\v\f\r", '_');
    }
    return name;
}

/* The status by name, by the resolution, or by chance. */
static const char *status_of(struct call *call, const struct wish *wish)
{
    int64_t rate;
    if (wish->status) {
        return wish->status;
    }
    bool good = wish->resolution && text_equal_nocase(wish->resolution, RESOLUTION_OK);
    if (!wish->rate || !text_to_int(wish->rate, &rate)) {
        good = good || !wish->resolution;
    } else {
        good = draw(call->engine, rate);
    }
    return status_name(good ? STATUS_PROCESSED : STATUS_PROCESS_FAILED);
}

static bool is_outcome(struct call *call, const char *text)
{
    const struct outcome_subject subject = {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE,
                                            call_profile(call)};
    struct json_errors reasons = {.arena = call->arena}; /* the field has a general message */
    return outcome_read(call, "", text, &subject, &reasons);
}

/* The resolution applies to a failure, whether requested or drawn. */
static const char *outcome_of(struct call *call, const struct wish *wish,
                              struct json_errors *errors)
{
    enum status status;
    const char *name = status_of(call, wish);
    bool exists = status_parse(name, &status) && status_is_of_payout(status);
    if (exists && !status_is_in(status, call_profile(call))) {
        json_errors_add(errors, "fields." STATUS_FIELD, STATUS_NEWER_REASON, status_name(status),
                        profile_names[call_profile(call)]);
        return NULL;
    }
    bool known = exists && is_outcome(call, name);
    bool names = known && wish->resolution && (wish->status || status_is_failure(status));
    const char *plan = names ? arena_printf(call->arena, "%s:%s", name, wish->resolution) : name;
    if (!known || !is_outcome(call, plan)) {
        json_errors_add(errors, known ? "fields." RESOLUTION_FIELD : "fields." STATUS_FIELD,
                        MESSAGE_CHOICE);
        return NULL;
    }
    return arena_strdup(call->arena, plan);
}

/* Percent. */
static const char *read_rate(const struct map *map, const struct service_field *field)
{
    int64_t rate;
    const char *text = read_field(map, field, READ_TEXT);
    if (text && (!text_to_int(text, &rate) || rate < 0 || rate > 100)) {
        json_errors_add(map->errors, "fields." RATE_FIELD,
                        "This value should be between 0 and 100.");
        return NULL;
    }
    return text;
}

static void read_payout_field(const struct map *map, const struct service_field *field,
                              struct wish *wish)
{
    if (text_equal(field->key, STATUS_FIELD)) {
        wish->status = read_name(map, field);
    } else if (text_equal(field->key, RESOLUTION_FIELD)) {
        wish->resolution = read_name(map, field);
    } else if (text_equal(field->key, RATE_FIELD)) {
        wish->rate = read_rate(map, field);
    } else {
        read_field(map, field, READ_TEXT);
    }
}

void payout_fields_read(struct call *call, const struct service *service, const json_t *fields,
                        struct json_errors *errors, const char **ret_text, const char **ret_outcome)
{
    struct wish wish = {0};
    if (fields && !json_is_map(fields)) {
        json_errors_add(errors, "fields", MESSAGE_MAP);
        return;
    }
    const struct map map = {call, "fields", fields, errors};
    for (size_t i = 0; service && i < service->n_fields; i++) {
        read_payout_field(&map, &service->fields[i], &wish);
    }
    check_card(fields, errors);
    if (wish.status || wish.resolution || wish.rate) {
        *ret_outcome = outcome_of(call, &wish, errors);
    }
    *ret_text = fields && !errors->n ? kept_fields(call, fields) : NULL;
}
