#include "control.h"

#include "base/text.h"
#include "domain/currency.h"
#include "engine/payment.h"
#include "engine/transition.h"

#include <stdio.h>

/* ------------------------------------------------------------------ transition */

struct transition_input {
    const char *status, *resolution;
    int64_t amount;
    bool force;
};

static const struct json_field transition_fields[] = {
    JSON_FIELD(transition_input, "status", TEXT, status, .required = true),
    JSON_FIELD(transition_input, "resolution", TEXT, resolution),
    JSON_FIELD(transition_input, "amount", MONEY, amount),
    JSON_FIELD(transition_input, "force", BOOL, force),
};

/* Reads the resolution, which must be consistent with the status. */
static struct answer *check_resolution(struct call *call, const char *name,
                                       struct transition_request *request)
{
    if (!name) {
        return NULL;
    }
    const char *known = resolution_find(name, &call->engine->fixture->resolutions);
    if (!known) {
        return call_control_error(
            call, 422, "unknown_resolution", "%s",
            resolution_unknown(name, &call->engine->fixture->resolutions, call->arena));
    }
    if (!status_takes_resolution(request->status, known)) {
        return call_invalid(call, "%s cannot have the resolution %s", status_name(request->status),
                            known);
    }
    request->resolution = known;
    return NULL;
}

static struct answer *reply_no_service(struct call *call, const struct invoice *invoice)
{
    return call_control_error(call, 409, "service_not_chosen",
                              "the invoice has no service: the payer chooses one on /hpp/%s first",
                              invoice->session);
}

static struct answer *reply_wrong_amount(struct call *call, enum status status,
                                         const struct money_range *range)
{
    char most[MONEY_TEXT];
    bool part = status_is_part(status);
    money_format(part ? range->most + range->least : range->most, most);
    if (status_money(status) == STATUS_MONEY_STAYS) {
        return call_invalid(call, "amount: %s moves no money", status_name(status));
    }
    if (range->most < range->least) {
        return call_invalid(call, "amount: %s is left, too little for %s", most,
                            status_name(status));
    }
    if (range->least == range->most) {
        return call_invalid(call, "amount: %s moves all that is left, %s", status_name(status),
                            most);
    }
    return call_invalid(call, "amount: must be more than 0 and %s %s",
                        part ? "less than" : "at most", most);
}

/* A given amount must be one that the status can move. A change that the state table forbids is
 * reported first. */
static struct answer *check_amount(struct call *call, const struct invoice *invoice,
                                   const struct transition_request *request)
{
    const struct money_range range = invoice_range(invoice, request->status);
    bool forbidden = !request->force && !invoice_may_become(invoice, request->status);
    bool good = money_range_has(&range, request->amount) &&
                status_money(request->status) != STATUS_MONEY_STAYS;
    if (request->amount == MONEY_NONE || forbidden) {
        return NULL;
    }
    if (request->amount % currency_unit(invoice->currency)) {
        return call_invalid(call, "amount: an amount of %s has %d decimals or less",
                            invoice->currency, currency_decimals(invoice->currency));
    }
    return good ? NULL : reply_wrong_amount(call, request->status, &range);
}

static struct answer *reply_forbidden(struct call *call, const struct invoice *invoice,
                                      const struct transition_request *request)
{
    const struct money_range range = invoice_range(invoice, request->status);
    if (invoice_awaits_choice(invoice) && request->status == STATUS_PROCESS_PENDING) {
        return reply_no_service(call, invoice);
    }
    if (invoice_may_become(invoice, request->status)) {
        return reply_wrong_amount(call, request->status, &range);
    }
    return call_control_error(call, 409, "forbidden_transition",
                              "%s cannot become %s; \"force\":true does it",
                              status_name(invoice->status), status_name(request->status));
}

/* Reads the status, which must exist for the invoice's kind and the account's profile. */
static struct answer *read_status(struct call *call, const struct invoice *invoice,
                                  const char *name, enum status *ret_status)
{
    if (!status_parse(name, ret_status)) {
        return call_control_error(call, 422, "unknown_status", "%s",
                                  status_unknown(name, call->arena));
    }
    enum profile profile = call_profile(call);
    if (!status_is_in(*ret_status, profile)) {
        return call_control_error(call, 409, "forbidden_transition", STATUS_NEWER_REASON,
                                  status_name(*ret_status), profile_names[profile]);
    }
    bool payout = invoice_kind(invoice->seq) == INVOICE_PAYOUT;
    if (!invoice_can_be(invoice, payout ? *ret_status : invoice_success(invoice, *ret_status))) {
        const char *noun = invoice_kinds[invoice_kind(invoice->seq)].noun;
        return call_control_error(call, 409, "forbidden_transition",
                                  !payout && *ret_status == STATUS_VERIFY_FAILED
                                      ? "a %s with the flow charge cannot be %s"
                                      : "a %s cannot be %s",
                                  noun, status_name(*ret_status));
    }
    return NULL;
}

struct answer *control_transition(struct call *call)
{
    struct transition_input input = {.amount = MONEY_NONE};
    struct invoice invoice;
    struct transition_request request = {.at_ms = 0, .cause = "command"};
    struct answer *refused =
        control_find_in_path(call, &invoice)
            ?: control_read(call, false, transition_fields, ARRAY_SIZE(transition_fields), &input)
            ?: read_status(call, &invoice, input.status, &request.status);
    if (refused) {
        return refused;
    }
    if (request.status == STATUS_EXPIRED && !input.force && status_is_under_way(invoice.status)) {
        request.status = STATUS_PROCESS_FAILED; /* a pending one expires now (P828) */
        input.resolution = RESOLUTION_EXPIRED;
    } else if (request.status == STATUS_EXPIRED && !input.resolution) {
        input.resolution = RESOLUTION_EXPIRED;
    }
    request.amount = input.amount;
    request.force = input.force;
    request.at_ms = clock_now(call->tenant);
    refused = check_resolution(call, input.resolution, &request)
                  ?: check_amount(call, &invoice, &request);
    if (refused) {
        return refused;
    }
    invoice.plan = ""; /* a command replaces the plan */
    invoice.plan_due_ms = TIME_NONE;
    return engine_transition(call->engine, call->tenant, call->arena, &invoice, &request)
               ? control_reply_invoice(call, 200, &invoice)
               : reply_forbidden(call, &invoice, &request);
}

