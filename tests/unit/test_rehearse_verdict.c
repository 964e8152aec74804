/* What a rehearsal concludes from a scenario (server/rehearse/). */
#include "rehearse_stage.h"

#include "domain/money.h"
#include "rehearse/rehearse_oracles.h"
#include "rehearse/rehearse_progress.h"
#include "rehearse/rehearse_worker.h"

/* ------------------------------------------------------------------ the judgement */

/* The first finding about these invoices, with a shop that has no state hook. */
static struct finding judged(struct stage *stage, struct ledger_invoice *invoices, size_t n)
{
    struct findings findings = {0};
    struct ledger ledger = {invoices, n, json_object()};
    oracles_judge(&(struct judging){
        .scene = &stage->scene, .ledger = &ledger, .last = true, .findings = &findings});
    ledger_finish(&ledger);
    return findings.n ? findings.list[0] : (struct finding){0};
}

static struct ledger_invoice paid_invoice(const char *id, bool payout)
{
    return (struct ledger_invoice){.id = id,
                                   .status = "processed",
                                   .resolution = "ok",
                                   .currency = "USD",
                                   .amount = 100 * MONEY_ONE,
                                   .paid = 100 * MONEY_ONE,
                                   .payout = payout};
}

static void an_order_is_charged_once(void **state)
{
    struct ledger_invoice invoices[] = {paid_invoice("cpi_1", false), paid_invoice("cpi_2", false)};
    struct stage *stage = stage_new(NULL);
    (void)state;
    const struct finding found = judged(stage, invoices, ARRAY_SIZE(invoices));
    assert_string_equal(found.oracle, "O1");
    assert_string_equal(found.text, "the customer is charged more than once");
    assert_string_equal(found.observed, "2 payments, 200.00 USD in all");
    stage->scene.presses = 2; /* two orders */
    assert_null(judged(stage, invoices, ARRAY_SIZE(invoices)).text);
    stage_end(stage);
}

static void a_scenario_expects_a_number_of_payouts(void **state)
{
    static const struct {
        int expected, made;
        const char *costs;
    } rows[] = {
        {1, 1, NULL},
        {0, 0, NULL},
        {1, 0, "a payout that was ordered is not made"},
        {0, 1, "money is paid out that should have stayed"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct stage *stage = stage_new(NULL);
        struct ledger_invoice payout = paid_invoice("cpo_1", true);
        json_auto_t *scenario = json_pack("{s:{s:i}}", "expect", "payouts", rows[i].expected);
        stage->scene.scenario = scenario;
        stage->scene.payouts = rows[i].made;
        const struct finding found = judged(stage, &payout, (size_t)rows[i].made);
        assert_row(rows[i].costs ?: "", text_equal(found.costs, rows[i].costs));
        stage_end(stage);
    }
}

/* The stage of a shop whose answer has its state in /status. */
static struct stage *stage_of_shop(struct reply *answering, const char *url)
{
    struct stage *stage = stage_new(answering);
    struct rehearse_settings *settings = &stage->rehearsal.settings;
    settings->hooks[HOOK_STATE] = (struct rehearse_hook){
        .given = true, .name = "state", .method = "GET", .url = url, .within_ms = 1000};
    settings->order_words.status = (struct rehearse_extract){.given = true, .pointer = "/status"};
    stage->scene.order = "order-1";
    return stage;
}

static void the_last_state_of_a_shop_counts(void **state)
{
    struct reply answering[] = {
        {"GET", "http://shop/", 200, "{\"status\": \"pending\"}", "{\"status\": \"paid\"}"},
        {"GET", "/payment-invoices/cpi_1", 200,
         "{\"data\": {\"attributes\": {\"status\": \"processed\", \"resolution\": \"ok\","
         " \"currency\": \"USD\", \"amount\": 5, \"processed_amount\": 5}}}"},
        {"GET", "/payment-invoices?", 200, "{\"items\": [{\"id\": \"cpi_1\"}]}"},
        EMPTY("/payout-invoices?"),
        EMPTY("/callbacks"),
        {0}};
    struct stage *stage = stage_of_shop(answering, "http://shop/");
    (void)state;
    stage->scene.looked = true;
    assert_true(judge_at_rest(&stage->scene, true));
    assert_int_equal(stage->scene.findings.n, 0);
    assert_int_equal(json_array_size(stage->scene.timeline), 2); /* what it said */
    stage_end(stage);
}

static void a_state_that_cannot_be_asked_for_ends_the_scenario(void **state)
{
    static const char *const steps[] = {"{\"keep\": {}}", "{\"check\": {}}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        struct reply answering[] = {QUIET,
                                    EMPTY("/payment-invoices?"),
                                    EMPTY("/payout-invoices?"),
                                    EMPTY("/callbacks"),
                                    EMPTY("/requests"),
                                    {0}};
        struct stage *stage = stage_of_shop(answering, "{return_url}");
        assert_row(steps[i], !does(stage, steps[i]));
        assert_row_text(steps[i], stage->scene.error,
                        "the hook state: {return_url} has no value here");
        stage_end(stage);
    }
}

