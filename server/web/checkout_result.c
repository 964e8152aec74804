#include "web/checkout.h"

#include "base/text.h"
#include "web/messages.h"

/* The card that paid. */
struct shown_card {
    const char *last, *network; /* NULL: not known */
};

static struct shown_card card_of(const struct checkout_page *page)
{
    struct arena *arena = page->call->arena;
    const char *text = page->invoice.payload;
    if (!text || !payment_takes_cards(page->call->engine, &page->invoice)) {
        return (struct shown_card){0};
    }
    json_auto_t *payload = json_loads(text, 0, NULL);
    const json_t *card = json_object_get(payload, "payment_card");
    const char *mask = json_string_value(json_object_get(card, "mask"));
    const char *network = json_string_value(json_object_get(card, "network"));
    return (struct shown_card){.last = mask ? arena_strdup(arena, checkout_card_last(mask)) : NULL,
                               .network = arena_strdup(arena, network)};
}

/* The text below the heading: the status if no heading names it, or the reason of a
 * failure. */
static const char *words_of(const struct checkout_page *page, bool *ret_foreign)
{
    const char *status = status_name(page->invoice.status);
    const char *own =
        page->cancelled
            ? message(page->locale, "text.cancelled")
            : message_find(page->locale, arena_printf(page->call->arena, "text.%s", status));
    *ret_foreign = false;
    return own ? own : checkout_resolution(page, ret_foreign);
}

static const char *heading_of(const struct checkout_page *page)
{
    const struct invoice *invoice = &page->invoice;
    bool expired =
        status_is_failure(invoice->status) && text_equal(invoice->resolution, RESOLUTION_EXPIRED);
    const char *status = page->cancelled ? "cancelled"
                         : expired       ? "expired"
                                         : status_name(invoice->status);
    return message(page->locale, arena_printf(page->call->arena, "head.%s", status));
}

/* An amount of the invoice, NULL for none. */
static const char *amount_of(const struct checkout_page *page, int64_t amount)
{
    return amount == MONEY_NONE
               ? NULL
               : locale_money(page->call->arena, page->locale, amount, page->invoice.currency);
}

/* The amount paid, which may differ from the amount of the order. */
static const char *paid_of(const struct checkout_page *page)
{
    const struct invoice *invoice = &page->invoice;
    return amount_of(page, invoice->processed_amount == MONEY_NONE ? invoice->payment_amount
                                                                   : invoice->processed_amount);
}

/* The figure of a paid part, to stand before the whole amount; NULL: all was paid, or nothing. */
static const char *part_of(const struct checkout_page *page)
{
    const struct invoice *invoice = &page->invoice;
    return invoice_is_part_paid(invoice)
               ? locale_figure(page->call->arena, page->locale, invoice->processed_amount,
                               invoice->currency)
               : NULL;
}

struct answer *checkout_result_show(const struct checkout_page *page)
{
    const struct invoice *invoice = &page->invoice;
    struct call *call = page->call;
    bool good =
        status_money(invoice->status) == STATUS_MONEY_PAID || invoice->status == STATUS_VERIFIED;
    bool failed = status_is_failure(invoice->status), bad = failed && !page->cancelled;
    bool open = !status_is_final(invoice->status);
    bool again = page->cancelled && payment_is_open(call->tenant, call->arena, invoice);
    bool used_up = invoice->status == STATUS_PROCESS_FAILED &&
                   !text_equal(invoice->resolution, RESOLUTION_EXPIRED) &&
                   !payment_attempts_left(call->tenant, call->arena, invoice);
    bool foreign;
    const char *words = words_of(page, &foreign);
    const struct shown_card card = card_of(page);
    bool waits = invoice->status == STATUS_PROCESS_PENDING &&
                 payment_is_open(call->tenant, call->arena, invoice);
    const struct template_rows deciding =
        waits ? checkout_panel(page, false) : (struct template_rows){0};
    const struct template_value values[] = {
        {"good", template_flag(good)},
        {"bad", template_flag(bad)},
        {"failed", template_flag(failed)},
        {"back", template_flag(!good && !bad && !open)},
        {"pending", template_flag(open)},
        {"heading", heading_of(page)},
        {"words", words},
        {"amount", paid_of(page)},
        {"part", part_of(page)},
        {"whole", amount_of(page, invoice->payment_amount)},
        {"refunded", amount_of(page, invoice->refunded_amount)},
        {"charged_back", amount_of(page, invoice->charged_back_amount)},
        {"foreign", template_flag(foreign)},
        {"used_up", template_flag(used_up)},
        {"card_last", card.last},
        {"card_network", card.network},
        {"time", locale_time(call->arena, page->locale, invoice->updated_ms)},
        {"panel", template_flag(page->panel)},
        {"deciding", .rows = &deciding},
        {"waiting", template_flag(waits)},
        {"action", checkout_url(page, "", "")},
        {"pay_url", again ? checkout_url(page, "", "") : NULL},
        {"again_url", checkout_url(page, "", "done=1")},
        {"return_url", payment_return_url(call->tenant, call->arena, invoice)},
    };
    return checkout_reply(page, 200, "result.html", values, ARRAY_SIZE(values));
}
