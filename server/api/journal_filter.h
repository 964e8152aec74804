/* Filters of the journal's requests for GET /_mock/requests and of GET /_mock/wait?requests=. */
#pragma once

#include "call/call.h"

struct journal_filter {
    struct journal_view view;
    const char *method, *path;          /* NULL: any; in a path `*` matches any text */
    const char *reference_id;           /* NULL: any; its invoice, or in the body of a call */
    uint64_t number;                    /* of the request, 0: any */
    int64_t invoice;                    /* 0: any */
    int64_t reference;                  /* the invoice of reference_id, 0: there is none */
    int64_t from_ms, to_ms;             /* machine time, both inclusive */
    unsigned status_least, status_most; /* both 0: any */
    int kind, unmatched;                /* 0 or 1, -1: any; kind 1: pages */
};

/* Reads the filters from the query, texts borrowed from it. Refuses with 404 or 422. */
struct answer *journal_filter_read(struct call *call,
                                   struct journal_filter *ret_filter) ATTR_MUST_USE;

bool journal_filter_fits(const struct journal_filter *filter, const struct router *router,
                         const struct journal_record *record);
