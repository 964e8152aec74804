/* Waiting calls without connections: requests are plain structs, and time only moves when the test
 * moves it. */
#include "engine_bench.h"

#include "api/wait.h"
#include "api/waiter.h"
#include "engine/schedule.h"

#define REQUESTS 6
#define TIMEOUT_MS 1000
#define NOWHERE 1000000 /* an invoice that does not exist */

struct hall {
    struct bench bench;
    struct invoice invoice;
    struct router router;
    struct waits *waits;
    struct http_request requests[REQUESTS];
    size_t n;
};

void __wrap_http_park(struct http_request *request, void (*gone)(void *arg), void *arg);
void __wrap_http_unpark(struct http_request *request);

void __wrap_http_park(struct http_request *request, void (*gone)(void *arg), void *arg)
{
    request->parked = true;
    request->gone = gone;
    request->gone_arg = arg;
}

void __wrap_http_unpark(struct http_request *request)
{
    assert_true(request->parked && request->reply.status);
    request->parked = false;
}

static void begin(struct hall *b)
{
    const struct engine_options options = {.settle_after_ms = 2000};
    memset(b, 0, sizeof *b);
    bench_begin_as(&b->bench, &options);
    b->invoice = bench_invoice(&b->bench, b->bench.tenant, NULL, NULL);
    b->router =
        (struct router){.engine = &b->bench.engine, .guard = {.public_url = "http://localhost"}};
    b->waits = b->router.waits = waits_new(&b->bench.engine, &b->router);
}

static void end(struct hall *b)
{
    waits_end(b->waits);
    assert_int_equal(waits_count(b->waits), 0);
    waits_free(b->waits);
    for (size_t i = 0; i < REQUESTS; i++) {
        assert_false(b->requests[i].parked);
        buf_finish(&b->requests[i].reply.body);
        arena_finish(&b->requests[i].arena);
    }
    bench_end(&b->bench);
}

static struct http_request *park(struct hall *b, struct waiter waiter)
{
    struct http_request *request = &b->requests[b->n++];
    waiter.request = request;
    waits_park(b->waits, b->bench.tenant, &waiter, TIMEOUT_MS);
    return request;
}

static struct http_request *park_status(struct hall *b, int64_t invoice, enum status status)
{
    return park(b, (struct waiter){.kind = WAIT_STATUS, .invoice = invoice, .status = status});
}

static void a_change_checks_the_waits_that_it_concerns(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    const int64_t id = b.bench.tenant->journal_id, invoice = b.invoice.seq;
    const struct http_request *reached = park_status(&b, invoice, STATUS_CREATED);
    const struct http_request *not_yet = park_status(&b, invoice, STATUS_REFUNDED);
    const struct http_request *elsewhere = park_status(&b, NOWHERE, STATUS_CREATED);
    waits_changed(b.waits, id + 1, 0);
    assert_int_equal(waits_wait_ms(b.waits), TIMEOUT_MS);
    waits_changed(b.waits, id, invoice);
    assert_int_equal(waits_wait_ms(b.waits), 0);
    waits_run(b.waits);
    assert_int_equal(reached->reply.status, 200);
    assert_true(not_yet->parked && elsewhere->parked);
    waits_changed(b.waits, id, 0); /* all invoices of the account */
    waits_run(b.waits);
    assert_int_equal(elsewhere->reply.status, 404);
    assert_true(not_yet->parked);
    assert_int_equal(waits_count(b.waits), 1);
    end(&b);
    assert_int_equal(not_yet->reply.status, 503);
}

static void a_turn_reports_all_its_changes(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    b.bench.engine.hooks = (struct engine_hooks){waits_changed, waits_for_callbacks, b.waits};
    const struct invoice second = bench_invoice(&b.bench, b.bench.tenant, NULL, NULL);
    const struct http_request *requests[] = {park_status(&b, b.invoice.seq, STATUS_PROCESSED),
                                             park_status(&b, second.seq, STATUS_PROCESSED)};
    bench_commit(&b.bench);
    waits_run(b.waits);
    assert_true(requests[0]->parked && requests[1]->parked);
    wall_ms += 2000;
    schedule_run(&b.bench.engine);
    bench_commit(&b.bench);
    waits_run(b.waits);
    assert_int_equal(requests[0]->reply.status, 200);
    assert_int_equal(requests[1]->reply.status, 200);
    end(&b);
}

