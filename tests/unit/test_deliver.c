/* The sender with a receiver on loopback, in the same thread. The machine's clock only moves when
 * the test moves it; curl uses the real clock. */
#include "unit.h"

#include "deliver/deliver.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 64
#define CALLBACKS 64
#define READ_TIMEOUT_MS 5000

static int64_t mono_ms;

int64_t __wrap_mono_now_ms(void);

int64_t __wrap_mono_now_ms(void)
{
    return mono_ms;
}

static struct {
    int listener;
    char url[64];
    int fds[CONNECTIONS];
    size_t n;
    bool mute; /* reads requests and sends no response */
    const char
        *answer; /* sends this part of a response, and keeps the connection; NULL: a whole one */
    size_t answered;
} receiver;

static struct {
    struct deliver *deliver;
    const char *url; /* of every loaded callback */
    int64_t gone;    /* the callback that cannot be loaded */
    int64_t paired;  /* the callback that is sent twice at once */
    size_t more;     /* attempts that ended before the other one of the pair */
    int64_t total_timeout_ms;
    size_t ended, refused, failed;
    int64_t order[CALLBACKS];
    char error[200];
} sender;

/* ------------------------------------------------------------------ receiver and sender */

static void open_receiver(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    receiver.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(receiver.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(receiver.listener, CONNECTIONS), 0);
    assert_int_equal(getsockname(receiver.listener, (struct sockaddr *)&address, &size), 0);
    snprintf(receiver.url, sizeof receiver.url, "http://127.0.0.1:%d/c", ntohs(address.sin_port));
}

/* Accepts connections and answers requests. Here each request arrives in one segment. */
static void serve(void)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    char request[4096];
    for (int fd; (fd = accept4(receiver.listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        assert_true(receiver.n < CONNECTIONS);
        receiver.fds[receiver.n++] = fd;
    }
    for (size_t i = 0; i < receiver.n && !receiver.mute; i++) {
        if (receiver.fds[i] >= 0 && recv(receiver.fds[i], request, sizeof request, 0) > 0) {
            const char *sent = receiver.answer ? receiver.answer : answer;
            size_t size = strlen(sent);
            assert_int_equal(send(receiver.fds[i], sent, size, MSG_NOSIGNAL), size);
            receiver.answered++;
            if (!receiver.answer) {
                close(receiver.fds[i]);
                receiver.fds[i] = -1;
            }
        }
    }
}

static bool load(void *arg, struct arena *arena, int64_t callback, bool second,
                 struct delivery *ret_delivery)
{
    (void)arg;
    (void)arena;
    *ret_delivery = (struct delivery){
        .url = sender.url,
        .signature = "s",
        .body = "{}",
        .body_size = 2,
        .connect_timeout_ms = 30000,
        .read_timeout_ms = READ_TIMEOUT_MS,
        .total_timeout_ms = sender.total_timeout_ms,
        .second = callback == sender.paired && !second ? SECOND_AT_ONCE : SECOND_NONE};
    return callback != sender.gone;
}

static void ended(void *arg, const struct delivery_result *result)
{
    (void)arg;
    sender.order[sender.ended++] = result->callback;
    sender.failed += result->error != NULL;
    sender.more += result->more;
    sender.refused += result->refused;
    snprintf(sender.error, sizeof sender.error, "%s", result->error ? result->error : "");
}

static int begin(void **state)
{
    (void)state;
    const struct deliver_options options = {.allow_any = false};
    const struct deliver_hooks hooks = {load, ended, NULL};
    memset(&sender, 0, sizeof sender);
    memset(&receiver, 0, sizeof receiver);
    mono_ms = 1000;
    open_receiver();
    sender.url = receiver.url;
    sender.total_timeout_ms = 60000;
    sender.deliver = deliver_new(&options, &hooks);
    return 0;
}

static int end(void **state)
{
    (void)state;
    deliver_free(sender.deliver);
    for (size_t i = 0; i < receiver.n; i++) {
        if (receiver.fds[i] >= 0) {
            close(receiver.fds[i]);
        }
    }
    close(receiver.listener);
    return 0;
}

static void push_of(int64_t callback, int64_t invoice, int64_t account, bool ahead)
{
    const struct queued_callback queued = {.callback = callback,
                                           .invoice = invoice,
                                           .account = account,
                                           .url = (char *)sender.url,
                                           .ahead = ahead};
    deliver_push(sender.deliver, &queued);
}

static void push(int64_t callback, int64_t invoice)
{
    push_of(callback, invoice, 1, false);
}

/* Runs receiver and sender until `n` attempts have ended, without starting others. */
static void run_until(size_t n)
{
    for (int i = 0; sender.ended < n && i < 2000; i++) {
        curl_multi_poll(deliver_multi(sender.deliver), NULL, 0, 5, NULL);
        deliver_collect(sender.deliver);
        serve();
    }
    assert_int_equal(sender.ended, n);
}

/* Runs both until the receiver has accepted `n` connections. */
static void run_until_connected(size_t n)
{
    for (int i = 0; receiver.n < n && i < 2000; i++) {
        curl_multi_poll(deliver_multi(sender.deliver), NULL, 0, 5, NULL);
        deliver_collect(sender.deliver);
        serve();
    }
    assert_int_equal(receiver.n, n);
}

/* ------------------------------------------------------------------ tests */

static void the_window_grows_with_answers(void **state)
{
    (void)state;
    for (int64_t i = 1; i <= 20; i++) {
        push(i, i);
    }
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), DELIVER_WINDOW_FIRST);
    assert_true(deliver_is_sending(sender.deliver, 1));
    assert_false(deliver_is_sending(sender.deliver, 20));
    run_until(DELIVER_WINDOW_FIRST);
    assert_int_equal(sender.failed, 0);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), 2 * DELIVER_WINDOW_FIRST);
}

