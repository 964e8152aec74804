/* The program: starts and stops options, fixtures, store, engine and server. */
#include "api/api.h"
#include "api/event_stream.h"
#include "api/imports.h"
#include "api/request_view.h"
#include "api/wait.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/wall.h"
#include "base/zone.h"
#include "call/record.h"
#include "compare/compare.h"
#include "config.h"
#include "engine/advance.h"
#include "engine/life.h"
#include "engine/schedule.h"
#include "engine/sweep.h"
#include "exec/exec.h"
#include "exec/report.h"
#include "fixture/fixture.h"
#include "greeting.h"
#include "healthcheck.h"
#include "loop.h"
#include "rehearse/rehearse.h"
#include "routes.h"
#include "start_files.h"
#include "store/store_run.h"
#include "tmpdb.h"
#include "web/page.h"
#include "web/report_parts.h"
#include "wire/json_read.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#define URL_ROOM 300

/* Everything that lives from start to stop, in order of creation. */
struct program {
    struct config config;
    struct fixture fixture;
    struct shapes shapes; /* of --profile-file */
    char tmp_dir[TMPDB_TEXT], db[TMPDB_TEXT];
    struct store *store;
    struct engine engine;
    struct router router;
    char listen_url[URL_ROOM];
    struct loop loop;
    struct exec exec;
    struct report_run run; /* the run for the report and --strict */
    struct arena texts;    /* for reasons */
};

/* ------------------------------------------------------------------ the steps of the start: each
 * returns NULL, or the reason why the program cannot go on */

static const char *open_store(struct program *p)
{
    const char *file = p->config.db, *why = NULL;
    enum store_durability durability =
        p->config.durable ? STORE_DURABLE_POWER : STORE_DURABLE_CRASH;
    if (!file) {
        why = tmpdb_make(&p->texts, p->tmp_dir, p->db);
        file = p->db;
        durability = STORE_DURABLE_NONE;
    }
    mode_t before = umask(0077); /* it contains the accounts' keys */
    why = why ? why : store_open(file, durability, &p->texts, &p->store);
    umask(before);
    return why;
}

/* Created at the start, so that a run does not end with an unwritable report. */
static const char *open_report(struct program *p)
{
    p->run = (struct report_run){p->config.report, p->config.strict, wall_now_ms()};
    return p->run.dir ? report_prepare(p->run.dir, &p->texts) : NULL;
}

static const char *start_engine(struct program *p)
{
    const struct config *c = &p->config;
    const struct engine_options options = {
        .settle_after_ms = c->settle_after_ms,
        .first_callback_delay_ms = c->first_callback_delay_ms,
        .retention_ms = c->retention_ms,
        .seeded = c->seeded,
        .seed = c->seed,
        .demo_callback_url = c->callback_url,
        .journal = (size_t)c->journal,
        .shapes = c->profile_file ? &p->shapes : NULL,
        .deliver = {c->callback_allow_any, c->callback_ca, c->callback_insecure,
                    c->callback_rewrite_from, c->callback_rewrite_to},
    };
    const char *why = engine_start(p->store, &p->fixture, &options, &p->texts, &p->engine);
    if (!why) {
        bool watched = c->strict || c->report;
        store_run_begin(p->store, watched ? REPORT_INVOICES : 0, evidence_note_unanswered,
                        &p->engine.watch.evidence);
        p->engine.watch.evidence.wanted = watched;
    }
    return why;
}

static const char *set_up_router(struct program *p)
{
    const struct config *c = &p->config;
    p->router = (struct router){
        .routes = routes,
        .n_routes = routes_count,
        .engine = &p->engine,
        .control_token = c->control_token,
        .guard = {c->public_url, c->allow_hosts},
        .listen_url = p->listen_url,
        .tls = c->tls_cert,
        .hide_panel = c->hide_panel,
        .error_page = page_error_instead,
        .conflict = conflict_reply,
        .accepts = explain_accepts,
    };
    p->router.waits = waits_new(&p->engine, &p->router);
    p->router.streams = streams_new(&p->engine);
    p->router.imports = imports_new(&p->engine, &p->router);
    p->engine.hooks = (struct engine_hooks){waits_changed, waits_for_callbacks, p->router.waits};
    journal_listen(p->engine.watch.journal, waits_journaled, p->router.waits);
    return NULL;
}

static void write_url(const struct program *p, const char *host, int port, char ret_url[URL_ROOM])
{
    bool v6 = strchr(host, ':');
    snprintf(ret_url, URL_ROOM, "%s://%s%s%s:%d", p->config.tls_cert ? "https" : "http",
             v6 ? "[" : "", host, v6 ? "]" : "", port);
}

static bool must_hold(void *arg)
{
    const struct router *router = arg;
    return store_in_turn(router->engine->store);
}

/* "All addresses" cannot be called, so programs and people of this machine get loopback. */
static const char *callable(const char *host)
{
    return strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : strcmp(host, "::") == 0 ? "::1" : host;
}

