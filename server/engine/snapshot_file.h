/* A snapshot's file as it is read: checked, but with the numbers of the server that wrote it. */
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
    const char **outcomes;
    size_t n_outcomes;
    struct ledger_balance *balances; /* what moved, by currency */
    size_t n_balances;
    struct file_invoice *invoices;
    size_t n_invoices;
};

/* A file that is being read, one row after the other: a large one takes many turns of the loop. */
struct snapshot_reading;

enum snapshot_step {
    SNAPSHOT_STEP_MORE,   /* a row was read, or taken apart */
    SNAPSHOT_STEP_DONE,   /* the whole file is there */
    SNAPSHOT_STEP_WRONG,  /* `errors` say what is wrong, up to the first row that has errors */
    SNAPSHOT_STEP_BROKEN, /* the text is no JSON; snapshot_file_broken says where */
};

/*
 * Begins to read a document; free it with snapshot_file_free. The text and `errors`, whose arena
 * gets all that is read, must last as long. What follows from other values is filled in, but for
 * ids, numbers, signatures and callback_logs.
 */
struct snapshot_reading *snapshot_file_read(const struct engine *engine, const char *text,
                                            size_t size, struct json_errors *errors);
void snapshot_file_free(struct snapshot_reading *reading); /* NULL is fine */

/* Reads on: the head first, then row by row, some milliseconds at most. */
enum snapshot_step snapshot_file_step(struct snapshot_reading *reading);

/* What was read; its rows live in the arena. */
struct snapshot_file *snapshot_file_of(struct snapshot_reading *reading);

const char *snapshot_file_broken(const struct snapshot_reading *reading);
