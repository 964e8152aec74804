#include "api/api.h"
#include "api/order_fields.h"
#include "api/service_fields.h"
#include "base/nearest.h"
#include "base/text.h"
#include "domain/currency.h"
#include "domain/price.h"
#include "engine/payout.h"
#include "engine/plan.h"
#include "mask/mask.h"
#include "store/store_invoice.h"
#include "view/cardgate.h"
#include "view/settings_lists.h"

#include <stdio.h>
#include <string.h>

#define EXPIRES_LEAST_MS ((int64_t)14 * 60000) /* P908 */
#define EXPIRES_MOST_MS ((int64_t)2 * 86400000)

/* ------------------------------------------------------------------ rules beyond one field */

struct checking {
    struct call *call;
    struct order_input *input;
    struct order *order; /* of input */
    struct json_errors *errors;
};

/* Without a known account (a wrong public key) nothing is converted. */
static int64_t rate_of(const struct checking *c, const struct service *service)
{
    const char *currency = c->order->draft.currency;
    if (!currency || text_equal(currency, service->currency)) {
        return MONEY_ONE;
    }
    return c->call->tenant ? engine_rate(c->call->engine, c->call->tenant, currency, service)
                           : MONEY_NONE;
}

static bool is_usable(const struct checking *c, const struct service *service)
{
    return c->call->tenant
               ? engine_service_is_usable(c->call->tenant, service, c->order->draft.test_mode)
               : service_is_usable(service);
}

/* The platform's message names no service; the reason in the header does. */
static void suggest_service(const struct checking *c, const char *code)
{
    const struct catalogue *catalogue =
        engine_catalogue(c->call->engine, c->call->tenant, c->order->kind);
    struct nearest nearest = nearest_to(code);
    for (size_t i = 0; i < catalogue_size(catalogue); i++) {
        nearest_offer(&nearest, catalogue_at(catalogue, i)->code);
    }
    c->call->detail =
        nearest.name ? arena_printf(c->call->arena, "did you mean the service %s?", nearest.name)
                     : NULL;
}

/* A currency that no service has is probably mistyped. */
static void suggest_currency(const struct checking *c, const char *currency)
{
    const struct catalogue *catalogue =
        engine_catalogue(c->call->engine, c->call->tenant, c->order->kind);
    struct nearest nearest = nearest_to(currency);
    for (size_t i = 0; i < catalogue_size(catalogue); i++) {
        if (text_equal(catalogue_at(catalogue, i)->currency, currency)) {
            return;
        }
        nearest_offer(&nearest, catalogue_at(catalogue, i)->currency);
    }
    if (nearest.name) {
        c->call->detail =
            arena_printf(c->call->arena, "did you mean the currency %s?", nearest.name);
    }
}

static void check_service(const struct checking *c)
{
    const struct order_input *input = c->input;
    if (!input->service) {
        return;
    }
    const struct service *service = service_find(
        engine_catalogue(c->call->engine, c->call->tenant, c->order->kind), input->service);
    if (!service) {
        suggest_service(c, input->service);
    }
    if (!service || !is_usable(c, service)) {
        json_errors_add(c->errors, "service",
                        service ? "Service is not available" : "Service does not exist");
        return;
    }
    if (c->order->draft.currency && rate_of(c, service) == MONEY_NONE) {
        json_errors_add(c->errors, "service", "Service does not match currency %s",
                        c->order->draft.currency);
        suggest_currency(c, c->order->draft.currency);
        return;
    }
    c->order->service = service;
}

/* Including the fee. Without a known account there is none. */
static struct price price_at(const struct checking *c, const struct service *service)
{
    int64_t rate = rate_of(c, service);
    return c->order->kind == INVOICE_PAYOUT
               ? price_of_payout(service, c->order->draft.currency, c->order->draft.amount, rate)
               : price_of(service, c->order->draft.currency, c->order->draft.amount, rate,
                          c->call->tenant &&
                              c->call->tenant->account.settings.payment_fee_shift_out);
}

