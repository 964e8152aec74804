/*
 * The one loop: it waits for sockets, timers and signals, runs what is due, commits once per turn,
 * and only then lets answers and callbacks go.
 */
#pragma once

#include "api/event_stream.h"
#include "api/wait.h"
#include "engine/engine.h"
#include "http/http_server.h"

struct loop {
    struct engine *engine;
    struct http_server *server;
    struct waits *waits;
    struct streams *streams;
    int signal_fd; /* SIGTERM and SIGINT */
};

/* Runs until a signal comes, then finishes what is in flight (at most a second) and returns. */
void loop_run(struct loop *loop);

/* http_options.must_hold; `arg` is the router. */
bool loop_must_hold(void *arg);
