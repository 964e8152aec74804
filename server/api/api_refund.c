#include "api/api.h"
#include "api/service_fields.h"
#include "api/wait.h"
#include "base/text.h"
#include "domain/currency.h"
#include "engine/refund.h"
#include "wire/json_read.h"

static const struct json_field refund_fields[] = {
    JSON_FIELD(refund_order, "amount", MONEY, amount),
    JSON_FIELD(refund_order, "reference_id", TEXT, reference_id),
    JSON_FIELD(refund_order, "description", TEXT, description, .most = 1024),
};

/* Since the profile of 2025, the refund is a resource, with its own rules (P571). */
static bool is_resource(const struct call *call)
{
    return call_profile(call) >= PROFILE_2025;
}

/* The body may repeat the id of the invoice; it must be that of the path. */
static void check_id(const json_t *id, const char *name, const struct invoice *invoice,
                     struct json_errors *errors)
{
    if (id && !json_is_null(id) && !text_equal(json_string_value(id), invoice->id)) {
        json_errors_add(errors, name, "This value should be equal to \"%s\".", invoice->id);
    }
}

static void check_ids(const struct call *call, json_t *body, const struct invoice *invoice,
                      struct json_errors *errors)
{
    const json_t *data = json_object_get(body, "data");
    check_id(json_object_get(json_is_object(data) ? data : body, "id"), "id", invoice, errors);
    if (is_resource(call)) {
        check_id(json_object_get(call_attributes(body), "invoiceId"), "invoiceId", invoice, errors);
    }
}

/* P572 */
static void check_required(const struct refund_order *order, struct json_errors *errors)
{
    if (order->amount == MONEY_NONE && !json_errors_has(errors, "amount")) {
        json_errors_add(errors, "amount", MESSAGE_BLANK);
    }
    if (!order->reference_id && !json_errors_has(errors, "reference_id")) {
        json_errors_add(errors, "reference_id", MESSAGE_BLANK);
    }
}

/* Every bad field at once. */
static struct answer *read_order(struct call *call, json_t *body, const struct invoice *invoice,
                                 struct refund_order *ret_order)
{
    struct json_errors errors = {.arena = call->arena};
    struct refund_order order = {.amount = MONEY_NONE,
                                 .outcome = http_header(call->request, OUTCOME_HEADER)};
    const struct outcome_subject subject = {STATUS_REFUND_PENDING, INVOICE_PAYMENT, invoice->flow,
                                            call_profile(call)};
    call_read_fields(call, call_attributes(body), refund_fields, ARRAY_SIZE(refund_fields), &order,
                     &errors);
    if (order.amount != MONEY_NONE && order.amount <= 0) {
        json_errors_add(&errors, "amount", "This value should be greater than 0.");
    } else if (order.amount != MONEY_NONE && order.amount % currency_unit(invoice->currency)) {
        json_errors_add(&errors, "amount", MESSAGE_DECIMALS, currency_decimals(invoice->currency));
    }
    check_ids(call, body, invoice, &errors);
    outcome_read(call, OUTCOME_HEADER, order.outcome, &subject, &errors);
    order.reference_id = order.reference_id && *order.reference_id ? order.reference_id : NULL;
    if (is_resource(call)) {
        check_required(&order, &errors);
    }
    *ret_order = order;
    return errors.n ? call_reply_errors(call, &errors) : NULL;
}

static struct answer *reply_too_much(struct call *call, const struct invoice *invoice)
{
    struct json_errors errors = {.arena = call->arena};
    char left[MONEY_TEXT];
    money_format(invoice_left(invoice), left);
    json_errors_add(&errors, "amount", "This value should be less than or equal to %s.", left);
    return call_reply_errors(call, &errors);
}

struct answer *refund_reply_repeated(struct call *call, const struct refund *earlier,
                                     const struct invoice *invoice)
{
    const char *detail = arena_printf(
        call->arena, "A refund with reference_id \"%s\" exists already.", earlier->reference_id);
    call->remedy = "for another refund send another reference_id";
    if (!is_resource(call)) {
        return invoice_reply_conflict(call, invoice, detail, view_invoice_document);
    }
    struct json_out out = api_conflict_begin(call, detail);
    call->invoice = invoice->seq;
    view_refund(&out, "data", earlier, invoice);
    return call_reply_end(&out);
}

/* {"data": the refund} */
static struct answer *reply_resource(struct call *call, unsigned status,
                                     const struct refund *refund, const struct invoice *invoice)
{
    struct json_out out = call_reply_object(call, status);
    call->invoice = invoice->seq;
    view_refund(&out, "data", refund, invoice);
    return call_reply_end(&out);
}

static struct answer *refuse_refund(struct call *call, const struct invoice *invoice)
{
    const char *detail =
        arena_printf(call->arena, "the invoice is %s: nothing of it can be refunded now",
                     status_name(invoice->status));
    const char *remedy = "only a processed one can be";
    if (status_is_refunding(invoice->status)) {
        remedy = "wait for the end of its refund: GET /_mock/wait?idle=true";
    } else if (invoice->statuses_reached & STATUS_BIT(STATUS_PROCESSED)) {
        remedy = "all of it went back already, or GET /_mock/statuses does not allow it";
    } else if (invoice->status == STATUS_PROCESS_PENDING) {
        remedy = arena_printf(call->arena,
                              "wait until it is paid: GET /_mock/wait?invoice=%s&status=processed",
                              invoice->id);
    }
    return call_refuse(call, 409, detail, remedy);
}

static struct answer *reply(struct call *call, enum refund_result result,
                            const struct refund *refund, const struct invoice *invoice)
{
    switch (result) {
    case REFUND_REPEATED:
        return refund_reply_repeated(call, refund, invoice);
    case REFUND_FORBIDDEN:
        return refuse_refund(call, invoice);
    case REFUND_TOO_MUCH:
        return reply_too_much(call, invoice);
    case REFUND_STARTED:
        break;
    }
    return waits_hold_reply(
        call, is_resource(call)
                  ? reply_resource(call, 201, refund, invoice)
                  : invoice_reply(call, 200, invoice, view_invoice_document, VIEW_READ));
}

struct answer *api_refund(struct call *call)
{
    json_t *body;
    struct refund_order order;
    struct refund refund;
    struct invoice invoice;
    struct answer *refused = call_body(call, &body);
    if (refused) {
        return refused;
    }
    if (!api_find(call, call->params[0], &invoice)) {
        return api_missing(call, call->params[0]);
    }
    call->invoice = invoice.seq;
    refused = api_check_active(call) ?: read_order(call, body, &invoice, &order);
    return refused
               ?: reply(call,
                        refund_start(call->engine, call->tenant, call->arena, &invoice, &order,
                                     &refund, &call->awaited),
                        &refund, &invoice);
}

struct answer *api_refund_get(struct call *call)
{
    struct refund refund;
    struct invoice invoice;
    if (!is_resource(call)) {
        return call_refuse(call, 404, "refunds are resources in the profile 2025 only",
                           "PATCH /_mock/accounts/{id} with profile 2025, or read the invoice");
    }
    return refund_find_id(call->engine, call->tenant, call->arena, call->params[0], &refund,
                          &invoice)
               ? reply_resource(call, 200, &refund, &invoice)
               : api_missing_refund(call, call->params[0]);
}

const struct json_field *api_refund_field(const char *path)
{
    return json_field_at(refund_fields, ARRAY_SIZE(refund_fields), path);
}
