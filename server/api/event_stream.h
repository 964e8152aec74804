/*
 * GET /_mock/events: server-sent events out of the journal. Each stream is a place in the journal
 * and a buffer of what the connection takes next, so a client that does not read costs nothing; one
 * that falls behind the journal's end is cut off and may come again with Last-Event-ID.
 */
#pragma once

#include "call/call.h"

#define STREAMS_MOST 100

struct streams;

struct streams *streams_new(struct engine *engine); /* free with streams_free */
void streams_free(struct streams *streams);

/* After the commit of a turn: wakes the connections that have something to say. */
void streams_run(struct streams *streams);

/* How long the loop may sleep, -1: no matter. */
int64_t streams_wait_ms(const struct streams *streams);

/* Ends all: the server ends. */
void streams_end(struct streams *streams);

size_t streams_count(const struct streams *streams);
