/* A receiver's response, line by line: what is accepted and what is rejected. */
#include "unit.h"

#include "deliver/answer.h"

#define LINES_MOST 6

static void an_answer_is_judged_by_its_lines(void **state)
{
    static const char not_a_number[] = "the answer's Content-Length is not a number";
    static const char not_chunked[] = "the answer's Transfer-Encoding is not chunked";
    static const struct {
        const char *lines[LINES_MOST];
        const char *flaw; /* of the last line, or NULL */
        int status;
    } rows[] = {
        {{"HTTP/1.1 200 OK\r\n", "A: b\r\n", "\r\n"}, NULL, 200},
        {{"HTTP/1.0 204\n", "\n"}, NULL, 204},
        {{"HTTP/1.1 200\tOK\r\n", "\r\n"}, NULL, 200},
        {{"HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 201 Made\r\n", "\r\n"}, NULL, 201},
        {{"HTTP/2 200\r\n"}, ANSWER_NO_STATUS, 0},
        {{"HTTP/1.1 20\r\n"}, ANSWER_NO_STATUS, 0},
        {{"HTTP/1.1 2x0 OK\r\n"}, ANSWER_NO_STATUS, 0},
        {{"HTTP/1.1 2/0 OK\r\n"}, ANSWER_NO_STATUS, 0},
        {{"HTTP/1.1 099 Low\r\n"}, ANSWER_NO_STATUS, 0},
        {{"HTTP/1.1 2000 OK\r\n"}, ANSWER_NO_STATUS, 0},
        {{"hello, world\r\n"}, ANSWER_NO_STATUS, 0},
        {{"HTTP/1.1 101 Switching\r\n"},
         "the receiver switched protocols, which a callback never requests",
         101},
        {{"HTTP/1.1 200 OK\r\n", " folded\r\n"}, ANSWER_FOLDED, 200},
        {{"HTTP/1.1 200 OK\r\n", "\tfolded\r\n"}, ANSWER_FOLDED, 200},
        {{"HTTP/1.1 200 OK\r\n", "A: b\r\n", "\tmore\r\n", "\r\n"}, NULL, 200},
        {{"HTTP/1.1 200 OK\r\n", "no colon\r\n"},
         "the answer has a header line without a colon",
         200},
        {{"HTTP/1.1 200 OK\r\n", ": nameless\r\n"}, "the answer has a header without a name", 200},
        {{"HTTP/1.1 200 OK\r\n", "\rA: b\r\n"}, "the answer has a header without a name", 200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", "content-length:5\r\n", "\r\n"},
         NULL,
         200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", "Content-Length: 6\r\n"},
         "the answer has two different Content-Lengths",
         200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: 5x\r\n"}, not_a_number, 200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: -5\r\n"}, not_a_number, 200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length:\r\n"}, not_a_number, 200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: 99999999999999999999\r\n"}, not_a_number, 200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: 000000000000000000000000000005\r\n"},
         not_a_number,
         200},
        {{"HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", " 6\r\n"},
         "the answer's Content-Length or Transfer-Encoding is folded",
         200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: \t Chunked \r\n", "\r\n"}, NULL, 200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: identity\r\n", "\r\n"}, NULL, 200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: gzip\r\n"}, not_chunked, 200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: deflate\r\n"}, not_chunked, 200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: compress\r\n"}, not_chunked, 200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunkes\r\n"}, not_chunked, 200},
        {{"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: identitz\r\n"}, not_chunked, 200},
        /* a trailer does not change the length of the body */
        {{"HTTP/1.1 200 OK\r\n", "\r\n", "Content-Length: x\r\n", "\r\n"}, NULL, 200},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct answer answer = {0};
        bool good = true;
        const char *line = NULL;
        for (size_t n = 0; n < LINES_MOST && rows[i].lines[n]; n++) {
            assert_row(rows[i].lines[n], good); /* only the last line may be rejected */
            line = rows[i].lines[n];
            good = answer_take_line(&answer, line, strlen(line));
        }
        assert_row(line, good == !rows[i].flaw);
        assert_row(line, good == answer.ended);
        assert_row(line, answer.status == rows[i].status);
        if (rows[i].flaw) {
            assert_row_text(line, answer.flaw, rows[i].flaw);
        }
        answer_finish(&answer);
    }
}

static void a_nul_byte_ends_the_attempt(void **state)
{
    struct answer answer = {0};
    (void)state;
    assert_true(answer_take_line(&answer, "HTTP/1.1 200 OK\r\n", 17));
    assert_false(answer_take_line(&answer, "A: \0\r\n", 6));
    assert_string_equal(answer.flaw, "the answer's headers hold a NUL byte");
    answer_finish(&answer);
}

