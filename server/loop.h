/*
 * The event loop: waits for sockets, timers and signals, runs what is due, commits once per turn,
 * and only then sends replies and callbacks.
 */
#pragma once

#include "engine/engine.h"
#include "exec/exec.h"
#include "http/http_server.h"

#include <sys/signalfd.h>

/* A source of work for the loop. Functions may be NULL. */
struct loop_source {
    int64_t (*wait_ms)(const void *arg); /* until it has work; 0: now, -1: never */
    void (*run)(void *arg);
    void (*end)(void *arg); /* the server is shutting down: finish or abandon what waits */
    void *arg;
};

#define LOOP_SOURCES_MOST 8

struct loop {
    struct engine *engine;
    struct http_server *server;
    /* Run in this order in each turn; a zeroed entry ends the list. */
    struct loop_source before_commit[LOOP_SOURCES_MOST], after_commit[LOOP_SOURCES_MOST];
    int signal_fd; /* SIGTERM and SIGINT; SIGCHLD if there is a command */
    /* Called for each signal; NULL: any signal ends the server. */
    enum loop_action (*signalled)(void *arg, const struct signalfd_siginfo *info);
    void *signalled_arg;
};

/*
 * Runs until a signal ends it, then finishes running requests and callbacks (at most half a
 * second). LOOP_SETTLE first continues to serve for at most nine seconds.
 */
void loop_run(struct loop *loop);
