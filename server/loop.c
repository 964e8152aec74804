#include "loop.h"

#include "base/log.h"
#include "base/wall.h"
#include "engine/life.h"
#include "engine/schedule.h"

#include <curl/curl.h>
#include <unistd.h>

#define SLEEP_MOST_MS 60000
#define GRACE_MS 500   /* at the end, for running requests and callbacks */
#define SETTLE_MS 9000 /* before that, after a command: at most ten seconds together */

static int64_t shortest_wait_ms(const struct loop_source *sources, int64_t most_ms)
{
    for (; sources->arg; sources++) {
        int64_t wait_ms = sources->wait_ms(sources->arg);
        most_ms = wait_ms >= 0 && wait_ms < most_ms ? wait_ms : most_ms;
    }
    return most_ms;
}

static void run_all(const struct loop_source *sources)
{
    for (; sources->arg; sources++) {
        if (sources->run) {
            sources->run(sources->arg);
        }
    }
}

static void end_all(const struct loop_source *sources)
{
    for (; sources->arg; sources++) {
        if (sources->end) {
            sources->end(sources->arg);
        }
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

/* Sleeps until a socket, a timer or a signal needs attention. Returns the action of the signal. */
static enum loop_action sleep_for_work(const struct loop *loop, int64_t most_ms)
{
    /* The last http_server_run may have handled new requests: then a turn is open, or calls wait
     * for its changes, and the turn must end without sleeping. */
    bool open = store_in_turn(loop->engine->store) || loop->engine->turn.n_changes;
    int64_t wait_ms = open ? 0 : shortest_wait_ms(loop->before_commit, most_ms);
    wait_ms = shortest_wait_ms(loop->after_commit, wait_ms);
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
 * Ends a turn with one commit for all of its replies, then runs the server again to send what
 * waited for the commit. What no reply needs comes last.
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
    run_all(loop->after_commit);
    http_release(loop->server, committed);
    http_server_run(loop->server);
    store_tidy(loop->engine->store);
}

static void turn(struct loop *loop)
{
    int64_t began_us = mono_now_us();
    run_all(loop->before_commit);
    end_turn(loop);
    metrics_turn(&loop->engine->watch.metrics, mono_now_us() - began_us);
}

/* Replies to received requests, waits for running callbacks, and accepts nothing new. */
static void drain(struct loop *loop)
{
    int64_t end_ms = mono_now_ms() + GRACE_MS;
    http_server_quiesce(loop->server);
    end_all(loop->before_commit);
    end_all(loop->after_commit);
    end_turn(loop);
    while (mono_now_ms() < end_ms && deliver_running(loop->engine->deliver)) {
        curl_multi_poll(deliver_multi(loop->engine->deliver), NULL, 0, 20, NULL);
        deliver_collect(loop->engine->deliver);
        http_server_run(loop->server);
        end_turn(loop);
    }
}

/* Returns true if a callback is running or due, or an invoice has a due step that may send one.
 * Attempts of accounts that are gone run too. */
static bool has_work(struct engine *engine)
{
    for (size_t i = 0; i < engine->tenants.n; i++) {
        struct tenant *tenant = engine->tenants.list[i];
        int64_t due_ms = schedule_next_due(engine, tenant);
        if (tenant->sending || (due_ms != TIME_NONE && due_ms <= clock_now(tenant))) {
            return true;
        }
    }
    return deliver_running(engine->deliver);
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
