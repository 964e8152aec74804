/*
 * The built-in receiver of an account (server/docs/sinks.md): names that record what is sent to
 * them and answer as told. In memory only and bounded: what is oldest makes room for what comes.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define SINK_NAME_MOST 64
#define SINKS_MOST 100                     /* names of an account with something in them */
#define SINK_REQUESTS_MOST 1000            /* of a name */
#define SINK_BYTES_MOST ((size_t)16 << 20) /* of an account */
#define SINK_POOL_MOST ((size_t)256 << 20) /* of all accounts */
#define SINK_RESPONSES_MOST 1000           /* of a program */

enum sink_signature {
    SINK_VALID,   /* made with a secret key of the account */
    SINK_INVALID, /* something else */
    SINK_MISSING, /* there was none */
};

const char *sink_signature_name(enum sink_signature signature);
bool sink_signature_parse(const char *name, enum sink_signature *ret_signature);

struct sink_request {
    STAILQ_ENTRY(sink_request) link;
    int64_t seq;   /* counts up within the account, from 1 */
    int64_t at_ms; /* account time */
    const char *method, *path;
    const char *query;   /* raw, without '?' */
    const char *headers; /* JSON text of an object */
    const char *invoice; /* the id that the body names, "" when it names none */
    const char *body;
    size_t body_size;
    unsigned response_code;
    enum sink_signature signature;
    size_t bytes; /* what it takes in memory */
};

/* The sinks of an account. A zeroed one is ready, with a pool of its own if it has none. */
struct sinks {
    size_t *pool; /* bytes of all accounts together, NULL: of nobody else */
    LIST_HEAD(, sink) list;
    size_t n, bytes;
    int64_t last_seq;
};

void sinks_finish(struct sinks *sinks);

/* 1 to SINK_NAME_MOST characters of [A-Za-z0-9_.-]. */
bool sink_name_is_good(const char *name);

/*
 * Records a request; what is oldest in the account makes room for it, its newest stays. Texts are
 * copied, `seq`, `response_code` and `bytes` are set here. Gives
 * the status to answer with. False when there are SINKS_MOST names already.
 */
bool sink_receive(struct sinks *sinks, const char *name, const struct sink_request *request,
                  unsigned *ret_code);

/*
 * Sets what a name answers from now on: `codes` in turn, the last one for ever; none: 200. False
 * when there are SINKS_MOST names already.
 */
bool sink_program(struct sinks *sinks, const char *name, const uint16_t *codes, size_t n);

/* A name with something in it. */
struct sink_view {
    const char *name;
    size_t requests;
    const uint16_t
        *codes; /* of the program, n_codes of them; those before `next_code` were given */
    size_t n_codes, next_code;
};

/* Calls `each` for every name, the one that was first used last first; what it sees lives until it
 * returns. */
void sinks_all(const struct sinks *sinks, void (*each)(void *arg, const struct sink_view *view),
               void *arg);

/* Forgets a name's requests; its program goes on where it is. */
void sink_clear(struct sinks *sinks, const char *name);

/* Which requests count. */
struct sink_filter {
    const char *invoice;                  /* NULL: any */
    const enum sink_signature *signature; /* NULL: any */
};

/* How many requests of a name fit; a NULL filter fits all. */
size_t sink_count(const struct sinks *sinks, const char *name, const struct sink_filter *filter);

/* Those that fit, oldest first: pointers in the arena to requests that live until the next change.
 */
size_t sink_list(const struct sinks *sinks, const char *name, const struct sink_filter *filter,
                 struct arena *arena, const struct sink_request ***ret_requests);