/* ------------------------------------------------------------------ pay */

struct pay_input {
    const char *card_number, *expiry, *cvv, *holder, *three_ds;
    bool cancel;
};

static const char *const three_ds_names[] = {"pass", "fail", "abandon", NULL};

static const struct json_field pay_fields[] = {
    JSON_FIELD(pay_input, "card_number", TEXT, card_number),
    JSON_FIELD(pay_input, "expiry", TEXT, expiry),
    JSON_FIELD(pay_input, "cvv", TEXT, cvv),
    JSON_FIELD(pay_input, "holder", TEXT, holder, .most = 50),
    JSON_FIELD(pay_input, "three_ds", TEXT, three_ds, .choices = three_ds_names),
    JSON_FIELD(pay_input, "cancel", BOOL, cancel),
};

/* A payer can only fail or leave a 3-D Secure page that is shown. */
static bool shows_3ds_page(const struct call *call, const char *number)
{
    const struct test_card *known = card_find(&call->engine->fixture->cards, number);
    return known && known->three_ds;
}

/* Reads and checks the card. */
static struct answer *read_card(struct call *call, const struct pay_input *input,
                                struct card_entry *ret_entry)
{
    struct card_entry entry = {0};
    if (!input->card_number) {
        return call_invalid(call, "card_number or cancel is required");
    }
    if (!card_number_read(input->card_number, entry.number)) {
        return call_invalid(call, "card_number: must be 12 to 19 digits");
    }
    if (!input->expiry || !card_expiry_read(input->expiry, entry.expiry)) {
        return call_invalid(call, "expiry: must be MMYY");
    }
    if (input->cvv && !card_cvv_holds(input->cvv)) {
        return call_invalid(call, "cvv: must be 3 or 4 digits");
    }
    if (input->three_ds && !text_equal(input->three_ds, three_ds_names[PAYMENT_3DS_PASS]) &&
        !shows_3ds_page(call, entry.number)) {
        return call_invalid(call, "three_ds: this card has no 3-D Secure page, and would pay");
    }
    snprintf(entry.holder, sizeof entry.holder, "%s", input->holder ? input->holder : "");
    *ret_entry = entry;
    return NULL;
}

/* Answers the challenge of a payment by card. */
static enum payment_result answered(struct call *call, struct invoice *invoice,
                                    const char *three_ds, enum payment_result result)
{
    enum payment_3ds answer =
        three_ds ? (enum payment_3ds)text_index(three_ds_names, three_ds) : PAYMENT_3DS_PASS;
    return result == PAYMENT_CHALLENGE
               ? payment_answer(call->engine, call->tenant, call->arena, invoice, answer)
               : result;
}

/* What an invoice lacks that its status alone would let be paid; "" if that forbids it. */
static const char *what_ended(struct call *call, const struct invoice *invoice)
{
    bool failed = invoice->status == STATUS_PROCESS_FAILED;
    bool waits = invoice->status == STATUS_CREATED || invoice->status == STATUS_PROCESS_PENDING;
    if ((failed || waits) && clock_now(call->tenant) >= invoice->expires_ms) {
        return arena_printf(call->arena, ": it expired at %lld",
                            (long long)(invoice->expires_ms / 1000));
    }
    return failed && !payment_attempts_left(call->tenant, call->arena, invoice)
               ? ": its attempts are used up (attempt_limit)"
               : "";
}

static struct answer *refuse_payment(struct call *call, const struct invoice *invoice)
{
    return invoice_awaits_choice(invoice)
               ? reply_no_service(call, invoice)
               : call_control_error(call, 409, "not_payable",
                                    "the invoice is %s (%s) and cannot be paid any more%s",
                                    status_name(invoice->status), invoice->resolution,
                                    what_ended(call, invoice));
}

struct answer *control_pay(struct call *call)
{
    struct pay_input input = {0};
    struct invoice invoice;
    struct card_entry card;
    enum payment_result result;
    struct answer *refused =
        control_find_in_path(call, &invoice)
            ?: control_read(call, true, pay_fields, ARRAY_SIZE(pay_fields), &input);
    if (refused) {
        return refused;
    }
    if (input.cancel && input.card_number) {
        return call_invalid(call, "cancel: a payer who cancels uses no card");
    }
    if (input.cancel) {
        result = payment_cancelled(call->engine, call->tenant, call->arena, &invoice);
    } else if (!payment_takes_cards(call->engine, &invoice) && !input.card_number) {
        result = payment_confirmed(call->engine, call->tenant, call->arena, &invoice, NULL, NULL);
    } else if (invoice.saved_card && !input.card_number) {
        result = answered(
            call, &invoice, input.three_ds,
            payment_by_saved_card(call->engine, call->tenant, call->arena, &invoice, NULL));
    } else if ((refused = read_card(call, &input, &card))) {
        return refused;
    } else {
        result = answered(
            call, &invoice, input.three_ds,
            payment_by_card(call->engine, call->tenant, call->arena, &invoice, &card, NULL));
    }
    return result != PAYMENT_CLOSED ? control_reply_invoice(call, 200, &invoice)
                                    : refuse_payment(call, &invoice);
}
