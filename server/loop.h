/*
 * The one loop: it waits for sockets, timers and signals, runs what is due, commits once per turn,
 * and only then lets answers and callbacks go.
 */
#pragma once

#include "api/event_stream.h"
#include "api/imports.h"
#include "api/wait.h"
#include "base/loop_action.h"
#include "engine/engine.h"
#include "http/http_server.h"

#include <sys/signalfd.h>

struct loop {
    struct engine *engine;
    struct http_server *server;
    struct waits *waits;
    struct streams *streams;
    struct imports *imports;
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

/* http_options.must_hold; `arg` is the router. */
bool loop_must_hold(void *arg);
