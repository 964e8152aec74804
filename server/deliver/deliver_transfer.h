/*
 * One attempt to deliver a callback: what curl is told, what it reports meanwhile, and how it
 * ended. When it starts, and beside which others, is deliver.c's.
 */
#pragma once

#include "base/buf.h"
#include "deliver/deliver.h"

#include <arpa/inet.h>
#include <sys/queue.h>

struct target;

struct transfer {
    int64_t callback, invoice, account;
    const struct deliver_options *options;
    struct target *target;
    const char *host; /* host:port of its receiver */
    CURL *easy;
    struct curl_slist *headers;
    struct arena arena;
    struct delivery delivery;
    int64_t wall_ms, began_ms; /* machine and monotonic time */
    int64_t heard_ms; /* monotonic time of the last sign of life once connected, 0 before */
    char public_address[INET6_ADDRSTRLEN];
    struct buf response, response_headers;
    bool overlong, headers_begun;
    char error[CURL_ERROR_SIZE];
    LIST_ENTRY(transfer) link;
};

/* Where a callback for this URL is really sent: options->rewrite_from is replaced. */
const char *transfer_url(const struct deliver_options *options, struct arena *arena,
                         const char *url);

/* Makes `easy` ready for transfer->delivery; it is the caller's, to be run and to be given back. */
void transfer_begin(struct transfer *transfer, CURL *easy);

/* How it ended: curl's code, or `late` when no byte came in time. Texts live as long as the
 * transfer. facts.md d.4: an answer is one whatever its status. */
void transfer_result(struct transfer *transfer, CURLcode code, bool late,
                     struct delivery_result *ret_result);

/* Milliseconds until it is late, 0: it is; INT64_MAX before it is connected. curl knows no read
 * timeout finer than a second, so the signs of life are watched here. */
int64_t transfer_left_ms(const struct transfer *transfer, int64_t now_ms);

/* Frees what it holds, without `easy` and the struct itself. */
void transfer_finish(struct transfer *transfer);
