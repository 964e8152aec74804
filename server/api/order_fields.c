#include "order_fields.h"

#include "view/view_parts.h"
#include "wire/json_read.h"

#define URL_MOST 2048

static const char *const flows[] = {"charge", "verify", NULL};
#define LOCALE_MOST 35 /* the minimum length that RFC 5646 requires */

#define FIELD(key, what, member, ...) JSON_FIELD(order_input, key, what, member, ##__VA_ARGS__)
#define TEXT(key, member, ...) FIELD(key, TEXT, member, ##__VA_ARGS__)
#define URL(key, member, ...)                                                                      \
    TEXT(key, member, .format = JSON_FORMAT_URL, .most = URL_MOST, ##__VA_ARGS__)
#define LOCALE(key, member) TEXT(key, member, .format = JSON_FORMAT_LOCALE, .most = LOCALE_MOST)
#define NESTED(key, member, table) FIELD(key, OBJECT, member, JSON_NESTED(table))

static const struct json_field address_fields[] = {
    TEXT("country", checked, .format = JSON_FORMAT_COUNTRY),
    TEXT("region", checked),
    TEXT("city", checked),
    TEXT("street", checked),
    TEXT("full_address", checked),
    TEXT("post_code", checked),
};

static const struct json_field customer_fields[] = {
    TEXT("reference_id", order.customer_reference, .required = true),
    TEXT("name", checked),
    TEXT("email", order.customer_email, .format = JSON_FORMAT_EMAIL),
    TEXT("phone", checked),
    TEXT("individual_tax_id", checked, .least = 2, .most = 100),
    TEXT("date_of_birth", checked, .format = JSON_FORMAT_DATE),
    TEXT("description", checked, .most = 1024),
    FIELD("metadata", MAP, checked),
    NESTED("address", present, address_fields),
};

static const struct json_field return_url_fields[] = {
    URL("success", order.draft.return_success),
    URL("fail", order.draft.return_fail),
    URL("pending", order.draft.return_pending, .required = true),
};

static const struct json_field option_fields[] = {
    FIELD("allow_partially", BOOL, allow_partially),
    FIELD(OPTION_BYPASS_HPP, BOOL, bypass_hpp),
    FIELD(OPTION_SEND_CONTEXT, BOOL, send_context),
};

/* The fields of all ways to order; the others follow below. */
#define COMMON(needs_service)                                                                      \
    TEXT("reference_id", order.draft.reference_id),                                                \
        TEXT("service", service, .required = needs_service),                                       \
        TEXT("currency", order.draft.currency, .required = true, .format = JSON_FORMAT_CURRENCY),  \
        FIELD("amount", MONEY, order.draft.amount, .required = true),                              \
        TEXT("description", order.draft.description, .most = 1024),                                \
        FIELD("service_fields", ANY, service_fields),                                              \
        NESTED("customer", has_customer, customer_fields), FIELD("metadata", ANY, metadata),       \
        URL("return_url", order.draft.return_url),                                                 \
        NESTED("return_urls", present, return_url_fields),                                         \
        NESTED("options", has_options, option_fields),                                             \
        FIELD("expires", DATETIME, order.draft.expires_ms)

static const struct json_field private_fields[] = {
    COMMON(true),
    TEXT("flow", flow, .choices = flows),
    FIELD("test_mode", BOOL, order.draft.test_mode),
    TEXT("descriptor", order.draft.descriptor),
    URL("callback_url", order.draft.callback_url),
    FIELD("gateway_options", MAP, order.draft.gateway_options),
    TEXT("token", token, .most = 1024),
};

/* callback_url is ignored here, as by the platform (P356). */
#define PUBLIC                                                                                     \
    TEXT("public_key", checked), FIELD("fields", ANY, fields), LOCALE("locale", order.draft.locale)
#define LANGUAGE LOCALE("language", language) /* the older name of `locale` */

static const struct json_field public_fields[] = {COMMON(true), PUBLIC};
static const struct json_field form_fields[] = {COMMON(true), PUBLIC, LANGUAGE};
static const struct json_field page_fields[] = {COMMON(false), PUBLIC, LANGUAGE};

/* The other options are for the platform's routing. They have no effect and are kept. */
static const struct json_field payout_option_fields[] = {
    FIELD("auto_process", BOOL, auto_process),
    FIELD("attempts_limit", INT, attempts_limit, .least = 1, .most = 100),
};

/* The card that is paid to, beside fields.card_number (P607). */
static const struct json_field payout_card_fields[] = {
    TEXT("card_holder", checked, .most = 50),
    FIELD("exp_month", INT, exp_month, .least = 1, .most = 12),
    FIELD("exp_year", INT, exp_year, .least = 0, .most = 9999),
};

static const struct json_field payout_context_fields[] = {
    NESTED("card", present, payout_card_fields)};

static const struct json_field payout_fields[] = {
    TEXT("reference_id", order.draft.reference_id),
    TEXT("service", service, .required = true),
    TEXT("currency", order.draft.currency, .required = true, .format = JSON_FORMAT_CURRENCY),
    FIELD("amount", MONEY, order.draft.amount, .required = true),
    TEXT("description", order.draft.description, .most = 1024),
    FIELD("fields", ANY, fields),
    NESTED("customer", has_customer, customer_fields),
    FIELD("metadata", ANY, metadata),
    FIELD("test_mode", BOOL, order.draft.test_mode),
    URL("callback_url", order.draft.callback_url),
    NESTED("options", has_options, payout_option_fields),
    NESTED("context", has_context, payout_context_fields),
};

static const struct {
    const struct json_field *fields;
    size_t n;
    bool html;
} ways[] = {
    [ORDER_PRIVATE] = {private_fields, ARRAY_SIZE(private_fields), false},
    [ORDER_PUBLIC] = {public_fields, ARRAY_SIZE(public_fields), false},
    [ORDER_FORM] = {form_fields, ARRAY_SIZE(form_fields), true},
    [ORDER_PAGE] = {page_fields, ARRAY_SIZE(page_fields), true},
    [ORDER_PAYOUT] = {payout_fields, ARRAY_SIZE(payout_fields), false},
};

void order_fields_read(struct call *call, enum order_way way, const json_t *attributes,
                       struct order_input *ret_input, struct json_errors *errors)
{
    call_read_fields(call, attributes, ways[way].fields, ways[way].n, ret_input, errors);
}

const char *order_options_text(struct arena *arena, const json_t *attributes,
                               const struct order_input *input)
{
    const json_t *given = json_object_get(attributes, "options");
    if (!json_object_size(given)) {
        return NULL;
    }
    json_auto_t *options = json_copy((json_t *)given);
    for (size_t i = 0; i < ARRAY_SIZE(option_fields); i++) {
        const json_t *value = json_object_get(given, option_fields[i].name);
        bool set = *(const bool *)((const char *)input + option_fields[i].offset);
        if (value && !json_is_null(value)) {
            json_object_set_new(options, option_fields[i].name, json_boolean(set));
        }
    }
    return json_text(arena, options, true);
}

bool order_way_is_html(enum order_way way)
{
    return ways[way].html;
}

const struct json_field *order_field(enum order_way way, const char *path)
{
    return json_field_at(ways[way].fields, ways[way].n, path);
}
