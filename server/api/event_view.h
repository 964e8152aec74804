/* A record of the journal as an event of GET /_mock/events. */
#pragma once

#include "engine/engine.h"

/* Appends "id: N\nevent: TYPE\ndata: {..}\n\n". */
void event_view(const struct engine *engine, struct buf *out, const struct journal_record *record);
