/*
 * The record of events: requests with their bytes in one ring, transitions, callback attempts,
 * fault hits, changes of clocks and accounts in another; in memory, bounded by count and by bytes,
 * lost at a restart (transitions and callbacks are in the database too). One sequence numbers both,
 * so that a reader can follow them merged.
 *
 * The caller masks secrets before adding a request (mask.h).
 */
#pragma once

#include "domain/ident.h"
#include "domain/invoice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_RECORDS 10000              /* of each ring, by default */
#define JOURNAL_RECORDS_MOST 1000000       /* --journal N */
#define JOURNAL_BYTES ((size_t)16 << 20)   /* of all requests together */
#define JOURNAL_BODY_MOST ((size_t)262144) /* kept of a request's body */
#define JOURNAL_REPLY_MOST ((size_t)8192)  /* kept of a reply's body */

enum journal_kind {
    JOURNAL_REQUEST,
    JOURNAL_TRANSITION,
    JOURNAL_CALLBACK,
    JOURNAL_FAULT,
    JOURNAL_CLOCK,
    JOURNAL_ACCOUNT,
};

/* Why a request was refused before its handler or because of its key; the status tells the rest. */
enum journal_refusal {
    REFUSAL_NONE,
    REFUSAL_PATH,            /* no such route */
    REFUSAL_TARGET,          /* cannot be read */
    REFUSAL_HTTP,            /* the request breaks a rule of HTTP (framing.h) */
    REFUSAL_METHOD,          /* the path has others */
    REFUSAL_NO_CREDENTIALS,  /* no Authorization */
    REFUSAL_PUBLIC_CALL,     /* no Authorization, but a public key in the body */
    REFUSAL_NO_BASIC,        /* another scheme, or not base64 of login:password */
    REFUSAL_LOGIN_UNSET,     /* what code sends for a variable that is not set */
    REFUSAL_LOGIN_UNKNOWN,   /* no such account */
    REFUSAL_LOGIN_BLANKS,    /* right, but for blanks or quotes around it */
    REFUSAL_LOGIN_IS_KEY,    /* the login is a key */
    REFUSAL_PASSWORD,        /* wrong */
    REFUSAL_PASSWORD_UNSET,  /* as REFUSAL_LOGIN_UNSET */
    REFUSAL_PASSWORD_BLANKS, /* as REFUSAL_LOGIN_BLANKS */
    REFUSAL_PASSWORD_PUBLIC, /* a public key instead of the API key */
    REFUSAL_PASSWORD_SECRET, /* a secret key instead of the API key */
    REFUSAL_PASSWORD_OTHERS, /* another account's API key */
    REFUSAL_PASSWORD_OLD,    /* an API key that was replaced, after its grace */
    REFUSAL_KEY_UNSET,       /* as REFUSAL_LOGIN_UNSET */
    REFUSAL_KEY_UNKNOWN,     /* no account has the public key */
    REFUSAL_KEY_BLANKS,      /* as REFUSAL_LOGIN_BLANKS */
    REFUSAL_KEY_ACCOUNT,     /* an account's id instead of the public key */
    REFUSAL_KEY_OLD,         /* a public key that was replaced, after its grace */
    REFUSAL_KEY_SECRET,      /* a secret key instead of the public key */
    REFUSAL_KEY_PRIVATE,     /* an API key instead of the public key */
    REFUSAL_TOKEN,           /* no such card session, or it is over */
    REFUSAL_FILTER,          /* a filter of a list has a wrong value */
    REFUSAL_HEADER,          /* no such X-Mock- header */
    REFUSAL_COUNT,
};

/* The parts of a request, stored one after the other in this order. */
enum journal_part {
    JOURNAL_TARGET,
    JOURNAL_HEADERS, /* "Name: value\n" each */
    JOURNAL_BODY,
    JOURNAL_REPLY_HEADERS, /* as JOURNAL_HEADERS */
    JOURNAL_REPLY,
    JOURNAL_DETAIL, /* the reason of a refusal, as its X-Mock-Reason says it; or a hint */
    JOURNAL_MASKS,  /* struct journal_mask each, in the order of the parts */
    JOURNAL_PARTS,
};

/* A masked range of a part. Places count from the start of the part. Read it by memcpy. */
struct journal_mask {
    uint32_t start, size;
    uint32_t name, name_size; /* place of its name in the part; size 0: it has none */
    uint8_t part;             /* enum journal_part: target, headers or body */
    uint8_t kind;             /* enum mask_kind */
};