static void the_window_shrinks_to_one_when_an_attempt_dies(void **state)
{
    (void)state;
    close(receiver.listener); /* no longer listens */
    receiver.listener = -1;
    for (int64_t i = 1; i <= 6; i++) {
        push(i, i);
    }
    deliver_start(sender.deliver);
    run_until(DELIVER_WINDOW_FIRST);
    assert_int_equal(sender.failed, DELIVER_WINDOW_FIRST);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), 1);
}

static void an_invoice_has_one_attempt_at_a_time(void **state)
{
    (void)state;
    push(1, 7);
    push(2, 7);
    push(3, 8);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), 2);
    assert_false(deliver_is_sending(sender.deliver, 2));
    run_until(2);
    deliver_start(sender.deliver);
    assert_true(deliver_is_sending(sender.deliver, 2));
    run_until(3);
    assert_int_equal(sender.order[2], 2);
}

static void a_pair_is_sent_at_once_even_if_the_window_has_room_for_one(void **state)
{
    (void)state;
    close(receiver.listener);
    receiver.listener = -1;
    sender.paired = 5;
    for (int64_t i = 1; i <= 6; i++) {
        push(i, i);
    }
    deliver_start(sender.deliver);
    run_until(DELIVER_WINDOW_FIRST);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), 2);
    assert_false(deliver_is_sending(sender.deliver, 6));
    run_until(DELIVER_WINDOW_FIRST + 2);
    assert_int_equal(sender.more, 1);
}

static void the_next_callback_of_the_invoice_waits_for_both_of_a_pair(void **state)
{
    (void)state;
    receiver.mute = true;
    sender.paired = 1;
    push(1, 7);
    push(2, 7);
    deliver_start(sender.deliver);
    run_until_connected(2);
    assert_false(deliver_is_sending(sender.deliver, 2));
    receiver.mute = false;
    run_until(2);
    deliver_start(sender.deliver);
    run_until(3);
    assert_int_equal(sender.more, 1);
    assert_int_equal(sender.order[2], 2);
}

static void those_without_an_invoice_wait_for_no_other(void **state)
{
    (void)state;
    push(1, 0);
    push(2, 0);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), 2);
    run_until(2);
}

static void one_that_is_pushed_ahead_goes_first(void **state)
{
    (void)state;
    push(1, 7);
    push_of(2, 7, 1, true);
    deliver_start(sender.deliver);
    assert_true(deliver_is_sending(sender.deliver, 2));
    assert_false(deliver_is_sending(sender.deliver, 1));
}

static void a_silent_receiver_ends_the_attempt_after_the_read_timeout(void **state)
{
    (void)state;
    receiver.mute = true;
    push(1, 1);
    assert_int_equal(deliver_wait_ms(sender.deliver), -1);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_wait_ms(sender.deliver), READ_TIMEOUT_MS);
    mono_ms += 10;
    run_until_connected(1);
    for (int i = 0; i < 20; i++) { /* lets curl notice the connection and send */
        curl_multi_poll(deliver_multi(sender.deliver), NULL, 0, 5, NULL);
        deliver_collect(sender.deliver);
    }
    mono_ms += READ_TIMEOUT_MS - 1; /* the timeout starts at the connection */
    deliver_collect(sender.deliver);
    assert_int_equal(sender.ended, 0);
    assert_int_equal(deliver_wait_ms(sender.deliver), 1);
    mono_ms++;
    deliver_collect(sender.deliver);
    assert_int_equal(sender.ended, 1);
    assert_string_equal(sender.error, "read timeout: no byte came for 5000 ms");
    assert_int_equal(deliver_wait_ms(sender.deliver), -1);
}

