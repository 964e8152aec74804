#include "event_stream.h"

#include "api/control.h"
#include "base/text.h"
#include "base/wall.h"
#include "engine/engine_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define HEARTBEAT_MS 15000
#define AHEAD ((size_t)16384) /* rendered before the connection reads it */
#define BEGINNING "retry: 1000\n: events of the account\n\n"

struct stream {
    struct streams *streams;
    struct http_request *request;
    char owner_id[IDENT_TEXT]; /* the account's id */
    struct journal_view view;
    struct journal_cursor cursor;
    struct buf out;
    size_t sent;      /* of `out` */
    int64_t spoke_ms; /* monotonic time of the last bytes */
    bool ended;
    LIST_ENTRY(stream) link;
};

struct streams {
    struct engine *engine;
    LIST_HEAD(, stream) list;
    size_t n;
    uint64_t seen; /* journal position at the last check of all streams */
};

/* ------------------------------------------------------------------ one stream */

static void free_stream(void *arg)
{
    struct stream *stream = arg;
    LIST_REMOVE(stream, link);
    stream->streams->n--;
    buf_finish(&stream->out);
    free(stream);
}

/* The next record of the stream, or NULL if there is none. Moves the stream behind it, or before it
 * if `peek`. Ends a stream that is too slow. */
static const struct journal_record *next_shown(struct stream *stream, bool peek)
{
    struct journal_cursor before;
    const struct journal_record *record;
    bool lost = false;
    do {
        before = stream->cursor;
        record = journal_next(stream->streams->engine->watch.journal, &stream->cursor, &lost);
        stream->ended |= lost;
    } while (record && !journal_shows(&stream->view, record));
    stream->cursor = peek ? before : stream->cursor;
    return record;
}

static void render(struct stream *stream)
{
    const struct journal_record *record;
    stream->out.size = stream->sent = 0;
    while (stream->out.size < AHEAD && (record = next_shown(stream, false))) {
        event_view(stream->streams->engine, &stream->out, record);
    }
    if (!stream->out.size && mono_now_ms() - stream->spoke_ms >= HEARTBEAT_MS) {
        buf_text(&stream->out, ":\n\n");
    }
}

static ssize_t read_stream(void *arg, char *into, size_t room)
{
    struct stream *stream = arg;
    if (stream->sent == stream->out.size && !stream->ended) {
        render(stream);
    }
    size_t left = stream->out.size - stream->sent, size = left < room ? left : room;
    if (!size) {
        return stream->ended ? -1 : 0;
    }
    memcpy(into, stream->out.data + stream->sent, size);
    stream->sent += size;
    stream->spoke_ms = mono_now_ms();
    return (ssize_t)size;
}

/* ------------------------------------------------------------------ all of them */

void streams_run(void *arg)
{
    struct streams *streams = arg;
    struct stream *stream;
    int64_t now_ms = streams->n ? mono_now_ms() : 0;
    bool news = streams->seen != journal_seq(streams->engine->watch.journal);
    LIST_FOREACH(stream, &streams->list, link)
    {
        bool wake = (news && next_shown(stream, true)) || now_ms - stream->spoke_ms >= HEARTBEAT_MS;
        bool orphan = !tenants_by_id(&streams->engine->tenants, stream->owner_id);
        stream->ended |=
            orphan && !next_shown(stream, true); /* the end of its account is an event too */
        if (wake || stream->ended) {
            http_stream_wake(stream->request);
        }
    }
    streams->seen = journal_seq(streams->engine->watch.journal);
}

int64_t streams_wait_ms(const void *arg)
{
    const struct streams *streams = arg;
    int64_t wait_ms = -1, now_ms = streams->n ? mono_now_ms() : 0;
    const struct stream *stream;
    if (streams->n && streams->seen != journal_seq(streams->engine->watch.journal)) {
        return 0;
    }
    LIST_FOREACH(stream, &streams->list, link)
    {
        int64_t left_ms = stream->spoke_ms + HEARTBEAT_MS - now_ms;
        left_ms = left_ms < 0 ? 0 : left_ms;
        if (http_stream_sleeps(stream->request) && (wait_ms < 0 || left_ms < wait_ms)) {
            wait_ms = left_ms;
        }
    }
    return wait_ms;
}

void streams_end(void *arg)
{
    struct streams *streams = arg;
    struct stream *stream;
    LIST_FOREACH(stream, &streams->list, link)
    {
        stream->ended = true;
        http_stream_wake(stream->request);
    }
}

size_t streams_count(const struct streams *streams)
{
    return streams->n;
}

struct streams *streams_new(struct engine *engine)
{
    struct streams *streams = mem_alloc(sizeof *streams);
    streams->engine = engine;
    LIST_INIT(&streams->list);
    return streams;
}

/* ------------------------------------------------------------------ the call */

/* Where to start: after Last-Event-ID, else with new events. A number that this journal never used
 * is from an earlier server: start with the oldest event. */
static struct answer *read_start(struct call *call, uint64_t *ret_seq)
{
    const char *last = http_header(call->request, "Last-Event-ID");
    uint64_t newest = journal_seq(call->engine->watch.journal);
    int64_t seq;
    if (!last || !*last) {
        *ret_seq = newest;
        return NULL;
    }
    if (!text_to_int(last, &seq) || seq < 0) {
        return call_invalid(call, "Last-Event-ID: must be an event's id");
    }
    *ret_seq = (uint64_t)seq > newest ? 0 : (uint64_t)seq;
    return NULL;
}

/* Counts open streams, after ending those whose client has disconnected. */
static size_t count_read(struct streams *streams)
{
    size_t n = 0;
    struct stream *stream;
    LIST_FOREACH(stream, &streams->list, link)
    {
        if (http_stream_sleeps(stream->request) && http_stream_is_deserted(stream->request)) {
            stream->ended = true;
            http_stream_wake(stream->request);
        }
        n += !stream->ended;
    }
    return n;
}

struct answer *control_events(struct call *call)
{
    struct streams *streams = call->router->streams;
    uint64_t seq;
    struct answer *refused = read_start(call, &seq);
    if (refused) {
        return refused;
    }
    if (streams->n >= STREAMS_MOST && count_read(streams) >= STREAMS_MOST) {
        return call_control_error(call, 409, "too_many_streams", "there are %d streams already",
                                  STREAMS_MOST);
    }
    struct stream *stream = mem_alloc(sizeof *stream);
    *stream = (struct stream){
        .streams = streams,
        .request = call->request,
        .view = journal_view_of(call->engine, call->tenant),
        .cursor = journal_after(call->engine->watch.journal, seq),
        .spoke_ms = mono_now_ms(),
    };
    snprintf(stream->owner_id, sizeof stream->owner_id, "%s", call->tenant->account.keys.id);
    buf_text(&stream->out, BEGINNING);
    LIST_INSERT_HEAD(&streams->list, stream, link);
    streams->n++;
    const struct http_stream reader = {read_stream, free_stream, stream};
    http_stream_begin(call->request, "text/event-stream", &reader);
    http_reply_header(call->request, "Cache-Control", "no-store");
    return call_answered(call);
}
