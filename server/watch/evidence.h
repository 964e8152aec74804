/*
 * What the receivers of callbacks showed about signatures during a run, for `exec --strict`: who
 * answered at all, who accepted genuine callbacks, and what each did with forged ones. A receiver
 * is a host and a path. On this machine's loopback addresses its port does not count, because test
 * suites take a new one for each test. The server's own sinks check nothing and show nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define EVIDENCE_RECEIVERS_MOST 65536 /* about 10 MB; later ones show and excuse nothing */
#define EVIDENCE_NAMED_MOST 20        /* accepted forgeries that are named; others are counted */

/* What an attempt sent. */
enum evidence_sent {
    SENT_GENUINE,  /* a right signature of an unchanged body */
    SENT_FORGED,   /* a wrong signature, or none */
    SENT_TAMPERED, /* anything else that a fault changed */
};

struct evidence {
    bool wanted;                 /* otherwise nothing is noted */
    void *receivers;             /* search tree */
    SLIST_HEAD(, receiver) list; /* the same */
    size_t n;
    int64_t unanswered_of_others;               /* of receivers beyond the limit, and of sinks */
    int64_t refused, accepted;                  /* forged callbacks */
    int64_t accepted_list[EVIDENCE_NAMED_MOST]; /* row numbers of the first callbacks */
    bool proven; /* a receiver accepted genuine callbacks and refused a forged one */
};

/* Whether an answer may mean "this signature is wrong". Others, as 404, 408, 429 and 5xx, have
 * other causes. */
bool evidence_is_refusal(long code);

/* Notes an answer; `code` 0: there was none. */
void evidence_note(struct evidence *evidence, int64_t callback, const char *url,
                   enum evidence_sent sent, long code);

/* Whether this URL's receiver answered any callback of the run. */
bool evidence_answered(const struct evidence *evidence, const char *url);

/* Notes callbacks that nobody answered and whose rows are deleted: store_run_begin's hook. */
void evidence_note_unanswered(void *evidence, const char *url, int64_t n);

/* The number of those whose receiver answered no callback of the run. */
int64_t evidence_lost(const struct evidence *evidence);

void evidence_finish(struct evidence *evidence);
