#include "order_read.h"

#include "api/look_read.h"
#include "api/payout_fields.h"
#include "api/service_fields.h"
#include "base/text.h"
#include "domain/outcome.h"
#include "engine/clock.h"
#include "engine/payout.h"
#include "json/cardgate.h"
#include "json/json_accepts.h"

#include <stdio.h>
#include <string.h>

#define URL_MOST 2048
#define EXPIRES_LEAST_MS ((int64_t)14 * 60000) /* SEED:467 */
#define EXPIRES_MOST_MS ((int64_t)2 * 86400000)

struct order_input {
    const char *reference_id, *service, *currency, *description, *descriptor, *flow, *locale,
        *language;
    int64_t amount, expires_ms;
    bool test_mode;
    const json_t *service_fields, *fields, *metadata;
    bool has_customer, has_address, has_return_urls;
    const char *customer_reference, *customer_name, *customer_email, *customer_phone,
        *customer_tax_id, *customer_birth;
    const char *customer_metadata;
    const char *country, *region, *city, *street, *full_address, *post_code;
    const char *callback_url, *return_url, *return_success, *return_fail, *return_pending;
    const char *gateway_options, *token;
    bool has_options, auto_process;
};

static const char *const flows[] = {"charge", "verify", NULL};
static const char *const locales[] = {"en", "uk", "ru", NULL};

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

/* What all ways have in common; the rest follows below. */
#define COMMON(needs_service)                                                                      \
    TEXT("reference_id", reference_id), TEXT("service", service, .required = needs_service),       \
        TEXT("currency", currency, .required = true, .format = JSON_FORMAT_CURRENCY),              \
        OTHER("amount", MONEY, amount, .required = true),                                          \
        TEXT("description", description, .most = 1024),                                            \
        OTHER("service_fields", ANY, service_fields),                                              \
        NESTED("customer", has_customer, customer_fields), OTHER("metadata", ANY, metadata),       \
        URL("return_url", return_url), NESTED("return_urls", has_return_urls, return_url_fields),  \
        OTHER("expires", DATETIME, expires_ms)

static const struct json_field private_fields[] = {
    COMMON(true),
    TEXT("flow", flow, .choices = flows),
    OTHER("test_mode", BOOL, test_mode),
    TEXT("descriptor", descriptor),
    URL("callback_url", callback_url),
    OTHER("gateway_options", MAP, gateway_options),
    TEXT("token", token, .most = 1024),
};

/* callback_url is not taken here, by the platform's design: it is ignored (facts.md b.3). */
#define PUBLIC OTHER("fields", ANY, fields), TEXT("locale", locale, .choices = locales)
#define LANGUAGE TEXT("language", language, .choices = locales) /* the older name of `locale` */

static const struct json_field public_fields[] = {COMMON(true), PUBLIC};
static const struct json_field form_fields[] = {COMMON(true), PUBLIC, LANGUAGE};
static const struct json_field page_fields[] = {COMMON(false), PUBLIC, LANGUAGE};

/* What the other options ask of the platform's routing has no meaning here: they are kept. */
static const struct json_field option_fields[] = {OTHER("auto_process", BOOL, auto_process)};

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
    NESTED("options", has_options, option_fields),
};

static const struct {
    const struct json_field *fields;
    size_t n;
    bool html; /* sent by HTML forms: with inputs left empty, and looks for the page */
} ways[] = {
    [ORDER_PRIVATE] = {private_fields, ARRAY_SIZE(private_fields), false},
    [ORDER_PUBLIC] = {public_fields, ARRAY_SIZE(public_fields), false},
    [ORDER_FORM] = {form_fields, ARRAY_SIZE(form_fields), true},
    [ORDER_PAGE] = {page_fields, ARRAY_SIZE(page_fields), true},
    [ORDER_PAYOUT] = {payout_fields, ARRAY_SIZE(payout_fields), false},
};

/* ------------------------------------------------------------------ rules beyond one field */

struct checking {
    struct call *call;
    struct order_input *input;
    struct order *order;
    struct json_errors *errors;
};

static bool has_error(const struct json_errors *errors, const char *path)
{
    for (const struct json_error *error = errors->first; error; error = error->next) {
        if (text_equal(error->path, path)) {
            return true;
        }
    }
    return false;
}

/* An account that is not known yet, by a wrong public key, converts nothing. */
static int64_t rate_of(const struct checking *c, const struct service *service)
{
    const char *currency = c->input->currency;
    if (!currency || text_equal(currency, service->currency)) {
        return MONEY_ONE;
    }
    return c->call->tenant ? engine_rate(c->call->engine, c->call->tenant, currency, service)
                           : MONEY_NONE;
}

