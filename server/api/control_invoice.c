#include "control.h"

#include "base/text.h"
#include "domain/invoice_money.h"
#include "domain/outcome.h"
#include "engine/clock.h"
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
    {.name = "status",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(transition_input, status),
     .required = true},
    {.name = "resolution", .kind = JSON_KIND_TEXT, .offset = JSON_AT(transition_input, resolution)},
    {.name = "amount", .kind = JSON_KIND_MONEY, .offset = JSON_AT(transition_input, amount)},
    {.name = "force", .kind = JSON_KIND_BOOL, .offset = JSON_AT(transition_input, force)},
};

/* The resolution by name, and in harmony with the status; answers 422 and returns false otherwise.
 */
static bool check_resolution(struct call *call, const char *name,
                             struct transition_request *request)
{
    if (!name) {
        return true;
    }
    const char *known = resolution_find(name, &call->engine->fixture->resolutions);
    if (!known) {
        call_control_error(call, 422, "unknown_resolution", "there is no resolution \"%s\"", name);
        return false;
    }
    bool failure = status_is_failure(request->status), good = text_equal(known, RESOLUTION_OK);
    if (failure == good && request->status != STATUS_PROCESS_PENDING) {
        call_control_error(call, 422, "invalid", "%s does not go with the resolution %s",
                           status_name(request->status), known);
        return false;
    }
    request->resolution = known;
    return true;
}

static void reply_no_service(struct call *call, const struct invoice *invoice)
{
    call_control_error(call, 409, "service_not_chosen",
                       "the invoice has no service: the payer chooses one on /hpp/%s first",
                       invoice->session);
}

static void reply_wrong_amount(struct call *call, enum status status,
                               const struct money_range *range)
{
    char most[MONEY_TEXT];
    bool part = status_is_part(status);
    money_format(part ? range->most + 1 : range->most, most);
    if (status_money(status) == STATUS_MONEY_STAYS) {
        call_control_error(call, 422, "invalid", "amount: %s moves no money", status_name(status));
    } else if (range->most < range->least) {
        call_control_error(call, 422, "invalid", "amount: %s is left, too little for %s", most,
                           status_name(status));
    } else if (range->least == range->most) {
        call_control_error(call, 422, "invalid", "amount: %s moves all that is left, %s",
                           status_name(status), most);
    } else {
        call_control_error(call, 422, "invalid", "amount: more than 0 and %s %s is wanted",
                           part ? "less than" : "at most", most);
    }
}

/* An amount that is given is one that the status can move; answers 422 and returns false otherwise.
 * What the state table forbids is told first. */
static bool check_amount(struct call *call, const struct invoice *invoice,
                         const struct transition_request *request)
{
    const struct money_range range = invoice_range(invoice, request->status);
    bool forbidden = !request->force && !invoice_may_become(invoice, request->status);
    bool good = money_range_has(&range, request->amount) &&
                status_money(request->status) != STATUS_MONEY_STAYS;
    if (request->amount == MONEY_NONE || forbidden || good) {
        return true;
    }
    reply_wrong_amount(call, request->status, &range);
    return false;
}

static void reply_forbidden(struct call *call, const struct invoice *invoice,
                            const struct transition_request *request)
{
    const struct money_range range = invoice_range(invoice, request->status);
    if (invoice_awaits_choice(invoice) && request->status == STATUS_PROCESS_PENDING) {
        reply_no_service(call, invoice);
    } else if (invoice_may_become(invoice, request->status)) {
        reply_wrong_amount(call, request->status, &range);
    } else {
        call_control_error(call, 409, "forbidden_transition",
                           "%s cannot become %s; \"force\":true does it",
                           status_name(invoice->status), status_name(request->status));
    }
}

