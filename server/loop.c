#include "loop.h"

#include "base/log.h"
#include "base/wall.h"
#include "engine/advance.h"
#include "engine/schedule.h"

#include <curl/curl.h>
#include <unistd.h>

#define SLEEP_MOST_MS 60000
#define LOOKS_MOST 16
#define GRACE_MS 1000 /* after SIGTERM, for requests and callbacks in flight */

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

/* Sleeps until a socket, a timer or a signal; true when the signal came. */
static bool sleep_for_work(const struct loop *loop)
{
    /* The last run of the server may have taken new requests: their turn is open, or somebody waits
     * for what they changed, and it wants its end. */
    bool open = store_in_turn(loop->engine->store) || loop->engine->n_changed;
    int64_t wait_ms = open ? 0 : SLEEP_MOST_MS;
    shorten(&wait_ms, http_server_wait_ms(loop->server));
    shorten(&wait_ms, schedule_wait_ms(loop->engine));
    shorten(&wait_ms, advance_wait_ms(loop->engine));
    shorten(&wait_ms, waits_wait_ms(loop->waits));
    shorten(&wait_ms, deliver_wait_ms(loop->engine->deliver));
    struct curl_waitfd fds[] = {
        {.fd = http_server_fd(loop->server), .events = CURL_WAIT_POLLIN},
        {.fd = loop->signal_fd, .events = CURL_WAIT_POLLIN},
    };
    if (wait_ms) {
        log_flush();
    }
    curl_multi_poll(deliver_multi(loop->engine->deliver), fds, ARRAY_SIZE(fds), (int)wait_ms, NULL);
    return fds[1].revents;
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
    schedule_run(loop->engine);
    advance_run(loop->engine);
    deliver_collect(loop->engine->deliver);
    gather_requests(loop);
    end_turn(loop);
}

/* Answers what has come, lets callbacks in flight end, and takes nothing new. */
static void drain(struct loop *loop)
{
    int64_t end_ms = mono_now_ms() + GRACE_MS;
    http_server_quiesce(loop->server);
    waits_end(loop->waits);
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

void loop_run(struct loop *loop)
{
    while (!sleep_for_work(loop)) {
        turn(loop);
    }
    log_event(LOG_INFO, "stopping",
              LOG_NUMBER("connections", http_server_connections(loop->server)));
    turn(loop);
    drain(loop);
}
