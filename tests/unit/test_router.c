/*
 * The router without connections: the route of a request, 405 with Allow, and the requests that
 * each kind of access and each need rejects. The test provides the header fields.
 */
#include "engine_bench.h"

#include "base/log.h"
#include "call/call.h"
#include "call/guard.h"
#include "call/record.h"
#include "engine/faults.h"

#include <strings.h>

#define HEADERS_MOST 6
#define TOKEN "secret-token"

static struct http_header headers[HEADERS_MOST];
static const struct route *handled; /* the route of the last request, or NULL */
static const char *param;           /* its first parameter, or "" */
static char account_id[IDENT_TEXT]; /* its account, or "" */
static int error_pages;

const char *__wrap_http_header(const struct http_request *request, const char *name);
void __wrap_http_headers(const struct http_request *request,
                         void (*each)(void *arg, const char *name, const char *value), void *arg);

const char *__wrap_http_header(const struct http_request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; i < HEADERS_MOST && headers[i].name; i++) {
        if (strcasecmp(headers[i].name, name) == 0) {
            return headers[i].value;
        }
    }
    return NULL;
}

void __wrap_http_headers(const struct http_request *request,
                         void (*each)(void *arg, const char *name, const char *value), void *arg)
{
    (void)request;
    for (size_t i = 0; i < HEADERS_MOST && headers[i].name; i++) {
        each(arg, headers[i].name, headers[i].value);
    }
}

/* ------------------------------------------------------------------ the routes */

static struct answer *handle(struct call *call)
{
    handled = call->route;
    param = call->params[0] ? call->params[0] : "";
    snprintf(account_id, sizeof account_id, "%s",
             call->tenant ? call->tenant->account.keys.id : "");
    http_reply_empty(call->request, 200);
    return call_answered(call);
}

static struct answer *refuse(struct call *call)
{
    handled = call->route;
    return call_error(call, 404);
}

static void error_page(struct call *call)
{
    (void)call;
    error_pages++;
}

static struct answer *no_conflict(struct call *call)
{
    (void)call;
    return NULL;
}

enum {
    LIST,
    ADD,
    SPECIAL,
    ONE,
    PUBLIC_ONE,
    PAGE_ONE,
    FORM_ONE,
    OPEN,
    LISTED,
    LARGE,
    KEPT,
    MEMBER,
    SINK
};

static const struct route routes[] = {
    [LIST] = {"GET", "/things", ACCESS_PRIVATE, account_by_api_key, 0, handle},
    [ADD] = {"POST", "/things", ACCESS_PRIVATE, account_by_api_key, 0, handle},
    [SPECIAL] = {"GET", "/things/special", ACCESS_PRIVATE, account_by_api_key, 0, handle},
    [ONE] = {"GET", "/things/{id}", ACCESS_PRIVATE, account_by_api_key, 0, handle},
    [PUBLIC_ONE] = {"POST", "/public-api/things/{id}", ACCESS_PUBLIC, NULL, 0, handle},
    [PAGE_ONE] = {"GET", "/pages/{id}/", ACCESS_PAGE, NULL, 0, refuse},
    [FORM_ONE] = {"POST", "/pages/{id}/", ACCESS_PAGE, NULL, NEEDS_PAGES, refuse},
    [OPEN] = {"GET", "/_mock/open", ACCESS_CONTROL_OPEN, account_by_query, 0, handle},
    [LISTED] = {"GET", "/_mock/things", ACCESS_CONTROL, account_by_query, NEEDS_ACCOUNT, handle,
                .query = "limit after"},
    [LARGE] = {"PUT", "/_mock/large", ACCESS_CONTROL_LARGE, account_by_query, 0, handle},
    [KEPT] = {"GET", "/_mock/kept", ACCESS_CONTROL, account_by_query, NEEDS_JOURNAL, handle},
    [MEMBER] = {"GET", "/_mock/accounts/{id}", ACCESS_CONTROL, account_in_path, 0, handle},
    [SINK] = {"POST", "/_mock/sink", ACCESS_SINK, account_by_query, NEEDS_ACCOUNT, handle},
};

/* ------------------------------------------------------------------ requests */

struct front {
    struct bench bench;
    struct router router;
    struct http_request request; /* the last request */
    char *basic;                 /* the Authorization of the demo account */
};

