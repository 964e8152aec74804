/* Callbacks before they are sent: when they are due, their bodies and signatures, the log in the
 * invoice, and the effects of faults. */
#include "engine_bench.h"

#include "base/text.h"
#include "engine/faults.h"
#include "engine/outbox.h"
#include "engine/transition.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define URL "http://127.0.0.1:9/c"

static bool become(struct bench *b, struct invoice *invoice, enum status status)
{
    const struct transition_request request = {.status = status,
                                               .amount = MONEY_NONE,
                                               .at_ms = clock_now(b->tenant),
                                               .cause = "command",
                                               .force = true};
    return engine_transition(&b->engine, b->tenant, &b->arena, invoice, &request);
}

static struct callback row(struct bench *b, int64_t seq)
{
    struct callback callback;
    assert_true(store_callback_get(b->store, &b->arena, seq, &callback));
    return callback;
}

static void set_profile(struct bench *b, const char *profile, bool only_final)
{
    struct settings settings;
    settings_default(&settings);
    settings.profile = profile;
    settings.only_final = only_final;
    engine_change_account(&b->engine, b->tenant, &settings);
}

static void add_fault(struct bench *b, enum fault_kind kind, int64_t delay_ms)
{
    const struct fault fault = {
        .place = FAULT_ON_CALLBACK,
        .match.transition = FAULT_UNSET,
        .effect = {.kind = kind,
                   .status = FAULT_UNSET,
                   .retry_after_s = FAULT_UNSET,
                   .delay = {delay_ms, delay_ms, FAULT_UNSET, 0}},
        .times = 1,
        .probability = FAULT_ALWAYS,
        .given = "{}",
    };
    assert_non_null(faults_add(&b->tenant->faults, &b->engine.fault_source, &fault));
}

static void without_a_url_nothing_is_sent(void **state)
{
    struct bench b;
    struct callback callback;
    (void)state;
    bench_begin(&b);
    struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", NULL);
    assert_false(outbox_compose(&b.engine, b.tenant, &b.arena, &invoice, wall_ms, &callback));
    assert_int_equal(b.engine.turn.n_callbacks, 0);
    invoice.callback_url = URL;
    assert_true(outbox_compose(&b.engine, b.tenant, &b.arena, &invoice, wall_ms, &callback));
    assert_string_equal(callback.url, URL);
    bench_commit(&b);
    bench_end(&b);
}

static void the_account_has_a_url_for_invoices_without_one(void **state)
{
    struct bench b;
    struct settings settings;
    struct callback callback;
    (void)state;
    bench_begin(&b);
    settings_default(&settings);
    settings.callback_url = "http://127.0.0.1:9/account";
    engine_change_account(&b.engine, b.tenant, &settings);
    struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", NULL);
    assert_true(outbox_compose(&b.engine, b.tenant, &b.arena, &invoice, wall_ms, &callback));
    assert_string_equal(callback.url, "http://127.0.0.1:9/account");
    invoice.callback_url = URL;
    assert_true(outbox_compose(&b.engine, b.tenant, &b.arena, &invoice, wall_ms, &callback));
    assert_string_equal(callback.url, URL);
    bench_commit(&b);
    bench_end(&b);
}

static void only_final_reports_final_statuses_only(void **state)
{
    struct bench b;
    struct callback callback;
    (void)state;
    bench_begin(&b);
    set_profile(&b, "2024", true);
    struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", URL);
    for (int status = 0; status < STATUS_COUNT; status++) {
        invoice.status = (enum status)status;
        bool due = outbox_compose(&b.engine, b.tenant, &b.arena, &invoice, wall_ms, &callback);
        assert_row(status_name(invoice.status), due == status_is_final(invoice.status));
    }
    bench_commit(&b);
    bench_end(&b);
}

