/* Queries of the journal: filters, and the explanation of an error. */
#include "engine_bench.h"

#include "api/journal_filter.h"
#include "api/request_view.h"
#include "routes.h"
#include "store/store_invoice.h"

struct desk {
    struct bench bench;
    struct router router;
    struct http_request request;
    struct call call;
};

static void begin(struct desk *d)
{
    memset(d, 0, sizeof *d);
    bench_begin(&d->bench);
    d->router =
        (struct router){.routes = routes, .n_routes = routes_count, .engine = &d->bench.engine};
}

static void reset(struct desk *d)
{
    json_decref(d->request.query);
    buf_finish(&d->request.reply.body);
    arena_finish(&d->request.arena);
    d->request = (struct http_request){0};
}

static void end(struct desk *d)
{
    reset(d);
    bench_end(&d->bench);
}

static struct call *ask(struct desk *d, const char *query)
{
    reset(d);
    d->request = (struct http_request){.method = "GET",
                                       .path = "/_mock/requests",
                                       .target = "/_mock/requests",
                                       .query_text = query};
    d->call = (struct call){.request = &d->request,
                            .arena = &d->request.arena,
                            .engine = &d->bench.engine,
                            .router = &d->router,
                            .tenant = d->bench.tenant};
    return &d->call;
}

/* Adds a request of the demo account to the journal. */
static struct journal_record add(struct desk *d, const char *method, const char *target,
                                 const char *body, unsigned status)
{
    struct journal *journal = d->bench.engine.watch.journal;
    struct journal_record record = {.account = d->bench.tenant->journal_id, .wall_ms = wall_ms};
    char *room = journal_room(journal, strlen(target) + strlen(body) + 1);
    assert_non_null(room);
    memcpy(room, target, strlen(target));
    memcpy(room + strlen(target), body, strlen(body));
    record.request.size[JOURNAL_TARGET] = (uint32_t)strlen(target);
    record.request.size[JOURNAL_BODY] = (uint32_t)strlen(body);
    record.request.status = status;
    record.request.route = -1;
    snprintf(record.request.method, sizeof record.request.method, "%s", method);
    journal_add_request(journal, &record);
    return record;
}

static bool fits(struct desk *d, const char *query, const struct journal_record *record)
{
    struct journal_filter filter;
    assert_row(query, !journal_filter_read(ask(d, query), &filter));
    return journal_filter_fits(&filter, &d->router, record);
}

static void an_invalid_filter_is_rejected(void **state)
{
    static const char *const queries[] = {
        "status=",    "status=99",  "status=600",
        "status=0xx", "status=6xx", "status=40",
        "status=4x",  "status=4xy", "status=-404",
        "status=abc", "from=soon",  "to=",
        "kind=other", "kind=",      "unmatched=yes",
        "unmatched=", "invoice=no", "invoice=cpi_0000000000000000",
    };
    struct desk d;
    struct journal_filter filter;
    (void)state;
    begin(&d);
    for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
        assert_row(queries[i], journal_filter_read(ask(&d, queries[i]), &filter));
        assert_row(queries[i], d.request.reply.status == 422 || d.request.reply.status == 404);
    }
    end(&d);
}

static void each_filter_shows_only_what_it_names(void **state)
{
    static const struct {
        const char *query;
        bool fits;
    } rows[] = {
        {"", true},
        {"method=POST", true},
        {"method=post", true},
        {"method=GET", false},
        {"status=404", true},
        {"status=403", false},
        {"status=4xx", true},
        {"status=4XX", true},
        {"status=5xx", false},
        {"status=3xx", false},
        {"from=1700000000000", true},
        {"from=1700000000001", false},
        {"to=1700000000000", true},
        {"to=1699999999999", false},
        {"kind=api", true},
        {"kind=page", false},
        {"unmatched=false", true},
        {"unmatched=true", false},
        {"path=/api/payment-invoices", true},
        {"path=/payment-invoices", true}, /* the filter may omit /api */
        {"path=/api/*", true},
        {"path=/payment-*", true},
        {"path=/payout-invoices", false},
        {"path=/api/payment-invoices/", false}, /* recorded paths have no slash at the end */
        {"reference_id=order-7", true},         /* the body contains it */
        {"reference_id=order-8", false},
        {"method=POST&status=4xx&path=/payment-invoices&reference_id=order-7", true},
    };
    struct desk d;
    (void)state;
    begin(&d);
    const struct journal_record record =
        add(&d, "POST", "/api/payment-invoices//?a=/b", "{\"reference_id\":\"order-7\"}", 404);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].query, fits(&d, rows[i].query, &record) == rows[i].fits);
    }
    end(&d);
}

static void the_root_and_short_paths_are_paths(void **state)
{
    static const struct {
        const char *target, *query;
        bool fits;
    } rows[] = {
        {"/", "path=/", true},         {"//", "path=/", true},      {"/?x", "path=/", true},
        {"/api", "path=/api", true},   {"/api", "path=/", false},   {"/api/", "path=/api", true},
        {"/apix/a", "path=/a", false}, {"/api/a", "path=/a", true},
    };
    struct desk d;
    (void)state;
    begin(&d);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct journal_record record = add(&d, "GET", rows[i].target, "", 200);
        assert_row(rows[i].target, fits(&d, rows[i].query, &record) == rows[i].fits);
    }
    end(&d);
}

