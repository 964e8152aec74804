/* The steps of the payer: he orders, pays and comes back. */
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/rehearse_ledger.h"
#include "rehearse/rehearse_steps.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_S 60

/* ------------------------------------------------------------------ the order */

/* Reads what the payer's page is about. */
static bool take_invoice(struct scene *scene, const struct ledger_invoice *invoice)
{
    char amount[MONEY_TEXT];
    const char *path = arena_printf(&scene->arena, "payment-invoices/%s", invoice->id);
    json_t *seen = platform_call(scene, "GET", path, NULL);
    const json_t *attributes = json_object_get(json_object_get(seen, "data"), "attributes");
    const char *url = json_string_value(json_object_get(attributes, "callback_url"));
    money_format_cents(invoice->amount, amount);
    scene->invoice = invoice->id;
    scene->reference = invoice->reference;
    scene->currency = invoice->currency;
    scene->amount = arena_strdup(&scene->arena, amount);
    scene->callback_url = url ? arena_strdup(&scene->arena, url) : scene->callback_url;
    scene->return_url = platform_return_url(scene, invoice->id, "pending");
    json_decref(seen);
    return seen && !scene->error;
}

static bool says(const struct hook_answer *answer, const char *headers, const char *word)
{
    return word && (strstr(headers, word) || strstr(buf_str(&answer->body), word));
}

/* The invoice of the order, or the one whose id or page is in the answer; NULL: the answer shows
 * none. */
static const struct ledger_invoice *shown_invoice(const struct ledger *ledger, const char *order,
                                                  const struct hook_answer *answer)
{
    const struct ledger_invoice *shown = NULL;
    char *headers = json_dumps(answer->headers, JSON_COMPACT);
    for (size_t i = 0; i < ledger->n && !shown; i++) {
        const struct ledger_invoice *each = &ledger->invoices[i];
        bool named = says(answer, headers, each->id) || says(answer, headers, each->session);
        bool own = order && text_equal(order, each->reference);
        shown = !each->payout && (named || own) ? each : NULL;
    }
    free(headers);
    return shown;
}

static const struct ledger_invoice *newest_invoice(const struct ledger *ledger)
{
    const struct ledger_invoice *newest = NULL;
    for (size_t i = 0; i < ledger->n; i++) {
        newest = ledger->invoices[i].payout ? newest : &ledger->invoices[i];
    }
    return newest;
}

static const char no_page[] = "its answer does not show the invoice";

/*
 * Takes the order from the answer of its hook. `doubtful`: the platform may have failed, so the
 * answer may be an error page whatever its status. Returns NULL, or why there is none to pay.
 */
static const char *take_order(struct scene *scene, const struct hook_answer *answer, bool doubtful)
{
    const struct rehearse_extract *id = &scene->rehearsal->settings.order_id;
    const char *order = NULL, *why = NULL;
    struct ledger ledger;
    if (!answer->good) {
        return answer->told;
    }
    if (id->given && !(order = hook_extract(scene, id, answer))) {
        return "its answer has no \"id\"";
    }
    bool good = ledger_read(scene, &ledger);
    const struct ledger_invoice *newest = good ? newest_invoice(&ledger) : NULL;
    const struct ledger_invoice *shown = good ? shown_invoice(&ledger, order, answer) : NULL;
    if (!newest) {
        why = "no invoice appeared in the account";
    } else if (!shown && !order && doubtful) {
        why = no_page;
    } else if (take_invoice(scene, shown ? shown : newest)) {
        scene->page_shown = shown || order;
        scene->order = order ? order : scene->reference;
    }
    ledger_finish(&ledger);
    return why;
}

/* Presses the button of the order once, or twice at the same instant. */
static const char *press(struct scene *scene, bool twice, bool doubtful)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[HOOK_ORDER];
    struct hook_answer answer;
    const char *why = (twice ? hook_run_twice : hook_run)(scene, hook, &answer)
                          ? take_order(scene, &answer, doubtful)
                          : "it could not be run";
    hook_answer_finish(&answer);
    return why;
}

/* The payer pressed so often, and still has no page, although the platform is well again. */
static void find_no_page(struct scene *scene, const char *why)
{
    scene->without_order = true;
    scene_find(scene, &(struct finding){
                          .oracle = "O6",
                          .text = "the payer cannot order any more, although the platform is well",
                          .harm = "no_page",
                          .costs = "the customer cannot pay an order of {amount} {currency}",
                          .expected = "a page to pay on",
                          .observed = why});
}

/* An answer without the invoice is one if the shop shows it in an ordinary purchase. */
static bool is_error_page(const struct scene *scene, const char *why)
{
    return why && (why != no_page || scene->rehearsal->shows_page);
}

/* Some answer may have been a page to pay on, but none says so. */
static void leave_untested(struct scene *scene)
{
    scene->without_order = true;
    scene->need = "order.id";
    scene->untested =
        "the answers of the hook order do not show whether the customer got a page to "
        "pay on: let them contain the id of the invoice, or add \"id\" to the hook";
}

/*
 * {"again": 2}: a payer who gets an error page presses the same button again, so often.
 * {"twice": true}: a double click. A shop whose order hook does not say {click} cannot know that it
 * is the same order, so each press may have an invoice of its own.
 */
