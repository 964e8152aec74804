/* The content of a snapshot's file: checked, but still with the row numbers of the server that
 * wrote it. */
#pragma once

#include "domain/account.h"
#include "engine/engine.h"
#include "wire/json_read.h"

struct file_callback {
    struct callback callback;
    struct attempt *attempts;
    size_t n_attempts;
};

struct file_invoice {
    struct invoice invoice;
    struct transition *transitions;
    size_t n_transitions;
    struct file_callback *callbacks;
    size_t n_callbacks;
    struct refund *refunds;
    size_t n_refunds;
};

struct snapshot_file {
    int64_t created_ms;
    bool frozen; /* its clock */
    int64_t now_ms;
    const char *settings; /* JSON text */
    const char *services; /* the same, or NULL */
    const char **outcomes;
    size_t n_outcomes;
    struct ledger_balance *balances; /* sums of postings, by currency */
    size_t n_balances;
    struct file_invoice *invoices;
    size_t n_invoices;
};

/* A file that is being read, row by row: a large file takes many turns of the loop. */
struct snapshot_reading;

enum snapshot_step {
    SNAPSHOT_STEP_MORE,   /* a part was read */
    SNAPSHOT_STEP_DONE,   /* the whole file was read */
    SNAPSHOT_STEP_WRONG,  /* `errors` lists what is wrong, up to the first row with errors */
    SNAPSHOT_STEP_BROKEN, /* the text is not JSON; snapshot_file_broken returns where */
};

/*
 * Starts reading a document; free it with snapshot_file_free. The text and `errors` must live as
 * long; the arena of `errors` holds everything that is read. Derived values are filled in, except
 * ids, numbers, signatures and callback_logs.
 */
struct snapshot_reading *snapshot_file_read(const struct engine *engine, const char *text,
                                            size_t size, struct json_errors *errors);
void snapshot_file_free(struct snapshot_reading *reading); /* may be NULL */

/* Continues reading for a few milliseconds: the head first, then row by row. */
enum snapshot_step snapshot_file_step(struct snapshot_reading *reading);

/* Returns the content; its rows live in the arena. */
struct snapshot_file *snapshot_file_of(struct snapshot_reading *reading);

const char *snapshot_file_broken(const struct snapshot_reading *reading);
