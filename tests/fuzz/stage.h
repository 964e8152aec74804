/*
 * A whole server in this process: router, engine, database, libmicrohttpd and libcurl, as main.c
 * puts them together, on a clock that only the stage moves. Nothing leaves the process: clients and
 * receivers of callbacks are the other ends of socket pairs. A program that uses it is linked with
 * the options in meson.build.
 */
#pragma once

#include "fuzz.h"

#include "call/call.h"
#include "engine/engine.h"

#define STAGE_LOGIN                                                                                \
    "Authorization: Basic "                                                                        \
    "Y29tYV9EZW1vNERvY3NBY2NvdW50OmRlbW9BcGlLZXlGb3JMb2NhbERldmVsb3BtZW50QW5kQ2lPbmx5XzAwMDE=\r\n"

struct stage {
    struct arena texts;
    struct fixture fixture;
    struct store *store;
    struct engine engine;
    struct router router;
    struct http_server *server;
    struct buf answer; /* the bytes that each receiver of a callback answers; empty: none */
    bool hangs;        /* after them it keeps the connection open */
    size_t callbacks;  /* how many attempts were received since the last reset */
};

/* A reply as a client sees it. */
struct stage_reply {
    struct buf bytes; /* everything that came, with interim and later replies */
    unsigned status;  /* 0: none came */
    const char *type; /* Content-Type, "" if there is none; borrowed from `head` */
    const char *body; /* of the first reply, with its NUL */
    size_t size;      /* of the body */
    bool whole;       /* all of the body came */
    struct buf head, content;
};

/* The stage, started at the first call. */
struct stage *stage(void);

/* Removes everything that an input has made. The demo account is as new. */
void stage_reset(void);

/* Runs turns of the loop, and moves all clocks. */
void stage_turns(int n);
void stage_pass(int64_t ms);

/*
 * Sends bytes on a new connection and reads until the server closes it, or until nothing comes any
 * more although minutes pass. Checks that what comes is HTTP. Free the reply with
 * stage_reply_finish.
 */
void stage_exchange(const char *bytes, size_t size, struct stage_reply *ret_reply);

/* Sends a call with the demo account's login. `headers` are whole lines, or ""; body NULL: none. */
void stage_call(const char *method, const char *target, const char *headers, const char *body,
                size_t size, struct stage_reply *ret_reply);

void stage_reply_finish(struct stage_reply *reply);

/* The body as JSON, NULL if it is none; the caller owns it. */
json_t *stage_json(const struct stage_reply *reply);

/* What must hold of any reply to a call: a status that is known, and a body of the form of
 * its API. `faulty`: a fault may have spoiled it. */
void stage_check_reply(const char *target, const struct stage_reply *reply, bool faulty);

/* The books add up: each balance is the opening balance and the effects of all invoices. */
void stage_check_books(void);

/* SQLite finds nothing wrong in the database. */
void stage_check_database(void);
