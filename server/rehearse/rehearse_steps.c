#include "rehearse/rehearse_steps.h"

#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_ledger.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ the order */

/* Reads what the payer's page is about. */
static bool take_invoice(struct scene *scene, const struct ledger_invoice *invoice)
{
    char amount[MONEY_TEXT];
    const char *path = arena_printf(&scene->arena, "payment-invoices/%s", invoice->id);
    json_t *seen = platform_call(scene, "GET", path, NULL);
    const json_t *attributes = json_object_get(json_object_get(seen, "data"), "attributes");
    money_format_cents(invoice->amount, amount);
    scene->invoice = invoice->id;
    scene->reference = invoice->reference;
    scene->currency = invoice->currency;
    scene->amount = arena_strdup(&scene->arena, amount);
    scene->return_url =
        arena_strdup(&scene->arena, json_string_value(json_object_get(attributes, "return_url")));
    scene->callback_url =
        arena_strdup(&scene->arena, json_string_value(json_object_get(attributes, "callback_url")))
            ?: scene->callback_url;
    json_decref(seen);
    return seen;
}

/* The invoice whose id is in the answer; else the newest one. */
static const struct ledger_invoice *shown_invoice(const struct ledger *ledger,
                                                  const struct hook_answer *answer)
{
    const struct ledger_invoice *newest = NULL;
    char *headers = json_dumps(answer->headers, JSON_COMPACT);
    for (size_t i = 0; i < ledger->n; i++) {
        const struct ledger_invoice *each = &ledger->invoices[i];
        if (each->payout) {
            continue;
        }
        newest = each;
        if (strstr(headers, each->id) || strstr(buf_str(&answer->body), each->id)) {
            break;
        }
    }
    free(headers);
    return newest;
}

/* Takes the order from the answer of its hook. Returns false if the payer has no page to pay on. */
static bool take_order(struct scene *scene, const struct hook_answer *answer)
{
    const struct rehearse_extract *id = &scene->rehearsal->settings.order_id;
    struct ledger ledger = {0};
    bool good = false;
    if (answer->good && ledger_read(scene, &ledger)) {
        const struct ledger_invoice *invoice = shown_invoice(&ledger, answer);
        const char *order = id->given ? hook_extract(scene, id, answer) : NULL;
        good = invoice && (order || !id->given) && take_invoice(scene, invoice);
        scene->order = good ? (order ?: scene->reference) : scene->order;
    }
    ledger_finish(&ledger);
    return good;
}

static const char *missing_in(struct scene *scene, const struct hook_answer *answer)
{
    return answer->good ? "its answer has no \"id\", or no invoice appeared in the account"
                        : arena_printf(&scene->arena, "%s", answer->told);
}

static bool press(struct scene *scene, const char **ret_why)
{
    struct hook_answer answer;
    scene->presses++;
    scene->click = arena_printf(&scene->arena, "%s-%lld-%d", scene->id,
                                (long long)scene->rehearsal->options.seed, scene->presses);
    bool good = hook_run(scene, &scene->rehearsal->settings.hooks[HOOK_ORDER], &answer) &&
                take_order(scene, &answer);
    *ret_why = good ? NULL : missing_in(scene, &answer);
    hook_answer_finish(&answer);
    return good;
}

/* {"again": 2}: a payer who gets an error page tries again so often. */
static bool step_order(struct scene *scene, const json_t *given)
{
    const char *why = NULL;
    int64_t tries = 1 + json_integer_value(json_object_get(given, "again"));
    for (int64_t i = 0; i < tries && !scene->error; i++) {
        if (press(scene, &why)) {
            return true;
        }
    }
    return scene_fail(scene, "the hook order: %s", why);
}

/* ------------------------------------------------------------------ the payer */

/* What a payer types. */
static const struct payment {
    const char *name, *number, *expiry, *three_ds;
} payments[] = {
    {"good", "5519283812030000", "1230", NULL},
    {"declined", "4302912837020000", "0933", NULL},
    {"abandoned", "5123817234060000", "0777", "abandon"},
};

static bool pay_invoice(struct scene *scene, const char *invoice, const struct payment *payment)
{
    int status;
    json_t *body = json_pack("{s:s, s:s, s:s, s:s*}", "card_number", payment->number, "expiry",
                             payment->expiry, "cvv", "123", "three_ds", payment->three_ds);
    json_t *answer =
        platform_try(scene, "POST", arena_printf(&scene->arena, "payment-invoices/%s/pay", invoice),
                     body, &status);
    json_t *entry = timeline_add(scene, "page", "payer", "platform",
                                 "the payer pays %s with a card (%s)", invoice, payment->name);
    json_object_set_new(entry, "response", json_pack("{s:o}", "line", json_sprintf("%d", status)));
    json_decref(answer);
    return answer &&
           (status < 300 || scene_fail(scene, "%s cannot be paid by card: %d", invoice, status));
}

/* {"card": "good"} */
static bool step_pay(struct scene *scene, const json_t *given)
{
    const char *card = json_string_value(json_object_get(given, "card")) ?: "good";
    return pay_invoice(scene, scene->invoice, TEXT_FIND(card, payments));
}

