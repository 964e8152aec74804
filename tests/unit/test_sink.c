#include "unit.h"

#include "receiver/sink.h"

static struct sink_request request(const char *body, size_t size)
{
    return (struct sink_request){
        .lines = "",
        .at_ms = 1,
        .method = "POST",
        .path = "/_mock/sink/shop",
        .query = "",
        .headers = "{}",
        .invoice = "",
        .body = body,
        .body_size = size,
        .signature = SINK_MISSING,
    };
}

static unsigned receive(struct sinks *sinks, const char *name, const char *body)
{
    const struct sink_request received = request(body, strlen(body));
    unsigned code = 0;
    assert_true(sink_receive(sinks, name, &received, &code));
    return code;
}

static void names_are_short_and_plain(void **state)
{
    char *longest = repeat('n', SINK_NAME_MOST), *longer = repeat('n', SINK_NAME_MOST + 1);
    static const char *const good[] = {"a", "A-Z_09.x", "..."};
    static const char *const bad[] = {"", "a b", "a/b", "\xc3\xa9", "a\n", "{name}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        assert_row(good[i], sink_name_is_good(good[i]));
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_row(bad[i], !sink_name_is_good(bad[i]));
    }
    assert_true(sink_name_is_good(longest));
    assert_false(sink_name_is_good(longer));
    free(longest);
    free(longer);
}

static void programmed_codes_are_returned_in_order_and_the_last_repeats(void **state)
{
    static const uint16_t codes[] = {500, 404, 200};
    struct sinks sinks = {0};
    (void)state;
    assert_int_equal(receive(&sinks, "a", ""), 200);
    assert_true(sink_program(&sinks, "a", codes, ARRAY_SIZE(codes)));
    static const unsigned wanted[] = {500, 404, 200, 200};
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        assert_int_equal(receive(&sinks, "a", ""), wanted[i]);
    }
    assert_int_equal(receive(&sinks, "b", ""), 200);
    assert_true(sink_program(&sinks, "a", codes, 1));
    assert_int_equal(receive(&sinks, "a", ""), 500);
    sink_clear(&sinks, "a");
    assert_int_equal(receive(&sinks, "a", ""), 500);
    assert_true(sink_program(&sinks, "a", NULL, 0));
    assert_int_equal(receive(&sinks, "a", ""), 200);
    sinks_finish(&sinks);
}

static void a_name_keeps_its_newest_requests(void **state)
{
    struct sinks sinks = {0};
    struct arena arena = {0};
    const struct sink_request **all;
    (void)state;
    for (int i = 0; i < SINK_REQUESTS_MOST + 5; i++) {
        receive(&sinks, "a", "body");
    }
    assert_int_equal(sink_count(&sinks, "a", NULL), SINK_REQUESTS_MOST);
    assert_int_equal(sink_list(&sinks, "a", NULL, &arena, &all), SINK_REQUESTS_MOST);
    assert_int_equal(all[0]->seq, 6);
    assert_int_equal(all[SINK_REQUESTS_MOST - 1]->seq, SINK_REQUESTS_MOST + 5);
    arena_finish(&arena);
    sinks_finish(&sinks);
}

static void the_oldest_requests_make_room_for_large_ones(void **state)
{
    struct sinks sinks = {0};
    struct arena arena = {0};
    const struct sink_request **all;
    size_t size = (size_t)1 << 20;
    char *body = repeat('x', size);
    const struct sink_request large = request(body, size);
    unsigned code;
    (void)state;
    receive(&sinks, "old", "small");
    receive(&sinks, "a", "small");
    for (size_t i = 0; i < 20; i++) {
        assert_true(sink_receive(&sinks, i % 2 ? "a" : "b", &large, &code));
        assert_true(sinks.bytes <= SINK_BYTES_MOST);
    }
    assert_int_equal(sink_count(&sinks, "old", NULL), 0);
    assert_int_equal(sink_count(&sinks, "a", NULL) + sink_count(&sinks, "b", NULL), 15);
    assert_int_equal(sinks.n, 2);
    size_t n = sink_list(&sinks, "a", NULL, &arena, &all);
    assert_int_equal(all[n - 1]->seq, 22);
    assert_int_equal(all[n - 1]->body_size, size);
    assert_memory_equal(all[n - 1]->body, body, size);
    arena_finish(&arena);
    sinks_finish(&sinks);
    free(body);
}