/* Usually, another mock has the address. It may serve http or https, whatever this one would. */
static const char *who_listens(struct program *p, const char *why)
{
    char url[URL_ROOM];
    write_url(p, callable(p->config.listen_host), p->config.listen_port, url);
    const char *version = healthcheck_version(url, &p->texts);
    return version ? arena_printf(&p->texts, "%s; milkypay-mock %s is there already", why, version)
                   : why;
}

static const char *start_server(struct program *p)
{
    const struct config *c = &p->config;
    const struct http_options options = {
        .host = c->listen_host,
        .port = c->listen_port,
        .tls_cert = c->tls_cert,
        .tls_key = c->tls_key,
        .body_most = router_body_most,
        .handle = router_handle,
        .done = record_done,
        .over = record_over,
        .must_hold = must_hold,
        .arg = &p->router,
    };
    bool taken;
    const char *why = http_server_start(&options, &p->texts, &taken, &p->loop.server);
    if (!why) {
        write_url(p, c->listen_host, http_server_port(p->loop.server), p->listen_url);
    }
    return taken ? who_listens(p, why) : why;
}

/* The steps of a turn, in order; see server/README.md. */
static const char *set_up_loop(struct program *p)
{
    struct engine *engine = &p->engine;
    const struct loop_source before_commit[] = {
        {schedule_wait_ms, schedule_run, NULL, engine},
        {sweep_wait_ms, sweep_run, NULL, engine},
        {advance_wait_ms, advance_run, advance_end, engine},
        {deliver_wait_ms, deliver_collect, NULL, engine->deliver},
        {http_server_wait_ms, http_server_gather, NULL, p->loop.server},
        {imports_wait_ms, imports_run, imports_end, p->router.imports},
    };
    const struct loop_source after_commit[] = {
        {first_callback_wait_ms, NULL, NULL, engine}, /* engine_committed runs it */
        {waits_wait_ms, waits_run, waits_end, p->router.waits},
        {streams_wait_ms, streams_run, streams_end, p->router.streams},
    };
    /* One entry stays zeroed and ends each list. */
    _Static_assert(ARRAY_SIZE(before_commit) < LOOP_SOURCES_MOST &&
                       ARRAY_SIZE(after_commit) < LOOP_SOURCES_MOST,
                   "room");
    memcpy(p->loop.before_commit, before_commit, sizeof before_commit);
    memcpy(p->loop.after_commit, after_commit, sizeof after_commit);
    p->loop.engine = engine;
    return NULL;
}

/* Signals are blocked before libraries start threads, so that only the loop receives them. */
static const char *block_signals(struct program *p)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_DFL) {
        sigaddset(&set, SIGHUP); /* the terminal was closed; nohup(1) ignores this */
    }
    if (p->exec.pid) {
        sigaddset(&set, SIGCHLD);
        p->loop.signalled = exec_signalled;
        p->loop.signalled_arg = &p->exec;
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* writing past ulimit -f then fails with an error */
    p->loop.signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return p->loop.signal_fd >= 0 ? NULL : arena_printf(&p->texts, "signals: %s", strerror(errno));
}

static const char *write_ready_file(struct program *p)
{
    if (!p->config.ready_file) {
        return NULL;
    }
    FILE *file = fopen(p->config.ready_file, "we");
    bool good = file && fprintf(file, "%s\n", p->listen_url) > 0;
    good = file && fclose(file) == 0 && good;
    return good ? NULL
                : arena_printf(&p->texts, "--ready-file %s: %s", p->config.ready_file,
                               strerror(errno));
}

/* Logs the URL, because stdout belongs to the command. */
static void begin_command(struct program *p, const char *url)
{
    log_event(LOG_INFO, "listening", LOG_TEXT("url", p->listen_url));
    if (p->config.holds_warnings) {
        log_flush();
        log_hold_warnings();
    }
    exec_begin(&p->exec, url, &p->engine.tenants.demo->account.keys);
}

static void greet(const struct program *p, const char *url)
{
    const struct tenant *demo = p->engine.tenants.demo;
    printf("listening on %s\n", p->listen_url);
    fflush(stdout);
    if (!p->config.log_json && log_wants(LOG_INFO)) {
        greeting_print(url, demo ? &demo->account.keys : NULL);
    }
}

/* The socket listens already, so clients may connect as soon as they read this. */
static const char *announce(struct program *p)
{
    const char *why = write_ready_file(p);
    if (why) {
        return why;
    }
    char url[URL_ROOM];
    write_url(p, callable(p->config.listen_host), http_server_port(p->loop.server), url);
    if (p->exec.pid) {
        begin_command(p, url);
    } else {
        greet(p, url);
    }
    return NULL;
}

/*
 * From here on, programs that this process runs cannot gain privileges, e.g. by setuid bits. The
 * command of exec is forked before, so it may use sudo.
 */
static const char *give_up_privileges(struct program *p)
{
    bool good = prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0;
    return good ? NULL : arena_printf(&p->texts, "no_new_privs: %s", strerror(errno));
}