static void begin_as(struct front *f, const struct engine_options *options)
{
    memset(headers, 0, sizeof headers);
    bench_begin_as(&f->bench, options);
    memset(&f->request, 0, sizeof f->request);
    f->router = (struct router){
        .routes = routes,
        .n_routes = ARRAY_SIZE(routes),
        .engine = &f->bench.engine,
        .listen_url = "http://listen.test",
        .error_page = error_page,
        .conflict = no_conflict,
    };
    struct buf encoded = {0};
    const struct account_keys *keys = &f->bench.tenant->account.keys;
    const char *plain = arena_printf(&f->bench.arena, "%s:%s", keys->id, keys->api_key);
    crypt_base64(&encoded, plain, strlen(plain));
    f->basic = arena_printf(&f->bench.arena, "Basic %s", buf_str(&encoded));
    buf_finish(&encoded);
}

static void begin(struct front *f)
{
    const struct engine_options options = {.journal = 100};
    begin_as(f, &options);
}

static void forget(struct front *f)
{
    json_decref(f->request.query);
    json_decref(f->request.document);
    buf_finish(&f->request.reply.body);
    arena_finish(&f->request.arena);
}

static void end(struct front *f)
{
    forget(f);
    bench_end(&f->bench);
}

static void submit(struct front *f, struct http_request request)
{
    forget(f);
    f->request = request;
    f->request.query_text = request.query_text ? request.query_text : "";
    f->request.body = request.body ? request.body : "";
    f->request.target = request.path ? request.path : "?";
    handled = NULL;
    param = "";
    error_pages = 0;
    router_handle(&f->router, &f->request);
}

static unsigned ask(struct front *f, const char *method, const char *path, const char *query)
{
    submit(f, (struct http_request){.method = method, .path = path, .query_text = query});
    return f->request.reply.status;
}

static const char *said(const struct front *f, const char *name)
{
    const struct http_reply *reply = &f->request.reply;
    for (size_t i = 0; i < reply->n_headers; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0) {
            return reply->headers[i].value;
        }
    }
    return "";
}

static bool body_has(const struct front *f, const char *text)
{
    return strstr(buf_str(&f->request.reply.body), text) != NULL;
}

static void set_header(size_t i, const char *name, const char *value)
{
    headers[i] = (struct http_header){name, value};
}

/* ------------------------------------------------------------------ tests */

static void a_path_finds_its_route(void **state)
{
    static const struct {
        const char *method, *path;
        int route; /* -1 if no route matches */
        const char *param;
    } rows[] = {
        {"GET", "/things", LIST, ""},
        {"POST", "/things", ADD, ""},
        {"GET", "/api/things", LIST, ""}, /* the private API is also at /api */
        {"GET", "/things/special", SPECIAL, ""},
        {"GET", "/things/other", ONE, "other"},
        {"GET", "/api/things/other", ONE, "other"},
        {"POST", "/public-api/things/7", PUBLIC_ONE, "7"},
        {"POST", "/api/public-api/things/7", -1, ""},
        {"GET", "/pages/9", PAGE_ONE, ""}, /* the slash at the end of the pattern is ignored */
        {"GET", "/api", -1, ""},
        {"GET", "/apis/things", -1, ""},
        {"GET", "/things/other/more", -1, ""},
        {"GET", "/", -1, ""},
    };
    struct front f;
    (void)state;
    begin(&f);
    set_header(0, "Authorization", f.basic);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        unsigned status = ask(&f, rows[i].method, rows[i].path, NULL);
        assert_row(rows[i].path, handled == (rows[i].route < 0 ? NULL : &routes[rows[i].route]));
        assert_row(rows[i].path, rows[i].route >= 0 || status == 404);
        assert_row_text(rows[i].path, param, rows[i].param);
    }
    end(&f);
}

static void another_method_is_rejected_with_the_allowed_methods(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    assert_int_equal(ask(&f, "DELETE", "/things", NULL), 405);
    assert_string_equal(said(&f, "Allow"), "GET, HEAD, POST, OPTIONS");
    assert_int_equal(ask(&f, "POST", "/things/special", NULL), 405); /* a literal comes first */
    assert_string_equal(said(&f, "Allow"), "GET, HEAD, OPTIONS");
    assert_int_equal(ask(&f, "POST", "/_mock/things", NULL), 405);
    assert_true(body_has(&f, "method_not_allowed"));
    assert_int_equal(ask(&f, "POST", "/_mock/nothing", NULL), 404);
    assert_true(body_has(&f, "not_found"));
    end(&f);
}