/* ------------------------------------------------------------------ the result */

static void the_reason_is_the_first_finding_that_fails(void **state)
{
    struct stage *stage = stage_new(NULL);
    json_auto_t *scenario = json_pack("{s:s, s:s}", "id", "T1", "grade", "MUST");
    const struct performance performance = {.rehearsal = &stage->rehearsal, .scenario = scenario};
    const struct finding found[] = {
        {.oracle = "O5", .text = "slow", .expected = "", .observed = "", .mild = true},
        {.oracle = "O1",
         .text = "wrong",
         .expected = "",
         .observed = "",
         .costs = "{amount} lost"}};
    (void)state;
    stage->scene.scenario = scenario;
    for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
        scene_find(&stage->scene, &found[i]);
    }
    json_auto_t *result = scene_result(&stage->scene, &performance);
    assert_string_equal(json_string_value(json_object_get(result, "result")), "FAIL");
    assert_string_equal(json_string_value(json_object_get(result, "reason")), "wrong");
    assert_string_equal(json_string_value(json_object_get(result, "costs")), "100.00 lost");
    stage_end(stage);
}

/*
 * The result of a scenario with one step, which the mock answers with a status. `took_ms`: of the
 * one callback, which the shop did not answer.
 */
static json_t *played(struct stage *stage, int status, int took_ms)
{
    char callbacks[128];
    snprintf(callbacks, sizeof callbacks,
             "{\"items\": [{\"attempts\": [{\"took_ms\": %d, \"code\": null}]}]}", took_ms);
    struct reply answering[] = {{"GET", "http://shop/", 200, "{}"},
                                {"POST", "/accounts", 201, "{\"id\": \"coma_1\"}",
                                 .sent = "\"callback_url\":\"http://shop/callback\""},
                                {"DELETE", "/accounts/coma_1", 200, "{}"},
                                {"PUT", "/clock", 200, "{}"},
                                {"GET", "/wait?", status, "{\"error\": {\"message\": \"busy\"}}"},
                                {"GET", "/callbacks", 200, callbacks},
                                EMPTY("/payment-invoices?"),
                                EMPTY("/payout-invoices?"),
                                EMPTY("/requests"),
                                {0}};
    json_auto_t *scenario =
        json_pack("{s:s, s:s, s:[{s:{}}]}", "id", "T1", "grade", "MUST", "steps", "wait");
    struct performance performance = {.rehearsal = &stage->rehearsal, .scenario = scenario};
    struct progress progress = {.total = 1};
    struct rehearse_settings *settings = &stage->rehearsal.settings;
    replies = answering;
    stage->rehearsal.progress = &progress;
    settings->shop_url = "http://shop";
    settings->ready = "/";
    settings->callback = "{shop}/callback";
    assert_int_equal(pool_run(&stage->rehearsal, &performance, 1), 0);
    assert_int_equal(progress.done, 1);
    return performance.result;
}

static void a_scenario_that_cannot_go_on_is_an_error_unless_the_shop_is_silent(void **state)
{
    static const struct {
        int status, took_ms;
        const char *result, *reason, *observed;
    } rows[] = {
        {504, 20500, "FAIL", TOO_SLOW, "no answer for 20 s"},
        {504, 200, "ERROR", "GET wait?idle=true&timeout=40s of the mock: 504 busy", ""},
        {ENDS, 20500, "ERROR", "its process ended without a result", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct stage *stage = stage_new(NULL);
        json_auto_t *result = played(stage, rows[i].status, rows[i].took_ms);
        const json_t *failure = json_array_get(json_object_get(result, "failures"), 0);
        assert_row_text(rows[i].reason, json_string_value(json_object_get(result, "result")),
                        rows[i].result);
        assert_row_text(rows[i].reason, json_string_value(json_object_get(result, "reason")),
                        rows[i].reason);
        assert_row_text(rows[i].reason,
                        json_string_value(json_object_get(failure, "observed")) ?: "",
                        rows[i].observed);
        stage_end(stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_charged_once),
        cmocka_unit_test(a_scenario_expects_a_number_of_payouts),
        cmocka_unit_test(the_last_state_of_a_shop_counts),
        cmocka_unit_test(a_state_that_cannot_be_asked_for_ends_the_scenario),
        cmocka_unit_test(the_reason_is_the_first_finding_that_fails),
        cmocka_unit_test(a_scenario_that_cannot_go_on_is_an_error_unless_the_shop_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
