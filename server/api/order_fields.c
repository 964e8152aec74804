#include "order_fields.h"

#include "wire/json_read.h"

#define URL_MOST 2048

static const char *const flows[] = {"charge", "verify", NULL};
#define LOCALE_MOST 35 /* the longest that RFC 5646 asks for room for */

#define FIELD(member, ...) .offset = JSON_AT(order_input, member), ##__VA_ARGS__
#define TEXT(key, member, ...)                                                                     \
    {                                                                                              \
        .name = key, .kind = JSON_KIND_TEXT, FIELD(member, ##__VA_ARGS__)                          \
    }
#define URL(key, member, ...)                                                                      \
    TEXT(key, member, .format = JSON_FORMAT_URL, .most = URL_MOST, ##__VA_ARGS__)
#define OTHER(key, what, member, ...)                                                              \
    {                                                                                              \
        .name = key, .kind = JSON_KIND_##what, FIELD(member, ##__VA_ARGS__)                        \
    }
#define LOCALE(key, member) TEXT(key, member, .format = JSON_FORMAT_LOCALE, .most = LOCALE_MOST)
#define NESTED(key, member, table)                                                                 \
    OTHER(key, OBJECT, member, .fields = table, .n_fields = ARRAY_SIZE(table))

static const struct json_field address_fields[] = {
    TEXT("country", country, .format = JSON_FORMAT_COUNTRY),
    TEXT("region", region),
    TEXT("city", city),
    TEXT("street", street),
    TEXT("full_address", full_address),
    TEXT("post_code", post_code),
};

static const struct json_field customer_fields[] = {
    TEXT("reference_id", customer_reference, .required = true),
    TEXT("name", customer_name),
    TEXT("email", customer_email, .format = JSON_FORMAT_EMAIL),
    TEXT("phone", customer_phone),
    TEXT("individual_tax_id", customer_tax_id, .least = 2, .most = 100),
    TEXT("date_of_birth", customer_birth, .format = JSON_FORMAT_DATE),
    OTHER("metadata", MAP, customer_metadata),
    NESTED("address", has_address, address_fields),
};

static const struct json_field return_url_fields[] = {
    URL("success", return_success),
    URL("fail", return_fail),
    URL("pending", return_pending, .required = true),
};

static const struct json_field option_fields[] = {
    OTHER(OPTION_ALLOW_PARTIALLY, BOOL, options.allow_partially),
    OTHER(OPTION_BYPASS_HPP, BOOL, options.bypass_hpp),
    OTHER(OPTION_SEND_CONTEXT, BOOL, options.send_context),
};

/* What all ways have in common; the rest follows below. */
#define COMMON(needs_service)                                                                      \
    TEXT("reference_id", reference_id), TEXT("service", service, .required = needs_service),       \
        TEXT("currency", currency, .required = true, .format = JSON_FORMAT_CURRENCY),              \
        OTHER("amount", MONEY, amount, .required = true),                                          \
        TEXT("description", description, .most = 1024),                                            \
        OTHER("service_fields", ANY, service_fields),                                              \
        NESTED("customer", has_customer, customer_fields), OTHER("metadata", ANY, metadata),       \
        URL("return_url", return_url), NESTED("return_urls", has_return_urls, return_url_fields),  \
        NESTED("options", has_options, option_fields), OTHER("expires", DATETIME, expires_ms)

static const struct json_field private_fields[] = {
    COMMON(true),
    TEXT("flow", flow, .choices = flows),
    OTHER("test_mode", BOOL, test_mode),
    TEXT("descriptor", descriptor),
    URL("callback_url", callback_url),
    OTHER("gateway_options", MAP, gateway_options),
    TEXT("token", token, .most = 1024),
};

/* callback_url is not taken here, by the platform's design: it is ignored (P356). */
#define PUBLIC OTHER("fields", ANY, fields), LOCALE("locale", locale)
#define LANGUAGE LOCALE("language", language) /* the older name of `locale` */

static const struct json_field public_fields[] = {COMMON(true), PUBLIC};
static const struct json_field form_fields[] = {COMMON(true), PUBLIC, LANGUAGE};
static const struct json_field page_fields[] = {COMMON(false), PUBLIC, LANGUAGE};

/* What the other options ask of the platform's routing has no meaning here: they are kept. */
static const struct json_field payout_option_fields[] = {OTHER("auto_process", BOOL, auto_process)};

static const struct json_field payout_fields[] = {
    TEXT("reference_id", reference_id),
    TEXT("service", service, .required = true),
    TEXT("currency", currency, .required = true, .format = JSON_FORMAT_CURRENCY),
    OTHER("amount", MONEY, amount, .required = true),
    TEXT("description", description, .most = 1024),
    OTHER("fields", ANY, fields),
    NESTED("customer", has_customer, customer_fields),
    OTHER("metadata", ANY, metadata),
    OTHER("test_mode", BOOL, test_mode),
    URL("callback_url", callback_url),
    NESTED("options", has_options, payout_option_fields),
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

void order_fields_read(enum order_way way, const json_t *attributes, struct order_input *ret_input,
                       struct json_errors *errors)
{
    json_read(attributes, ways[way].fields, ways[way].n, false, ret_input, errors);
}

bool order_way_is_html(enum order_way way)
{
    return ways[way].html;
}

const char *order_accepts(struct arena *arena, enum order_way way, const char *path)
{
    const struct json_field *field = json_field_at(ways[way].fields, ways[way].n, path);
    return field ? json_accepts(arena, field) : NULL;
}
