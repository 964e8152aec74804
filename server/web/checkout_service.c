#include "web/checkout.h"

#include "base/text.h"
#include "web/messages.h"
#include "wire/json_read.h"

#include <string.h>

/* The outcomes that the test service offers (outcome.h); X-Mock-Outcome accepts any. */
static const char *const choices[] = {
    "processed",       "process_failed", "process_failed:insufficient_funds",
    "process_pending", "expired",        NULL,
};

const char *checkout_service_text(const struct checkout_page *page, const struct service_text *text)
{
    return text_equal(page->locale, "uk")   ? text->uk
           : text_equal(page->locale, "ru") ? text->ru
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
static const char *value_of(const struct checkout_page *page, const json_t *fields, const char *key)
{
    const char *text = json_string_value(json_object_get(fields, key));
    return text && *text ? arena_strdup(page->call->arena, text) : NULL;
}

struct template_rows checkout_service_given(const struct checkout_page *page)
{
    json_auto_t *given = fields_of(&page->invoice);
    struct template_rows rows = {0};
    for (size_t i = 0; page->service && i < page->service->n_fields; i++) {
        const struct service_field *field = &page->service->fields[i];
        const struct template_value row[] = {
            {"label", checkout_service_text(page, &field->label)},
            {"value", value_of(page, given, field->key)},
        };
        if (row[1].value) {
            template_add_row(&rows, page->call->arena, row, ARRAY_SIZE(row));
        }
    }
    return rows;
}

/* A field without a value in the order. A test service's `status` is a choice, not a field. */
static bool is_asked(const struct checkout_page *page, const json_t *given,
                     const struct service_field *field)
{
    return !service_is_test(page->service) && !value_of(page, given, field->key);
}

/* What browsers know of their user, by the key of the field: an autocomplete token of HTML. */
static const struct {
    const char *key, *purpose;
} purposes[] = {
    {"email", "email"},
    {"phone", "tel"},
    {"payer_first_name", "given-name"},
    {"payer_last_name", "family-name"},
    {"payer_address", "address-line1"}, /* street-address is for several lines */
    {"payer_city", "address-level2"},
    {"payer_state", "address-level1"},
    {"payer_zip_code", "postal-code"},
    {"date_of_birth", "bday"},
    {"blik_code", "one-time-code"},
};

static const char *purpose_of(const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(purposes); i++) {
        if (text_equal(purposes[i].key, key)) {
            return purposes[i].purpose;
        }
    }
    return NULL;
}

/* The example, unless the hint contains it. */
static const char *example_of(const struct service_field *field, const char *hint)
{
    return field->example && !strstr(hint, field->example) ? field->example : NULL;
}

static bool is_right(const struct service_field *field, const char *text)
{
    return text ? service_field_holds(field, text) : !field->required;
}

struct template_rows checkout_service_asked(const struct checkout_page *page, const json_t *typed,
                                            bool tried)
{
    json_auto_t *given = fields_of(&page->invoice);
    struct template_rows rows = {0};
    for (size_t i = 0; page->service && i < page->service->n_fields; i++) {
        const struct service_field *field = &page->service->fields[i];
        if (!is_asked(page, given, field)) {
            continue;
        }
        const char *value = value_of(page, typed, field->key);
        const char *hint = checkout_service_text(page, &field->hint);
        const struct template_value row[] = {
            {"key", field->key},
            {"label", checkout_service_text(page, &field->label)},
            {"hint", hint},
            {"example", example_of(field, hint)},
            {"purpose", purpose_of(field->key)},
            {"value", value},
            {"required", template_flag(field->required)},
            {"wrong", template_flag(tried && !is_right(field, value))},
        };
        template_add_row(&rows, page->call->arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

bool checkout_service_take(struct checkout_page *page, const json_t *typed)
{
    json_auto_t *fields = fields_of(&page->invoice);
    bool changed = false;
    for (size_t i = 0; page->service && i < page->service->n_fields; i++) {
        const struct service_field *field = &page->service->fields[i];
        if (!is_asked(page, fields, field)) {
            continue;
        }
        const char *value = value_of(page, typed, field->key);
        if (!is_right(field, value)) {
            return false;
        }
        if (value) {
            json_object_set_new(fields, field->key, json_string(value));
            changed = true;
        }
    }
    if (changed) {
        page->invoice.service_fields = json_text(page->call->arena, fields, true);
    }
    return true;
}

/* ------------------------------------------------------------------ the test service's outcome */

bool checkout_service_asks_outcome(const struct checkout_page *page)
{
    json_auto_t *fields = fields_of(&page->invoice);
    return page->service && service_is_test(page->service) && !value_of(page, fields, "status");
}

struct template_rows checkout_service_choices(const struct checkout_page *page)
{
    struct arena *arena = page->call->arena;
    struct template_rows rows = {0};
    for (size_t i = 0; checkout_service_asks_outcome(page) && choices[i]; i++) {
        const char *key = arena_printf(arena, "choice.%s", choices[i]);
        const struct template_value row[] = {
            {"outcome", choices[i]},
            {"words", message(page->locale, key)},
            {"first", template_flag(i == 0)},
        };
        template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

const char *checkout_service_outcome(const char *text)
{
    int choice = text_index(choices, text);
    return choice >= 0 ? choices[choice] : NULL;
}
