#include "loop.h"

#include "base/log.h"
#include "base/wall.h"
#include "engine/advance.h"
#include "engine/clock.h"
#include "engine/first_callback.h"
#include "engine/schedule.h"

#include <curl/curl.h>
#include <unistd.h>

#define SLEEP_MOST_MS 60000
#define LOOKS_MOST 16
#define GRACE_MS 500   /* at the end, for requests and callbacks in flight */
#define SETTLE_MS 9000 /* before that, after a command: within ten seconds in all */

bool loop_must_hold(void *arg)
{
    const struct router *router = arg;
    return store_in_turn(router->engine->store);
}

static void shorten(int64_t *wait_ms, int64_t other_ms)
{
    if (other_ms >= 0 && other_ms < *wait_ms) {
        *wait_ms = other_ms;
    }
}

static enum loop_action take_signals(const struct loop *loop)
{
    enum loop_action action = LOOP_CONTINUE;
    struct signalfd_siginfo info;
    while (read(loop->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        enum loop_action other =
            loop->signalled ? loop->signalled(loop->signalled_arg, &info) : LOOP_END;
        action = other > action ? other : action;
    }
    return action;
}

/* Sleeps until a socket, a timer or a signal, and returns what the signal asks for. */
static enum loop_action sleep_for_work(const struct loop *loop, int64_t most_ms)
{
    /* The last run of the server may have taken new requests: their turn is open, or somebody waits
     * for what they changed, and it wants its end. */
    bool open = store_in_turn(loop->engine->store) || loop->engine->n_changed;
    int64_t wait_ms = open ? 0 : most_ms;
    shorten(&wait_ms, http_server_wait_ms(loop->server));
    shorten(&wait_ms, schedule_wait_ms(loop->engine));
    shorten(&wait_ms, advance_wait_ms(loop->engine));
    shorten(&wait_ms, first_callback_wait_ms(loop->engine));
    shorten(&wait_ms, waits_wait_ms(loop->waits));
    shorten(&wait_ms, streams_wait_ms(loop->streams));
    shorten(&wait_ms, imports_wait_ms(loop->imports));
    shorten(&wait_ms, deliver_wait_ms(loop->engine->deliver));
    struct curl_waitfd fds[] = {
        {.fd = http_server_fd(loop->server), .events = CURL_WAIT_POLLIN},
        {.fd = loop->signal_fd, .events = CURL_WAIT_POLLIN},
        {.fd = http_accept_fd(loop->server), .events = CURL_WAIT_POLLIN},
    };
    if (wait_ms) {
        log_flush();
    }
    curl_multi_poll(deliver_multi(loop->engine->deliver), fds, ARRAY_SIZE(fds), (int)wait_ms, NULL);
    if (fds[2].revents) {
        http_accept_run(loop->server);
    }
    return fds[1].revents ? take_signals(loop) : LOOP_CONTINUE;
}

/*
 * The end of a turn. One commit stands behind all of its answers; what the commit sets free
 * (waiting calls, held answers) is sent by another run of the server.
 */
static void end_turn(struct loop *loop)
{
    engine_before_commit(loop->engine);
    bool committed = store_commit(loop->engine->store);
    if (committed) {
        engine_committed(loop->engine);
    } else {
        engine_rolled_back(loop->engine);
    }
    waits_run(loop->waits);
    streams_run(loop->streams);
    http_release(loop->server, committed);
    http_server_run(loop->server);
}

/*
 * Takes what has come, and then what came while it was taken: a commit costs the same for one
 * request and for many. Stops when a look brings nothing new, so nobody waits for company.
 */
static void gather_requests(struct loop *loop)
{
    size_t before;
    int looks = 0;
    do {
        before = http_server_held(loop->server);
        http_server_run(loop->server);
    } while (http_server_held(loop->server) > before && ++looks < LOOKS_MOST);
}

static void turn(struct loop *loop)
{
    int64_t began_us = mono_now_us();
    schedule_run(loop->engine);
    advance_run(loop->engine);
    deliver_collect(loop->engine->deliver);
    gather_requests(loop);
    imports_run(loop->imports);
    end_turn(loop);
    metrics_turn(&loop->engine->metrics, mono_now_us() - began_us);
}

/* Answers what has come, lets callbacks in flight end, and takes nothing new. */
static void drain(struct loop *loop)
{
    int64_t end_ms = mono_now_ms() + GRACE_MS;
    http_server_quiesce(loop->server);
    waits_end(loop->waits);
    streams_end(loop->streams);
    imports_end(loop->imports);
    for (size_t i = 0; i < loop->engine->tenants.n; i++) {
        advance_cut(loop->engine, loop->engine->tenants.list[i]);
    }
    end_turn(loop);
    while (mono_now_ms() < end_ms && deliver_running(loop->engine->deliver)) {
        curl_multi_poll(deliver_multi(loop->engine->deliver), NULL, 0, 20, NULL);
        deliver_collect(loop->engine->deliver);
        http_server_run(loop->server);
        end_turn(loop);
    }
}

/* Whether a callback is under way or due, or an invoice's step whose callback would be. */
static bool has_work(struct engine *engine)
{
    for (size_t i = 0; i < engine->tenants.n; i++) {
        struct tenant *tenant = engine->tenants.list[i];
        int64_t due_ms = schedule_next_due(engine, tenant);
        if (tenant->sending || (due_ms != TIME_NONE && due_ms <= clock_now(tenant))) {
            return true;
        }
    }
    return false;
}

static void settle(struct loop *loop)
{
    int64_t end_ms = mono_now_ms() + SETTLE_MS, now_ms;
    turn(loop);
    while (has_work(loop->engine) && (now_ms = mono_now_ms()) < end_ms &&
           sleep_for_work(loop, end_ms - now_ms) != LOOP_END) {
        turn(loop);
    }
}

void loop_run(struct loop *loop)
{
    enum loop_action action;
    while ((action = sleep_for_work(loop, SLEEP_MOST_MS)) == LOOP_CONTINUE) {
        turn(loop);
    }
    log_event(LOG_INFO, "stopping",
              LOG_NUMBER("connections", http_server_connections(loop->server)));
    first_callback_hurry_all(loop->engine);
    if (action == LOOP_SETTLE) {
        settle(loop);
    } else {
        turn(loop);
    }
    drain(loop);
}
