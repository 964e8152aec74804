#include "unit.h"

#include "view/snapshot_row.h"

static const char *const extra_names[] = {"velocity_limit"};
static const struct resolution_set extra = {extra_names, 1};

struct reading {
    struct arena arena;
    struct json_errors errors;
    union {
        struct invoice invoice;
        struct transition transition;
        struct callback callback;
        struct attempt attempt;
    } row;
};

static void begin(struct reading *r, const struct row_table *table, const char *json)
{
    memset(r, 0, sizeof *r);
    r->errors.arena = &r->arena;
    const struct row_reader reader = {&extra, &r->errors};
    json_t *object = json_parse(json, strlen(json), &r->arena, NULL);
    assert_non_null(object);
    row_read(&reader, table, "row", object, &r->row);
    json_decref(object); /* nothing in a row points into the document */
}

static void end(struct reading *r)
{
    arena_finish(&r->arena);
}

static const char *text_of(struct reading *r, const struct row_table *table)
{
    buf_auto buf = {0};
    struct json_out out = {.buf = &buf};
    json_out_object(&out, NULL);
    row_write(&out, table, &r->row);
    json_out_object_end(&out);
    return arena_strdup(&r->arena, buf_str(&buf));
}

#define INVOICE_HEAD                                                                               \
    "{\"id\":\"cpi_HeSWMM9LvQonCcQc\",\"session\":\"cgi_HeSWMM9LvQonCcQc\",\"reference_id\":"      \
    "\"r\","                                                                                       \
    "\"service\":\"payment_card_usd_hpp\",\"currency\":\"USD\",\"description\":\"a\\u00e9\","      \
    "\"descriptor\":null,\"test_mode\":true,\"flow\":\"verify\",\"source\":\"merchant_api\","      \
    "\"status\":\"process_failed\",\"been\":[\"created\",\"process_failed\"],"                     \
    "\"resolution\":\"velocity_limit\",\"amount\":20.4,\"payment_amount\":20.4,"                   \
    "\"service_amount\":18.77,\"exchange_rate\":0.92,\"fee\":30,"                                  \
    "\"deposit\":-9.6,\"processed_amount\":null,\"processed_fee\":null,\"processed_deposit\":-0."  \
    "5,"                                                                                           \
    "\"refunded_amount\":0,\"charged_back_amount\":null,\"created_ms\":0,\"updated_ms\":1,"        \
    "\"expires_ms\":2,\"processed_ms\":null,\"refunded_ms\":4,\"charged_back_ms\":null,"           \
    "\"failed_ms\":5,\"made_ms\":3,\"metadata\":[],\"customer\":{\"a\":{},\"b\":[1,2.5,null]},"    \
    "\"customer_id\":"                                                                             \
    "null,"                                                                                        \
    "\"gateway_options\":null,\"options\":null,\"service_fields\":null,\"payload\":null,"          \
    "\"callback_url\":null,"                                                                       \
    "\"return_url\":\"http:\\/\\/a\",\"return_success\":null,\"return_fail\":null,"                \
    "\"return_pending\":null,\"challenge_outcome\":null,\"challenge_payload\":null,\"locale\":"    \
    "null,\"look\":null,"                                                                          \
    "\"base_url\":\"https:\\/\\/b\",\"plan\":\"\",\"plan_due_ms\":null,\"attempts\":2}"

#define TRANSITION                                                                                 \
    "{\"at_ms\":1,\"wall_ms\":2,\"from\":\"created\",\"to\":\"processed\",\"resolution\":\"ok\","  \
    "\"cause\":\"timer\"}"

#define CALLBACK                                                                                   \
    "{\"id\":\"cb_17\",\"transition\":\"processed\",\"state\":\"dropped\",\"queued_ms\":5,"        \
    "\"due_ms\":null,\"ended_ms\":7,\"manual\":false,\"url\":\"http:\\/\\/a\",\"body\":\"{}\"}"

#define ATTEMPT(code, body)                                                                        \
    "{\"at_ms\":1,\"wall_ms\":2,\"took_ms\":0,\"code\":" code ",\"error\":null,"                   \
    "\"request_headers\":{},\"response_headers\":null,\"response_body\":" body "}"

static const struct {
    const char *name;
    const struct row_table *table;
    const char *json;
} rows[] = {
    {"invoice", &row_invoice, INVOICE_HEAD},
    {"transition", &row_transition, TRANSITION},
    {"callback", &row_callback, CALLBACK},
    {"refund", &row_refund,
     "{\"reference_id\":\"r\",\"amount\":20.4,\"description\":null,\"status\":\"pending\","
     "\"created_ms\":1,\"finished_ms\":null}"},
    {"attempt without an answer", &row_attempt, ATTEMPT("null", "null")},
    {"attempt with a text", &row_attempt, ATTEMPT("200", "\"a\\u0000b\"")},
    {"attempt with an empty text", &row_attempt, ATTEMPT("999", "\"\"")},
    {"attempt with bytes", &row_attempt, ATTEMPT("500", "{\"base64\":\"_wD-\"}")},
};

static void what_is_read_is_written_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i].table, rows[i].json);
        assert_row_text(rows[i].name, r.errors.n ? r.errors.first->path : "", "");
        assert_row_text(rows[i].name, text_of(&r, rows[i].table), rows[i].json);
        end(&r);
    }
}

static void null_is_what_the_engine_calls_null(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, &row_invoice, INVOICE_HEAD);
    const struct invoice *invoice = &r.row.invoice;
    assert_true(invoice->processed_amount == MONEY_NONE && invoice->refunded_amount == 0);
    assert_true(invoice->processed_ms == TIME_NONE && invoice->plan_due_ms == TIME_NONE);
    assert_null(invoice->descriptor);
    assert_null(invoice->payload);
    end(&r);
    begin(&r, &row_attempt, ATTEMPT("null", "null"));
    assert_int_equal(r.row.attempt.code, 0);
    assert_null(r.row.attempt.response_body);
    end(&r);
}

static void what_may_be_null_may_be_absent_and_nothing_else(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, &row_callback, "{}");
    size_t missing = r.errors.n;
    assert_int_equal(missing, 7); /* all but due_ms and ended_ms */
    assert_true(r.row.callback.due_ms == TIME_NONE && r.row.callback.ended_ms == TIME_NONE);
    assert_string_equal(r.errors.first->path, "row.id");
    end(&r);
}

static void unknown_names_are_errors(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, &row_transition, "{\"seq\":1}");
    assert_string_equal(r.errors.first->path, "row.seq");
    end(&r);
    begin(&r, &row_transition, "[]");
    assert_string_equal(r.errors.first->path, "row");
    assert_int_equal(r.errors.n, 1);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_again),
        cmocka_unit_test(null_is_what_the_engine_calls_null),
        cmocka_unit_test(what_may_be_null_may_be_absent_and_nothing_else),
        cmocka_unit_test(unknown_names_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
