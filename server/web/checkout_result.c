#include "web/checkout.h"

#include "base/text.h"
#include "web/locale_text.h"
#include "web/messages.h"

/* The mask of the card that paid, NULL when none did. */
static const char *card_mask(const struct visit *visit)
{
    const char *text = visit->invoice.payload;
    if (!text || !payment_takes_cards(visit->call->engine, &visit->invoice)) {
        return NULL;
    }
    json_auto_t *payload = json_loads(text, 0, NULL);
    const json_t *card = json_object_get(payload, "payment_card");
    return arena_strdup(visit->call->arena, json_string_value(json_object_get(card, "mask")));
}

/* What is said below the heading: of a status without words of its own, a failed payment's, why. */
static const char *words_of(const struct visit *visit, bool *ret_foreign)
{
    const char *status = status_name(visit->invoice.status);
    const char *own =
        message_find(visit->locale, arena_printf(visit->call->arena, "text.%s", status));
    *ret_foreign = false;
    return own ? own : visit_resolution(visit, ret_foreign);
}

static const char *heading_of(const struct visit *visit)
{
    const struct invoice *invoice = &visit->invoice;
    bool expired =
        status_is_failure(invoice->status) && text_equal(invoice->resolution, RESOLUTION_EXPIRED);
    const char *status = expired ? "expired" : status_name(invoice->status);
    return message(visit->locale, arena_printf(visit->call->arena, "head.%s", status));
}

/* An amount of the invoice, NULL for none. */
static const char *amount_of(const struct visit *visit, int64_t amount)
{
    return amount == MONEY_NONE
               ? NULL
               : locale_money(visit->call->arena, visit->locale, amount, visit->invoice.currency);
}

/* What was paid, which may not be what was asked for. */
static const char *paid_of(const struct visit *visit)
{
    const struct invoice *invoice = &visit->invoice;
    return amount_of(visit, invoice->processed_amount == MONEY_NONE ? invoice->payment_amount
                                                                    : invoice->processed_amount);
}

struct answer *checkout_result_show(const struct visit *visit)
{
    const struct invoice *invoice = &visit->invoice;
    struct call *call = visit->call;
    bool good =
        status_money(invoice->status) == STATUS_MONEY_PAID || invoice->status == STATUS_VERIFIED;
    bool bad = status_is_failure(invoice->status), open = !status_is_final(invoice->status);
    bool foreign;
    const char *words = words_of(visit, &foreign);
    const struct template_value values[] = {
        {"good", visit_flag(good)},
        {"bad", visit_flag(bad)},
        {"back", visit_flag(!good && !bad && !open)},
        {"pending", visit_flag(open)},
        {"heading", heading_of(visit)},
        {"words", words},
        {"amount", paid_of(visit)},
        {"refunded", amount_of(visit, invoice->refunded_amount)},
        {"charged_back", amount_of(visit, invoice->charged_back_amount)},
        {"foreign", visit_flag(foreign)},
        {"mask", card_mask(visit)},
        {"time", locale_time(call->arena, visit->locale, invoice->updated_ms)},
        {"again_url", visit_url(visit, "", "done=1")},
        {"return_url", payment_return_url(call->tenant, call->arena, invoice)},
    };
    return visit_reply(visit, 200, "result.html", values, ARRAY_SIZE(values));
}
