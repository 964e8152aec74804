/* The steps of a scenario of a rehearsal (server/rehearse/). */
#include "rehearse_stage.h"

#include "rehearse/rehearse_worker.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* ------------------------------------------------------------------ the mock */

static void a_step_that_the_mock_does_not_answer_ends_the_scenario(void **state)
{
    static const struct {
        const char *step, *error;
    } rows[] = {
        {"{\"settle\": {}}", "GET wait?idle=true&timeout=40s of the mock: nothing listens"},
        {"{\"check\": {}}", "GET wait?idle=true&timeout=40s of the mock: nothing listens"},
        {"{\"pay\": {}}", "GET wait?idle=true&timeout=40s of the mock: nothing listens"},
        {"{\"pay\": {\"at_once\": true}}",
         "POST payment-invoices/cpi_1/pay of the mock: nothing listens"},
        {"{\"other\": {}}", "no other invoice of the account could be made"},
        {"{\"stranger\": {}}", "POST accounts of the mock: nothing listens"},
        {"{\"resend\": {\"transition\": \"processed\"}}",
         "GET callbacks?limit=1000&invoice=cpi_1 of the mock: nothing listens"},
        {"{\"clear\": {}}", "DELETE faults of the mock: nothing listens"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct stage *stage = stage_new(NULL);
        assert_row(rows[i].step, !does(stage, rows[i].step));
        assert_row_text(rows[i].step, stage->scene.error, rows[i].error);
        stage_end(stage);
    }
}

static void a_callback_to_send_again_must_be_there(void **state)
{
    struct reply answering[] = {{"GET", "/callbacks", 200,
                                 "{\"items\": [{\"id\": \"cb_1\", \"transition\": \"created\"}]}"},
                                EMPTY("/requests"),
                                {0}};
    struct stage *stage = stage_new(answering);
    (void)state;
    assert_false(does(stage, "{\"resend\": {\"transition\": \"processed\"}}"));
    assert_string_equal(stage->scene.error, "there is no callback that reports processed");
    stage_end(stage);
}

static void the_demo_account_must_be_reset_for_a_shop_that_runs(void **state)
{
    struct reply answering[] = {
        {"GET", "/accounts?", 200, "{\"items\": [{\"id\": \"coma_1\"}]}"},
        {"POST", "/reset", 503, "{\"error\": {\"message\": \"the disk is full\"}}"},
        {0}};
    struct stage *stage = stage_new(answering);
    (void)state;
    stage->rehearsal.options.shop = "http://shop";
    assert_false(platform_open_account(&stage->scene));
    assert_string_equal(stage->scene.error, "POST reset of the mock: 503 the disk is full");
    stage_end(stage);
}

#define DUE "{\"items\": [{\"id\": \"cb_1\", \"due\": 5}]}"

static void a_retry_that_cannot_be_reached_ends_the_wait(void **state)
{
    struct reply answering[] = {QUIET, {"GET", "/callbacks", 200, DUE}, EMPTY("/requests"), {0}};
    struct stage *stage = stage_new(answering);
    (void)state;
    assert_false(platform_settle(&stage->scene));
    assert_string_equal(stage->scene.error, "POST clock/advance of the mock: nothing listens");
    assert_int_equal(answering[0].calls, 1);
    stage_end(stage);
}

static void retries_without_an_end_do_not_hold_the_scenario(void **state)
{
    struct reply answering[] = {{"POST", "/clock/advance", 200, "{}"},
                                QUIET,
                                {"GET", "/callbacks", 200, DUE},
                                EMPTY("/requests"),
                                {0}};
    struct stage *stage = stage_new(answering);
    (void)state;
    assert_true(platform_settle(&stage->scene));
    assert_null(stage->scene.error);
    assert_int_equal(answering[0].calls, 40);
    stage_end(stage);
}

/* ------------------------------------------------------------------ the payer */

static void what_cannot_be_paid_by_card_is_paid_by_a_command(void **state)
{
    struct reply answering[] = {{"POST", "/cpi_1/transition", 200, "{}"},
                                {"POST", "/cpi_1/pay", 422, "{}"},
                                EMPTY("/callbacks"),
                                EMPTY("/requests"),
                                {0}};
    struct stage *stage = stage_new(answering);
    (void)state;
    assert_true(does(stage, "{\"pay\": {\"at_once\": true}}"));
    assert_int_equal(answering[0].calls, 1);
    assert_false(does(stage, "{\"pay\": {\"at_once\": true, \"card\": \"declined\"}}"));
    assert_string_equal(stage->scene.error, "the invoice cpi_1 cannot be paid by card: 422");
    assert_int_equal(answering[0].calls, 1);
    stage_end(stage);
}

static void a_payer_without_a_page_changes_nothing(void **state)
{
    static const char *const steps[] = {"{\"pay\": {}}", "{\"return\": {}}", "{\"keep\": {}}",
                                        "{\"transition\": {\"status\": \"processed\"}}"};
    struct reply answering[] = {EMPTY("/callbacks"), EMPTY("/requests"), {0}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        struct stage *stage = stage_new(answering);
        stage->scene.without_order = true;
        assert_row(steps[i], does(stage, steps[i]));
        assert_int_equal(json_array_size(stage->scene.timeline), 0);
        stage_end(stage);
    }
}

static void a_scenario_has_a_deadline(void **state)
{
    struct reply answering[] = {QUIET, EMPTY("/callbacks"), EMPTY("/requests"), {0}};
    struct stage *stage = stage_new(answering);
    (void)state;
    stage->scene.deadline_ms = 0;
    assert_false(does(stage, "{\"wait\": {}}"));
    assert_string_equal(stage->scene.error, "it took too long; it was at the step wait");
    stage_end(stage);
}

static void a_long_timeline_keeps_its_beginning_and_its_end(void **state)
{
    enum { MOST = 2000, ADDED = MOST + 5 };
    struct stage *stage = stage_new(NULL);
    char last[16];
    (void)state;
    for (int i = 0; i < ADDED; i++) {
        timeline_add(&stage->scene, "step", "rehearsal", "shop", "%d", i);
    }
    const json_t *list = stage->scene.timeline;
    assert_int_equal(json_array_size(list), MOST);
    snprintf(last, sizeof last, "%d", ADDED - 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "text")), "0");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, MOST - 1), "text")),
                        last);
    stage_end(stage);
}

