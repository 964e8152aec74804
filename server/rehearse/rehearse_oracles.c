#include "rehearse/rehearse_oracles.h"

#include "base/text.h"
#include "domain/money.h"

/* ------------------------------------------------------------------ helpers */

static const char *money(const struct judging *judging, int64_t amount)
{
    char text[MONEY_TEXT];
    money_format_cents(amount, text);
    return arena_printf(&judging->scene->arena, "%s %s", text, judging->scene->currency);
}

static const char *number(const struct judging *judging, int64_t n)
{
    return arena_printf(&judging->scene->arena, "%lld", (long long)n);
}

static void add(const struct judging *judging, struct finding finding)
{
    struct findings *findings = judging->findings;
    if (findings->n < FINDINGS_MOST) {
        findings->list[findings->n++] = finding;
    }
}

/* The invoice that the payer saw; NULL: there is none. */
static const struct ledger_invoice *the_invoice(const struct judging *judging)
{
    return judging->scene->invoice ? ledger_find(judging->ledger, judging->scene->invoice) : NULL;
}

static int64_t code_of(const json_t *attempt)
{
    return json_integer_value(json_object_get(attempt, "code"));
}

/* ------------------------------------------------------------------ O1, O2: paid once */

static const char *const paid_states[] = {"paid", "refunded", "part_refunded", "disputed", NULL};

static bool says_paid(const struct shop_state *shop)
{
    return text_equal(shop->state, "paid") || shop->fulfilments > 0;
}

static bool has_money(const struct ledger_invoice *invoice)
{
    return invoice && invoice->paid >= invoice->amount && invoice->paid > 0;
}

static void judge_fulfilments(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    if (shop && shop->fulfilments > 1) {
        add(judging,
            (struct finding){.oracle = "O1",
                             .text = "the order is fulfilled more than once",
                             .expected = "1 fulfilment",
                             .observed = arena_printf(&judging->scene->arena, "%lld fulfilments",
                                                      (long long)shop->fulfilments)});
    }
}

static void judge_unpaid(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = the_invoice(judging);
    if (!shop || !invoice || has_money(invoice) || !says_paid(shop)) {
        return;
    }
    add(judging,
        (struct finding){.oracle = judging->scene->forged ? "O2" : "O1",
                         .text = judging->scene->forged
                                     ? "the shop takes a callback that is not genuine for money"
                                     : "the shop takes the order for paid, but there is no money",
                         .expected =
                             arena_printf(&judging->scene->arena, "not paid: the platform has %s",
                                          money(judging, invoice->paid)),
                         .observed = shop->told,
                         .state = true});
}

static void judge_paid(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = the_invoice(judging);
    bool known = invoice && (told_of(judging->scene, judging->ledger, invoice->status) ||
                             judging->scene->looked);
    if (!shop || !has_money(invoice) || text_index(paid_states, shop->state) >= 0) {
        return;
    }
    bool waits = text_equal(shop->state, "unpaid") || text_equal(shop->state, "pending");
    if (known || !waits) {
        add(judging, (struct finding){.oracle = "O1",
                                      .text = "the payer has paid, but the shop does not know it",
                                      .expected = "paid",
                                      .observed = shop->told,
                                      .state = true});
    }
}

/* The amount that the shop believes to have got. A fee that the payer bears may count or not. */
static void judge_amount(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = the_invoice(judging);
    if (shop && has_money(invoice) && shop->amount != MONEY_NONE && says_paid(shop) &&
        shop->amount != invoice->paid && shop->amount != invoice->amount) {
        add(judging, (struct finding){.oracle = "O1",
                                      .text = "the shop books another amount than was paid",
                                      .expected = money(judging, invoice->paid),
                                      .observed = money(judging, shop->amount),
                                      .state = true});
    }
}