/* Runs first, so that the command inherits nothing. */
static const char *fork_command(struct program *p)
{
    char *const *command = p->config.command;
    return command ? exec_prepare(command, &p->texts, &p->exec) : NULL;
}

/* After the command was forked, which keeps its TZ, and before libraries start threads. */
static const char *set_up_zones(struct program *p)
{
    (void)p;
    zone_setup();
    return NULL;
}

static const char *start(struct program *p)
{
    static const char *(*const steps[])(struct program * p) = {
        fork_command, set_up_zones,  give_up_privileges, block_signals, open_report, open_store,
        start_engine, set_up_router, start_server,       set_up_loop,   announce,
    };
    const char *why = NULL;
    for (size_t i = 0; !why && i < ARRAY_SIZE(steps); i++) {
        why = steps[i](p);
    }
    return why;
}

static void stop(struct program *p)
{
    http_server_stop(p->loop.server);
    if (p->engine.store) {
        engine_finish(&p->engine);
    }
    waits_free(p->router.waits);
    free(p->router.streams);
    free(p->router.imports);
    store_close(p->store);
    if (p->tmp_dir[0]) {
        tmpdb_remove(p->tmp_dir);
    }
    fixture_finish(&p->fixture);
    exec_finish(&p->exec);
    arena_finish(&p->texts);
    log_flush();
}

/* Prints a reason, or several with line ends between them, or nothing. */
static void tell(const char *why)
{
    for (size_t size; why && *why; why += size + (why[size] == '\n')) {
        size = strcspn(why, "\n");
        fprintf(stderr, "milkypay-mock: %.*s\n", (int)size, why);
    }
}

/* --check found no mistake; warnings may be some. */
static void tell_valid(int64_t warnings)
{
    if (warnings) {
        printf("the fixtures are valid; %lld warning%s on stderr\n", (long long)warnings,
               warnings == 1 ? "" : "s");
    } else {
        puts("the fixtures are valid");
    }
}

static int serve(struct program *p)
{
    const char *why = start(p);
    if (why) {
        tell(why);
        stop(p);
        return EXIT_WRONG;
    }
    loop_run(&p->loop);
    log_tell_held(p->exec.status,
                  "--log-level warn prints them, and --report DIR lists every callback");
    int status = strict_exit_status(&p->engine, &p->run, p->exec.status);
    stop(p);
    return status;
}

static int list_routes(void)
{
    for (size_t i = 0; i < routes_count; i++) {
        printf("%s %s\n", routes[i].method, routes[i].pattern);
    }
    return EXIT_SUCCESS;
}

/* --check; `wrong`: mistakes in the options were printed already. */
static int check(struct program *p, bool wrong)
{
    log_setup(p->config.log_level, p->config.log_json);
    config_check_environment(true);
    const char *why = start_files_load(&p->config, &p->texts, &p->fixture, &p->shapes);
    if (!why) {
        pattern_set_check(&p->fixture.patterns);
    }
    const char *other = start_files_writable(&p->config, &p->texts);
    wrong = wrong || why || other;
    log_flush();
    tell(why);
    tell(other);
    if (!wrong) {
        tell_valid(log_warnings());
    }
    fixture_finish(&p->fixture);
    arena_finish(&p->texts);
    return wrong ? EXIT_WRONG : EXIT_SUCCESS;
}

static int run(struct program *p)
{
    log_setup(p->config.log_level, p->config.log_json);
    config_check_environment(false);
    const char *why = start_files_load(&p->config, &p->texts, &p->fixture, &p->shapes);
    if (!why) {
        return serve(p);
    }
    log_flush();
    tell(why);
    fixture_finish(&p->fixture);
    arena_finish(&p->texts);
    return EXIT_WRONG;
}

/* Requests allocate and free similar memory, so merging and trimming between them is wasted
 * work. */
static void tune_allocator(void)
{
    mallopt(M_MXFAST, 0);
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
}

int main(int argc, char **argv)
{
    tune_allocator();
    crypt_setup();
    json_setup();
    if (argc > 1 && strcmp(argv[1], "healthcheck") == 0) {
        return healthcheck_main(argc, argv);
    }
    if (argc > 1 && strcmp(argv[1], COMPARE_COMMAND) == 0) {
        return compare_main(argc, argv);
    }
    if (argc > 1 && strcmp(argv[1], REHEARSE_COMMAND) == 0) {
        return rehearse_main(argc, argv);
    }
    struct program *p = mem_alloc(sizeof *p);
    int status = EXIT_SUCCESS;
    switch (config_read(argc, argv, &p->config)) {
    case CONFIG_SERVE:
        status = p->config.list_routes ? list_routes() : p->config.check ? check(p, false) : run(p);
        break;
    case CONFIG_DONE:
        break;
    case CONFIG_WRONG:
        status = p->config.check ? check(p, true) : EXIT_WRONG;
        break;
    }
    free(p);
    return status;
}