/* ------------------------------------------------------------------ a double click */

/* Runs a command twice; in it, $SELF is the pid of this process. */
static bool run_twice(struct stage *stage, const char *script, struct hook_answer *ret_answer)
{
    char text[256];
    snprintf(text, sizeof text, "SELF=%d; %s", (int)getpid(), script);
    json_auto_t *command = json_pack("[s, s, s]", "sh", "-c", text);
    const struct rehearse_hook hook = {.name = "order", .command = command, .within_ms = 60000};
    return hook_run_twice(&stage->scene, &hook, ret_answer);
}

static void the_good_answer_of_a_double_click_counts(void **state)
{
    static const struct {
        const char *script, *body;
        bool good;
    } rows[] = {
        {"test $PPID = $SELF && echo here", "here\n", true},
        {"test $PPID != $SELF && echo there", "there\n", true},
        {"test $PPID != $SELF && printf '\\377'", "", true}, /* what is no text is not passed on */
        {"echo bad; false", "bad\n", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct stage *stage = stage_new(NULL);
        struct hook_answer answer;
        assert_row(rows[i].script, run_twice(stage, rows[i].script, &answer));
        assert_row(rows[i].script, answer.good == rows[i].good);
        assert_row_text(rows[i].script, buf_str(&answer.body), rows[i].body);
        assert_int_equal(json_array_size(stage->scene.timeline), 2);
        hook_answer_finish(&answer);
        stage_end(stage);
    }
}

/* ------------------------------------------------------------------ ports */

/* Listens on a port, unless somebody does already. */
static int listener(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        assert_int_equal(listen(fd, 1), 0);
    }
    return fd;
}

/* Another rehearsal, which has the next port until the other end of `pair` is closed. */
static pid_t other_rehearsal(const int pair[2], int *ret_port)
{
    pid_t pid = fork();
    if (pid == 0) {
        int claim, port = pool_port(&claim);
        close(pair[0]);
        bool told = write(pair[1], &port, sizeof port) == sizeof port;
        ssize_t n = told ? read(pair[1], &port, 1) : -1;
        _exit(n == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    assert_true(pid > 0);
    close(pair[1]);
    assert_int_equal(read(pair[0], ret_port, sizeof *ret_port), sizeof *ret_port);
    return pid;
}

static void ports_of_others_are_passed_over(void **state)
{
    int pair[2], claim, theirs;
    (void)state;
    assert_true(pool_port(&claim) > 0); /* the other one continues from here */
    close(claim);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    pid_t pid = other_rehearsal(pair, &theirs);
    int taken = listener(theirs + 1);
    int port = pool_port(&claim);
    assert_true(port > 0 && claim >= 0);
    assert_int_not_equal(port, theirs);
    assert_int_not_equal(port, theirs + 1);
    close(claim);
    close(taken);
    close(pair[0]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_that_the_mock_does_not_answer_ends_the_scenario),
        cmocka_unit_test(a_callback_to_send_again_must_be_there),
        cmocka_unit_test(the_demo_account_must_be_reset_for_a_shop_that_runs),
        cmocka_unit_test(a_retry_that_cannot_be_reached_ends_the_wait),
        cmocka_unit_test(retries_without_an_end_do_not_hold_the_scenario),
        cmocka_unit_test(what_cannot_be_paid_by_card_is_paid_by_a_command),
        cmocka_unit_test(a_payer_without_a_page_changes_nothing),
        cmocka_unit_test(a_scenario_has_a_deadline),
        cmocka_unit_test(a_long_timeline_keeps_its_beginning_and_its_end),
        cmocka_unit_test(the_good_answer_of_a_double_click_counts),
        cmocka_unit_test(ports_of_others_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
