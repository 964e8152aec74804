#include "web/checkout.h"

#include "base/text.h"
#include "web/messages.h"

#include <stdio.h>
#include <string.h>

#define HOLDER_MOST 50

/* ------------------------------------------------------------------ reading */

bool checkout_form_read_card(struct checkout_page *page, const json_t *fields,
                             struct card_entry *ret_entry, struct checkout_form *ret_form)
{
    struct checkout_form form = {.other = true,
                                 .expiry = posted_field(fields, "expiry"),
                                 .holder = posted_field(fields, "holder"),
                                 .service_fields = json_object_get(fields, "service_fields"),
                                 .service_tried = true};
    bool number = card_number_read(posted_field(fields, "card_number"), ret_entry->number) &&
                  card_luhn_holds(ret_entry->number);
    if (!number) {
        form.number_error = "error_number";
    }
    if (!card_expiry_read(form.expiry, ret_entry->expiry)) {
        form.expiry_error = "error_expiry";
    }
    if (!card_cvv_holds(posted_field(fields, "cvv"))) {
        form.cvv_error = "error_cvv";
    }
    if (text_utf8_length(form.holder, strlen(form.holder)) > HOLDER_MOST) {
        form.holder_error = "error_holder";
    }
    snprintf(ret_entry->holder, sizeof ret_entry->holder, "%s",
             form.holder_error ? "" : form.holder);
    *ret_form = form;
    bool card = !form.number_error && !form.expiry_error && !form.cvv_error && !form.holder_error;
    return card && checkout_service_take(page, form.service_fields);
}

void checkout_form_first(const struct checkout_page *page, struct checkout_form *ret_form)
{
    const struct card_table *cards = &page->call->engine->fixture->cards;
    const char *asked = http_query_text(page->call->request, "card");
    const char *expiry = http_query_text(page->call->request, "expiry");
    char known[5];
    int64_t n;
    *ret_form = (struct checkout_form){.other = checkout_saved_declined(page->call)};
    if (!asked || !text_to_int(asked, &n) || n < 1 || n > (int64_t)cards->n) {
        return;
    }
    const struct test_card *card = &cards->cards[n - 1];
    const char *shown = expiry && card_expiry_read(expiry, known) ? known : card->expiry;
    *ret_form =
        (struct checkout_form){.other = true,
                               .number = checkout_panel_number(page->call->arena, card->number),
                               .expiry = checkout_panel_expiry(page->call->arena, shown),
                               .cvv = CHECKOUT_PANEL_CVV,
                               .holder = CHECKOUT_PANEL_HOLDER};
}

bool checkout_form_read_service(struct checkout_page *page, const json_t *fields,
                                const char **ret_outcome, struct checkout_form *ret_form)
{
    bool asks = checkout_service_asks_outcome(page);
    const char *outcome = checkout_service_outcome(posted_field(fields, "status"));
    const json_t *typed = json_object_get(fields, "service_fields");
    *ret_form = (struct checkout_form){.service_fields = typed,
                                       .service_tried = true,
                                       .choice_error = asks && !outcome ? "error_choice" : NULL};
    *ret_outcome = asks ? outcome : NULL;
    return (!asks || outcome) && checkout_service_take(page, typed);
}

/* ------------------------------------------------------------------ showing */

static const char *error_text(const struct checkout_page *page, const char *key)
{
    return key ? message(page->locale, key) : NULL;
}

/* The merchant's own text for the pay button; NULL: it is one that the page translates. */
static const char *own_label(const char *label)
{
    bool known =
        text_equal(label, "pay") || text_equal(label, "subscribe") || text_equal(label, "donate");
    return known ? NULL : label;
}

struct answer *checkout_form_show(const struct checkout_page *page, unsigned status,
                                  const struct checkout_form *form)
{
    const struct invoice *invoice = &page->invoice;
    struct call *call = page->call;
    bool card = payment_takes_cards(call->engine, invoice);
    bool failed = status_is_failure(invoice->status), foreign;
    bool declined = failed && !page->cancelled;
    const char *method =
        page->service ? checkout_service_text(page, &page->service->method->name) : NULL;
    const struct template_rows given = checkout_service_given(page);
    const struct template_rows asked =
        checkout_service_asked(page, form->service_fields, form->service_tried);
    const struct template_rows choices = checkout_service_choices(page);
    bool elsewhere;
    const struct template_rows means = checkout_means(page, &elsewhere);
    const char *label = page->appearance.pay_label;
    bool plain = text_equal(label, "pay");
    const struct template_rows saved = checkout_saved_rows(page, form->other);
    const struct template_rows panel = checkout_panel(page, card && !saved.n);
    const struct template_value values[] = {
        {"action", checkout_url(page, "", "")},
        {"card", template_flag(card)},
        {"change_url", checkout_methods_change_url(page)},
        {"saved", .rows = &saved},
        {"saved_url", checkout_saved_url(page, form->other)},
        {"choice", template_flag(choices.n)},
        {"choices", .rows = &choices},
        {"method", method},
        {"given", .rows = &given},
        {"has_given", template_flag(given.n)},
        {"asked", .rows = &asked},
        {"has_asked", template_flag(asked.n)},
        {"stale", template_flag(http_query_text(call->request, CHECKOUT_STALE) != NULL)},
        {"declined", declined ? checkout_resolution(page, &foreign) : NULL},
        {"foreign", template_flag(declined && foreign)},
        {"attempts_left",
         checkout_number(page, payment_attempts_left(call->tenant, call->arena, invoice))},
        {"return_url", failed ? payment_return_url(call->tenant, call->arena, invoice) : NULL},
        {"means", .rows = &means},
        {"label_pay", template_flag(plain && !elsewhere)},
        {"label_sent", template_flag(plain && elsewhere)},
        {"label_subscribe", template_flag(text_equal(label, "subscribe"))},
        {"label_donate", template_flag(text_equal(label, "donate"))},
        {"label_own", own_label(label)},
        {"number", form->number},
        {"cvv", form->cvv},
        {"expiry", form->expiry},
        {"holder", form->holder},
        {"errors", template_flag(status == 422)},
        {"number_error", error_text(page, form->number_error)},
        {"expiry_error", error_text(page, form->expiry_error)},
        {"cvv_error", error_text(page, form->cvv_error)},
        {"holder_error", error_text(page, form->holder_error)},
        {"choice_error", error_text(page, form->choice_error)},
        {"panel", .rows = &panel},
        {"waiting", NULL},
    };
    return checkout_reply(page, status, "checkout.html", values, ARRAY_SIZE(values));
}