bool step_order(struct scene *scene, const json_t *given)
{
    int64_t tries = json_integer_value(json_object_get(given, "again"));
    bool twice = json_is_true(json_object_get(given, "twice"));
    bool known = rehearse_uses(scene->rehearsal, "order", "click");
    scene->presses++;
    scene->click = arena_printf(&scene->arena, "%s-%lld-%d", scene->id,
                                (long long)scene->rehearsal->options.seed, scene->presses);
    const char *why = press(scene, twice, tries > 0);
    for (int64_t i = 0; is_error_page(scene, why) && i < tries && !scene->error; i++) {
        scene->presses += !known;
        scene->confused |= !known;
        why = press(scene, false, true);
    }
    if (why == no_page && !scene->error) {
        leave_untested(scene);
    } else if (why && tries && !scene->error) {
        find_no_page(scene, why);
    }
    return !why || scene->without_order || scene_fail(scene, "the hook order: %s", why);
}

/* ------------------------------------------------------------------ the payment */

/* What a payer types. */
static const struct card {
    const char *name, *number, *expiry, *three_ds;
} cards[] = {
    {"good", "5519283812030000", "1230", NULL},
    {"declined", "4302912837020000", "0933", NULL},
    {"abandoned", "5123817234060000", "0777", "abandon"},
};

static bool pay_by_card(struct scene *scene, const struct card *card, int *ret_status)
{
    json_t *body = json_pack("{s:s, s:s, s:s, s:s*}", "card_number", card->number, "expiry",
                             card->expiry, "cvv", "123", "three_ds", card->three_ds);
    const char *path = arena_printf(&scene->arena, "payment-invoices/%s/pay", scene->invoice);
    json_t *answer = platform_try(scene, "POST", path, body, ret_status);
    json_decref(answer);
    return answer;
}

/* A payer needs a minute. The shop has been told of the creation before. */
static bool take_a_minute(struct scene *scene)
{
    return platform_wait(scene) &&
           platform_do(scene, "POST", "clock/advance",
                       json_pack("{s:i, s:s}", "seconds", MINUTE_S, "timeout", "40s"));
}

/* A method without a card is paid by a command. */
static bool pay(struct scene *scene, const json_t *given)
{
    const char *name = json_string_value(json_object_get(given, "card"));
    const struct card *card = TEXT_FIND(name ? name : "good", cards);
    int status;
    if (scene->without_order) {
        return true;
    }
    if (!json_is_true(json_object_get(given, "at_once")) && !take_a_minute(scene)) {
        return false;
    }
    json_t *entry =
        timeline_add(scene, "page", "payer", "platform", "the payer pays (%s card)", card->name);
    if (!pay_by_card(scene, card, &status)) {
        return false;
    }
    json_object_set_new(entry, "response", json_pack("{s:o}", "line", json_sprintf("%d", status)));
    if (status >= 300 && text_equal(card->name, "good")) {
        const char *path =
            arena_printf(&scene->arena, "payment-invoices/%s/transition", scene->invoice);
        return platform_do(scene, "POST", path, json_pack("{s:s}", "status", "processed"));
    }
    return status < 300 ||
           scene_fail(scene, "the invoice %s cannot be paid by card: %d", scene->invoice, status);
}

/* {"card": "good", "at_once": true}. {"restart": true}: the shop is killed as soon as it has
 * answered the callbacks, so nothing is asked in between, and starts again. */
bool step_pay(struct scene *scene, const json_t *given)
{
    return pay(scene, given) && (!json_is_true(json_object_get(given, "restart")) ||
                                 (platform_wait(scene) && step_restart(scene, NULL)));
}

/* ------------------------------------------------------------------ the way back */

/* The URL to which the platform sends the payer now; NULL: the shop gave none. */
static const char *way_back(struct scene *scene)
{
    const struct rehearse_call call = {.method = "GET",
                                       .url = arena_printf(&scene->arena, "%s/return?id=%s",
                                                           scene->rehearsal->mock, scene->invoice),
                                       .timeout_ms = 10000};
    struct rehearse_reply reply;
    rehearse_call(&scene->arena, &call, &reply);
    const char *url = arena_strdup(&scene->arena, rehearse_header(reply.headers, "Location"));
    rehearse_reply_finish(&reply);
    return url;
}

/* Where the shop sends a payer who has paid, with the claim that he has. */
static const char *way_of_success(struct scene *scene, const char *claim)
{
    json_t *list =
        platform_call(scene, "GET", "requests?method=POST&path=/payment-invoices&limit=1", NULL);
    const json_t *item = json_array_get(json_object_get(list, "items"), 0);
    json_t *body = json_loads(json_string_value(json_object_get(item, "body")) ?: "", 0, NULL);
    const json_t *data = json_object_get(body, "data");
    const json_t *attributes = data ? json_object_get(data, "attributes") : body;
    const char *url =
        json_string_value(json_object_get(json_object_get(attributes, "return_urls"), "success"));
    url = arena_strdup(&scene->arena, url) ?: way_back(scene);
    json_decref(body);
    json_decref(list);
    return url ? arena_printf(&scene->arena, "%s%cstatus=%s&resolution=ok", url,
                              strchr(url, '?') ? '&' : '?', claim)
               : NULL;
}

/* The payer's browser opens the return URL. {"claims": "processed"}: that of a success. */
bool step_return(struct scene *scene, const json_t *given)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[HOOK_RETURN];
    const struct rehearse_hook usual = {
        .name = "return", .method = "GET", .url = "{return_url}", .within_ms = 15000};
    const char *claim = json_string_value(json_object_get(given, "claims"));
    struct hook_answer answer;
    if (scene->without_order) {
        return true;
    }
    scene->return_url = claim ? way_of_success(scene, claim) : way_back(scene);
    timeline_collect(scene); /* the platform's page comes before the shop's */
    if (!hook->given && !scene->return_url) {
        return true; /* this shop has no such page */
    }
    bool run = hook_run(scene, hook->given ? hook : &usual, &answer);
    hook_answer_finish(&answer);
    return run;
}
