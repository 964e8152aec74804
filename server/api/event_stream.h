/*
 * GET /_mock/events: server-sent events out of the journal. Each stream is a position in the
 * journal and a small buffer, so a client that does not read costs nothing. A client that is slower
 * than the journal is disconnected and may reconnect with Last-Event-ID.
 */
#pragma once

#include "call/call.h"

#define STREAMS_MOST 100

struct streams;

struct streams *streams_new(struct engine *engine); /* no stream may be open when it is freed */

/* As a loop_source, after the commit: wakes the connections with something to send. */
int64_t streams_wait_ms(const void *streams);
void streams_run(void *streams);
void streams_end(void *streams);

size_t streams_count(const struct streams *streams);

/* event_view.c: appends a record of the journal as "id: N\nevent: TYPE\ndata: {..}\n\n". */
void event_view(const struct engine *engine, struct buf *out, const struct journal_record *record);