static void options_returns_the_methods_and_cors_only_in_the_public_api(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    assert_int_equal(ask(&f, "OPTIONS", "/things", NULL), 204);
    assert_string_equal(said(&f, "Allow"), "GET, HEAD, POST, OPTIONS");
    assert_string_equal(said(&f, "Access-Control-Allow-Origin"), "");
    assert_int_equal(ask(&f, "OPTIONS", "/public-api/things/7", NULL), 204);
    assert_string_equal(said(&f, "Access-Control-Allow-Origin"), "*");
    assert_string_equal(said(&f, "Access-Control-Allow-Methods"), "POST");
    assert_string_equal(said(&f, "Access-Control-Allow-Headers"),
                        "Content-Type, Accept, " OUTCOME_HEADER);
    set_header(0, "Access-Control-Request-Headers", "x-other");
    ask(&f, "OPTIONS", "/public-api/things/7", NULL);
    assert_string_equal(said(&f, "Access-Control-Allow-Headers"), "x-other");
    end(&f);
}

static void the_private_api_checks_the_key_before_the_query(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    assert_int_equal(ask(&f, "GET", "/things", "a=%ff"), 401);
    assert_string_not_equal(said(&f, "WWW-Authenticate"), "");
    set_header(0, "Authorization", f.basic);
    assert_int_equal(ask(&f, "GET", "/things", "a=%ff"), 422);
    assert_int_equal(ask(&f, "GET", "/things", "a=1"), 200);
    assert_string_equal(account_id, f.bench.tenant->account.keys.id);
    end(&f);
}

static void an_unreadable_query_is_rejected_everywhere(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    assert_int_equal(ask(&f, "POST", "/public-api/things/7", "a=%ff"), 422);
    assert_int_equal(ask(&f, "GET", "/pages/9", "a=%ff"), 422);
    assert_int_equal(error_pages, 1); /* the browser gets a page */
    set_header(0, "Host", "localhost");
    assert_int_equal(ask(&f, "GET", "/_mock/things", "limit=%ff"), 422);
    assert_true(body_has(&f, "invalid_parameter"));
    assert_int_equal(ask(&f, "GET", "/_mock/things", "account=%ff"), 422);
    end(&f);
}

static void the_control_api_accepts_only_the_parameters_of_its_table(void **state)
{
    static const struct {
        const char *query;
        unsigned status;
    } rows[] = {
        {"", 200},           {"limit=5", 200},     {"after=x&limit=5", 200},   {"lim=5", 422},
        {"limits=5", 422},   {"limit+after", 422}, {"limit[a]=5", 422},        {"limit[]=5", 422},
        {"account=no", 404}, {"+=5", 422},         {"limit=5&limi%74=6", 422},
    };
    struct front f;
    (void)state;
    begin(&f);
    set_header(0, "Host", "localhost");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        unsigned status = ask(&f, "GET", "/_mock/things", rows[i].query);
        assert_row(rows[i].query, status == rows[i].status);
    }
    assert_int_equal(ask(&f, "GET", "/_mock/open", "limit=5"),
                     422); /* this route has no parameters */
    end(&f);
}

static void the_control_api_checks_host_origin_and_token_in_this_order(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    f.router.control_token = TOKEN;
    set_header(0, "Host", "shop.example");
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 403);
    assert_true(body_has(&f, "host_not_allowed"));
    set_header(0, "Host", "localhost");
    set_header(1, "Origin", "http://shop.example");
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 403);
    assert_true(body_has(&f, "origin_not_allowed"));
    set_header(1, "Origin", "http://localhost");
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 401);
    assert_int_equal(ask(&f, "GET", "/_mock/open", NULL), 200); /* this route needs no token */
    end(&f);
}

static void the_control_token_can_be_sent_in_three_ways(void **state)
{
    static const struct {
        const char *name, *value;
        unsigned status;
    } rows[] = {
        {"Authorization", "Bearer " TOKEN, 200}, {"Authorization", "Bearer other", 401},
        {"Authorization", "Bearer ", 401},       {"X-Mock-Token", TOKEN, 200},
        {"X-Mock-Token", "other", 401},          {"Cookie", GUARD_COOKIE "=other", 401},
    };
    struct front f;
    char cookie[GUARD_COOKIE_TEXT];
    (void)state;
    begin(&f);
    f.router.control_token = TOKEN;
    set_header(0, "Host", "localhost");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        set_header(1, rows[i].name, rows[i].value);
        assert_row(rows[i].value, ask(&f, "GET", "/_mock/things", NULL) == rows[i].status);
    }
    guard_cookie(TOKEN, cookie);
    set_header(1, "Cookie", arena_printf(&f.bench.arena, GUARD_COOKIE "=%s", cookie));
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 200);
    set_header(2, "Origin", "http://localhost:1"); /* allowed, but another server */
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 401);
    end(&f);
}

