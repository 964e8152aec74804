#include "invoice.h"

#include "base/text.h"
#include "domain/currency.h"

const char *const invoice_flows[] = {[FLOW_CHARGE] = "charge", [FLOW_VERIFY] = "verify", NULL};
const char *const invoice_sources[] = {[SOURCE_MERCHANT_API] = "merchant_api",
                                       [SOURCE_PLATFORM_PUBLIC_API] = "platform_public_api",
                                       NULL};
const char *const refund_statuses[] = {
    [REFUND_PENDING] = "pending", [REFUND_DONE] = "done", [REFUND_FAILED] = "failed", NULL};

static const char *const state_names[] = {
    [CALLBACK_QUEUED] = "queued", [CALLBACK_SENDING] = "sending", [CALLBACK_DONE] = "done",
    [CALLBACK_FAILED] = "failed", [CALLBACK_DROPPED] = "dropped", NULL,
};

const char *callback_state_name(enum callback_state state)
{
    return state_names[state];
}

bool callback_is_undelivered(enum callback_state state)
{
    return state != CALLBACK_DONE && state != CALLBACK_DROPPED;
}

bool callback_state_parse(const char *name, enum callback_state *ret_state)
{
    int state = text_index(state_names, name);
    if (state >= 0) {
        *ret_state = (enum callback_state)state;
    }
    return state >= 0;
}

/* ------------------------------------------------------------------ kinds */

const struct invoice_kind_row invoice_kinds[INVOICE_KINDS] = {
    [INVOICE_PAYMENT] = {"cpi", "payment-invoices", "payment", 1, INVOICE_PAYOUTS - 1},
    [INVOICE_PAYOUT] = {"cpoi", "payout-invoices", "payout", INVOICE_PAYOUTS, INT64_MAX},
};

enum invoice_kind invoice_kind(int64_t seq)
{
    return seq >= INVOICE_PAYOUTS ? INVOICE_PAYOUT : INVOICE_PAYMENT;
}

enum invoice_kind invoice_kind_of(const char *id)
{
    return text_starts(id, "cpoi_") ? INVOICE_PAYOUT : INVOICE_PAYMENT;
}

bool invoice_kind_parse(const char *noun, enum invoice_kind *ret_kind)
{
    for (size_t kind = 0; kind < INVOICE_KINDS; kind++) {
        if (text_equal(noun, invoice_kinds[kind].noun)) {
            *ret_kind = (enum invoice_kind)kind;
            return true;
        }
    }
    return false;
}

void invoice_id(struct crypt_block *rows, int64_t seq, char ret_id[IDENT_TEXT])
{
    ident_of_row(rows, invoice_kinds[invoice_kind(seq)].prefix, seq, ret_id);
}

bool invoice_id_read(struct crypt_block *rows, const char *id, int64_t *ret_seq)
{
    for (size_t kind = 0; kind < INVOICE_KINDS; kind++) {
        int64_t seq;
        if (ident_to_row(rows, invoice_kinds[kind].prefix, id, &seq) && invoice_kind(seq) == kind) {
            *ret_seq = seq;
            return true;
        }
    }
    return false;
}

bool invoice_id_has_form(const char *text)
{
    return ident_has_form(text, invoice_kinds[INVOICE_PAYMENT].prefix) ||
           ident_has_form(text, invoice_kinds[INVOICE_PAYOUT].prefix);
}

bool invoice_may_become(const struct invoice *invoice, enum status to)
{
    return invoice_kind(invoice->seq) == INVOICE_PAYOUT
               ? status_payout_may_become(invoice->status, to)
               : status_may_become(invoice->status, to);
}

bool invoice_can_be(const struct invoice *invoice, enum status status)
{
    if (invoice_kind(invoice->seq) == INVOICE_PAYOUT) {
        return status_is_of_payout(status);
    }
    bool checks = status == STATUS_VERIFIED || status == STATUS_VERIFY_FAILED;
    return status_is_of_payment(status) && (!checks || invoice->flow == FLOW_VERIFY);
}

enum status invoice_success(const struct invoice *invoice, enum status asked)
{
    if (status_money(asked) == STATUS_MONEY_PAID && invoice->flow == FLOW_VERIFY) {
        return STATUS_VERIFIED;
    }
    return asked == STATUS_VERIFIED && invoice->flow != FLOW_VERIFY ? STATUS_PROCESSED : asked;
}

bool invoice_awaits_choice(const struct invoice *invoice)
{
    return invoice->status == STATUS_CREATED && !invoice->service;
}

int64_t invoice_reserved(const struct invoice *invoice)
{
    /* A cancellation may begin before anything was paid. */
    bool held = status_is_under_way(invoice->status) || status_is_canceling(invoice->status);
    return invoice_kind(invoice->seq) == INVOICE_PAYOUT && held &&
                   invoice->processed_deposit == MONEY_NONE
               ? invoice->deposit
               : 0;
}

