#include "service_fields.h"

#include "base/text.h"
#include "domain/outcome.h"

#include <string.h>

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

/* A status or a resolution, in any case, as an outcome; NULL (and an error) when it is neither. */
static const char *read_status(struct call *call, const char *text, struct json_errors *errors)
{
    const struct resolution_set *extra = &call->engine->fixture->resolutions;
    enum status status;
    char why[256];
    struct outcome outcome;
    const char *resolution = resolution_find(text, extra);
    const char *plan = text;
    if (*text && !status_parse(text, &status) && resolution) {
        bool good = text_equal(resolution, RESOLUTION_OK);
        plan = good ? "processed" : arena_printf(call->arena, "process_failed:%s", resolution);
    }
    if (*text && !outcome_parse(plan, STATUS_PROCESS_PENDING, extra, &outcome, why, sizeof why)) {
        json_errors_add(errors, "service_fields.status", MESSAGE_CHOICE);
        return NULL;
    }
    return arena_strdup(call->arena, plan);
}

void service_fields_read(struct call *call, const struct service *service, const json_t *fields,
                         struct json_errors *errors, const char **ret_text,
                         const char **ret_outcome)
{
    bool map =
        !fields || json_is_object(fields) || (json_is_array(fields) && !json_array_size(fields));
    if (!map) {
        json_errors_add(errors, "service_fields", MESSAGE_MAP);
        return;
    }
    for (size_t i = 0; service && i < service->n_fields; i++) {
        const struct service_field *field = &service->fields[i];
        /* The payer of a test service then chooses on the page (mock.md). */
        bool may_be_empty = service_is_test(service);
        const char *text =
            service_field_read(call, "service_fields", field, may_be_empty, fields, errors);
        if (text && service_is_test(service) && text_equal(field->key, "status")) {
            *ret_outcome = read_status(call, text, errors);
        }
    }
    *ret_text = fields ? json_text(call->arena, fields, true) : NULL;
}