static void the_sink_accepts_any_host_and_query(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    f.router.control_token = TOKEN;
    set_header(0, "Host", "shop.example");
    set_header(1, "Content-Encoding", "gzip");
    submit(&f, (struct http_request){.method = "POST",
                                     .path = "/_mock/sink",
                                     .query_text = "any=1",
                                     .body = "x",
                                     .body_size = 1});
    assert_int_equal(f.request.reply.status, 200);
    end(&f);
}

static void a_route_gets_the_account_and_the_journal_that_it_needs(void **state)
{
    const struct engine_options no_journal = {0};
    struct front f;
    (void)state;
    begin_as(&f, &no_journal);
    set_header(0, "Host", "localhost");
    assert_int_equal(ask(&f, "GET", "/_mock/kept", NULL), 409);
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 200);
    struct tenant *other = bench_account(&f.bench);
    char id[IDENT_TEXT];
    snprintf(id, sizeof id, "%s", other->account.keys.id);
    const char *path = arena_printf(&f.bench.arena, "/_mock/accounts/%s", id);
    assert_int_equal(ask(&f, "GET", path, NULL), 200);
    assert_string_equal(account_id, id);
    const char *query = arena_printf(&f.bench.arena, "account=%s", id);
    assert_int_equal(ask(&f, "GET", "/_mock/things", query), 200);
    assert_string_equal(account_id, id);
    engine_delete_account(&f.bench.engine, f.bench.tenant);
    assert_int_equal(ask(&f, "GET", "/_mock/things", NULL), 404);
    assert_true(body_has(&f, "unknown_account"));
    assert_int_equal(ask(&f, "GET", "/_mock/open", NULL), 200); /* this route needs no account */
    assert_string_equal(account_id, "");
    bench_commit(&f.bench);
    end(&f);
}

static void a_browser_is_shown_errors_as_pages(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    assert_int_equal(ask(&f, "POST", "/pages/9", NULL), 404);
    assert_int_equal(error_pages, 1);
    assert_int_equal(ask(&f, "GET", "/pages/9", NULL), 404); /* this page shows its own errors */
    assert_int_equal(error_pages, 0);
    end(&f);
}

static void a_body_is_checked_before_the_caller(void **state)
{
    struct front f;
    struct http_request request = {
        .method = "POST", .path = "/things", .body = "x", .body_size = 1, .body_most = 1 << 20};
    (void)state;
    begin(&f);
    request.too_large = true;
    submit(&f, request);
    assert_int_equal(f.request.reply.status, 413);
    request.no_room = true;
    submit(&f, request);
    assert_int_equal(f.request.reply.status, 503);
    assert_string_equal(said(&f, "Retry-After"), "1");
    request.no_room = request.too_large = false;
    static const struct {
        const char *encoding;
        unsigned status;
    } rows[] = {{"gzip", 415}, {"identity", 401}, {"Identity", 401}, {"", 401}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        set_header(0, "Content-Encoding", rows[i].encoding);
        submit(&f, request);
        assert_row(rows[i].encoding, f.request.reply.status == rows[i].status);
    }
    end(&f);
}

static void a_target_that_cannot_be_read_has_no_route(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    assert_int_equal(ask(&f, "GET", NULL, NULL), 404);
    assert_string_not_equal(said(&f, HTTP_REASON), "");
    end(&f);
}

static void absolute_urls_begin_with_the_url_of_the_caller(void **state)
{
    static const struct {
        const char *host, *base;
        bool tls;
    } rows[] = {
        {"127.0.0.1:8086", "http://127.0.0.1:8086", false},
        {"mock.test", "https://mock.test", true},
        {"a/b", "http://listen.test", false},
        {"user@host", "http://listen.test", false},
    };
    struct front f;
    (void)state;
    begin(&f);
    struct call call = {.arena = &f.bench.arena, .router = &f.router};
    assert_string_equal(call_base_url(&call), "http://listen.test");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        set_header(0, "Host", rows[i].host);
        f.router.tls = rows[i].tls;
        assert_row_text(rows[i].host, call_base_url(&call), rows[i].base);
    }
    f.router.guard.public_url = "https://pay.test";
    assert_string_equal(call_base_url(&call), "https://pay.test");
    end(&f);
}

