/*
 * One attempt to deliver a callback: curl's options, its events and the result. deliver.c decides
 * when it starts.
 */
#pragma once

#include "base/buf.h"
#include "base/timers.h"
#include "deliver/answer.h"
#include "deliver/deliver.h"
#include "deliver/ports.h"

#include <arpa/inet.h>
#include <sys/queue.h>

struct target;

struct transfer {
    int64_t callback, invoice, account;
    const struct deliver_options *options;
    struct target *target; /* NULL: its account is gone */
    /*
     * Created for this attempt only. libcurl before 8.1.0, including Debian 12's, keeps a pointer
     * to a header of a handle's last transfer and uses it in the next one: a receiver could crash
     * the server (curl #11101, #11103).
     */
    CURL *easy;
    struct curl_slist *headers;
    struct arena arena;
    struct delivery delivery;
    int64_t wall_ms, began_ms; /* machine and monotonic time */
    int64_t heard_ms;          /* monotonic time of the last received byte; 0 until connected */
    char address[INET6_ADDRSTRLEN];
    const char *objection; /* why callbacks may not go to `address`; NULL: none was refused */
    struct buf sent;       /* the head that was sent */
    struct answer answer;
    size_t sent_body;                             /* bytes of the body that were sent */
    void (*when_sent)(struct transfer *transfer); /* called once; NULL: nobody asks */
    bool whole;                                   /* the answer is complete */
    char error[CURL_ERROR_SIZE];
    curl_socket_t socket; /* the last one opened; CURL_SOCKET_BAD once closed */
    bool kept;            /* curl closed it, but it is still open and owned by the transfer */
    struct deliver *deliver;
    struct timer late;   /* when to check for the read timeout */
    struct timer second; /* when the second attempt of SECOND_WHEN_SENT begins */
    int64_t second_after_ms;
    LIST_ENTRY(transfer) link;
};

/*
 * Checks whether callbacks may go to an address (callbacks.md, "Where they may go"). Returns NULL
 * for loopback and private addresses: 127/8, ::1, RFC 1918, fc00::/7. For others returns what the
 * address is, to follow "ADDRESS is ": "a public address", "a link-local address". IPv4 mapped into
 * IPv6 counts as IPv4. Static.
 */
const char *address_objection(const struct sockaddr *address);

/* Plain words for the error of https to a server of http, or of http to one of https; to follow
 * "the receiver ". NULL: it is another error. Static. */
const char *transfer_tls_mismatch(CURLcode code, const char *error, const char *url);

/* Returns the URL that a callback is really sent to: options->rewrite_from is replaced. */
const char *transfer_url(const struct deliver_options *options, struct arena *arena,
                         const char *url);

/* Creates transfer->easy from transfer->delivery. */
void transfer_begin(struct transfer *transfer);

/* Makes the result from curl's code; `late`: no byte came in time. Texts live as long as the
 * transfer. Any status is an answer, but only if the answer is complete. */
void transfer_result(struct transfer *transfer, CURLcode code, bool late,
                     struct delivery_result *ret_result);

/* Returns when the read timeout is over if no byte comes; until connected, counted from now. curl
 * has no read timeout finer than a second. */
int64_t transfer_late_at_ms(const struct transfer *transfer, int64_t now_ms);

/* Called when curl closes transfer->socket. After the request was sent the socket stays open until
 * transfer_finish, when the result is known. */
void transfer_close_socket(struct transfer *transfer);

/* After transfer_result: the connection of a complete answer will be closed with a reset if `ports`
 * has none left for a normal close. */
void transfer_free_port(const struct transfer *transfer, struct ports *ports);

/* Closes the connection and frees the transfer's members, but not the struct. transfer->easy must
 * have been removed from its multi handle. */
void transfer_finish(struct transfer *transfer);
