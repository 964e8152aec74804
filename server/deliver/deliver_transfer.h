/*
 * One attempt to deliver a callback: what curl is told, what it reports meanwhile, and how it
 * ended. When it starts, and beside which others, is deliver.c's.
 */
#pragma once

#include "base/buf.h"
#include "base/timers.h"
#include "deliver/answer.h"
#include "deliver/deliver.h"

#include <arpa/inet.h>
#include <sys/queue.h>

struct target;

struct transfer {
    int64_t callback, invoice, account;
    const struct deliver_options *options;
    struct target *target;
    /*
     * Made for this attempt alone. libcurl before 8.1.0, so Debian 12's too, keeps a pointer to a
     * header of a handle's last transfer and follows it in the next: a receiver could crash the
     * server (curl #11101, #11103).
     */
    CURL *easy;
    struct curl_slist *headers;
    struct arena arena;
    struct delivery delivery;
    int64_t wall_ms, began_ms; /* machine and monotonic time */
    int64_t heard_ms; /* monotonic time of the last sign of life once connected, 0 before */
    char address[INET6_ADDRSTRLEN];
    const char *objection; /* what `address` is that callbacks may not go to, NULL: none is */
    struct buf sent;       /* the head that went out */
    struct answer answer;
    bool whole; /* all of the answer came */
    char error[CURL_ERROR_SIZE];
    curl_socket_t socket; /* the one that was opened last, CURL_SOCKET_BAD once closed */
    bool kept;            /* curl has closed it, and it is ours to close */
    struct deliver *deliver;
    struct timer late; /* when it is to be asked whether it is late */
    LIST_ENTRY(transfer) link;
};

/*
 * Which addresses callbacks may go to (callbacks.md, "Where they may go"): NULL for loopback and
 * private ones, 127/8, ::1, RFC 1918, fc00::/7. For any other what it is, to follow "ADDRESS is ":
 * "a public address", "a link-local address". IPv4 mapped into IPv6 counts as IPv4. Static.
 */
const char *address_objection(const struct sockaddr *address);

/* Where a callback for this URL is really sent: options->rewrite_from is replaced. */
const char *transfer_url(const struct deliver_options *options, struct arena *arena,
                         const char *url);

/* Makes transfer->easy, ready for transfer->delivery. */
void transfer_begin(struct transfer *transfer);

/* How it ended: curl's code, or `late` when no byte came in time. Texts live as long as the
 * transfer. An answer is one whatever its status, but only when all of it came. */
void transfer_result(struct transfer *transfer, CURLcode code, bool late,
                     struct delivery_result *ret_result);

/* When it is late if no byte comes; before it is connected, counted from now. curl knows no read
 * timeout finer than a second, so the signs of life are watched here. */
int64_t transfer_late_at_ms(const struct transfer *transfer, int64_t now_ms);

/* curl closes transfer->socket. Once the request went out it stays open until transfer_finish,
 * which knows how the attempt ended. */
void transfer_close_socket(struct transfer *transfer);

/* After transfer_result: lets the connection of a whole answer end without holding its port. */
void transfer_free_port(const struct transfer *transfer);

/* Closes its connection and frees what it holds, without the struct itself. transfer->easy must
 * be out of its multi handle. */
void transfer_finish(struct transfer *transfer);