/* The payer's browser opens the return URL. */
static bool step_return(struct scene *scene, const json_t *given)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[HOOK_RETURN];
    const struct rehearse_hook usual = {
        .name = "return", .method = "GET", .url = "{return_url}", .within_ms = 15000};
    struct hook_answer answer;
    (void)given;
    if (!hook->given && !scene->return_url) {
        return true; /* this shop has no such page */
    }
    bool run = hook_run(scene, hook->given ? hook : &usual, &answer);
    scene->looked = true;
    hook_answer_finish(&answer);
    return run;
}

/* ------------------------------------------------------------------ the platform */

static bool call_platform(struct scene *scene, const char *path, json_t *body)
{
    json_t *answer = platform_call(scene, "POST", path, body);
    json_decref(answer);
    return answer;
}

static bool step_fault(struct scene *scene, const json_t *given)
{
    static const char *const forgeries[] = {"bad_signature", "wrong_secret", "no_signature",
                                            "truncate",      "reencoded",    NULL};
    const char *name = json_string_value(json_object_get(given, "fault"));
    bool callback = text_equal(json_string_value(json_object_get(given, "on")), "callback");
    timeline_add(scene, "fault", "rehearsal", "platform", "fault %s on the next %s", name,
                 callback ? "callback" : "call");
    scene->forged |= callback && text_index(forgeries, name) >= 0;
    return call_platform(scene, "faults", json_deep_copy(given));
}

static bool step_clear(struct scene *scene, const json_t *given)
{
    (void)given;
    json_t *answer = platform_call(scene, "DELETE", "faults", NULL);
    json_decref(answer);
    return answer;
}

static bool step_settle(struct scene *scene, const json_t *given)
{
    (void)given;
    return platform_settle(scene);
}

static bool step_advance(struct scene *scene, const json_t *given)
{
    int64_t seconds = json_integer_value(json_object_get(given, "seconds"));
    timeline_add(scene, "clock", "rehearsal", "platform", "the clock advances by %lld s",
                 (long long)seconds);
    return call_platform(scene, "clock/advance",
                         json_pack("{s:I, s:s}", "seconds", (json_int_t)seconds, "timeout", "40s"));
}

static bool step_transition(struct scene *scene, const json_t *given)
{
    timeline_add(scene, "state", "platform", "platform", "the platform sets %s",
                 json_string_value(json_object_get(given, "status")));
    return call_platform(
        scene, arena_printf(&scene->arena, "payment-invoices/%s/transition", scene->invoice),
        json_deep_copy(given));
}

/* {"transition": "processed"}: the platform sends the same bytes again. */
static bool step_resend(struct scene *scene, const json_t *given)
{
    const char *transition = json_string_value(json_object_get(given, "transition"));
    json_t *list = platform_call(
        scene, "GET",
        arena_printf(&scene->arena, "callbacks?limit=1000&invoice=%s", scene->invoice), NULL);
    const char *id = NULL;
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(list, "items"), i, each)
    {
        if (text_equal(json_string_value(json_object_get(each, "transition")), transition)) {
            id = arena_strdup(&scene->arena, json_string_value(json_object_get(each, "id")));
        }
    }
    json_decref(list);
    if (!id) {
        return scene_fail(scene, "there is no callback that reports %s", transition);
    }
    timeline_add(scene, "step", "rehearsal", "platform", "the callback %s is sent again",
                 transition);
    return call_platform(scene, arena_printf(&scene->arena, "callbacks/%s/resend", id), NULL);
}

/* ------------------------------------------------------------------ the shop */

static bool step_restart(struct scene *scene, const json_t *given)
{
    (void)given;
    timeline_add(scene, "step", "rehearsal", "shop", "the shop is killed and started again");
    return shop_restart(scene);
}

static bool step_reconcile(struct scene *scene, const json_t *given)
{
    (void)given;
    scene->looked = true;
    return hook_do(scene, &scene->rehearsal->settings.hooks[HOOK_RECONCILE]);
}

/* {"part": true}: less than the whole amount. {"may_fail": true}: the shop may refuse. */
static bool step_refund(struct scene *scene, const json_t *given)
{
    struct hook_answer answer;
    bool part = json_is_true(json_object_get(given, "part"));
    scene->refund_amount = part ? "10.00" : scene->amount;
    bool run = hook_run(scene, &scene->rehearsal->settings.hooks[HOOK_REFUND], &answer);
    if (run && !answer.good && !json_is_true(json_object_get(given, "may_fail"))) {
        run = scene_fail(scene, "the hook refund: %s", answer.told);
    }
    hook_answer_finish(&answer);
    return run;
}

/* ------------------------------------------------------------------ all */

static const struct step {
    const char *name;
    bool (*act)(struct scene *scene, const json_t *given);
} steps[] = {
    {"order", step_order},         {"pay", step_pay},
    {"return", step_return},       {"fault", step_fault},
    {"clear", step_clear},         {"settle", step_settle},
    {"advance", step_advance},     {"transition", step_transition},
    {"resend", step_resend},       {"restart", step_restart},
    {"reconcile", step_reconcile}, {"refund", step_refund},
};

bool step_is_known(const char *name)
{
    return TEXT_FIND(name, steps);
}

static bool do_step(struct scene *scene, const json_t *each)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)each));
    const struct step *step = TEXT_FIND(name, steps);
    bool good = step->act(scene, json_object_get(each, name));
    timeline_collect(scene);
    return good && !scene->error;
}

bool steps_do(struct scene *scene, const json_t *list)
{
    size_t i;
    json_t *each;
    json_array_foreach(list, i, each)
    {
        if (!do_step(scene, each)) {
            return false;
        }
    }
    return true;
}
