/*
 * One HTTP call to another server, for the commands that are clients (compare/, rehearse/): it
 * follows no redirect, uses no proxy and reads no .netrc. Nothing here belongs to a running server,
 * which must never wait for a reply; callbacks are sent by deliver/.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define FETCH_HEAD_MOST ((size_t)64 << 10)

struct fetch_field {
    const char *name, *value;
};

struct fetch_call {
    const char *method, *url, *agent;
    const struct fetch_field *fields; /* of the head */
    size_t n_fields;
    const char *body;             /* NULL: none */
    const char *login, *password; /* HTTP Basic; login NULL: none */
    const char *ca;               /* a file of certificates; NULL: the system's */
    bool unverified;              /* any certificate will do */
    int64_t timeout_ms;
    size_t body_most;     /* of the reply */
    const char *too_long; /* the words for a longer one */

    /* Returns why there may be no connection to this address, static or in the arena; NULL: there
     * may. Not set: there may always. */
    const char *(*objection)(void *arg, const struct sockaddr *address);
    void *arg;
};

/* How a call ended. */
enum fetch_end {
    FETCH_DONE,      /* the reply is complete */
    FETCH_OBJECTED,  /* `objection` */
    FETCH_TOO_LONG,  /* its head or its body */
    FETCH_LATE,      /* not complete in time */
    FETCH_REFUSED,   /* no connection */
    FETCH_SILENT,    /* closed without a reply */
    FETCH_UNTRUSTED, /* the certificate */
    FETCH_FAILED,    /* anything else */
};

struct fetch_reply {
    enum fetch_end end;
    const char *failure; /* NULL for FETCH_DONE, else a few words; never what the server sent */
    int status;          /* 0: none came */
    struct fetch_field *fields; /* of the last head, as sent, in the arena */
    size_t n_fields, fields_room;
    struct buf body;
};

/* Makes the call and waits for its reply. The caller finishes its body. */
void fetch(struct arena *arena, const struct fetch_call *call, struct fetch_reply *ret_reply);
