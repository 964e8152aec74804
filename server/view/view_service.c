#include "view_service.h"

#include "domain/price.h"
#include "view/view_parts.h"

static void write_attributes(struct json_out *out, const struct service *s)
{
    json_out_object(out, "attributes");
    json_out_text(out, "service", s->code);
    json_out_text(out, "service_method", s->method->code);
    json_out_text(out, "service_currency", s->currency);
    json_out_bool(out, "available", s->available);
    json_out_bool(out, "active", s->active);
    json_out_bool(out, "enabled", s->enabled);
    json_out_money(out, "amount_min", s->amount_min);
    json_out_money(out, "amount_max", s->amount_max);
    json_out_money(out, "fee_min", s->fee_min);
    json_out_money(out, "fee_max", s->fee_max);
    json_out_money(out, "fee_rate", s->fee_rate);
    json_out_money(out, "fee_fix", s->fee_fix);
    json_out_money(out, "reserve_lifetime", s->reserve_lifetime);
    json_out_money(out, "reserve_rate", s->reserve_rate);
    json_out_text(out, "currency", s->account_currency);
    json_out_bool(out, "test_mode", s->test_mode);
    json_out_object_end(out);
}

/* The platform's names for the services of a kind. */
static const struct {
    const char *service, *services, *method, *methods, *path;
} words[INVOICE_KINDS] = {
    [INVOICE_PAYMENT] = {"payment-service", "payment-services", "payment-method", "payment-methods",
                         "\\/api\\/payment-services\\/"},
    [INVOICE_PAYOUT] = {"payout-service", "payout-services", "payout-method", "payout-methods",
                        "\\/api\\/payout-services\\/"},
};

void view_service(struct json_out *out, const char *key, enum invoice_kind kind,
                  const struct service *service)
{
    json_out_object(out, key);
    json_out_text(out, "type", words[kind].services);
    json_out_text(out, "id", service->id);
    write_attributes(out, service);
    json_out_object(out, "relationships");
    view_relationship(out, words[kind].method, words[kind].methods, service->method->code);
    view_relationship(out, words[kind].service, words[kind].services, service->code);
    json_out_object_end(out);
    view_self_link(out, words[kind].path, service->id);
    json_out_object_end(out);
}

/* ------------------------------------------------------------------ prerequest */

/* The languages of a field's texts are in another order than those of a method's name, as in the
 * sample. */
static void write_field_text(struct json_out *out, const char *key, const struct service_text *text)
{
    json_out_object(out, key);
    json_out_text(out, "ru", text->ru);
    json_out_text(out, "en", text->en);
    json_out_text(out, "uk", text->uk);
    json_out_object_end(out);
}

static void write_field(struct json_out *out, const struct service_field *field)
{
    json_out_object(out, NULL);
    json_out_text(out, "key", field->key);
    json_out_text(out, "type", field->type);
    write_field_text(out, "label", &field->label);
    json_out_text(out, "example", field->example);
    write_field_text(out, "hint", &field->hint);
    json_out_text(out, "regexp", pattern_text(field->pattern));
    json_out_bool(out, "required", field->required);
    json_out_int(out, "position", field->position);
    json_out_object_end(out);
}

/* The additional members of a payout's offer (P603). Amounts are in the service's currency. */
static void write_payout_terms(struct json_out *out, const struct prerequest_offer *offer,
                               int64_t amount)
{
    const struct service *service = offer->service;
    bool named = amount != MONEY_NONE;
    char text[MONEY_TEXT] = "";
    if (named) {
        money_format_cents(price_converted(service, amount, offer->exchange_rate), text);
    }
    json_out_money(out, "exchange_rate", offer->exchange_rate);
    json_out_text(out, "amount", named ? text : NULL);
    json_out_object(out, "fee");
    json_out_money(out, "rate", service->fee_rate);
    json_out_money(out, "fixed", service->fee_fix);
    json_out_money(out, "min", service->fee_min);
    json_out_money(out, "max", service->fee_max);
    json_out_object_end(out);
}

static void write_offer(struct json_out *out, const struct prerequest_view *view,
                        const struct prerequest_offer *offer)
{
    const struct service *service = offer->service;
    json_out_object(out, service->code);
    json_out_text(out, "code", service->code);
    json_out_text(out, "method", service->method->code);
    if (view->kind == INVOICE_PAYMENT) {
        json_out_text(out, "flow", service->flow);
    }
    json_out_text(out, "currency", service->currency);
    json_out_array(out, "fields");
    for (size_t i = 0; i < service->n_fields; i++) {
        write_field(out, &service->fields[i]);
    }
    json_out_array_end(out);
    json_out_money(out, "amount_min", service->amount_min);
    json_out_money(out, "amount_max", service->amount_max);
    if (view->kind == INVOICE_PAYOUT) {
        write_payout_terms(out, offer, view->amount);
    }
    json_out_object_end(out);
}

static void write_method(struct json_out *out, const struct payment_method *method)
{
    json_out_object(out, method->code);
    json_out_text(out, "code", method->code);
    json_out_text(out, "category", method->category);
    json_out_text(out, "description", method->description);
    json_out_object(out, "name");
    json_out_text(out, "en", method->name.en);
    json_out_text(out, "ru", method->name.ru);
    json_out_text(out, "uk", method->name.uk);
    json_out_object_end(out);
    json_out_text(out, "logo", method->logo);
    json_out_text(out, "icon", method->icon);
    json_out_raw(out, "metadata", method->metadata);
    json_out_raw(out, "position", method->position);
    json_out_raw(out, "hide", method->hide);
    json_out_object_end(out);
}

static bool method_is_offered(const struct prerequest_view *view,
                              const struct payment_method *method)
{
    for (size_t i = 0; i < view->n_offers; i++) {
        if (view->offers[i].service->method == method) {
            return true;
        }
    }
    return false;
}

/* PHP writes an empty map as []. */
static void begin_map(struct json_out *out, const char *key, bool any)
{
    if (any) {
        json_out_object(out, key);
    } else {
        json_out_raw(out, key, "[]");
    }
}

static void end_map(struct json_out *out, bool any)
{
    if (any) {
        json_out_object_end(out);
    }
}

static void write_account(struct json_out *out, const struct settings *account)
{
    json_out_object(out, "account");
    json_out_text(out, "name", account->name);
    json_out_text(out, "description", account->description);
    json_out_text(out, "icon", account->icon);
    json_out_text(out, "website", account->website);
    json_out_object_end(out);
}

void view_prerequest(struct json_out *out, const char *key, const struct prerequest_view *view)
{
    bool any = view->n_offers > 0;
    json_out_object(out, key);
    json_out_text(out, "currency", view->currency);
    if (view->kind == INVOICE_PAYOUT) {
        json_out_money(out, "amount", view->amount);
    }
    json_out_bool(out, "test_mode", view->test_mode);
    begin_map(out, "services", any);
    for (size_t i = 0; i < view->n_offers; i++) {
        write_offer(out, view, &view->offers[i]);
    }
    end_map(out, any);
    begin_map(out, "methods", any);
    for (size_t i = 0; i < view->catalogue->n_methods; i++) {
        if (method_is_offered(view, &view->catalogue->methods[i])) {
            write_method(out, &view->catalogue->methods[i]);
        }
    }
    end_map(out, any);
    write_account(out, view->account);
    json_out_object_end(out);
}
