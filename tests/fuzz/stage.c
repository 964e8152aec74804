/* The stage's server: starts it, runs its turns, plays the receivers of callbacks. */
#include "stage.h"

#include "api/api.h"
#include "api/event_stream.h"
#include "api/imports.h"
#include "api/request_view.h"
#include "api/wait.h"
#include "base/log.h"
#include "base/wall.h"
#include "call/record.h"
#include "engine/advance.h"
#include "engine/engine_account.h"
#include "engine/life.h"
#include "engine/schedule.h"
#include "fixture/fixture.h"
#include "http/http_private.h"
#include "routes.h"
#include "store/store_run.h"
#include "web/page.h"

#include <curl/curl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define WALL_MS 1700000000000
#define RECEIVERS_MOST 2048

static int64_t wall_ms = WALL_MS, mono_ms = 5000;
static int receivers[RECEIVERS_MOST];
static size_t n_receivers;
static struct stage the;
static bool started;

/* ------------------------------------------------------------------ in place of the machine */

int64_t __wrap_wall_now_ms(void);
int64_t __wrap_mono_now_ms(void);
int64_t __wrap_mono_now_us(void);
int __wrap_socket(int domain, int type, int protocol);
int __real_socket(int domain, int type, int protocol);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *easy);

int64_t __wrap_wall_now_ms(void)
{
    return wall_ms;
}

int64_t __wrap_mono_now_ms(void)
{
    return mono_ms;
}

int64_t __wrap_mono_now_us(void)
{
    return mono_ms * 1000;
}

/* After the start, only callbacks open sockets. The other end becomes their receiver. */
int __wrap_socket(int domain, int type, int protocol)
{
    int pair[2];
    if (!started) {
        return __real_socket(domain, type, protocol);
    }
    if (n_receivers == RECEIVERS_MOST || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
        return -1;
    }
    receivers[n_receivers++] = pair[1];
    return pair[0];
}

/* Also libcurl's: a socket pair is connected already. With AF_UNSPEC, the server resets a
 * connection. */
int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
    (void)size;
    return address.__sockaddr__->sa_family == AF_UNSPEC ? shutdown(fd, SHUT_RDWR) : 0;
}

/* No name is resolved, and TLS is refused: the certificates of the system are slow to read. */
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    static char address[] = "::127.0.0.1:9";
    static struct curl_slist here = {address, NULL};
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, &here);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
    return __real_curl_multi_add_handle(multi, easy);
}

/* ------------------------------------------------------------------ receivers of callbacks */

/* Answers a request once it has come. Returns true if the connection is over. */
static bool receive(int fd)
{
    char room[65536];
    ssize_t size = recv(fd, room, sizeof room, MSG_DONTWAIT);
    if (size == 0) {
        return true; /* the sender has closed it */
    }
    if (size > 0) {
        the.callbacks++;
        size_t sent = the.answer.size;
        bool good = !sent || send(fd, the.answer.data, sent, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
        return !good || !the.hangs;
    }
    return false;
}

static void run_receivers(void)
{
    for (size_t i = 0; i < n_receivers; i++) {
        if (receive(receivers[i])) {
            close(receivers[i]);
            receivers[i--] = receivers[--n_receivers];
        }
    }
}

/* ------------------------------------------------------------------ the start */

static bool must_hold(void *arg)
{
    const struct router *router = arg;
    return store_in_turn(router->engine->store);
}

static void set_up_router(void)
{
    the.router = (struct router){
        .routes = routes,
        .n_routes = routes_count,
        .engine = &the.engine,
        .listen_url = "http://127.0.0.1:8080",
        .error_page = page_error_instead,
        .conflict = conflict_reply,
        .accepts = explain_accepts,
    };
    the.router.waits = waits_new(&the.engine, &the.router);
    the.router.streams = streams_new(&the.engine);
    the.router.imports = imports_new(&the.engine, &the.router);
    the.engine.hooks = (struct engine_hooks){waits_changed, waits_for_callbacks, the.router.waits};
    journal_listen(the.engine.watch.journal, waits_journaled, the.router.waits);
}

static void start(void)
{
    static const struct engine_options options = {
        .journal = 200, .seeded = true, .seed = 7, .settle_after_ms = 2000};
    const struct http_options http = {
        .host = "127.0.0.1",
        .body_most = router_body_most,
        .handle = router_handle,
        .done = record_done,
        .over = record_over,
        .must_hold = must_hold,
        .arg = &the.router,
    };
    bool taken;
    signal(SIGPIPE, SIG_IGN);
    log_setup(LOG_ERROR, false);
    PROMISE(!fixture_load(NULL, &the.fixture));
    PROMISE(!store_open(":memory:", STORE_DURABLE_NONE, &the.texts, &the.store));
    PROMISE(!engine_start(the.store, &the.fixture, &options, &the.texts, &the.engine));
    set_up_router();
    PROMISE(!http_server_start(&http, &the.texts, &taken, &the.server));
    started = true;
    stage_turns(1);
}

struct stage *stage(void)
{
    if (!started) {
        start();
        stage_reset();
    }
    return &the;
}

/* ------------------------------------------------------------------ turns */

/* As server/loop.c: one commit for all, and a commit never fails here. */
static void turn(void)
{
    schedule_run(&the.engine);
    sweep_run(&the.engine);
    advance_run(&the.engine);
    deliver_collect(the.engine.deliver);
    http_server_gather(the.server);
    imports_run(the.router.imports);
    engine_before_commit(&the.engine);
    PROMISE(store_commit(the.store));
    engine_committed(&the.engine);
    waits_run(the.router.waits);
    streams_run(the.router.streams);
    http_release(the.server, true);
    http_server_run(the.server);
    run_receivers();
}

void stage_turns(int n)
{
    while (n-- > 0) {
        turn();
    }
}

void stage_pass(int64_t ms)
{
    wall_ms += ms;
    mono_ms += ms;
}

static void hang_up(void)
{
    while (n_receivers) {
        close(receivers[--n_receivers]);
    }
}

void stage_reset(void)
{
    struct tenants *tenants = &the.engine.tenants;
    hang_up();
    while (tenants->n) {
        engine_delete_account(&the.engine, tenants->list[tenants->n - 1]);
    }
    stage_turns(2); /* calls that waited, and rows of the accounts */
    wall_ms = WALL_MS;
    mono_ms += 1000; /* monotonic: it never goes back */
    PROMISE(engine_restore_demo(&the.engine));
    stage_turns(1);
    buf_finish(&the.answer);
    the.answer = (struct buf){0};
    buf_text(&the.answer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    the.hangs = false;
    the.callbacks = 0;
}