#define JOURNAL_MASKS_MOST 256 /* recorded of a request; more are masked, but not recorded */

struct journal_request {
    uint64_t number;    /* the request's own: "req_17" */
    uint64_t start;     /* of its bytes */
    size_t body, reply; /* sizes before they were cut */
    uint32_t size[JOURNAL_PARTS];
    uint32_t masks; /* masked ranges, recorded or not */
    int64_t took_us;
    unsigned status; /* 0: a fault ended it without an answer */
    int route;       /* in the router's table, -1: none */
    enum journal_refusal refusal;
    bool page, old;        /* old: HTTP/1.0 */
    enum fault_kind fault; /* that was applied to it */
    char method[16];
};

enum journal_change {
    JOURNAL_CREATED,
    JOURNAL_CHANGED,
    JOURNAL_RESET,
    JOURNAL_RESTORED, /* from a snapshot */
    JOURNAL_DELETED,
};

struct journal_record {
    uint64_t seq; /* from 1, of all kinds */
    enum journal_kind kind;
    bool unmatched;  /* a request without a known account */
    bool everyone;   /* also shown to the demo account */
    int64_t account; /* tenant.journal_id, 0: none */
    int64_t invoice; /* its row, 0: none */
    int64_t at_ms;   /* account time */
    int64_t wall_ms; /* machine time */
    uint64_t cause;  /* the number of the request that caused it, 0: none or itself */
    union {
        struct journal_request request;
        struct {
            enum status from, to;
            const char *cause; /* static */
            char resolution[48];
        } transition;
        struct {
            int64_t seq, attempt, code;
            enum status transition;
            enum callback_state state;
            char error[96];
        } callback;
        struct {
            int64_t id;
            char on[12], name[24];
        } fault;
        struct {
            bool frozen;
        } clock;
        struct {
            enum journal_change change;
            char id[IDENT_TEXT];
        } account_change;
    };
};

struct journal;

/* `records` per ring; 0: nothing is kept, and adding does nothing. */
struct journal *journal_new(size_t records);
void journal_free(struct journal *journal); /* NULL is allowed */
bool journal_is_on(const struct journal *journal);

/* Called for each request that is added. */
void journal_listen(struct journal *journal,
                    void (*added)(void *arg, const struct journal_record *record), void *arg);

/* ------------------------------------------------------------------ adding */

/* Room for a request's parts, at most `most` bytes. Returns NULL if the journal is off or they are
 * too many. The caller fills it and calls journal_add_request at once. */
char *journal_room(struct journal *journal, size_t most);

/* Adds the request whose parts were written into the room; seq and start are set here. */
void journal_add_request(struct journal *journal, struct journal_record *record);

/* Adds anything else; seq is set here. It belongs to the turn of the store that is open: see
 * journal_rolled_back. */
void journal_add(struct journal *journal, struct journal_record *record);

/* The turn was committed: its records stay. */
void journal_committed(struct journal *journal);

/* The turn was rolled back: its records are removed. */
void journal_rolled_back(struct journal *journal);

/* ------------------------------------------------------------------ reading */

/* The newest sequence number. */
uint64_t journal_seq(const struct journal *journal);

/* Requests by position: from the first to before the end. */
uint64_t journal_first(const struct journal *journal);
uint64_t journal_end(const struct journal *journal);
const struct journal_record *journal_request(const struct journal *journal, uint64_t position);

/* A part of a request, not NUL-terminated; valid until the next record is added. */
const char *journal_part(const struct journal *journal, const struct journal_record *record,
                         enum journal_part part);

/* Reading both rings merged. */
struct journal_cursor {
    uint64_t request, other; /* positions */
};

/* Before the first record whose sequence number is above `seq`. */
struct journal_cursor journal_after(const struct journal *journal, uint64_t seq);

/* The next committed record, or NULL if there is none yet. `ret_lost`: some were overwritten before
 * they were read. */
const struct journal_record *journal_next(const struct journal *journal,
                                          struct journal_cursor *cursor, bool *ret_lost);

/* A reader: an account, from a sequence number on. */
struct journal_view {
    int64_t account; /* tenant.journal_id */
    bool demo;       /* also sees records for everyone */
    uint64_t from;
};

bool journal_shows(const struct journal_view *view, const struct journal_record *record);

/* How full it is. */
size_t journal_records(const struct journal *journal);
size_t journal_bytes(const struct journal *journal);