/* A service's limits are in its currency. The message names it if the order has another one. */
static void check_limits(const struct checking *c, const struct service *service, int64_t amount)
{
    if (service_limits_hold(service, price_converted(service, amount, rate_of(c, service)))) {
        const struct price price = price_at(c, service);
        if (!price_is_exact(&price)) {
            json_errors_add(c->errors, "amount",
                            "This value should be less than 90000000000 with its fee.");
        }
        return;
    }
    char least[MONEY_TEXT], most[MONEY_TEXT];
    bool other =
        c->order->draft.currency && !text_equal(c->order->draft.currency, service->currency);
    money_format(service->amount_min, least);
    money_format(service->amount_max, most);
    json_errors_add(c->errors, "amount", "This value should be between %s and %s%s%s.", least, most,
                    other ? " " : "", other ? service->currency : "");
}

static void check_amount(const struct checking *c)
{
    int64_t amount = c->order->draft.amount;
    const char *currency = c->order->draft.currency;
    const struct service *service = c->order->service;
    if (json_errors_has(c->errors, "amount")) {
        return;
    }
    if (amount <= 0) {
        json_errors_add(c->errors, "amount", "This value should be greater than 0.");
    } else if (amount % currency_unit(currency)) {
        json_errors_add(c->errors, "amount", MESSAGE_DECIMALS, currency_decimals(currency));
    } else if (service) {
        check_limits(c, service, amount);
    }
}

static void check_expires(const struct checking *c)
{
    int64_t expires_ms = c->order->draft.expires_ms;
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
                           &c->order->draft.service_fields, &c->order->service_outcome);
        return;
    }
    const json_t *fields = c->input->service_fields ? c->input->service_fields : c->input->fields;
    service_fields_read(c->call, c->order->service, c->order->draft.flow, fields, c->errors,
                        &c->order->draft.service_fields, &c->order->service_outcome);
}

/* The customer's own card, kept by `tokenize`: a charge without a page (P434), or the card that the
 * page shows (P435). */
static void check_token(const struct checking *c)
{
    const struct order_input *input = c->input;
    struct cardgate cardgate;
    char customer[IDENT_TEXT];
    if (!input->token || !*input->token || !c->call->tenant) {
        return;
    }
    if (c->order->customer_reference) {
        engine_customer_id(c->call->engine, c->call->tenant, c->call->arena,
                           c->order->customer_reference, customer);
    }
    const char *payload =
        engine_find_card(c->call->engine, c->call->tenant, c->call->arena, input->token,
                         c->order->customer_reference ? customer : NULL);
    cardgate_read(c->order->draft.gateway_options, c->call->arena, &cardgate);
    const struct service *service = c->order->service;
    if (!payload || (service && !service_takes_cards(service))) {
        json_errors_add(c->errors, "token", MESSAGE_INVALID);
    } else if (cardgate.instant) {
        c->order->draft.challenge_payload = payload;
    } else {
        c->order->draft.saved_card = payload;
    }
}

/*
 * Refuses a payout that the balance does not cover. A repeated reference must return the earlier
 * payout, even if the balance no longer covers it (P1017: 422 means that nothing was created).
 */
static void check_cover(const struct checking *c)
{
    const struct call *call = c->call;
    struct invoice earlier;
    bool priced = c->order->service && !json_errors_has(c->errors, "amount") &&
                  !json_errors_has(c->errors, "currency");
    bool repeats =
        c->order->draft.reference_id &&
        store_invoice_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                   INVOICE_PAYOUT, c->order->draft.reference_id, &earlier);
    if (priced && !repeats &&
        !payout_is_covered(call->engine, call->tenant, c->order->draft.currency,
                           price_at(c, c->order->service).deposit)) {
        api_say_uncovered(c->call, c->errors);
    }
}

/*
 * When a payout starts (P613, P614): at once; by default after a delay, so that clients without
 * /process work too; or by /process only. If it starts automatically, the balance must cover it
 * now.
 */
static void check_start(const struct checking *c, const json_t *attributes)
{
    struct order *order = c->order;
    const json_t *options = json_object_get(attributes, "options");
    const json_t *said = json_object_get(options, "auto_process");
    bool blank = json_is_string(said) && json_string_length(said) == 0;
    bool decided = said && !json_is_null(said) && !blank;
    order->draft.gateway_options =
        c->input->has_options ? json_text(c->call->arena, options, true) : NULL;
    order->start_delay_ms = decided && !c->input->auto_process ? TIME_NONE
                            : decided                          ? 0
                                      : engine_settle_after(c->call->engine, c->call->tenant);
    if (order->start_delay_ms != TIME_NONE) {
        check_cover(c);
    }
}