void control_transition(struct call *call)
{
    struct transition_input input = {.amount = MONEY_NONE};
    struct invoice invoice;
    struct transition_request request = {.at_ms = 0, .cause = "command"};
    if (!control_has_tenant(call) || !control_find_in_path(call, &invoice) ||
        !control_read(call, false, transition_fields, ARRAY_SIZE(transition_fields), &input)) {
        return;
    }
    if (!status_parse(input.status, &request.status)) {
        call_control_error(call, 422, "unknown_status", "there is no status \"%s\"", input.status);
        return;
    }
    if (invoice_kind(invoice.seq) == INVOICE_PAYOUT && !status_is_of_payout(request.status)) {
        call_control_error(call, 409, "forbidden_transition", "no payout is ever %s",
                           status_name(request.status));
        return;
    }
    if (request.status == STATUS_EXPIRED && !input.force &&
        invoice.status == STATUS_PROCESS_PENDING) {
        request.status = STATUS_PROCESS_FAILED; /* time out now: that is how a pending invoice
                                                expires (P828) */
        input.resolution = RESOLUTION_EXPIRED;
    } else if (request.status == STATUS_EXPIRED && !input.resolution) {
        input.resolution = RESOLUTION_EXPIRED;
    }
    request.amount = input.amount;
    request.force = input.force;
    request.at_ms = clock_now(call->tenant);
    if (!check_resolution(call, input.resolution, &request) ||
        !check_amount(call, &invoice, &request)) {
        return;
    }
    invoice.plan = ""; /* a command overrides what was planned */
    invoice.plan_due_ms = TIME_NONE;
    if (engine_transition(call->engine, call->tenant, call->arena, &invoice, &request)) {
        control_reply_invoice(call, 200, &invoice);
    } else {
        reply_forbidden(call, &invoice, &request);
    }
}

/* ------------------------------------------------------------------ pay */

struct pay_input {
    const char *card_number, *expiry, *cvv, *holder, *three_ds;
    bool cancel;
};

static const char *const three_ds_names[] = {"pass", "fail", "abandon", NULL};

static const struct json_field pay_fields[] = {
    {.name = "card_number", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, card_number)},
    {.name = "expiry", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, expiry)},
    {.name = "cvv", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, cvv)},
    {.name = "holder", .kind = JSON_KIND_TEXT, .offset = JSON_AT(pay_input, holder), .most = 50},
    {.name = "three_ds",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(pay_input, three_ds),
     .choices = three_ds_names},
    {.name = "cancel", .kind = JSON_KIND_BOOL, .offset = JSON_AT(pay_input, cancel)},
};

/* A card that can be read; answers 422 and returns false otherwise. */
static bool read_card(struct call *call, const struct pay_input *input,
                      struct card_entry *ret_entry)
{
    struct card_entry entry = {0};
    if (!card_number_read(input->card_number, entry.number)) {
        call_control_error(call, 422, "invalid", "card_number: 12 to 19 digits are wanted");
        return false;
    }
    if (!input->expiry || !card_expiry_read(input->expiry, entry.expiry)) {
        call_control_error(call, 422, "invalid", "expiry: MMYY is wanted");
        return false;
    }
    if (input->cvv && !card_cvv_holds(input->cvv)) {
        call_control_error(call, 422, "invalid", "cvv: 3 or 4 digits are wanted");
        return false;
    }
    snprintf(entry.holder, sizeof entry.holder, "%s", input->holder ? input->holder : "");
    *ret_entry = entry;
    return true;
}

static enum payment_3ds three_ds_of(const char *name)
{
    for (int i = 0; name && three_ds_names[i]; i++) {
        if (text_equal(name, three_ds_names[i])) {
            return (enum payment_3ds)i;
        }
    }
    return PAYMENT_3DS_PASS;
}

void control_pay(struct call *call)
{
    struct pay_input input = {0};
    struct invoice invoice;
    struct card_entry card;
    enum payment_result result;
    if (!control_has_tenant(call) || !control_find_in_path(call, &invoice) ||
        !control_read(call, true, pay_fields, ARRAY_SIZE(pay_fields), &input)) {
        return;
    }
    if (input.cancel) {
        result = payment_cancelled(call->engine, call->tenant, call->arena, &invoice);
    } else if (!payment_takes_cards(call->engine, &invoice) && !input.card_number) {
        result = payment_confirmed(call->engine, call->tenant, call->arena, &invoice, NULL, NULL);
    } else if (!input.card_number) {
        call_control_error(call, 422, "invalid", "card_number or cancel is wanted");
        return;
    } else if (!read_card(call, &input, &card)) {
        return;
    } else {
        result = payment_by_card(call->engine, call->tenant, call->arena, &invoice, &card, NULL);
        if (result == PAYMENT_CHALLENGE) {
            result = payment_answer(call->engine, call->tenant, call->arena, &invoice,
                                    three_ds_of(input.three_ds));
        }
    }
    if (result != PAYMENT_CLOSED) {
        control_reply_invoice(call, 200, &invoice);
    } else if (invoice_awaits_choice(&invoice)) {
        reply_no_service(call, &invoice);
    } else {
        call_control_error(call, 409, "not_payable",
                           "the invoice is %s (%s) and cannot be paid any more",
                           status_name(invoice.status), invoice.resolution);
    }
}