static void judge_double(const struct judging *judging)
{
    int64_t n = 0, sum = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        const struct ledger_invoice *each = &judging->ledger->invoices[i];
        if (!each->payout && each->paid > each->refunded) {
            n++;
            sum = money_add(sum, each->paid - each->refunded);
        }
    }
    if (n > judging->scene->presses) {
        add(judging, (struct finding){.oracle = "O1",
                                      .text = "the customer is charged more than once",
                                      .expected = "1 payment",
                                      .observed = arena_printf(&judging->scene->arena,
                                                               "%lld payments, %s in all",
                                                               (long long)n, money(judging, sum))});
    }
}

/* ------------------------------------------------------------------ O3: the same state */

#define STATES_MOST 5

/* What a shop may say at rest that was told of a status. */
static const struct agreement {
    const char *status;
    const char *states[STATES_MOST];
} agreements[] = {
    {"created", {"unpaid", "pending"}},
    {"process_pending", {"unpaid", "pending"}},
    {"processing", {"unpaid", "pending"}},
    {"process_error", {"unpaid", "pending"}},
    {"processed", {"paid"}},
    {"partially_processed", {"part", "pending", "unpaid"}},
    {"process_failed", {"failed", "unpaid", "pending"}}, /* the payer may try again */
    {"process_failed:expired", {"failed", "unpaid"}},
    {"expired", {"failed", "unpaid"}},
    {"terminated", {"failed", "unpaid"}},
    {"refund_pending", {"paid", "pending", "part_refunded"}},
    {"refunding", {"paid", "pending", "part_refunded"}},
    {"refund_failed", {"paid"}},
    {"partially_refunded", {"part_refunded", "paid"}},
    {"refunded", {"refunded"}},
    {"charged_back", {"disputed", "refunded"}},
    {"partially_charged_back", {"disputed", "part_refunded", "part"}},
};

static bool is_among(const char *const *states, const char *state)
{
    for (size_t i = 0; i < STATES_MOST && states[i]; i++) {
        if (text_equal(states[i], state)) {
            return true;
        }
    }
    return false;
}

static const char *joined(const struct judging *judging, const char *const *states)
{
    const char *text = states[0];
    for (size_t i = 1; i < STATES_MOST && states[i]; i++) {
        text = arena_printf(&judging->scene->arena, "%s or %s", text, states[i]);
    }
    return text;
}

static bool has_finding(const struct judging *judging, const char *oracle)
{
    for (size_t i = 0; i < judging->findings->n; i++) {
        if (text_equal(judging->findings->list[i].oracle, oracle)) {
            return true;
        }
    }
    return false;
}

/* The row of the status with its resolution, else of the status. */
static const struct agreement *agreement_of(const struct judging *judging,
                                            const struct ledger_invoice *invoice)
{
    const char *both =
        arena_printf(&judging->scene->arena, "%s:%s", invoice->status, invoice->resolution);
    const struct agreement *row = TEXT_FIND(both, agreements);
    return row ? row : TEXT_FIND(invoice->status, agreements);
}

static void judge_readable(const struct judging *judging)
{
    if (judging->shop && !judging->shop->read) {
        add(judging, (struct finding){.oracle = "O3",
                                      .text = "the shop does not say the state of the order",
                                      .expected = "a state",
                                      .observed = judging->shop->told,
                                      .state = true});
    }
}

static void judge_state(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = the_invoice(judging);
    const struct agreement *row = invoice ? agreement_of(judging, invoice) : NULL;
    if (!shop || !shop->read || !row || has_finding(judging, "O1") || has_finding(judging, "O2")) {
        return;
    }
    bool known =
        told_of(judging->scene, judging->ledger, invoice->status) || judging->scene->looked;
    if (known && !is_among(row->states, shop->state)) {
        add(judging, (struct finding){.oracle = "O3",
                                      .text = arena_printf(&judging->scene->arena,
                                                           "the platform says %s, the shop %s",
                                                           invoice->status, shop->told),
                                      .expected = joined(judging, row->states),
                                      .observed = shop->told,
                                      .state = true});
    }
}

