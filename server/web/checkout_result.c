#include "checkout_result.h"

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

/* What is said below the heading. */
static const char *words_of(const struct visit *visit, bool good, bool *ret_foreign)
{
    const struct invoice *invoice = &visit->invoice;
    *ret_foreign = false;
    if (status_is_failure(invoice->status)) {
        return visit_resolution(visit, ret_foreign);
    }
    bool open = !status_is_final(invoice->status);
    return message(visit->locale, good ? "text_good" : open ? "text_wait" : "text_late");
}

static const char *heading_of(const struct visit *visit)
{
    const struct invoice *invoice = &visit->invoice;
    bool expired =
        status_is_failure(invoice->status) && text_equal(invoice->resolution, RESOLUTION_EXPIRED);
    const char *status = expired ? "expired" : status_name(invoice->status);
    return message(visit->locale, arena_printf(visit->call->arena, "head.%s", status));
}

/* What was paid, which may not be what was asked for. */
static const char *amount_of(const struct visit *visit)
{
    const struct invoice *invoice = &visit->invoice;
    int64_t amount =
        invoice->processed_amount == MONEY_NONE ? invoice->amount : invoice->processed_amount;
    return locale_money(visit->call->arena, visit->locale, amount, invoice->currency);
}

void checkout_result_show(const struct visit *visit)
{
    const struct invoice *invoice = &visit->invoice;
    struct call *call = visit->call;
    bool good =
        status_money(invoice->status) == STATUS_MONEY_PAID || invoice->status == STATUS_VERIFIED;
    bool bad = status_is_failure(invoice->status), foreign;
    const char *words = words_of(visit, good, &foreign);
    const struct template_value values[] = {
        {"good", visit_flag(good), NULL},
        {"bad", visit_flag(bad), NULL},
        {"wait", visit_flag(!good && !bad), NULL},
        {"pending", visit_flag(!status_is_final(invoice->status)), NULL},
        {"heading", heading_of(visit), NULL},
        {"words", words, NULL},
        {"amount", amount_of(visit), NULL},
        {"foreign", visit_flag(foreign), NULL},
        {"mask", card_mask(visit), NULL},
        {"time", locale_time(call->arena, visit->locale, invoice->updated_ms), NULL},
        {"again_url", visit_url(visit, "", "done=1"), NULL},
        {"return_url", payment_return_url(call->tenant, call->arena, invoice), NULL},
    };
    visit_reply(visit, 200, "result.html", values, ARRAY_SIZE(values));
}
