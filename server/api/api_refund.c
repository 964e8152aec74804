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

/* The body may repeat the id of the invoice; it must be that of the path. */
static void check_id(const json_t *body, const struct invoice *invoice, struct json_errors *errors)
{
    const json_t *data = json_object_get(body, "data");
    const json_t *id = json_object_get(json_is_object(data) ? data : body, "id");
    if (id && !json_is_null(id) && !text_equal(json_string_value(id), invoice->id)) {
        json_errors_add(errors, "id", "This value should be equal to \"%s\".", invoice->id);
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
    json_read(call_attributes(body), refund_fields, ARRAY_SIZE(refund_fields), false, &order,
              &errors);
    if (order.amount != MONEY_NONE && order.amount <= 0) {
        json_errors_add(&errors, "amount", "This value should be greater than 0.");
    } else if (order.amount != MONEY_NONE && order.amount % currency_unit(invoice->currency)) {
        json_errors_add(&errors, "amount", MESSAGE_DECIMALS, currency_decimals(invoice->currency));
    }
    check_id(body, invoice, &errors);
    outcome_read(call, OUTCOME_HEADER, order.outcome, &subject, &errors);
    order.reference_id = order.reference_id && *order.reference_id ? order.reference_id : NULL;
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

static struct answer *reply(struct call *call, enum refund_result result,
                            const struct invoice *invoice, const struct refund_order *order)
{
    switch (result) {
    case REFUND_REPEATED:
        return invoice_reply_repeated(call, invoice, order->reference_id, view_invoice_document);
    case REFUND_FORBIDDEN:
        return call_error_because(
            call, 409,
            arena_printf(call->arena, "the invoice is %s: nothing of it can be refunded now",
                         status_name(invoice->status)));
    case REFUND_TOO_MUCH:
        return reply_too_much(call, invoice);
    case REFUND_STARTED:
        break;
    }
    return waits_hold_reply(call,
                            invoice_reply(call, 200, invoice, view_invoice_document, VIEW_READ));
}

struct answer *api_refund(struct call *call)
{
    json_t *body;
    struct refund_order order;
    struct invoice invoice;
    struct answer *refused = call_body(call, &body);
    if (refused) {
        return refused;
    }
    if (!api_find(call, call->params[0], &invoice)) {
        return call_error(call, 404);
    }
    call->invoice = invoice.seq;
    refused = api_check_active(call) ?: read_order(call, body, &invoice, &order);
    return refused
               ?: reply(call,
                        refund_start(call->engine, call->tenant, call->arena, &invoice, &order,
                                     &call->awaited),
                        &invoice, &order);
}

const char *api_refund_accepts(struct arena *arena, const char *path)
{
    const struct json_field *field = json_field_at(refund_fields, ARRAY_SIZE(refund_fields), path);
    return field ? json_accepts(arena, field) : NULL;
}