static void all_waits_for_an_invoice_get_the_same_document(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    const struct http_request *one = park_status(&b, b.invoice.seq, STATUS_CREATED);
    const struct http_request *other = park_status(&b, b.invoice.seq, STATUS_CREATED);
    waits_changed(b.waits, b.bench.tenant->journal_id, b.invoice.seq);
    waits_run(b.waits);
    assert_int_equal(one->reply.status, 200);
    assert_true(one->reply.body.size > 100);
    assert_string_equal(one->reply.body.data, other->reply.body.data);
    end(&b);
}

static void a_wait_that_takes_too_long_gets_408(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    const struct http_request *first = park_status(&b, b.invoice.seq, STATUS_REFUNDED);
    mono_ms += 400;
    const struct http_request *second = park_status(&b, b.invoice.seq, STATUS_REFUNDED);
    mono_ms += TIMEOUT_MS - 401;
    assert_int_equal(waits_wait_ms(b.waits), 1);
    waits_run(b.waits);
    assert_true(first->parked);
    mono_ms++;
    waits_run(b.waits);
    assert_int_equal(first->reply.status, 408);
    assert_true(second->parked);
    assert_int_equal(waits_wait_ms(b.waits), 400);
    end(&b);
}

static void a_held_reply_is_sent_unchanged(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    b.requests[0].reply.status = 201;
    b.requests[1].reply.status = 202;
    const struct waiter waiter = {.kind = WAIT_ATTEMPT, .invoice = b.invoice.seq};
    const struct http_request *unknown = park(&b, waiter), *ends = park(&b, waiter);
    b.requests[1].gone(b.requests[1].gone_arg); /* its client has disconnected */
    b.requests[1].parked = false;
    assert_int_equal(waits_count(b.waits), 1);
    waits_changed(b.waits, b.bench.tenant->journal_id, b.invoice.seq);
    waits_run(b.waits);
    assert_int_equal(unknown->reply.status, 503); /* its callback does not exist */
    b.n = 2;
    b.requests[2].reply.status = 201;
    ends = park(&b, waiter);
    end(&b);
    assert_int_equal(ends->reply.status, 201);
}

static void a_record_checks_the_waits_that_count_requests(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    const struct journal_record record = {.account = b.bench.tenant->journal_id};
    park_status(&b, b.invoice.seq, STATUS_REFUNDED);
    waits_journaled(b.waits, &record);
    assert_int_equal(waits_wait_ms(b.waits), TIMEOUT_MS);
    const struct http_request *counts =
        park(&b, (struct waiter){.kind = WAIT_REQUESTS, .requests = 1});
    waits_journaled(b.waits, &record);
    assert_int_equal(waits_wait_ms(b.waits), 0);
    waits_run(b.waits);
    assert_true(counts->parked); /* the journal has no such request */
    waits_received(b.waits, b.bench.tenant->journal_id);
    assert_int_equal(waits_wait_ms(b.waits), 0);
    end(&b);
}

static void callbacks_that_a_call_waits_for_are_known(void **state)
{
    struct hall b;
    (void)state;
    begin(&b);
    const int64_t id = b.bench.tenant->journal_id, invoice = b.invoice.seq;
    park_status(&b, invoice, STATUS_REFUNDED);
    assert_false(waits_for_callbacks(b.waits, id, invoice));
    park(&b, (struct waiter){.kind = WAIT_CALLBACK, .invoice = invoice, .transition = TIME_NONE});
    assert_true(waits_for_callbacks(b.waits, id, invoice));
    assert_false(waits_for_callbacks(b.waits, id, NOWHERE));
    assert_false(waits_for_callbacks(b.waits, id + 1, invoice));
    park(&b, (struct waiter){.kind = WAIT_IDLE});
    assert_true(waits_for_callbacks(b.waits, id, NOWHERE));
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_checks_the_waits_that_it_concerns),
        cmocka_unit_test(a_turn_reports_all_its_changes),
        cmocka_unit_test(all_waits_for_an_invoice_get_the_same_document),
        cmocka_unit_test(a_wait_that_takes_too_long_gets_408),
        cmocka_unit_test(a_held_reply_is_sent_unchanged),
        cmocka_unit_test(a_record_checks_the_waits_that_count_requests),
        cmocka_unit_test(callbacks_that_a_call_waits_for_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
