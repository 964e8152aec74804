/* 3-D Secure: the bank's page between the card form and the result. The page shows the code that a
 * bank would send to the payer's phone. */
#include "base/text.h"
#include "web/checkout.h"
#include "web/messages.h"
#include "web/web.h"

static struct answer *show(const struct checkout_page *page, unsigned status)
{
    struct call *call = page->call;
    char code[PAYMENT_CODE_TEXT];
    payment_code(call->engine, &page->invoice, code);
    const struct template_value values[] = {
        {"action", checkout_url(page, "/challenge", "")},
        {"one_time_code", code},
        {"code_error", status == 422 ? message(page->locale, "error_code") : NULL},
    };
    return checkout_reply(page, status, "challenge.html", values, ARRAY_SIZE(values));
}

struct answer *checkout_challenge_show(struct call *call)
{
    struct checkout_page page;
    checkout_page_begin(call, call->found, &page);
    return payment_is_challenged(&page.invoice) ? show(&page, 200)
                                                : checkout_see_other(&page, "", "");
}

/* The shop's page sends the payer here, or embeds this page. */
struct answer *checkout_challenge_open(struct call *call)
{
    call->page_base = payment_is_challenged(call->found) ? call->found->base_url : NULL;
    return checkout_challenge_show(call);
}

/* A code as people copy it, with blanks; false when there is none. */
static bool read_code(const char *text, char ret_code[PAYMENT_CODE_TEXT])
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text != ' ' && n < PAYMENT_CODE_TEXT - 1) {
            ret_code[n++] = *text;
        }
    }
    ret_code[n] = '\0';
    return n;
}

/* Returns false if the code is missing. */
static bool answer(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    char right[PAYMENT_CODE_TEXT], given[PAYMENT_CODE_TEXT];
    bool cancel = text_equal(posted_field(fields, "action"), "cancel");
    payment_code(call->engine, &page->invoice, right);
    if (!read_code(posted_field(fields, "code"), given) && !cancel) {
        return false;
    }
    bool pass = !cancel && text_equal(right, given);
    payment_answer(call->engine, call->tenant, call->arena, &page->invoice,
                   pass ? PAYMENT_3DS_PASS : PAYMENT_3DS_FAIL);
    return true;
}

struct answer *checkout_challenge_submit(struct call *call)
{
    struct checkout_page page;
    json_t *fields;
    checkout_page_begin(call, call->found, &page);
    struct answer *refused = call_form(call, &fields) ?: checkout_check_csrf(&page, fields);
    if (refused) {
        return refused;
    }
    bool waits = payment_is_challenged(&page.invoice) && checkout_is_fresh(&page, fields);
    return waits && !answer(&page, fields) ? show(&page, 422)
                                           : checkout_see_other(&page, "", "done=1");
}
