#include "request_view.h"

#include "api/api.h"
#include "base/text.h"
#include "call/reason.h"
#include "view/settings_lists.h"
#include "view/view_errors.h"

#include <string.h>

#define BASIC_FORM "Authorization: Basic base64(account id:API key)"
#define PATH_MOST 512

/* Accepted values of fields that are in no table. */
struct hint {
    const char *path, *accepts;
};

static const struct hint hints[] = {
    {"public_key", "the account's pk_test_... or pk_live_..."},
    {"service", "a service of GET /payment-services that is available, in the invoice's currency"},
    {"X-Mock-Outcome", "STATUS[:RESOLUTION][@DELAY], steps with commas between"},
    {"metadata.mock_outcome", "STATUS[:RESOLUTION][@DELAY], steps with commas between"},
    {"expires", "ISO 8601 with an offset, or unix seconds; 14 minutes to 2 days from now"},
    {"token", "payload.token of an earlier invoice with the same customer.reference_id, for a card "
              "service"},
    {"card_number", "12 to 19 digits"},
    {"cvv", "3 or 4 digits"},
    {"exp_month", "1 to 12"},
    {"exp_year", "a year of 2 or 4 digits"},
    {"page[size]", "a whole number from 1 on, with at most 100 rows per page"},
    {"page[number]", "a whole number from 1 on"},
    {"page[before]", "the id of an invoice of this list: meta.before of a page"},
    {"page[after]", "the id of an invoice of this list: meta.after of a page"},
    {"context.card.exp_year", "a year of 2 digits, or from 2000 to 2099"},
    {"service_fields.status", "success, pending, fail, a status or a resolution"},
};

/* The same for fields of payouts. */
static const struct hint payout_hints[] = {
    {"service", "a service of GET /payout-services that is available, in the payout's currency"},
    {"fields.card_number", "12 to 19 digits, as a text"},
    {"fields.test_details_payout_status",
     "process_pending, processed, partially_processed, process_failed, expired, terminated, "
     "canceled"
     " or partially_canceled; in newer profiles also the others of GET /_mock/statuses"},
    {"fields.test_details_payout_resolution", "ok for a success, another resolution for a failure"},
    {"fields.test_details_success_rate", "0 to 100: the percentage of payouts that succeed"},
};

/* ------------------------------------------------------------------ the nearest form */

static const char *path_of(struct call *call, const struct journal_record *record)
{
    const char *target = journal_part(call->engine->watch.journal, record, JOURNAL_TARGET);
    size_t size = record->request.size[JOURNAL_TARGET];
    const char *path = arena_copy(call->arena, target, size < PATH_MOST ? size : PATH_MOST);
    return arena_copy(call->arena, path, strcspn(path, "?"));
}

static const char *nearest_form(struct call *call, const struct journal_record *record)
{
    const struct router *router = call->router;
    const char *where = reason_of(record->request.refusal, 0)->where;
    if (!text_equal(where, "path") && !text_equal(where, "method")) {
        return text_equal(where, "Authorization") ? BASIC_FORM : NULL;
    }
    const struct route *route = route_suggest(router->routes, router->n_routes,
                                              record->request.method, path_of(call, record));
    return route ? arena_printf(call->arena, "%s %s", route->method, route->pattern) : NULL;
}

/* ------------------------------------------------------------------ why */

/* The explanation; texts in the arena or static. */
struct explanation {
    const char *rule, *where, *message;
};

/* The words of the header that the call was answered with. */
static const char *reason_given(struct call *call, const struct journal_record *record)
{
    size_t size = record->request.size[JOURNAL_DETAIL];
    return size
               ? arena_copy(call->arena,
                            journal_part(call->engine->watch.journal, record, JOURNAL_DETAIL), size)
               : NULL;
}

/* The control API has the reason in its body. */
static void by_control_error(const json_t *reply, struct explanation *explanation)
{
    const json_t *error = json_object_get(reply, "error");
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    if (code && message) {
        *explanation = (struct explanation){code, "request", message};
    }
}

static struct explanation by_reason(struct call *call, const struct journal_record *record)
{
    const struct reason *reason = reason_of(record->request.refusal, record->request.status);
    return (struct explanation){reason->rule, reason->where,
                                reason_given(call, record) ?: reason->message};
}

