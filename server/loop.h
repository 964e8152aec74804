/*
 * The one loop: it waits for sockets, timers and signals, runs what is due, commits once per turn,
 * and only then lets answers and callbacks go.
 */
#pragma once

#include "engine/engine.h"
#include "exec/exec.h"
#include "http/http_server.h"

#include <sys/signalfd.h>

/* What has work in the turns of the loop. Members may be NULL. */
struct loop_source {
    int64_t (*wait_ms)(const void *arg); /* until it has work; 0: it has, -1: it will not */
    void (*run)(void *arg);
    void (*end)(void *arg); /* the server ends: what still waits is answered or given up */
    void *arg;
};

#define LOOP_SOURCES_MOST 8

struct loop {
    struct engine *engine;
    struct http_server *server;
    /* Run in this order in each turn; those behind the used ones are zeroed. */
    struct loop_source before_commit[LOOP_SOURCES_MOST], after_commit[LOOP_SOURCES_MOST];
    int signal_fd; /* SIGTERM and SIGINT; SIGCHLD when there is a command */
    /* Asked about each signal; NULL: any of them ends the server. */
    enum loop_action (*signalled)(void *arg, const struct signalfd_siginfo *info);
    void *signalled_arg;
};

/*
 * Runs until a signal says that it ends, then finishes what is in flight (at most half a second)
 * and returns. Before that LOOP_SETTLE takes at most nine seconds, in which the server serves on.
 */
void loop_run(struct loop *loop);