/* ------------------------------------------------------------------ O4: refunds add up */

static void judge_refunds(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = the_invoice(judging);
    if (shop && invoice && shop->refunded != MONEY_NONE && shop->refunded != invoice->refunded &&
        told_of(judging->scene, judging->ledger, invoice->status)) {
        add(judging, (struct finding){.oracle = "O4",
                                      .text = "the refunds of shop and platform differ",
                                      .expected = money(judging, invoice->refunded),
                                      .observed = money(judging, shop->refunded),
                                      .state = true});
    }
}

/* ------------------------------------------------------------------ O5: answers to callbacks */

static void judge_forged(const struct judging *judging, const json_t *callback,
                         const json_t *attempt)
{
    if (told_is_forgery(judging->scene, callback, attempt) && code_of(attempt) == 200) {
        add(judging,
            (struct finding){.oracle = "O5",
                             .text = "a callback that is not genuine was answered with 200",
                             .expected = "400, 401 or 403",
                             .observed = "200",
                             .mild = true});
    }
}

/* Whether the platform waits in vain for an answer to a genuine callback. */
static bool is_unanswered(const struct judging *judging, const json_t *callback, const json_t *last)
{
    static const char *const ended[] = {"done", "dropped", NULL};
    const char *id = json_string_value(json_object_get(callback, "id"));
    return last && judging->last && !json_object_get(judging->scene->planted, id) &&
           text_index(ended, json_string_value(json_object_get(callback, "state"))) < 0 &&
           !told_is_forgery(judging->scene, callback, last);
}

static void judge_callback(const struct judging *judging, const json_t *callback)
{
    const json_t *attempts = json_object_get(callback, "attempts");
    const char *transition = json_string_value(json_object_get(callback, "transition"));
    size_t n = json_array_size(attempts);
    for (size_t i = 0; i < n; i++) {
        judge_forged(judging, callback, json_array_get(attempts, i));
    }
    const json_t *last = n ? json_array_get(attempts, n - 1) : NULL;
    if (!is_unanswered(judging, callback, last)) {
        return;
    }
    const char *error = json_string_value(json_object_get(last, "error"));
    add(judging,
        (struct finding){.oracle = "O5",
                         .text = arena_printf(&judging->scene->arena,
                                              "the callback %s was never accepted", transition),
                         .expected = "200",
                         .observed = code_of(last) ? number(judging, code_of(last))
                                                   : (error ? error : "no answer")});
}

static void judge_callbacks(const struct judging *judging)
{
    size_t i;
    json_t *callback;
    json_array_foreach(json_object_get(judging->ledger->callbacks, "items"), i, callback)
    {
        judge_callback(judging, callback);
    }
}

/* ------------------------------------------------------------------ O6: one page to pay on */

static void judge_payable(const struct judging *judging)
{
    static const char *const open[] = {"created", "process_pending", "processing", "process_error",
                                       NULL};
    int64_t n = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        const struct ledger_invoice *each = &judging->ledger->invoices[i];
        n += !each->payout && (text_index(open, each->status) >= 0 || each->paid > 0);
    }
    if (n > judging->scene->presses && !has_finding(judging, "O1")) {
        add(judging, (struct finding){.oracle = "O6",
                                      .text = "the order can be paid on more than one page",
                                      .expected = "1 invoice that can be paid",
                                      .observed = arena_printf(&judging->scene->arena,
                                                               "%lld invoices", (long long)n)});
    }
}

/* ------------------------------------------------------------------ payouts */

static int64_t payouts_made(const struct judging *judging)
{
    int64_t n = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        n += judging->ledger->invoices[i].payout && judging->ledger->invoices[i].paid > 0;
    }
    return n;
}

static void judge_payouts(const struct judging *judging)
{
    int64_t n = payouts_made(judging);
    if (n > judging->scene->payouts) {
        add(judging, (struct finding){.oracle = "O1",
                                      .text = "the money is paid out more than once",
                                      .expected = "1 payout",
                                      .observed = arena_printf(&judging->scene->arena,
                                                               "%lld payouts", (long long)n)});
    }
}