static void only_authorized_callers_can_send_large_bodies(void **state)
{
    struct front f;
    (void)state;
    begin(&f);
    f.router.control_token = TOKEN;
    struct http_request request = {.method = "PUT", .path = "/_mock/large", .query_text = ""};
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    set_header(0, "Host", "localhost");
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    set_header(1, "X-Mock-Token", TOKEN);
    assert_int_equal(router_body_most(&f.router, &request), HTTP_DISCARD_MOST);
    set_header(2, "Origin", "http://shop.example");
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    headers[2] = (struct http_header){0};
    request.method = "POST"; /* no such route */
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    request.method = "PUT";
    request.path = "/_mock/things";
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    request.path = "/things";
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    request.path = NULL;
    assert_int_equal(router_body_most(&f.router, &request), HTTP_BODY_MOST);
    arena_finish(&request.arena);
    end(&f);
}

/* The login of the call, and why it is wrong. */
static void the_journal_records_why_a_login_is_rejected(void **state)
{
    struct front f;
    struct buf text = {0};
    (void)state;
    begin(&f);
    const struct account_keys *keys = &f.bench.tenant->account.keys;
    const struct tenant *other = bench_account(&f.bench);
    const struct {
        const char *login, *password;
        enum journal_refusal refusal;
    } rows[] = {
        {"coma_0000000000000000", "x", REFUSAL_LOGIN_UNKNOWN},
        {"someone", "x", REFUSAL_LOGIN_UNKNOWN},
        {"pk_test_x", "x", REFUSAL_LOGIN_IS_KEY},
        {"pk_live_x", "x", REFUSAL_LOGIN_IS_KEY},
        {"sk_test_x", "x", REFUSAL_LOGIN_IS_KEY},
        {"sk_live_x", "x", REFUSAL_LOGIN_IS_KEY},
        {keys->api_key, "x", REFUSAL_LOGIN_IS_KEY},
        {keys->id, "x", REFUSAL_PASSWORD},
        {keys->id, keys->public_key, REFUSAL_PASSWORD_PUBLIC},
        {keys->id, keys->public_live_key, REFUSAL_PASSWORD_PUBLIC},
        {keys->id, keys->secret_key, REFUSAL_PASSWORD_SECRET},
        {keys->id, keys->secret_live_key, REFUSAL_PASSWORD_SECRET},
        {keys->id, other->account.keys.api_key, REFUSAL_PASSWORD_OTHERS},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *plain = arena_printf(&f.bench.arena, "%s:%s", rows[i].login, rows[i].password);
        text.size = 0;
        buf_text(&text, "Basic ");
        crypt_base64(&text, plain, strlen(plain));
        set_header(0, "Authorization", buf_str(&text));
        struct journal *journal = f.bench.engine.watch.journal;
        assert_row(plain, ask(&f, "GET", "/things", NULL) == 401);
        record_done(&f.router, &f.request);
        const struct journal_record *record = journal_request(journal, journal_end(journal) - 1);
        assert_row(plain, record->request.refusal == rows[i].refusal);
        assert_row(plain, record->unmatched);
    }
    bench_commit(&f.bench);
    buf_finish(&text);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_route),
        cmocka_unit_test(another_method_is_rejected_with_the_allowed_methods),
        cmocka_unit_test(options_returns_the_methods_and_cors_only_in_the_public_api),
        cmocka_unit_test(the_private_api_checks_the_key_before_the_query),
        cmocka_unit_test(an_unreadable_query_is_rejected_everywhere),
        cmocka_unit_test(the_control_api_accepts_only_the_parameters_of_its_table),
        cmocka_unit_test(the_control_api_checks_host_origin_and_token_in_this_order),
        cmocka_unit_test(the_control_token_can_be_sent_in_three_ways),
        cmocka_unit_test(the_sink_accepts_any_host_and_query),
        cmocka_unit_test(a_route_gets_the_account_and_the_journal_that_it_needs),
        cmocka_unit_test(a_browser_is_shown_errors_as_pages),
        cmocka_unit_test(a_body_is_checked_before_the_caller),
        cmocka_unit_test(a_target_that_cannot_be_read_has_no_route),
        cmocka_unit_test(absolute_urls_begin_with_the_url_of_the_caller),
        cmocka_unit_test(only_authorized_callers_can_send_large_bodies),
        cmocka_unit_test(the_journal_records_why_a_login_is_rejected),
    };
    log_setup(LOG_ERROR, false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
