/*
 * Waiting instead of sleeping (mock.md, GET /_mock/wait): calls that are parked until something has
 * happened. They are looked at when the engine tells of a change, after the commit, and when their
 * time is up.
 */
#pragma once

#include "http/call.h"

struct waits;

struct waits *waits_new(struct engine *engine,
                        const struct router *router); /* free with waits_free */
void waits_free(struct waits *waits);

/* After a creation was answered: the reply waits for the end of the callback's attempt when a fault
 * wants it so (before_response), at most 5 s. */
void waits_hold_reply(struct call *call);

/* engine_hooks.changed; `arg` is the waits. */
void waits_changed(void *arg, int64_t account, int64_t invoice);

/* Answers those whose time is up, and those that an idle account satisfies. */
void waits_run(struct waits *waits);

/* How long the loop may sleep, -1: no matter. */
int64_t waits_wait_ms(const struct waits *waits);

/* Answers all with 503: the server ends. */
void waits_end(struct waits *waits);
