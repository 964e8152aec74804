/*
 * The built-in receiver of an account (server/docs/sinks.md): names that record the requests sent
 * to them and answer as programmed. In memory only and bounded: the oldest requests are dropped
 * first.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define SINK_NAME_MOST 64
#define SINKS_MOST 100                     /* names in use per account */
#define SINK_REQUESTS_MOST 1000            /* of a name */
#define SINK_BYTES_MOST ((size_t)16 << 20) /* of an account */
#define SINK_POOL_MOST ((size_t)256 << 20) /* of all accounts */
#define SINK_RESPONSES_MOST 1000           /* of a program */

enum sink_signature {
    SINK_VALID,   /* made with a secret key of the account */
    SINK_INVALID, /* any other signature */
    SINK_MISSING, /* no signature */
};

const char *sink_signature_name(enum sink_signature signature);
bool sink_signature_parse(const char *name, enum sink_signature *ret_signature);

struct sink_request {
    STAILQ_ENTRY(sink_request) link;
    int64_t seq;   /* number within the account, from 1 */
    int64_t at_ms; /* account time */
    const char *method, *path;
    const char *query;   /* raw, without '?' */
    const char *headers; /* JSON text of an object */
    const char *lines;   /* the headers as lines if a name is repeated, else "" */
    const char *invoice; /* the id that the body names, "" when it names none */
    const char *body;
    size_t body_size;
    unsigned response_code;
    enum sink_signature signature;
    size_t bytes; /* size in memory */
};

/* The sinks of an account. Initialize with zeroes; without a pool it counts its own bytes only. */
struct sinks {
    size_t *pool; /* bytes of all accounts together, or NULL */
    LIST_HEAD(, sink) list;
    size_t n, bytes;
    int64_t last_seq;
};

void sinks_finish(struct sinks *sinks);

/* 1 to SINK_NAME_MOST characters of [A-Za-z0-9_.-]. */
bool sink_name_is_good(const char *name);

/*
 * Records a request, and drops the oldest ones of the account if there is no room. Texts are
 * copied; `seq`, `response_code` and `bytes` are set here. Gives the status to answer with. Returns
 * false if there are SINKS_MOST names already.
 */
bool sink_receive(struct sinks *sinks, const char *name, const struct sink_request *request,
                  unsigned *ret_code);

/*
 * Sets the answers of a name: `codes` in turn, then the last one repeated; without codes 200.
 * Returns false if there are SINKS_MOST names already.
 */
bool sink_program(struct sinks *sinks, const char *name, const uint16_t *codes, size_t n);

/* A name in use. */
struct sink_view {
    const char *name;
    size_t requests;
    const uint16_t *codes; /* of the program, n_codes of them; the first `next_code` were used */
    size_t n_codes, next_code;
};

/* Calls `each` for every name, the most recently added first; its arguments are valid until it
 * returns. */
void sinks_all(const struct sinks *sinks, void (*each)(void *arg, const struct sink_view *view),
               void *arg);

/* Deletes a name's requests; its program continues. */
void sink_clear(struct sinks *sinks, const char *name);

/* A filter of requests. */
struct sink_filter {
    const char *invoice;                  /* NULL: any */
    const enum sink_signature *signature; /* NULL: any */
};

/* How many requests of a name match; a NULL filter matches all. */
size_t sink_count(const struct sinks *sinks, const char *name, const struct sink_filter *filter);

/* The matching requests, oldest first: an array in the arena of pointers that are valid until the
 * next change. */
size_t sink_list(const struct sinks *sinks, const char *name, const struct sink_filter *filter,
                 struct arena *arena, const struct sink_request ***ret_requests);