static void a_read_timeout_says_how_far_the_answer_came(void **state)
{
    static const struct {
        const char *answer, *error;
    } rows[] = {
        {"HTTP/1.1 2", "status line was not complete: 10 bytes came, no whole line for 5000 ms"},
        {"HTTP/1.1 200 OK\r\nX: y\r\nX", "headers were not complete: 24 bytes came, no whole line "
                                         "for 5000 ms"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTT", "status line was not complete: 28 bytes came, no "
                                             "whole line for 5000 ms"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
         "body was not complete: 2 bytes came, none for 5000 ms"},
    };
    char wanted[200];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        receiver.answer = rows[i].answer;
        push((int64_t)i + 1, (int64_t)i + 1);
        deliver_start(sender.deliver);
        for (int tries = 0; receiver.answered <= i && tries < 2000; tries++) {
            curl_multi_poll(deliver_multi(sender.deliver), NULL, 0, 5, NULL);
            deliver_collect(sender.deliver);
            serve();
        }
        for (int tries = 0; tries < 20; tries++) { /* lets curl read it */
            curl_multi_poll(deliver_multi(sender.deliver), NULL, 0, 5, NULL);
            deliver_collect(sender.deliver);
        }
        mono_ms += READ_TIMEOUT_MS;
        deliver_collect(sender.deliver);
        assert_int_equal(sender.ended, i + 1);
        snprintf(wanted, sizeof wanted, "read timeout: the answer's %s", rows[i].error);
        assert_row_text(rows[i].answer, sender.error, wanted);
    }
}

static void a_total_timeout_says_how_far_the_answer_came(void **state)
{
    (void)state;
    receiver.answer = "HTTP/1.1 2";
    sender.total_timeout_ms = 300;
    push(1, 1);
    deliver_start(sender.deliver);
    run_until(1);
    assert_string_equal(sender.error, "total timeout: the answer's status line was not complete "
                                      "after 300 ms: 10 bytes came");
}

static void what_is_cancelled_is_not_reported(void **state)
{
    (void)state;
    receiver.mute = true;
    for (int64_t i = 1; i <= 6; i++) {
        push(i, i);
    }
    push_of(7, 7, 2, false); /* of another account */
    deliver_start(sender.deliver);
    deliver_cancel(sender.deliver, 1);
    assert_int_equal(deliver_running(sender.deliver), 0);
    receiver.mute = false;
    deliver_start(sender.deliver);
    run_until(1);
    assert_int_equal(sender.order[0], 7);
}

static void one_that_cannot_be_loaded_is_forgotten(void **state)
{
    (void)state;
    sender.gone = 1;
    push(1, 1);
    push(2, 2);
    deliver_start(sender.deliver);
    assert_int_equal(deliver_running(sender.deliver), 1);
    run_until(1);
    assert_int_equal(sender.order[0], 2);
}

static void a_public_address_is_never_called(void **state)
{
    (void)state;
    sender.url = "http://192.0.2.1/c";
    push(1, 1);
    deliver_start(sender.deliver);
    run_until(1);
    assert_int_equal(sender.refused, 1);
    assert_string_equal(sender.error,
                        "192.0.2.1 is a public address; --callback-allow any allows it");
}

#define SENDER_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENDER_TEST(the_window_grows_with_answers),
        SENDER_TEST(the_window_shrinks_to_one_when_an_attempt_dies),
        SENDER_TEST(an_invoice_has_one_attempt_at_a_time),
        SENDER_TEST(a_pair_is_sent_at_once_even_if_the_window_has_room_for_one),
        SENDER_TEST(the_next_callback_of_the_invoice_waits_for_both_of_a_pair),
        SENDER_TEST(those_without_an_invoice_wait_for_no_other),
        SENDER_TEST(one_that_is_pushed_ahead_goes_first),
        SENDER_TEST(a_silent_receiver_ends_the_attempt_after_the_read_timeout),
        SENDER_TEST(a_read_timeout_says_how_far_the_answer_came),
        SENDER_TEST(a_total_timeout_says_how_far_the_answer_came),
        SENDER_TEST(what_is_cancelled_is_not_reported),
        SENDER_TEST(one_that_cannot_be_loaded_is_forgotten),
        SENDER_TEST(a_public_address_is_never_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