/* ------------------------------------------------------------------ writing */

static const char *find_hint(const struct hint *list, size_t n, const char *path)
{
    for (size_t i = 0; i < n; i++) {
        if (text_equal(list[i].path, path)) {
            return list[i].accepts;
        }
    }
    return NULL;
}

static enum order_way way_of(const struct route *route)
{
    if (route && route->handle == api_create && route->kind == INVOICE_PAYOUT) {
        return ORDER_PAYOUT;
    }
    return route && route->access == ACCESS_PRIVATE ? ORDER_PRIVATE : ORDER_PUBLIC;
}

/* Of a field that must not be blank. */
static const char *accepts_some(struct call *call, const struct json_field *field)
{
    struct json_field filled = *field;
    filled.required = true;
    return json_accepts(call->arena, &filled);
}

/* What it takes by the tables; an error says more than the field where it is blank. */
static const char *takes(struct call *call, const struct route *route, const char *path, bool blank)
{
    enum order_way way = way_of(route);
    const char *hint =
        way == ORDER_PAYOUT ? find_hint(payout_hints, ARRAY_SIZE(payout_hints), path) : NULL;
    if (!hint) {
        hint = find_hint(hints, ARRAY_SIZE(hints), path);
    }
    if (hint) {
        return hint;
    }
    const struct json_field *field =
        route && route->handle == api_refund ? api_refund_field(path) : order_field(way, path);
    bool of_service = text_starts(path, way == ORDER_PAYOUT ? "fields." : "service_fields.");
    if (field) {
        return blank ? accepts_some(call, field) : json_accepts(call->arena, field);
    }
    return of_service ? arena_printf(call->arena, "what fields of GET /%s says",
                                     way == ORDER_PAYOUT ? "payout-services" : "payment-services")
                      : NULL;
}

static const char *accepts(struct call *call, const struct route *route, const char *path,
                           const char *message)
{
    bool blank = text_equal(message, MESSAGE_BLANK);
    const char *taken = takes(call, route, path, blank);
    bool orders =
        call->tenant && route && route->handle != api_refund && way_of(route) != ORDER_PAYOUT;
    return blank && orders && settings_require(&call->tenant->account.settings, path)
               ? arena_printf(call->arena, "%s, because the account's required_fields names it",
                              taken ?: "any value that is not blank")
               : taken;
}

const char *explain_accepts(struct call *call, const struct json_error *error)
{
    return accepts(call, call->route, error->path, error->message);
}

static void write_fields(struct call *call, struct json_out *out, const struct route *route,
                         const json_t *fields)
{
    const char *path;
    json_t *message;
    json_out_object(out, "fields");
    json_object_foreach((json_t *)fields, path, message)
    {
        json_out_object(out, path);
        json_out_text(out, "message", json_string_value(message));
        json_out_text(out, "accepted", accepts(call, route, path, json_string_value(message)));
        json_out_object_end(out);
    }
    json_out_object_end(out);
}

void explain_write(struct call *call, struct json_out *out, const char *key,
                   const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    const char *given = reason_given(call, record);
    bool accepted = request->status < 400 && !request->refusal;
    if (accepted && !given) {
        json_out_null(out, key);
        return;
    }
    const char *where = text_equal(request->method, "POST") ? "body" : "query"; /* of a hint */
    struct explanation explanation =
        accepted ? (struct explanation){"unknown_field", where, given} : by_reason(call, record);
    json_auto_t *reply =
        json_parse(journal_part(call->engine->watch.journal, record, JOURNAL_REPLY),
                   request->size[JOURNAL_REPLY], call->arena, NULL);
    if (!request->refusal && !accepted) {
        by_control_error(reply, &explanation);
    }
    json_out_object(out, key);
    json_out_text(out, "rule", explanation.rule);
    json_out_text(out, "where", explanation.where);
    json_out_text(out, "message", explanation.message);
    json_out_text(out, "nearest", request->refusal ? nearest_form(call, record) : NULL);
    const struct route *route = request->route < 0 ? NULL : &call->router->routes[request->route];
    json_auto_t *fields = request->refusal || accepted ? NULL : view_errors_read(reply);
    write_fields(call, out, route, fields);
    json_out_object_end(out);
}
