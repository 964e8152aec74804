#include "service_fields.h"

#include "base/text.h"
#include "domain/outcome.h"

#include <string.h>

#define CARD_FIRST 6 /* digits that are shown of a card, as in `payload` (P503) */
#define CARD_LAST 4

const char *service_field_read(struct call *call, const char *map,
                               const struct service_field *field, bool may_be_empty,
                               const json_t *fields, struct json_errors *errors)
{
    const json_t *value = json_object_get(fields, field->key);
    const char *text = json_string_value(value);
    const char *path = arena_printf(call->arena, "%s.%s", map, field->key);
    if (!value || json_is_null(value) || (text && !*text && !may_be_empty)) {
        if (field->required) {
            json_errors_add(errors, path, MESSAGE_BLANK);
        }
        return NULL;
    }
    if (!text) {
        json_errors_add(errors, path, "This value should be of type string.");
    } else if (strlen(text) != json_string_length(value) || !service_field_holds(field, text)) {
        json_errors_add(errors, path, MESSAGE_INVALID);
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

const char *service_fields_kept(struct call *call, const json_t *fields)
{
    const json_t *card = json_object_get(fields, SERVICE_CARD_FIELD);
    if (!card || json_is_null(card)) {
        return json_text(call->arena, fields, true);
    }
    json_auto_t *copy = json_copy((json_t *)fields);
    json_object_set_new(copy, SERVICE_CARD_FIELD, masked_card(call, card));
    return json_text(call->arena, copy, true);
}

/* A status or a resolution, in any case, as an outcome; NULL (and an error) when it is neither. */
static const char *read_status(struct call *call, const char *text, struct json_errors *errors)
{
    const struct resolution_set *extra = &call->engine->fixture->resolutions;
    enum status status;
    struct outcome outcome;
    const char *resolution = resolution_find(text, extra);
    const char *plan = text;
    if (*text && !status_parse(text, &status) && resolution) {
        bool good = text_equal(resolution, RESOLUTION_OK);
        plan = good ? "processed" : arena_printf(call->arena, "process_failed:%s", resolution);
    }
    if (*text && outcome_parse(plan, STATUS_PROCESS_PENDING, extra, NULL, &outcome)) {
        json_errors_add(errors, "service_fields.status", MESSAGE_CHOICE);
        return NULL;
    }
    return arena_strdup(call->arena, plan);
}

void service_fields_read(struct call *call, const struct service *service, const json_t *fields,
                         struct json_errors *errors, const char **ret_text,
                         const char **ret_outcome)
{
    if (fields && !json_is_map(fields)) {
        json_errors_add(errors, "service_fields", MESSAGE_MAP);
        return;
    }
    for (size_t i = 0; service && i < service->n_fields; i++) {
        const struct service_field *field = &service->fields[i];
        /* The payer of a test service then chooses on the page (P1068). */
        bool may_be_empty = service_is_test(service);
        const char *text =
            service_field_read(call, "service_fields", field, may_be_empty, fields, errors);
        if (text && service_is_test(service) && text_equal(field->key, "status")) {
            *ret_outcome = read_status(call, text, errors);
        }
    }
    *ret_text = fields ? service_fields_kept(call, fields) : NULL;
}
