/* Groups of waiting calls, found by what they wait for and by account. */
#pragma once

#include "api/waiter.h"

struct wait_account;

/* All that wait for the same thing. Lives while it has a waiter. */
struct wait_group {
    char owner_id[IDENT_TEXT]; /* the account's id */
    int64_t account, invoice;  /* tenant.journal_id; row, 0: idle or requests */
    bool requests;
    LIST_HEAD(, waiter) waiters;
    size_t hurried; /* of them do not wait for first_callback_delay_ms */
    bool marked;    /* something happened: to be looked at */
    struct wait_account *owner;
    TAILQ_ENTRY(wait_group) mark;
    LIST_ENTRY(wait_group) chain;   /* of its bucket */
    LIST_ENTRY(wait_group) sibling; /* of the account's groups */
};

#define WAIT_BUCKETS 4096

struct wait_index {
    LIST_HEAD(, wait_group) groups[WAIT_BUCKETS];
    LIST_HEAD(, wait_account) accounts[WAIT_BUCKETS];
    TAILQ_HEAD(, wait_group) marked;
};

/* Of zeroed memory: empty buckets are not touched before they are used. */
void wait_index_init(struct wait_index *index);

/* Puts the waiter of an account into its group, and takes it out again. */
void wait_index_add(struct wait_index *index, struct waiter *waiter, const char *owner_id);
void wait_index_remove(struct wait_index *index, struct waiter *waiter);

/* Marks one group, if there is such, or all of an account. */
void wait_index_mark(struct wait_index *index, int64_t account, int64_t invoice, bool requests);
void wait_index_mark_account(struct wait_index *index, int64_t account);

/* Whether a waiter of that group wants callbacks at once (first_callback.h). */
bool wait_index_hurries(const struct wait_index *index, int64_t account, int64_t invoice);

/* Takes a group off the list of the marked ones; NULL when there is none. */
struct wait_group *wait_index_next(struct wait_index *index);
