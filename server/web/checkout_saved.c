/* The stored card of an order with a token: the payer enters only its security code (P435). */
#include "web/checkout.h"

#include "base/text.h"

#include <string.h>

#define OTHER "other" /* ?other=1: the payer uses another card */

static bool offers(const struct checkout_page *page, struct payment_saved *ret_saved)
{
    struct call *call = page->call;
    return payment_takes_cards(call->engine, &page->invoice) &&
           payment_saved_card(&page->invoice, call->arena, ret_saved);
}

const char *checkout_card_last(const char *mask)
{
    const char *star = strrchr(mask, '*');
    return star ? star + 1 : NULL;
}

bool checkout_saved_declined(const struct call *call)
{
    return http_query_text(call->request, OTHER) || http_query_text(call->request, "card");
}

struct template_rows checkout_saved_rows(const struct checkout_page *page, bool other)
{
    struct template_rows rows = {0};
    struct payment_saved saved;
    if (!other && offers(page, &saved)) {
        const struct template_value row[] = {
            {"card_last", checkout_card_last(saved.mask)},
            {"card_network", saved.network},
            {"saved_expiry", checkout_panel_expiry(page->call->arena, saved.expiry)},
            {"other_url", checkout_url(page, "", OTHER "=1")},
        };
        template_add_row(&rows, page->call->arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

const char *checkout_saved_url(const struct checkout_page *page, bool other)
{
    struct payment_saved saved;
    return other && offers(page, &saved) ? checkout_url(page, "", "") : NULL;
}

bool checkout_saved_read(struct checkout_page *page, const json_t *fields,
                         struct checkout_form *ret_form)
{
    const json_t *typed = json_object_get(fields, "service_fields");
    bool good = card_cvv_holds(posted_field(fields, "cvv"));
    *ret_form = (struct checkout_form){
        .cvv_error = good ? NULL : "error_cvv", .service_fields = typed, .service_tried = true};
    return good && checkout_service_take(page, typed);
}