static void the_fields_and_bytes_of_a_head_are_limited(void **state)
{
    struct answer answer = {0};
    (void)state;
    assert_true(answer_take_line(&answer, "HTTP/1.1 200 OK\r\n", 17));
    for (int i = 0; i < HEAD_FIELDS_MOST; i++) {
        assert_true(answer_take_line(&answer, "A:\r\n", 4));
    }
    assert_false(answer_take_line(&answer, "A:\r\n", 4));
    assert_string_equal(answer.flaw, "the answer has more than 256 headers");
    answer_finish(&answer);

    answer = (struct answer){0};
    char *line = repeat('a', ANSWER_HEAD_MOST);
    line[1] = ':';
    assert_true(answer_take_line(&answer, "HTTP/1.1 200 OK\r\n", 17));
    assert_true(answer_take_line(&answer, line, ANSWER_HEAD_MOST - 17));
    assert_false(answer_take_line(&answer, line, 1));
    assert_string_equal(answer.flaw, ANSWER_LONG_HEAD);
    free(line);
    answer_finish(&answer);
}

static void the_start_of_a_body_is_kept_and_its_size_is_limited(void **state)
{
    struct answer answer = {0};
    const size_t piece = ANSWER_BODY_MOST / 16;
    char *data = repeat('x', piece);
    (void)state;
    for (int i = 0; i < 16; i++) {
        assert_true(answer_take_body(&answer, data, piece));
    }
    assert_int_equal(answer.body.size, ANSWER_BODY_KEPT);
    assert_false(answer_take_body(&answer, data, 1));
    assert_string_equal(answer.flaw, "the answer's body is longer than 16 MiB");
    free(data);
    answer_finish(&answer);
}

static void a_head_is_shown_as_an_object_of_its_fields(void **state)
{
    static const struct {
        const char *head, *json;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "{\"A\":\"b\"}"},
        {"HTTP/1.1 200 OK\r\n\r\n", "{}"},
        {"HTTP/1.1 200 OK", "{}"},
        {"HTTP/1.1 200 OK\nA:\t b \t\n", "{\"A\":\"b\"}"},
        {"HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\na: 3\r\n", "{\"A\":\"1, 3\",\"B\":\"2\"}"},
        {"HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\n\t3\r\nB: 4\r\n", "{\"A\":\"1 2 3\",\"B\":\"4\"}"},
        {"HTTP/1.1 200 OK\nA: 1\n 2\n", "{\"A\":\"1 2\"}"},
        {"HTTP/1.1 200 OK\r\nno colon\r\nA:\r\n", "{\"A\":\"\"}"},
        {"\n 1\nA: 2\n", "{\"A\":\"2\"}"}, /* a folded line before any header field */
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct buf head = {0}, json = {0};
        buf_add(&head, rows[i].head, strlen(rows[i].head));
        head_to_json(&json, &arena, &head, NULL, NULL);
        assert_row_text(rows[i].head, buf_str(&json), rows[i].json);
        buf_finish(&head);
        buf_finish(&json);
    }
    arena_finish(&arena);
}

static void lines_are_kept_where_an_object_cannot_show_them(void **state)
{
    static const struct {
        const char *head, *lines;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nA: b\r\nC: \r\n\r\n", NULL},
        {"HTTP/1.1 200 OK\r\n\r\n", NULL},
        {"HTTP/1.1 200 OK", NULL},
        {"", NULL},
        {"HTTP/1.1 200 OK\r\nA: \xC3\xA9\r\n\r\n", NULL},
        {"HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n", "A: 1\nB: 2\na: 3"},
        {"HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\nB: \r\n\r\n", "A: 1\n  2\nB: "},
        {"HTTP/1.1 200 OK\r\nA:1\r\n\r\n", "A:1"},
        {"HTTP/1.1 200 OK\r\nA:  1\t\r\n\r\n", "A:  1\t"},
        {"HTTP/1.1 200 OK\r\nA:\xE9\r\n\r\n", "A:?"},
        {"HTTP/1.1 200 OK\r\nno colon\r\nA: 1\r\n\r\n", "no colon\nA: 1"},
        {"HTTP/1.1 200 OK\r\nA: 1\r\nno colon\r\n\r\n", "A: 1\nno colon"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct buf head = {0};
        buf_add(&head, rows[i].head, strlen(rows[i].head));
        assert_row_text(rows[i].head, head_lines(&arena, &head) ?: "none", rows[i].lines ?: "none");
        buf_finish(&head);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_judged_by_its_lines),
        cmocka_unit_test(a_nul_byte_ends_the_attempt),
        cmocka_unit_test(the_fields_and_bytes_of_a_head_are_limited),
        cmocka_unit_test(the_start_of_a_body_is_kept_and_its_size_is_limited),
        cmocka_unit_test(a_head_is_shown_as_an_object_of_its_fields),
        cmocka_unit_test(lines_are_kept_where_an_object_cannot_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
