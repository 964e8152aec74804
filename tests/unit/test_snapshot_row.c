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
    json_decref(object); /* the row must not point into the document */
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
    "\"gateway_options\":null,\"options\":null,\"context\":null,\"saved_card\":null,"              \
    "\"service_fields\":null,\"payload\":null,"                                                    \
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
     "{\"id\":\"ref_aaaaaaaaaaaaaaaa\",\"reference_id\":\"r\",\"amount\":20.4,\"description\":null,"
     "\"status\":\"pending\","
     "\"created_ms\":1,\"finished_ms\":null}"},
    {"attempt without an answer", &row_attempt, ATTEMPT("null", "null")},
    {"attempt with a text", &row_attempt, ATTEMPT("200", "\"a\\u0000b\"")},
    {"attempt with an empty text", &row_attempt, ATTEMPT("999", "\"\"")},
    {"attempt with bytes", &row_attempt, ATTEMPT("500", "{\"base64\":\"_wD-\"}")},
};

static void a_row_is_written_as_it_was_read(void **state)
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

static void null_becomes_the_null_value_of_the_engine(void **state)
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

static void only_nullable_members_can_be_absent(void **state)
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

static const char *message_of(const struct reading *r, const char *path)
{
    for (const struct json_error *error = r->errors.first; error; error = error->next) {
        if (strcmp(error->path, path) == 0) {
            return error->message;
        }
    }
    return "";
}

/* Each document has one invalid field. Missing fields are other errors. */
static void a_value_of_the_wrong_kind_is_rejected_with_what_it_must_be(void **state)
{
    static const char whole[] = "must be a whole number from ";
    static const char amount[] = "must be an amount, as a text if it has more than 15 digits";
    static const char at_least[] = "must be an amount of at least 0";
    static const struct {
        const struct row_table *table;
        const char *json, *path, *message; /* message "" if it is valid */
    } cases[] = {
        {&row_transition, "{\"at_ms\":\"1\"}", "row.at_ms", whole},
        {&row_transition, "{\"at_ms\":1.5}", "row.at_ms", whole},
        {&row_transition, "{\"at_ms\":-1}", "row.at_ms", whole},
        {&row_transition, "{\"at_ms\":9223372036854775807}", "row.at_ms", whole},
        {&row_transition, "{\"from\":\"paid\"}", "row.from", "there is no such status"},
        {&row_transition, "{\"from\":5}", "row.from", "there is no such status"},
        {&row_transition, "{\"from\":\"created\\u0000\"}", "row.from", "there is no such status"},
        {&row_callback, "{\"id\":\"17\"}", "row.id", "there is no such id"},
        {&row_callback, "{\"id\":17}", "row.id", "there is no such id"},
        {&row_callback, "{\"id\":\"cb_0\"}", "row.id", "there is no such id"},
        {&row_callback, "{\"manual\":0}", "row.manual", "must be true or false"},
        {&row_callback, "{\"manual\":\"true\"}", "row.manual", "must be true or false"},
        {&row_callback, "{\"manual\":true}", "row.manual", ""},
        {&row_callback, "{\"state\":\"lost\"}", "row.state", MESSAGE_CHOICE},
        {&row_callback, "{\"state\":\"\"}", "row.state", MESSAGE_CHOICE},
        {&row_callback, "{\"state\":1}", "row.state", MESSAGE_CHOICE},
        {&row_callback, "{\"url\":\"ftp://a\"}", "row.url", "URL"},
        {&row_callback, "{\"url\":5}", "row.url", "URL"},
        {&row_attempt, "{\"code\":99}", "row.code", whole},
        {&row_attempt, "{\"code\":1000}", "row.code", whole},
        {&row_attempt, "{\"response_body\":5}", "row.response_body", "must"},
        {&row_attempt, "{\"response_body\":{\"base64\":5}}", "row.response_body", "must"},
        {&row_attempt, "{\"response_body\":{\"base64\":\"!\"}}", "row.response_body", "must"},
        {&row_attempt, "{\"response_body\":{\"base64\":\"_w\",\"b\":1}}", "row.response_body",
         "must"},
        {&row_attempt, "{\"response_body\":{\"base64\":\"_w\"}}", "row.response_body", ""},
        {&row_invoice, "{\"amount\":true}", "row.amount", amount},
        {&row_invoice, "{\"amount\":{}}", "row.amount", amount},
        {&row_invoice, "{\"amount\":\"x\"}", "row.amount", amount},
        {&row_invoice, "{\"amount\":\"1\\u0000\"}", "row.amount", amount},
        {&row_invoice, "{\"amount\":0.1234567890123456}", "row.amount", amount},
        {&row_invoice, "{\"amount\":-1}", "row.amount", at_least},
        {&row_invoice, "{\"amount\":1}", "row.amount", ""},
        {&row_invoice, "{\"amount\":\"1.5\"}", "row.amount", ""},
        {&row_invoice, "{\"deposit\":-1}", "row.deposit", ""},
        {&row_invoice, "{\"currency\":\"U$\"}", "row.currency", "currency"},
        {&row_invoice, "{\"currency\":5}", "row.currency", "currency"},
        {&row_invoice, "{\"been\":[]}", "row.been", "must be a list of statuses"},
        {&row_invoice, "{\"been\":\"created\"}", "row.been", "must be a list of statuses"},
        {&row_invoice, "{\"been\":[5]}", "row.been", "there is no such status"},
        {&row_invoice, "{\"been\":[\"paid\"]}", "row.been", "there is no such status"},
        {&row_invoice, "{\"metadata\":5}", "row.metadata", "must"},
        {&row_invoice, "{\"customer\":\"x\"}", "row.customer", "must"},
        {&row_invoice, "{\"resolution\":5}", "row.resolution", "resolution"},
        {&row_invoice, "{\"resolution\":\"nothing\"}", "row.resolution", "resolution"},
    };
    struct reading r;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        begin(&r, cases[i].table, cases[i].json);
        const char *message = message_of(&r, cases[i].path);
        if (!*cases[i].message ? *message : !strstr(message, cases[i].message)) {
            fail_msg("row %s: \"%s\"", cases[i].json, message);
        }
        end(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_written_as_it_was_read),
        cmocka_unit_test(null_becomes_the_null_value_of_the_engine),
        cmocka_unit_test(only_nullable_members_can_be_absent),
        cmocka_unit_test(unknown_names_are_errors),
        cmocka_unit_test(a_value_of_the_wrong_kind_is_rejected_with_what_it_must_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