/* ------------------------------------------------------------------ what a scenario expects
 * besides
 */

static void expect_state(const struct judging *judging, const json_t *states)
{
    const struct shop_state *shop = judging->shop;
    const char *list = NULL;
    size_t i;
    json_t *each;
    if (!shop || !states || judging->findings->n) {
        return;
    }
    json_array_foreach(states, i, each)
    {
        const char *state = json_string_value(each);
        if (text_equal(state, shop->state)) {
            return;
        }
        list = list ? arena_printf(&judging->scene->arena, "%s or %s", list, state) : state;
    }
    add(judging, (struct finding){.oracle = "O3",
                                  .text = "the shop has come to another state than it should",
                                  .expected = list,
                                  .observed = shop->told,
                                  .state = true});
}

/* What the step `keep` saw must not have changed. */
static void expect_kept(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const char *kept = judging->scene->kept;
    if (shop && kept && judging->last && !text_equal(kept, shop->told)) {
        add(judging, (struct finding){.oracle = "O3",
                                      .text = "the shop has fallen back to an older state",
                                      .expected = kept,
                                      .observed = shop->told,
                                      .state = true});
    }
}

/* The shares of the order, in percent, that the ledger must have refunded. */
static void expect_refunded(const struct judging *judging, const json_t *shares)
{
    const struct ledger_invoice *invoice = the_invoice(judging);
    int64_t expected = 0;
    size_t i;
    json_t *each;
    json_array_foreach(shares, i, each)
    {
        expected += invoice
                        ? ledger_share(invoice->amount, json_integer_value(each), invoice->currency)
                        : 0;
    }
    if (shares && invoice && judging->last && invoice->refunded != expected) {
        add(judging, (struct finding){.oracle = "O4",
                                      .text = "another amount was refunded than was asked for",
                                      .expected = money(judging, expected),
                                      .observed = money(judging, invoice->refunded)});
    }
}

static void expect_payouts(const struct judging *judging, const json_t *n)
{
    int64_t made = payouts_made(judging);
    if (n && made != json_integer_value(n)) {
        add(judging, (struct finding){.oracle = "O1",
                                      .text = "another number of payouts was made than it should",
                                      .expected = number(judging, json_integer_value(n)),
                                      .observed = number(judging, made)});
    }
}

static void judge_expectations(const struct judging *judging)
{
    const json_t *expect = json_object_get(judging->scene->scenario, "expect");
    if (judging->last) {
        expect_state(judging, json_object_get(expect, "state"));
    }
    expect_kept(judging);
    expect_refunded(judging, json_object_get(expect, "refunded"));
    expect_payouts(judging, json_object_get(expect, "payouts"));
}

/* ------------------------------------------------------------------ all */

/* Drops what the oracles found that the scenario leaves out. */
static void leave_out(const struct judging *judging)
{
    const json_t *without = json_object_get(judging->scene->scenario, "without");
    size_t i, left = 0;
    json_t *each;
    for (size_t k = 0; k < judging->findings->n; k++) {
        bool out = false;
        json_array_foreach(without, i, each)
        {
            out = out || text_equal(json_string_value(each), judging->findings->list[k].oracle);
        }
        if (!out) {
            judging->findings->list[left++] = judging->findings->list[k];
        }
    }
    judging->findings->n = left;
}

void oracles_judge(const struct judging *judging)
{
    static void (*const oracles[])(const struct judging *judging) = {
        judge_fulfilments, judge_unpaid,    judge_paid,     judge_amount,
        judge_double,      judge_payouts,   judge_readable, judge_state,
        judge_refunds,     judge_callbacks, judge_payable,
    };
    for (size_t i = 0; i < ARRAY_SIZE(oracles); i++) {
        oracles[i](judging);
    }
    leave_out(judging);
    judge_expectations(judging);
}