/* Who is paid by card: kept as sent, without what is secret. */
static void check_context(const struct checking *c, const json_t *fields)
{
    int64_t year = c->input->exp_year;
    if (!c->input->has_context) {
        return;
    }
    if (year > 99 && (year < 2000 || year > 2099)) {
        json_errors_add(c->errors, "context.card.exp_year", MESSAGE_INVALID);
    }
    char *text = arena_strdup(c->call->arena,
                              json_text(c->call->arena, json_object_get(fields, "context"), true));
    mask_body(text, strlen(text));
    c->order->draft.context = text;
}

static const char *check_outcome(const struct checking *c, const char *path, const char *text)
{
    const struct outcome_subject subject = {STATUS_PROCESS_PENDING, c->order->kind,
                                            c->order->draft.flow, call_profile(c->call)};
    return outcome_read(c->call, path, text, &subject, c->errors) ? text : NULL;
}

/* PHP treats a list as a map with the members 0, 1, 2, ... The caller owns the result. */
static json_t *members_of(const json_t *value)
{
    json_t *members = json_object();
    size_t i;
    json_t *member;
    json_object_update(members, (json_t *)value);
    json_array_foreach(value, i, member)
    {
        char key[24];
        snprintf(key, sizeof key, "%zu", i);
        json_object_set(members, key, member);
    }
    return members;
}

/* The merchant's metadata with the account's merchant_url added (P361). */
static void check_metadata(const struct checking *c)
{
    const json_t *given = c->input->metadata;
    if (given && !json_is_object(given) && !json_is_array(given)) {
        json_errors_add(c->errors, "metadata", MESSAGE_MAP);
        return;
    }
    json_auto_t *metadata = members_of(given);
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
    c->order->draft.metadata =
        json_text(c->call->arena, json_is_array(given) && !merchant_url ? given : metadata, true);
}

/* The page, options and source of a payment's order. */
static void finish_draft(const struct checking *c, enum order_way way, const json_t *fields)
{
    struct invoice *draft = &c->order->draft;
    const char *reference_id = draft->reference_id;
    draft->reference_id = reference_id && *reference_id ? reference_id : NULL;
    draft->locale = draft->locale ? draft->locale : c->input->language;
    draft->base_url = call_base_url(c->call);
    draft->source = way == ORDER_PRIVATE || way == ORDER_PAYOUT ? SOURCE_MERCHANT_API
                                                                : SOURCE_PLATFORM_PUBLIC_API;
    draft->look = order_way_is_html(way) ? appearance_read(fields, c->errors) : NULL;
    draft->customer = c->input->has_customer
                          ? json_text(c->call->arena, json_object_get(fields, "customer"), true)
                          : NULL;
}

void order_read(struct call *call, enum order_way way, const json_t *fields,
                struct order *ret_order, struct json_errors *errors)
{
    struct order_input input = {
        .order = {.draft = {.expires_ms = TIME_NONE, .test_mode = call->test_key},
                  .kind = way == ORDER_PAYOUT ? INVOICE_PAYOUT : INVOICE_PAYMENT}};
    const struct checking checking = {call, &input, &input.order, errors};
    json_auto_t *filled = order_way_is_html(way) ? json_without_blanks(fields) : NULL;
    order_fields_read(call, way, filled ? filled : fields, &input, errors);
    if (call->tenant && way != ORDER_PAYOUT) {
        settings_check_required(&call->tenant->account.settings, fields, errors);
    }
    input.order.draft.flow = text_equal(input.flow, "verify") ? FLOW_VERIFY : FLOW_CHARGE;
    check_service(&checking);
    check_amount(&checking);
    check_expires(&checking);
    check_service_fields(&checking);
    check_metadata(&checking);
    check_token(&checking);
    if (way == ORDER_PAYOUT) {
        check_start(&checking, fields);
        check_context(&checking, fields);
    } else {
        input.order.draft.options = order_options_text(call->arena, fields, &input);
    }
    input.order.header_outcome =
        check_outcome(&checking, OUTCOME_HEADER, http_header(call->request, OUTCOME_HEADER));
    finish_draft(&checking, way, filled ? filled : fields);
    *ret_order = input.order;
}