static void an_invoice_shows_its_own_requests(void **state)
{
    struct desk d;
    (void)state;
    begin(&d);
    struct invoice invoice = bench_invoice(&d.bench, d.bench.tenant, "process_pending", NULL);
    invoice.reference_id = "order-9";
    bench_commit(&d.bench);
    struct journal_record record = add(&d, "GET", "/", "", 200);
    const char *query = arena_printf(&d.bench.arena, "invoice=%s", invoice.id);
    assert_false(fits(&d, query, &record));
    record.invoice = invoice.seq;
    assert_true(fits(&d, query, &record));
    end(&d);
}

static void no_account_sees_the_requests_of_others(void **state)
{
    struct desk d;
    (void)state;
    begin(&d);
    struct journal_record record = add(&d, "GET", "/", "", 200);
    assert_true(fits(&d, "", &record));
    record.account++;
    assert_false(fits(&d, "", &record));
    end(&d);
}

/* ------------------------------------------------------------------ why it was rejected */

static json_t *explain(struct desk *d, const struct journal_record *record)
{
    struct buf text = {0};
    struct json_out out = {.buf = &text};
    ask(d, "");
    json_out_object(&out, NULL);
    explain_write(&d->call, &out, "why", record);
    json_out_object_end(&out);
    json_t *whole = json_loadb(text.data, text.size, 0, NULL);
    assert_non_null(whole);
    json_t *why = json_incref(json_object_get(whole, "why"));
    json_decref(whole);
    buf_finish(&text);
    return why;
}

static const char *member(const json_t *why, const char *name)
{
    const char *text = json_string_value(json_object_get(why, name));
    return text ? text : "";
}

static void only_rejected_requests_are_explained(void **state)
{
    static const struct {
        unsigned status;
        bool explained;
    } rows[] = {{200, false}, {302, false}, {400, true}, {499, true}, {500, true}, {0, false}};
    struct desk d;
    (void)state;
    begin(&d);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct journal_record record = add(&d, "GET", "/", "", rows[i].status);
        json_t *why = explain(&d, &record);
        assert_int_equal(json_is_object(why), rows[i].explained);
        json_decref(why);
    }
    end(&d);
}

static void an_explanation_has_the_rule_and_the_nearest_valid_form(void **state)
{
    static const struct {
        enum journal_refusal refusal;
        const char *method, *target, *rule, *nearest;
    } rows[] = {
        {REFUSAL_PATH, "GET", "/payment-invoice", "unknown_path", "GET /payment-invoices"},
        {REFUSAL_PATH, "GET", "/payment-invoice?x=1", "unknown_path", "GET /payment-invoices"},
        {REFUSAL_METHOD, "PUT", "/payment-services", "method_not_allowed", "GET /payment-services"},
        {REFUSAL_HTTP, "GET", "/", "malformed_request", ""},
        {REFUSAL_NO_BASIC, "GET", "/", "no_basic",
         "Authorization: Basic base64(account id:API key)"},
        {REFUSAL_PASSWORD_OTHERS, "GET", "/", "foreign_api_key",
         "Authorization: Basic base64(account id:API key)"},
    };
    struct desk d;
    (void)state;
    begin(&d);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct journal_record record = add(&d, rows[i].method, rows[i].target, "", 404);
        record.request.refusal = rows[i].refusal;
        json_t *why = explain(&d, &record);
        assert_row_text(rows[i].rule, member(why, "rule"), rows[i].rule);
        assert_row_text(rows[i].rule, member(why, "nearest"), rows[i].nearest);
        json_decref(why);
    }
    end(&d);
}

static void every_rejection_has_a_message(void **state)
{
    struct desk d;
    (void)state;
    begin(&d);
    for (int refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++) {
        struct journal_record record = add(&d, "GET", "/x", "", 404);
        record.request.refusal = (enum journal_refusal)refusal;
        json_t *why = explain(&d, &record);
        assert_string_not_equal(member(why, "rule"), "");
        assert_string_not_equal(member(why, "where"), "");
        assert_string_not_equal(member(why, "message"), "");
        json_decref(why);
    }
    end(&d);
}

static void a_status_alone_still_gets_an_explanation(void **state)
{
    static const struct {
        unsigned status;
        const char *rule;
    } rows[] = {{400, "unreadable_body"}, {401, "unknown_key"},    {404, "unknown_resource"},
                {409, "conflict"},        {422, "invalid_fields"}, {418, "refused"}};
    struct desk d;
    (void)state;
    begin(&d);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct journal_record record = add(&d, "GET", "/", "", rows[i].status);
        json_t *why = explain(&d, &record);
        assert_row_text(rows[i].rule, member(why, "rule"), rows[i].rule);
        assert_row_text(rows[i].rule, member(why, "nearest"), "");
        json_decref(why);
    }
    end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invalid_filter_is_rejected),
        cmocka_unit_test(each_filter_shows_only_what_it_names),
        cmocka_unit_test(the_root_and_short_paths_are_paths),
        cmocka_unit_test(an_invoice_shows_its_own_requests),
        cmocka_unit_test(no_account_sees_the_requests_of_others),
        cmocka_unit_test(only_rejected_requests_are_explained),
        cmocka_unit_test(an_explanation_has_the_rule_and_the_nearest_valid_form),
        cmocka_unit_test(every_rejection_has_a_message),
        cmocka_unit_test(a_status_alone_still_gets_an_explanation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
