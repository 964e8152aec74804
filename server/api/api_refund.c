#include "api_refund.h"

#include "api/invoice_reply.h"
#include "api/outcome_read.h"
#include "api/wait.h"
#include "base/text.h"
#include "domain/invoice_money.h"
#include "engine/refund.h"
#include "view/envelope.h"
#include "wire/json_read.h"

struct refund_input {
    const char *reference_id, *description;
    int64_t amount;
};

static const struct json_field refund_fields[] = {
    {.name = "amount", .kind = JSON_KIND_MONEY, .offset = JSON_AT(refund_input, amount)},
    {.name = "reference_id", .kind = JSON_KIND_TEXT, .offset = JSON_AT(refund_input, reference_id)},
    {.name = "description",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(refund_input, description),
     .most = 1024},
};

/* The body may name the invoice once more; another one than the path does is a mistake. */
static void check_id(const json_t *body, const struct invoice *invoice, struct json_errors *errors)
{
    const json_t *data = json_object_get(body, "data");
    const json_t *id = json_object_get(json_is_object(data) ? data : body, "id");
    if (id && !json_is_null(id) && !text_equal(json_string_value(id), invoice->id)) {
        json_errors_add(errors, "id", "This value should be equal to \"%s\".", invoice->id);
    }
}

/* Every bad field at once; answers 422 and returns false if there is one. */
static bool read_order(struct call *call, json_t *body, const struct invoice *invoice,
                       struct refund_order *ret_order)
{
    struct json_errors errors = {.arena = call->arena};
    struct refund_input input = {.amount = MONEY_NONE};
    const char *outcome = http_header(call->request, OUTCOME_HEADER);
    const struct outcome_subject subject = {STATUS_REFUND_PENDING, INVOICE_PAYMENT, invoice->flow};
    json_read(envelope_attributes(body), refund_fields, ARRAY_SIZE(refund_fields), false, &input,
              &errors);
    if (input.amount != MONEY_NONE && input.amount <= 0) {
        json_errors_add(&errors, "amount", "This value should be greater than 0.");
    }
    check_id(body, invoice, &errors);
    outcome_read(call, OUTCOME_HEADER, outcome, &subject, &errors);
    *ret_order = (struct refund_order){
        .amount = input.amount,
        .reference_id = input.reference_id && *input.reference_id ? input.reference_id : NULL,
        .description = input.description,
        .outcome = outcome,
    };
    if (errors.n) {
        call_reply_errors(call, &errors);
    }
    return !errors.n;
}

static void reply_too_much(struct call *call, const struct invoice *invoice)
{
    struct json_errors errors = {.arena = call->arena};
    char left[MONEY_TEXT];
    money_format(invoice_left(invoice), left);
    json_errors_add(&errors, "amount", "This value should be less than or equal to %s.", left);
    call_reply_errors(call, &errors);
}

static void reply(struct call *call, enum refund_result result, const struct invoice *invoice,
                  const struct refund_order *order)
{
    switch (result) {
    case REFUND_STARTED:
        invoice_reply(call, 200, invoice, view_invoice_document, VIEW_READ);
        waits_hold_reply(call);
        break;
    case REFUND_REPEATED:
        invoice_reply_repeated(call, invoice, "refund", order->reference_id, view_invoice_document);
        break;
    case REFUND_FORBIDDEN:
        http_reply_error_because(
            call->request, 409,
            arena_printf(call->arena, "the invoice is %s: nothing of it can be refunded now",
                         status_name(invoice->status)));
        break;
    case REFUND_TOO_MUCH:
        reply_too_much(call, invoice);
        break;
    }
}

void api_refund(struct call *call)
{
    json_t *body = call_body(call);
    struct refund_order order;
    struct invoice invoice;
    if (!body) {
        return;
    }
    if (!engine_find_payment(call->engine, call->tenant, call->arena, call->params[0], &invoice)) {
        http_reply_error(call->request, 404);
        return;
    }
    call->invoice = invoice.seq;
    if (!account_is_active(&call->tenant->account)) {
        http_reply_error_because(call->request, 403, "the account is not active");
        return;
    }
    if (read_order(call, body, &invoice, &order)) {
        reply(
            call,
            refund_start(call->engine, call->tenant, call->arena, &invoice, &order, &call->awaited),
            &invoice, &order);
    }
}

const char *api_refund_accepts(struct arena *arena, const char *path)
{
    const struct json_field *field = json_field_at(refund_fields, ARRAY_SIZE(refund_fields), path);
    return field ? json_accepts(arena, field) : NULL;
}
