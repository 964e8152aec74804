#include "service_fields.h"

#include "api/order.h"
#include "base/text.h"

#include <string.h>

#define STATUS_FIELD "test_details_payout_status"
#define RESOLUTION_FIELD "test_details_payout_resolution"
#define RATE_FIELD "test_details_success_rate"
#define DRAW_CHARS 4 /* 24 random bits */

/* A payout's fields are shown, so a card number must have a form that can be masked. */
static void check_card(const json_t *fields, struct json_errors *errors)
{
    const json_t *number = json_object_get(fields, SERVICE_CARD_FIELD);
    if (number && !json_is_null(number) && !json_is_string(number)) {
        json_errors_add(errors, "fields." SERVICE_CARD_FIELD,
                        "This value should be of type string.");
    }
}

/* The outcome of the test service's fields, or NULL. */
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
    static const struct outcome_subject subject = {STATUS_PROCESS_PENDING, INVOICE_PAYOUT,
                                                   FLOW_CHARGE};
    struct json_errors reasons = {.arena = call->arena}; /* the field has a general message */
    return outcome_read(call, "", text, &subject, &reasons);
}

/* The resolution applies to a failure, whether requested or drawn. */
static const char *outcome_of(struct call *call, const struct wish *wish,
                              struct json_errors *errors)
{
    enum status status;
    const char *name = status_of(call, wish);
    bool known =
        status_parse(name, &status) && status_is_of_payout(status) && is_outcome(call, name);
    bool names = known && wish->resolution && (wish->status || status_is_failure(status));
    const char *plan = names ? arena_printf(call->arena, "%s:%s", name, wish->resolution) : name;
    if (!known || !is_outcome(call, plan)) {
        json_errors_add(errors, known ? "fields." RESOLUTION_FIELD : "fields." STATUS_FIELD,
                        MESSAGE_CHOICE);
        return NULL;
    }
    return arena_strdup(call->arena, plan);
}

void payout_fields_read(struct call *call, const struct service *service, const json_t *fields,
                        struct json_errors *errors, const char **ret_text, const char **ret_outcome)
{
    struct wish wish = {0};
    if (fields && !json_is_map(fields)) {
        json_errors_add(errors, "fields", MESSAGE_MAP);
        return;
    }
    for (size_t i = 0; service && i < service->n_fields; i++) {
        const struct service_field *field = &service->fields[i];
        const char *text = service_field_read(call, "fields", field, false, fields, errors);
        wish.status = text_equal(field->key, STATUS_FIELD) ? text : wish.status;
        wish.resolution = text_equal(field->key, RESOLUTION_FIELD) ? text : wish.resolution;
        wish.rate = text_equal(field->key, RATE_FIELD) ? text : wish.rate;
    }
    check_card(fields, errors);
    if (wish.status || wish.resolution || wish.rate) {
        *ret_outcome = outcome_of(call, &wish, errors);
    }
    *ret_text = fields && !errors->n ? service_fields_kept(call, fields) : NULL;
}