/* The signature of the token is removed before a body is stored and inserted before it is sent. */
static void a_body_is_stored_without_the_token_signature_and_sent_with_it(void **state)
{
    static const struct {
        const char *profile;
        bool is_cut;
    } rows[] = {{"2020", true}, {"2024", false}};
    struct bench b;
    char signature[CRYPT_SHA1_TEXT];
    (void)state;
    bench_begin(&b);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        set_profile(&b, rows[i].profile, false);
        bench_invoice(&b, b.tenant, "process_pending", URL);
        bench_commit(&b);
        const struct callback stored = row(&b, (int64_t)i + 1);
        assert_row(rows[i].profile, (stored.body_cut > 0) == rows[i].is_cut);
        const char *whole = outbox_body(&b.engine, &b.arena, &stored);
        assert_row(rows[i].profile, (strlen(whole) > strlen(stored.body)) == rows[i].is_cut);
        crypt_callback_signature(account_secret(&b.tenant->account, true), whole, strlen(whole),
                                 signature);
        assert_row_text(rows[i].profile, stored.signature, signature);
    }
    bench_end(&b);
}

static void an_invoice_keeps_the_logs_of_its_first_callbacks(void **state)
{
    struct bench b;
    struct invoice invoice;
    (void)state;
    bench_begin(&b);
    invoice = bench_invoice(&b, b.tenant, "process_pending", URL);
    for (int i = 1; i < OUTBOX_LOGS_KEPT; i++) {
        assert_true(become(&b, &invoice, i % 2 ? STATUS_PROCESSED : STATUS_PROCESS_PENDING));
        assert_string_not_equal(invoice.callback_logs, "");
    }
    assert_true(become(&b, &invoice, STATUS_PROCESS_FAILED)); /* one more than the invoice keeps */
    assert_string_equal(invoice.callback_logs, "");
    assert_true(become(&b, &invoice, STATUS_PROCESSED)); /* and stays empty */
    assert_string_equal(invoice.callback_logs, "");
    outbox_save_logs(&b.engine, &b.arena, &invoice);
    assert_string_equal(invoice.callback_logs, "");
    bench_commit(&b);
    bench_end(&b);
}

static void a_dropped_callback_is_never_queued(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    add_fault(&b, FAULT_DROP, 0);
    bench_invoice(&b, b.tenant, "process_pending", URL);
    assert_int_equal(row(&b, 1).state, CALLBACK_DROPPED);
    assert_int_equal(b.engine.turn.n_callbacks, 0);
    assert_int_equal(b.tenant->sending, 0);
    assert_int_equal(b.engine.watch.metrics.attempts[CALLBACK_DROPPED], 1);
    bench_commit(&b);
    bench_end(&b);
}

static void a_delayed_callback_waits_on_the_account_clock(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    add_fault(&b, FAULT_DELAY, 700);
    bench_invoice(&b, b.tenant, "process_pending", URL);
    struct callback callback = row(&b, 1);
    assert_int_equal(callback.state, CALLBACK_QUEUED);
    assert_int_equal(callback.due_ms, wall_ms + 700);
    assert_int_equal(b.engine.turn.n_callbacks, 0);
    outbox_send(&b.engine, b.tenant, &callback); /* the fault has had its effect */
    assert_int_equal(row(&b, 1).state, CALLBACK_SENDING);
    assert_int_equal(b.engine.turn.n_callbacks, 1);
    bench_commit(&b);
    bench_end(&b);
}

static void a_due_callback_can_be_dropped_too(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "process_pending", URL);
    bench_commit(&b);
    struct callback callback = row(&b, 1);
    size_t changes = b.engine.turn.n_changes;
    add_fault(&b, FAULT_DROP, 0);
    outbox_send(&b.engine, b.tenant, &callback);
    assert_int_equal(row(&b, 1).state, CALLBACK_DROPPED);
    assert_int_equal(b.engine.turn.n_changes, changes + 1); /* for waiting calls */
    bench_commit(&b);
    bench_end(&b);
}