/* All accounts share a limit. Here the pool is nearly full before the test. */
static void all_accounts_share_a_limit(void **state)
{
    size_t pool = SINK_POOL_MOST - 4096;
    struct sinks one = {.pool = &pool}, two = {.pool = &pool};
    char *body = repeat('x', 1500);
    (void)state;
    for (int i = 0; i < 10; i++) {
        receive(&one, "a", body);
        receive(&two, "a", body);
    }
    assert_true(pool <= SINK_POOL_MOST);
    assert_int_equal(sink_count(&one, "a", NULL), 1);
    assert_int_equal(sink_count(&two, "a", NULL), 1);
    sinks_finish(&one);
    sinks_finish(&two);
    assert_int_equal(pool, SINK_POOL_MOST - 4096);
    free(body);
}

static void the_number_of_names_is_limited_and_empty_sinks_do_not_count(void **state)
{
    static const uint16_t codes[] = {500};
    struct sinks sinks = {0};
    const struct sink_request one = request("", 0);
    char name[8];
    unsigned code;
    (void)state;
    for (int i = 0; i < SINKS_MOST; i++) {
        snprintf(name, sizeof name, "n%d", i);
        receive(&sinks, name, "");
    }
    assert_false(sink_receive(&sinks, "more", &one, &code));
    assert_false(sink_program(&sinks, "more", codes, 1));
    assert_int_equal(sink_count(&sinks, "more", NULL), 0);
    receive(&sinks, "n7", ""); /* existing sinks still work */
    sink_clear(&sinks, "n7");
    assert_true(sink_program(&sinks, "more", codes, 1));
    assert_false(sink_receive(&sinks, "n7", &one, &code));
    sink_clear(&sinks, "more"); /* its programmed responses also count as content */
    assert_false(sink_receive(&sinks, "n7", &one, &code));
    assert_true(sink_program(&sinks, "more", NULL, 0));
    assert_true(sink_receive(&sinks, "n7", &one, &code));
    sinks_finish(&sinks);
    assert_int_equal(sinks.n, 0);
    assert_int_equal(sinks.bytes, 0);
}

static void filters_choose_by_invoice_and_signature(void **state)
{
    static const enum sink_signature valid = SINK_VALID, missing = SINK_MISSING;
    struct sinks sinks = {0};
    struct arena arena = {0};
    const struct sink_request **all;
    struct sink_request one = request("{}", 2);
    unsigned code;
    (void)state;
    one.invoice = "cpi_1";
    one.signature = SINK_VALID;
    sink_receive(&sinks, "a", &one, &code);
    one.invoice = "cpi_2";
    sink_receive(&sinks, "a", &one, &code);
    receive(&sinks, "a", "");
    const struct {
        struct sink_filter filter;
        size_t n;
    } rows[] = {
        {{NULL, NULL}, 3},     {{"cpi_1", NULL}, 1},   {{NULL, &valid}, 2},
        {{NULL, &missing}, 1}, {{"cpi_2", &valid}, 1}, {{"cpi_2", &missing}, 0},
        {{"cpi_3", NULL}, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(sink_count(&sinks, "a", &rows[i].filter), rows[i].n);
        assert_int_equal(sink_list(&sinks, "a", &rows[i].filter, &arena, &all), rows[i].n);
    }
    arena_finish(&arena);
    sinks_finish(&sinks);
}

static void a_request_is_kept_completely(void **state)
{
    static const char body[] = "\xff\0/";
    struct sinks sinks = {0};
    struct arena arena = {0};
    const struct sink_request **all;
    struct sink_request one = request(body, 3);
    unsigned code;
    (void)state;
    one.query = "account=coma_1";
    one.headers = "{\"Host\":\"x\"}";
    assert_true(sink_receive(&sinks, "a", &one, &code));
    assert_int_equal(sink_list(&sinks, "a", NULL, &arena, &all), 1);
    assert_string_equal(all[0]->method, "POST");
    assert_string_equal(all[0]->path, "/_mock/sink/shop");
    assert_string_equal(all[0]->query, "account=coma_1");
    assert_string_equal(all[0]->headers, "{\"Host\":\"x\"}");
    assert_memory_equal(all[0]->body, body, 4);
    assert_int_equal(all[0]->body_size, 3);
    assert_int_equal(all[0]->response_code, 200);
    arena_finish(&arena);
    sinks_finish(&sinks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_short_and_plain),
        cmocka_unit_test(programmed_codes_are_returned_in_order_and_the_last_repeats),
        cmocka_unit_test(a_name_keeps_its_newest_requests),
        cmocka_unit_test(the_oldest_requests_make_room_for_large_ones),
        cmocka_unit_test(all_accounts_share_a_limit),
        cmocka_unit_test(the_number_of_names_is_limited_and_empty_sinks_do_not_count),
        cmocka_unit_test(filters_choose_by_invoice_and_signature),
        cmocka_unit_test(a_request_is_kept_completely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
