/* /_mock/services: the services of an account, and what it changes of them. Unlike the platform's
 * list, these calls are not recorded in the journal with the merchant's calls. */
#include "control.h"

#include "base/nearest.h"
#include "base/text.h"
#include "engine/engine_journal.h"
#include "fixture/fixture.h"
#include "store/store_account.h"
#include "store/store_invoice.h"

#include <string.h>

#define CHANGES_MOST ((size_t)256 << 10) /* bytes of all changes of an account */

static struct answer *read_kind(struct call *call, enum invoice_kind *ret_kind)
{
    const char *text = http_query_text(call->request, "kind");
    *ret_kind = INVOICE_PAYMENT;
    return !text || invoice_kind_parse(text, ret_kind)
               ? NULL
               : call_invalid(call, "kind: must be payment or payout");
}

/* ------------------------------------------------------------------ what it shows */

static void write_text(struct json_out *out, const char *key, const struct service_text *text)
{
    json_out_object(out, key);
    json_out_text(out, "en", text->en);
    json_out_text(out, "ru", text->ru);
    json_out_text(out, "uk", text->uk);
    json_out_object_end(out);
}

static void write_fields(struct json_out *out, const struct service *service)
{
    json_out_array(out, "fields");
    for (size_t i = 0; i < service->n_fields; i++) {
        const struct service_field *field = &service->fields[i];
        json_out_object(out, NULL);
        json_out_text(out, "key", field->key);
        json_out_text(out, "type", field->type);
        write_text(out, "label", &field->label);
        write_text(out, "hint", &field->hint);
        json_out_text(out, "example", field->example);
        json_out_text(out, "regexp", pattern_given(field->pattern));
        json_out_bool(out, "required", field->required);
        json_out_int(out, "position", field->position);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* `changed`: the account has changed or added it. */
static void write_service(const struct call *call, struct json_out *out, enum invoice_kind kind,
                          const struct service *service, bool changed)
{
    const struct catalogue *base = &call->engine->fixture->services.catalogues[kind];
    json_out_text(out, "service", service->code);
    json_out_text(out, "id", service->id);
    json_out_text(out, "method", service->method->code);
    json_out_text(out, "flow", service->flow);
    json_out_text(out, "currency", service->currency);
    json_out_money(out, "amount_min", service->amount_min);
    json_out_money(out, "amount_max", service->amount_max);
    json_out_money(out, "fee_rate", service->fee_rate);
    json_out_money(out, "fee_fix", service->fee_fix);
    json_out_money(out, "fee_min", service->fee_min);
    json_out_money(out, "fee_max", service->fee_max);
    json_out_bool(out, "available", service->available);
    json_out_bool(out, "enabled", service->enabled);
    json_out_bool(out, "usable", service_is_usable(service));
    json_out_bool(out, "changed", changed);
    json_out_bool(out, "added", !service_find(base, service->code));
    write_fields(out, service);
}

/* ------------------------------------------------------------------ the account's changes */

/* They are {KIND: {CODE: {..}}}. The call owns the result. */
static json_t *read_changes(struct call *call)
{
    const char *text =
        store_account_services(call->engine->store, call->arena, call->tenant->account.num);
    json_t *changes = text ? json_parse(text, strlen(text), call->arena, NULL) : NULL;
    return changes ? changes : json_object();
}

static const json_t *changes_of(const json_t *changes, enum invoice_kind kind)
{
    return json_object_get(changes, invoice_kinds[kind].noun);
}

/* Returns the object of a kind, which is made if there is none. */
static json_t *open_changes(json_t *changes, enum invoice_kind kind)
{
    const char *noun = invoice_kinds[kind].noun;
    if (!json_object_get(changes, noun)) {
        json_object_set_new(changes, noun, json_object());
    }
    return json_object_get(changes, noun);
}

/* `code` is the service that the call changes, NULL if it takes a change back. */
static struct answer *keep_changes(struct call *call, enum invoice_kind kind, const char *code,
                                   const json_t *changes)
{
    const char *text = json_text(call->arena, changes, false);
    if (strlen(text) > CHANGES_MOST) {
        return call_invalid(call, "the changes of an account's services take at most %zu kB",
                            CHANGES_MOST >> 10);
    }
    const char *why = tenant_set_services(&call->engine->tenants, call->tenant, call->engine->store,
                                          call->arena, kind, code, text);
    if (why) {
        return call_invalid(call, "%s", why);
    }
    journal_account(call->engine, call->tenant, JOURNAL_CHANGED);
    return NULL;
}

static struct answer *refuse_used(struct call *call, const char *code, const char *instead)
{
    return call_control_error(call, 409, "in_use", "invoices use the service %s; %s", code,
                              instead);
}

static bool is_used(const struct call *call, enum invoice_kind kind, const char *code)
{
    return store_invoice_uses(call->engine->store, call->tenant->account.num, kind, code);
}

/* What invoices show of their service, and are converted by, stays while there are any. */
static struct answer *check_essence(struct call *call, enum invoice_kind kind, const char *code,
                                    const json_t *change)
{
    const struct service *service =
        service_find(engine_catalogue(call->engine, call->tenant, kind), code);
    if (!service) {
        return NULL;
    }
    const struct {
        const char *name, *value;
    } essence[] = {
        {"method", service->method->code},
        {"currency", service->currency},
        {"flow", service->flow},
    };
    for (size_t i = 0; i < ARRAY_SIZE(essence); i++) {
        const char *wanted = json_string_value(json_object_get(change, essence[i].name));
        if (wanted && !text_equal_nocase(wanted, essence[i].value) && is_used(call, kind, code)) {
            return refuse_used(call, code,
                               "its method, currency and flow cannot change: add another service");
        }
    }
    return NULL;
}

/* An invoice always has its service: one that the account added, or defined anew, stays while it is
 * used. */
static struct answer *check_unused(struct call *call, enum invoice_kind kind, const char *code,
                                   const json_t *change)
{
    const struct service *base =
        service_find(&call->engine->fixture->services.catalogues[kind], code);
    bool anew = json_object_get(change, "method") || json_object_get(change, "currency") ||
                json_object_get(change, "flow");
    return (base && !anew) || !is_used(call, kind, code)
               ? NULL
               : refuse_used(call, code, "set available to false instead");
}

/* The largest amount, which a fixture may give as one that no amount reaches (JSON_KIND_LIMIT). */
static struct answer *check_most(struct call *call, const char *code, const json_t *change)
{
    static const struct json_field most = {.name = "amount_max", .kind = JSON_KIND_MONEY};
    struct json_errors errors = {.arena = call->arena};
    int64_t amount;
    json_read(change, &most, 1, false, &amount, &errors);
    return errors.n ? call_invalid(call, "service %s: amount_max: %s", code, errors.first->message)
                    : NULL;
}

/* ------------------------------------------------------------------ the calls */

struct answer *control_services_list(struct call *call)
{
    enum invoice_kind kind;
    struct answer *refused = read_kind(call, &kind);
    if (refused) {
        return refused;
    }
    json_auto_t *changes = read_changes(call);
    const json_t *changed = changes_of(changes, kind);
    const struct catalogue *catalogue = engine_catalogue(call->engine, call->tenant, kind);
    size_t n = catalogue_size(catalogue);
    struct json_out out = call_reply_list(call);
    for (size_t i = 0; i < n; i++) {
        const struct service *service = catalogue_at(catalogue, i);
        json_out_object(&out, NULL);
        write_service(call, &out, kind, service, json_object_get(changed, service->code));
        json_out_object_end(&out);
    }
    return call_reply_list_end(&out, (int64_t)n, NULL);
}

/* "; did you mean X?" for a code that the account does not have. */
static const char *nearest_service(const struct call *call, enum invoice_kind kind,
                                   const char *code)
{
    const struct catalogue *catalogue = engine_catalogue(call->engine, call->tenant, kind);
    struct nearest nearest = nearest_to(code);
    for (size_t i = 0; i < catalogue_size(catalogue); i++) {
        nearest_offer(&nearest, catalogue_at(catalogue, i)->code);
    }
    return nearest_hint(&nearest, call->arena, NULL);
}

/* A new service says what it is. The field comes first: forms show the words beside it. */
static struct answer *refuse_unknown(struct call *call, enum invoice_kind kind, const char *code)
{
    return call_invalid(call, "method: there is no service %s, and a new one needs its method%s",
                        code, nearest_service(call, kind, code));
}

struct answer *control_services_change(struct call *call)
{
    enum invoice_kind kind;
    json_t *body;
    const char *code = call->params[0];
    struct answer *refused = read_kind(call, &kind) ?: call_body(call, &body);
    if (refused) {
        return refused;
    }
    refused = check_most(call, code, body) ?: check_essence(call, kind, code, body);
    if (refused) {
        return refused;
    }
    bool known = service_find(engine_catalogue(call->engine, call->tenant, kind), code);
    json_auto_t *changes = read_changes(call);
    json_t *of_kind = open_changes(changes, kind);
    json_t *earlier = json_object_get(of_kind, code);
    json_t *change = earlier ? json_incref(earlier) : json_object();
    json_object_update(change, body);
    json_object_set_new(of_kind, code, change);
    if (!known && !json_object_get(change, "method")) {
        return refuse_unknown(call, kind, code);
    }
    refused = keep_changes(call, kind, code, changes);
    if (refused) {
        return refused;
    }
    struct json_out out = call_reply_object(call, known ? 200 : 201);
    write_service(call, &out, kind,
                  service_find(engine_catalogue(call->engine, call->tenant, kind), code), true);
    return call_reply_end(&out);
}

struct answer *control_services_restore(struct call *call)
{
    enum invoice_kind kind;
    struct answer *refused = read_kind(call, &kind);
    if (refused) {
        return refused;
    }
    const char *code = call->params[0];
    json_auto_t *changes = read_changes(call);
    json_t *of_kind = json_object_get(changes, invoice_kinds[kind].noun);
    const json_t *change = json_object_get(of_kind, code);
    if (!change) {
        return call_control_error(
            call, 404, "unknown_change", "the account has not changed the service %s%s", code,
            service_find(engine_catalogue(call->engine, call->tenant, kind), code)
                ? ""
                : nearest_service(call, kind, code));
    }
    refused = check_unused(call, kind, code, change);
    json_object_del(of_kind, code);
    refused = refused ?: keep_changes(call, kind, NULL, changes);
    return refused ?: control_reply_text(call, "restored", code);
}