static void a_callback_held_by_reorder_is_released_by_a_later_one(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    add_fault(&b, FAULT_REORDER, 0);
    const struct invoice invoice = bench_invoice(&b, b.tenant, "process_pending", URL);
    bench_commit(&b);
    struct callback held = row(&b, 1);
    assert_true(callback_is_held(&held));
    assert_int_equal(b.tenant->faults.held, 1);
    outbox_release(&b.engine, b.tenant, invoice.seq, 1); /* before the first callback: none */
    assert_int_equal(b.tenant->faults.held, 1);
    outbox_release(&b.engine, b.tenant, invoice.seq + 1, 2); /* of another invoice */
    assert_int_equal(b.tenant->faults.held, 1);
    outbox_release(&b.engine, b.tenant, invoice.seq, 2);
    assert_int_equal(b.tenant->faults.held, 0);
    assert_int_equal(b.engine.turn.n_callbacks, 1);
    assert_int_equal(row(&b, 1).fault, FAULT_REORDERED);
    bench_commit(&b);
    bench_end(&b);
}

static void a_callback_in_flight_is_not_sent_twice(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "process_pending", URL);
    bench_commit(&b);
    struct callback callback = row(&b, 1);
    outbox_resend(&b.engine, b.tenant, &b.arena, &callback, false);
    assert_int_equal(b.engine.turn.n_callbacks, 0);
    bench_commit(&b);
    bench_end(&b);
}

static void a_manual_attempt_has_no_retries_unless_some_were_planned(void **state)
{
    static const struct {
        enum callback_state state;
        bool manual;
    } rows[] = {{CALLBACK_DONE, true}, {CALLBACK_FAILED, true}, {CALLBACK_QUEUED, false}};
    struct bench b;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "process_pending", URL);
    bench_commit(&b);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct callback callback = row(&b, 1);
        callback.state = rows[i].state;
        callback.manual = false;
        outbox_resend(&b.engine, b.tenant, &b.arena, &callback, false);
        assert_row(callback_state_name(rows[i].state), row(&b, 1).manual == rows[i].manual);
        assert_row(callback_state_name(rows[i].state), row(&b, 1).state == CALLBACK_SENDING);
        turn_clear(&b.engine.turn);
    }
    bench_commit(&b);
    bench_end(&b);
}

static void a_new_signature_is_computed_only_on_request(void **state)
{
    struct bench b;
    (void)state;
    bench_begin(&b);
    bench_invoice(&b, b.tenant, "process_pending", URL);
    bench_commit(&b);
    struct callback callback = row(&b, 1);
    const char *right = arena_strdup(&b.arena, callback.signature);
    callback.state = CALLBACK_DONE;
    callback.signature = "old";
    outbox_resend(&b.engine, b.tenant, &b.arena, &callback, false);
    assert_string_equal(row(&b, 1).signature, "old");
    callback.state = CALLBACK_DONE;
    outbox_resend(&b.engine, b.tenant, &b.arena, &callback, true);
    assert_string_equal(row(&b, 1).signature, right);
    bench_commit(&b);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_url_nothing_is_sent),
        cmocka_unit_test(the_account_has_a_url_for_invoices_without_one),
        cmocka_unit_test(only_final_reports_final_statuses_only),
        cmocka_unit_test(a_body_is_stored_without_the_token_signature_and_sent_with_it),
        cmocka_unit_test(an_invoice_keeps_the_logs_of_its_first_callbacks),
        cmocka_unit_test(a_dropped_callback_is_never_queued),
        cmocka_unit_test(a_delayed_callback_waits_on_the_account_clock),
        cmocka_unit_test(a_due_callback_can_be_dropped_too),
        cmocka_unit_test(a_callback_held_by_reorder_is_released_by_a_later_one),
        cmocka_unit_test(a_callback_in_flight_is_not_sent_twice),
        cmocka_unit_test(a_manual_attempt_has_no_retries_unless_some_were_planned),
        cmocka_unit_test(a_new_signature_is_computed_only_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