static void check_service(const struct checking *c)
{
    const struct order_input *input = c->input;
    if (!input->service) {
        return;
    }
    const struct service *service =
        service_find(fixture_catalogue(c->call->engine->fixture, c->order->kind), input->service);
    if (!service || !service_is_usable(service)) {
        json_errors_add(c->errors, "service",
                        service ? "Service is not available" : "Service does not exist");
        return;
    }
    if (input->currency && rate_of(c, service) == MONEY_NONE) {
        json_errors_add(c->errors, "service", "Service does not match currency %s",
                        input->currency);
        return;
    }
    c->order->service = service;
}

/* A service's limits are in its own currency, which the message names when it is another one. */
static void check_limits(const struct checking *c, const struct service *service, int64_t amount)
{
    if (service_limits_hold(service, price_converted(service, amount, rate_of(c, service)))) {
        return;
    }
    char least[MONEY_TEXT], most[MONEY_TEXT];
    bool other = c->input->currency && !text_equal(c->input->currency, service->currency);
    money_format(service->amount_min, least);
    money_format(service->amount_max, most);
    json_errors_add(c->errors, "amount", "This value should be between %s and %s%s%s.", least, most,
                    other ? " " : "", other ? service->currency : "");
}

static void check_amount(const struct checking *c)
{
    int64_t amount = c->input->amount;
    const struct service *service = c->order->service;
    if (has_error(c->errors, "amount")) {
        return;
    }
    if (amount <= 0) {
        json_errors_add(c->errors, "amount", "This value should be greater than 0.");
    } else if (service) {
        check_limits(c, service, amount);
    }
}

static void check_expires(const struct checking *c)
{
    int64_t expires_ms = c->input->expires_ms;
    if (expires_ms == TIME_NONE || !c->call->tenant) {
        return;
    }
    /* In whole seconds, as `created` is shown: exactly 14 minutes later is in time. */
    int64_t ahead_ms = expires_ms - clock_now(c->call->tenant) / 1000 * 1000;
    if (ahead_ms < EXPIRES_LEAST_MS || ahead_ms > EXPIRES_MOST_MS) {
        json_errors_add(c->errors, "expires",
                        "This value should be between 14 minutes and 2 days from now.");
    }
}

static void check_service_fields(const struct checking *c)
{
    if (c->order->kind == INVOICE_PAYOUT) {
        payout_fields_read(c->call, c->order->service, c->input->fields, c->errors,
                           &c->order->service_fields, &c->order->service_outcome);
        return;
    }
    const json_t *fields = c->input->service_fields ? c->input->service_fields : c->input->fields;
    service_fields_read(c->call, c->order->service, fields, c->errors, &c->order->service_fields,
                        &c->order->service_outcome);
}

/* A charge by token, without a page (facts.md b.5): the customer's own card, kept by `tokenize`. */
static void check_token(const struct checking *c)
{
    const struct order_input *input = c->input;
    struct cardgate cardgate;
    char customer[IDENT_TEXT];
    if (!input->token || !c->call->tenant) {
        return;
    }
    if (input->customer_reference) {
        engine_customer_id(c->call->engine, c->call->tenant, c->call->arena,
                           input->customer_reference, customer);
    }
    const char *payload =
        engine_find_card(c->call->engine, c->call->tenant, c->call->arena, input->token,
                         input->customer_reference ? customer : NULL);
    cardgate_read(input->gateway_options, c->call->arena, &cardgate);
    const struct service *service = c->order->service;
    if (!payload || (service && !service_takes_cards(service))) {
        json_errors_add(c->errors, "token", MESSAGE_INVALID);
    } else if (cardgate.instant) {
        c->order->card_payload = payload;
    }
}

/* What a payout of this order takes from the balance. */
static int64_t writeoff(const struct checking *c)
{
    const struct service *service = c->order->service;
    return price_of_payout(service, c->input->currency, c->input->amount, rate_of(c, service))
        .deposit;
}

/*
 * When a payout starts (facts.md b.9, `auto_process`): at once; after a while when nothing was
 * said, so that those who do not know /process are served too; or by /process only. What starts by
 * itself must be covered now.
 */
