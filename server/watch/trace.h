/*
 * Which request caused what: each request has a number, and the transitions and callbacks that it
 * causes carry it in logs and events ("req_17"). Changes by a timer have no cause. Kept in memory:
 * the cause is lost if the retry comes thousands of callbacks later or after a restart.
 */
#pragma once

#include "domain/ident.h"

#include <stdint.h>

#define TRACE_CALLBACKS 4096

struct trace {
    uint64_t count;   /* requests so far */
    uint64_t current; /* the request that is being handled, the cause of everything; 0: none */
    struct {
        int64_t callback;
        uint64_t request;
    } caused[TRACE_CALLBACKS]; /* by number of the callback */
};

/* Starts the handling of a request and returns its number, from 1. */
uint64_t trace_begin(struct trace *trace);

/* The current request is the cause of this callback. */
void trace_callback(struct trace *trace, int64_t callback);

/* The request that caused a callback, 0: unknown. */
uint64_t trace_of_callback(const struct trace *trace, int64_t callback);

/* "req_17", "" of 0. */
void trace_id(uint64_t number, char ret_id[IDENT_TEXT]);
bool trace_id_read(const char *id, uint64_t *ret_number);
