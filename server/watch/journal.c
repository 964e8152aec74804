#include "journal.h"

#include "base/mem.h"

#include <stdlib.h>

struct ring {
    struct journal_record *records; /* by position % room */
    uint64_t first, end;
};

struct journal {
    size_t room;
    struct ring requests, others;
    uint64_t seq;
    uint64_t settled; /* the others before this position are committed */
    char *bytes;
    uint64_t head; /* where the next request's bytes go, counted from the start of all */
    void (*added)(void *arg, const struct journal_record *record);
    void *arg;
};

struct journal *journal_new(size_t records)
{
    struct journal *journal = mem_alloc(sizeof *journal);
    journal->room = records;
    if (records) {
        /* Not touched before it is used, so an idle server does not use the memory. */
        journal->requests.records = mem_alloc(records * sizeof(struct journal_record));
        journal->others.records = mem_alloc(records * sizeof(struct journal_record));
        journal->bytes = mem_alloc(JOURNAL_BYTES);
    }
    return journal;
}

void journal_free(struct journal *journal)
{
    if (journal) {
        free(journal->requests.records);
        free(journal->others.records);
        free(journal->bytes);
        free(journal);
    }
}

bool journal_is_on(const struct journal *journal)
{
    return journal->room;
}

void journal_listen(struct journal *journal,
                    void (*added)(void *arg, const struct journal_record *record), void *arg)
{
    journal->added = added;
    journal->arg = arg;
}

/* ------------------------------------------------------------------ adding */

static struct journal_record *record_at(const struct journal *journal, const struct ring *ring,
                                        uint64_t position)
{
    return &ring->records[position % journal->room];
}

static struct journal_record *push(struct journal *journal, struct ring *ring,
                                   struct journal_record *record)
{
    if (ring->end - ring->first == journal->room) {
        ring->first++;
    }
    record->seq = ++journal->seq;
    struct journal_record *place = record_at(journal, ring, ring->end++);
    *place = *record;
    return place;
}

char *journal_room(struct journal *journal, size_t most)
{
    if (!journal->room || most > JOURNAL_BYTES) {
        return NULL;
    }
    size_t at = journal->head % JOURNAL_BYTES;
    if (at + most > JOURNAL_BYTES) {
        journal->head += JOURNAL_BYTES - at; /* a request must be contiguous */
    }
    uint64_t end = journal->head + most;
    struct ring *ring = &journal->requests;
    while (ring->first < ring->end &&
           record_at(journal, ring, ring->first)->request.start + JOURNAL_BYTES < end) {
        ring->first++;
    }
    return journal->bytes + journal->head % JOURNAL_BYTES;
}

void journal_add_request(struct journal *journal, struct journal_record *record)
{
    record->kind = JOURNAL_REQUEST;
    record->request.start = journal->head;
    for (int part = 0; part < JOURNAL_PARTS; part++) {
        journal->head += record->request.size[part];
    }
    const struct journal_record *place = push(journal, &journal->requests, record);
    if (journal->added) {
        journal->added(journal->arg, place);
    }
}

void journal_add(struct journal *journal, struct journal_record *record)
{
    if (journal->room) {
        push(journal, &journal->others, record);
    }
}

void journal_committed(struct journal *journal)
{
    journal->settled = journal->others.end;
}

void journal_rolled_back(struct journal *journal)
{
    struct ring *ring = &journal->others;
    ring->end = journal->settled > ring->first ? journal->settled : ring->first;
    journal->settled = ring->end;
}

/* ------------------------------------------------------------------ reading */

uint64_t journal_seq(const struct journal *journal)
{
    return journal->seq;
}

uint64_t journal_first(const struct journal *journal)
{
    return journal->requests.first;
}

uint64_t journal_end(const struct journal *journal)
{
    return journal->requests.end;
}

const struct journal_record *journal_request(const struct journal *journal, uint64_t position)
{
    return record_at(journal, &journal->requests, position);
}

const char *journal_part(const struct journal *journal, const struct journal_record *record,
                         enum journal_part part)
{
    uint64_t at = record->request.start;
    for (int before = 0; before < (int)part; before++) {
        at += record->request.size[before];
    }
    return journal->bytes + at % JOURNAL_BYTES;
}

/* The first position whose record is newer than `seq`. */
static uint64_t position_after(const struct journal *journal, const struct ring *ring, uint64_t seq)
{
    uint64_t low = ring->first, high = ring->end;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (record_at(journal, ring, middle)->seq > seq) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

struct journal_cursor journal_after(const struct journal *journal, uint64_t seq)
{
    return (struct journal_cursor){
        .request = position_after(journal, &journal->requests, seq),
        .other = position_after(journal, &journal->others, seq),
    };
}

/* The record at a position. Moves the position up if that record is gone. NULL at the end. */
static const struct journal_record *peek(const struct journal *journal, const struct ring *ring,
                                         uint64_t *position, bool *lost)
{
    if (*position < ring->first) {
        *position = ring->first;
        *lost = true;
    }
    return *position < ring->end ? record_at(journal, ring, *position) : NULL;
}

const struct journal_record *journal_next(const struct journal *journal,
                                          struct journal_cursor *cursor, bool *ret_lost)
{
    *ret_lost = false;
    const struct journal_record *request =
        peek(journal, &journal->requests, &cursor->request, ret_lost);
    const struct journal_record *other = peek(journal, &journal->others, &cursor->other, ret_lost);
    if (request && (!other || request->seq < other->seq)) {
        cursor->request++;
        return request;
    }
    if (!other || cursor->other >= journal->settled) {
        return NULL; /* nothing, or a record that may still be rolled back */
    }
    cursor->other++;
    return other;
}

bool journal_shows(const struct journal_view *view, const struct journal_record *record)
{
    return record->seq > view->from &&
           (record->account == view->account || (view->demo && record->everyone));
}

size_t journal_records(const struct journal *journal)
{
    return journal->requests.end - journal->requests.first;
}

size_t journal_bytes(const struct journal *journal)
{
    if (!journal_records(journal)) {
        return 0;
    }
    return journal->head - journal_request(journal, journal->requests.first)->request.start;
}