static void check_start(const struct checking *c, const json_t *attributes)
{
    struct order *order = c->order;
    struct tenant *tenant = c->call->tenant;
    const json_t *options = json_object_get(attributes, "options");
    const json_t *said = json_object_get(options, "auto_process");
    bool decided = said && !json_is_null(said);
    order->gateway_options =
        c->input->has_options ? json_text(c->call->arena, options, true) : NULL;
    order->start_delay_ms = decided && !c->input->auto_process ? TIME_NONE
                            : decided                          ? 0
                                      : engine_settle_after(c->call->engine, tenant);
    if (order->service && order->start_delay_ms != TIME_NONE && !has_error(c->errors, "amount") &&
        !payout_is_covered(c->call->engine, tenant, c->input->currency, writeoff(c))) {
        json_errors_add(c->errors, "amount", MESSAGE_UNCOVERED);
    }
}

static const char *check_outcome(const struct checking *c, const char *path, const char *text)
{
    struct outcome outcome;
    char why[256];
    if (text && !outcome_parse(text, STATUS_PROCESS_PENDING, &c->call->engine->fixture->resolutions,
                               &outcome, why, sizeof why)) {
        json_errors_add(c->errors, path, "%s", why);
        return NULL;
    }
    return text;
}

/* The merchant's metadata with the account's merchant_url added (SEED:356; facts.md b.3). */
static void check_metadata(const struct checking *c)
{
    if (c->input->metadata && !json_is_map(c->input->metadata)) {
        json_errors_add(c->errors, "metadata", MESSAGE_MAP);
        return;
    }
    json_auto_t *metadata = json_object();
    json_object_update(metadata, (json_t *)c->input->metadata);
    const json_t *planned = json_object_get(metadata, "mock_outcome");
    if (planned && !json_is_string(planned)) {
        json_errors_add(c->errors, "metadata.mock_outcome", "This value should be of type string.");
    }
    c->order->metadata_outcome = check_outcome(
        c, "metadata.mock_outcome", arena_strdup(c->call->arena, json_string_value(planned)));
    const char *merchant_url =
        c->call->tenant ? c->call->tenant->account.settings.merchant_url : NULL;
    if (merchant_url) {
        json_object_set_new(metadata, "merchant_url", json_string(merchant_url));
    }
    c->order->metadata = json_text(c->call->arena, metadata, true);
}

void order_read(struct call *call, enum order_way way, const json_t *attributes, bool test_mode,
                struct order *ret_order, struct json_errors *errors)
{
    struct order_input input = {.expires_ms = TIME_NONE, .test_mode = test_mode};
    const struct checking checking = {call, &input, ret_order, errors};
    json_auto_t *filled = ways[way].html ? json_without_blanks(attributes) : NULL;
    *ret_order = (struct order){.kind = way == ORDER_PAYOUT ? INVOICE_PAYOUT : INVOICE_PAYMENT};
    json_read(filled ? filled : attributes, ways[way].fields, ways[way].n, false, &input, errors);
    check_service(&checking);
    check_amount(&checking);
    check_expires(&checking);
    check_service_fields(&checking);
    check_metadata(&checking);
    check_token(&checking);
    ret_order->gateway_options = input.gateway_options;
    if (way == ORDER_PAYOUT) {
        check_start(&checking, attributes);
    }
    ret_order->header_outcome =
        check_outcome(&checking, "X-Mock-Outcome", http_header(call->request, "X-Mock-Outcome"));

    ret_order->look = ways[way].html ? look_read(filled, errors) : NULL;

    ret_order->currency = input.currency;
    ret_order->amount = input.amount;
    ret_order->test_mode = input.test_mode;
    ret_order->flow = text_equal(input.flow, "verify") ? FLOW_VERIFY : FLOW_CHARGE;
    ret_order->source = way == ORDER_PRIVATE || way == ORDER_PAYOUT ? SOURCE_MERCHANT_API
                                                                    : SOURCE_PLATFORM_PUBLIC_API;
    ret_order->reference_id = input.reference_id && *input.reference_id ? input.reference_id : NULL;
    ret_order->description = input.description;
    ret_order->descriptor = input.descriptor;
    ret_order->customer =
        input.has_customer ? json_text(call->arena, json_object_get(attributes, "customer"), true)
                           : NULL;
    ret_order->customer_reference = input.customer_reference;
    ret_order->customer_email = input.customer_email;
    ret_order->callback_url = input.callback_url;
    ret_order->return_url = input.return_url;
    ret_order->return_success = input.return_success;
    ret_order->return_fail = input.return_fail;
    ret_order->return_pending = input.return_pending;
    ret_order->locale = input.locale ? input.locale : input.language;
    ret_order->base_url = call_base_url(call);
    ret_order->expires_ms = input.expires_ms;
}

const char *order_accepts(struct arena *arena, enum order_way way, const char *path)
{
    const struct json_field *field = json_field_at(ways[way].fields, ways[way].n, path);
    return field ? json_accepts(arena, field) : NULL;
}
