#include "checkout_service.h"

#include "base/text.h"
#include "web/messages.h"
#include "wire/json_out.h"
#include "wire/json_read.h"

#define GIVEN_VALUES 2
#define ASKED_VALUES 7
#define CHOICE_VALUES 3

/* What the test service offers (outcome.h); any other can be had by X-Mock-Outcome. */
static const char *const choices[] = {
    "processed",       "process_failed", "process_failed:insufficient_funds",
    "process_pending", "expired",
};

const char *checkout_service_text(const struct visit *visit, const struct service_text *text)
{
    return text_equal(visit->locale, "uk")   ? text->uk
           : text_equal(visit->locale, "ru") ? text->ru
                                             : text->en;
}

/* ------------------------------------------------------------------ the service's fields */

static json_t *fields_of(const struct invoice *invoice)
{
    json_t *fields = invoice->service_fields ? json_loads(invoice->service_fields, 0, NULL) : NULL;
    if (json_is_object(fields)) {
        return fields;
    }
    json_decref(fields);
    return json_object();
}

/* The payer's copy of a field's value; NULL when there is none. */
static const char *value_of(const struct visit *visit, const json_t *fields, const char *key)
{
    const char *text = json_string_value(json_object_get(fields, key));
    return text && *text ? arena_strdup(visit->call->arena, text) : NULL;
}

static struct template_value *new_rows(const struct visit *visit, size_t width)
{
    size_t n = visit->service ? visit->service->n_fields : 0;
    return arena_alloc(visit->call->arena, (n + 1) * width * sizeof(struct template_value));
}

struct template_rows checkout_service_given(const struct visit *visit)
{
    json_auto_t *given = fields_of(&visit->invoice);
    struct template_value *values = new_rows(visit, GIVEN_VALUES);
    struct template_rows rows = {values, 0, GIVEN_VALUES};
    for (size_t i = 0; visit->service && i < visit->service->n_fields; i++) {
        const struct service_field *field = &visit->service->fields[i];
        const char *value = value_of(visit, given, field->key);
        if (value) {
            struct template_value *row = values + rows.n++ * GIVEN_VALUES;
            row[0] =
                (struct template_value){"label", checkout_service_text(visit, &field->label), NULL};
            row[1] = (struct template_value){"value", value, NULL};
        }
    }
    return rows;
}

/* A field without a value of the order. A test service's `status` is a choice, no field. */
static bool is_asked(const struct visit *visit, const json_t *given,
                     const struct service_field *field)
{
    return !service_is_test(visit->service) && !value_of(visit, given, field->key);
}

static bool is_right(const struct service_field *field, const char *text)
{
    return text ? service_field_holds(field, text) : !field->required;
}

struct template_rows checkout_service_asked(const struct visit *visit, const json_t *typed,
                                            bool tried)
{
    json_auto_t *given = fields_of(&visit->invoice);
    struct template_value *values = new_rows(visit, ASKED_VALUES);
    struct template_rows rows = {values, 0, ASKED_VALUES};
    for (size_t i = 0; visit->service && i < visit->service->n_fields; i++) {
        const struct service_field *field = &visit->service->fields[i];
        if (!is_asked(visit, given, field)) {
            continue;
        }
        const char *value = value_of(visit, typed, field->key);
        struct template_value *row = values + rows.n++ * ASKED_VALUES;
        row[0] = (struct template_value){"key", field->key, NULL};
        row[1] =
            (struct template_value){"label", checkout_service_text(visit, &field->label), NULL};
        row[2] = (struct template_value){"hint", checkout_service_text(visit, &field->hint), NULL};
        row[3] = (struct template_value){"example", field->example, NULL};
        row[4] = (struct template_value){"value", value, NULL};
        row[5] = (struct template_value){"required", visit_flag(field->required), NULL};
        row[6] =
            (struct template_value){"wrong", visit_flag(tried && !is_right(field, value)), NULL};
    }
    return rows;
}

bool checkout_service_take(struct visit *visit, const json_t *typed)
{
    json_auto_t *fields = fields_of(&visit->invoice);
    bool changed = false;
    for (size_t i = 0; visit->service && i < visit->service->n_fields; i++) {
        const struct service_field *field = &visit->service->fields[i];
        if (!is_asked(visit, fields, field)) {
            continue;
        }
        const char *value = value_of(visit, typed, field->key);
        if (!is_right(field, value)) {
            return false;
        }
        if (value) {
            json_object_set_new(fields, field->key, json_string(value));
            changed = true;
        }
    }
    if (changed) {
        visit->invoice.service_fields = json_text(visit->call->arena, fields, true);
    }
    return true;
}

/* ------------------------------------------------------------------ the test service's outcome */

bool checkout_service_asks_outcome(const struct visit *visit)
{
    json_auto_t *fields = fields_of(&visit->invoice);
    return visit->service && service_is_test(visit->service) && !value_of(visit, fields, "status");
}

struct template_rows checkout_service_choices(const struct visit *visit)
{
    struct arena *arena = visit->call->arena;
    struct template_value *values =
        arena_alloc(arena, ARRAY_SIZE(choices) * CHOICE_VALUES * sizeof *values);
    size_t n = checkout_service_asks_outcome(visit) ? ARRAY_SIZE(choices) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *key = arena_printf(arena, "choice.%s", choices[i]);
        struct template_value *row = values + i * CHOICE_VALUES;
        row[0] = (struct template_value){"outcome", choices[i], NULL};
        row[1] = (struct template_value){"words", message(visit->locale, key), NULL};
        row[2] = (struct template_value){"first", visit_flag(i == 0), NULL};
    }
    return (struct template_rows){values, n, CHOICE_VALUES};
}

const char *checkout_service_outcome(const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
        if (text_equal(text, choices[i])) {
            return choices[i];
        }
    }
    return NULL;
}