int64_t invoice_balance_effect(const struct invoice *invoice)
{
    if (invoice_reserved(invoice)) {
        return -invoice->deposit;
    }
    if (invoice->processed_deposit == MONEY_NONE) {
        return 0;
    }
    if (invoice_kind(invoice->seq) == INVOICE_PAYOUT) {
        return -invoice->processed_deposit;
    }
    int64_t back = money_add(money_or_zero(invoice->refunded_amount),
                             money_or_zero(invoice->charged_back_amount));
    return money_add(invoice->processed_deposit, -back);
}

struct invoice_money invoice_money_of(const struct invoice *invoice)
{
    int64_t reserved = invoice_reserved(invoice);
    if (reserved) {
        return (struct invoice_money){
            .paid = invoice->fee - reserved, .fee = invoice->fee, .reserved = reserved};
    }
    if (invoice->processed_deposit == MONEY_NONE) {
        return (struct invoice_money){0};
    }
    int64_t fee = money_or_zero(invoice->processed_fee);
    if (invoice_kind(invoice->seq) == INVOICE_PAYOUT) {
        return (struct invoice_money){.paid = fee - invoice->processed_deposit, .fee = fee};
    }
    return (struct invoice_money){.paid = invoice->processed_deposit + fee,
                                  .fee = fee,
                                  .refunded = money_or_zero(invoice->refunded_amount),
                                  .charged_back = money_or_zero(invoice->charged_back_amount)};
}

static int64_t difference(int64_t from, int64_t to)
{
    return from == to ? MONEY_NONE : to - from;
}

struct invoice_money invoice_money_moved(const struct invoice_money *from,
                                         const struct invoice_money *to)
{
    return (struct invoice_money){.paid = difference(from->paid, to->paid),
                                  .fee = difference(from->fee, to->fee),
                                  .refunded = difference(from->refunded, to->refunded),
                                  .charged_back = difference(from->charged_back, to->charged_back),
                                  .reserved = difference(from->reserved, to->reserved)};
}

/* ------------------------------------------------------------------ money that moves */

int64_t invoice_left(const struct invoice *invoice)
{
    int64_t paid = invoice->processed_amount == MONEY_NONE ? invoice->payment_amount
                                                           : invoice->processed_amount;
    return paid - money_or_zero(invoice->refunded_amount) -
           money_or_zero(invoice->charged_back_amount);
}

bool invoice_is_part_paid(const struct invoice *invoice)
{
    return invoice->processed_amount != MONEY_NONE &&
           invoice->processed_amount < invoice->payment_amount;
}

/* Half in whole steps of the currency or, if that is nothing, as close as its amounts may be. */
static int64_t half_of(int64_t whole, const char *currency)
{
    int64_t step = currency_step(currency), unit = currency_unit(currency);
    int64_t half = whole / 2 / step * step;
    return half ? half : whole / 2 / unit * unit;
}

struct money_range invoice_range(const struct invoice *invoice, enum status status)
{
    enum status_money money = status_money(status);
    int64_t unit = currency_unit(invoice->currency);
    int64_t whole = money == STATUS_MONEY_PAID ? invoice->payment_amount : invoice_left(invoice);
    if (money == STATUS_MONEY_STAYS) {
        return (struct money_range){0};
    }
    whole = whole < 0 ? 0 : whole; /* rows of older versions, which did not check this */
    if (status_is_part(status)) {
        return (struct money_range){unit, whole - unit, half_of(whole, invoice->currency)};
    }
    int64_t least = money == STATUS_MONEY_PAID || !whole ? unit : whole;
    return (struct money_range){least, whole, whole};
}

bool money_range_has(const struct money_range *range, int64_t amount)
{
    return amount >= range->least && amount <= range->most;
}

void money_raise(int64_t *sum, int64_t amount)
{
    *sum = money_or_zero(*sum) + amount;
}

/* ------------------------------------------------------------------ times */

void invoice_schedule(struct invoice *invoice)
{
    /* A payout that was sent does not expire: the money may be in transit. */
    bool waits =
        invoice->status == STATUS_CREATED ||
        (status_is_under_way(invoice->status) && invoice_kind(invoice->seq) == INVOICE_PAYMENT);
    int64_t due_ms = waits ? invoice->expires_ms : TIME_NONE;
    if (invoice->plan_due_ms != TIME_NONE &&
        (due_ms == TIME_NONE || invoice->plan_due_ms < due_ms)) {
        due_ms = invoice->plan_due_ms;
    }
    invoice->due_ms = due_ms;
}
