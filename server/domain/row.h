/*
 * The rows of the database, one table for each kind: the name of each field, its place in the
 * struct and its valid values. The store binds and reads rows with it (store_row.c), and snapshot
 * files are written and read with it (snapshot_row.h). A new field is one line here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The type of a value in the struct, which decides its form in the database and in a snapshot's
 * file. */
enum row_kind {
    ROW_TEXT,       /* const char *, least to most characters */
    ROW_CURRENCY,   /* const char *, upper case */
    ROW_URL,        /* const char *, http or https */
    ROW_IDENT,      /* char[IDENT_TEXT] with the field's prefix */
    ROW_ID,         /* const char * of that form */
    ROW_JSON,       /* const char *, the text of a map */
    ROW_TREE,       /* the same, or of a list */
    ROW_BYTES,      /* const char * and at offset2 its int64_t size; {"base64":..} when no text */
    ROW_MONEY,      /* int64_t, not below 0 */
    ROW_BALANCE,    /* int64_t, of any sign */
    ROW_UNITS,      /* int64_t, of any sign, as whole 1e-8 units: a sum can have more digits than
                       numbers of JSON keep */
    ROW_TIME,       /* int64_t, unix ms */
    ROW_COUNT,      /* int64_t, not below 0 */
    ROW_CODE,       /* int64_t, an HTTP status; 0 for null */
    ROW_CALLBACK,   /* int64_t, "cb_17" */
    ROW_NUMBER,     /* int64_t; the database only */
    ROW_BOOL,       /* bool; null is false */
    ROW_CHOICE,     /* an enum by the field's names; "" names none */
    ROW_STATUS,     /* enum status */
    ROW_STATUSES,   /* uint32_t, a list of names */
    ROW_RESOLUTION, /* const char * */
};

struct row_field {
    const char *column; /* in the database */
    enum row_kind kind;
    size_t offset, offset2;
    bool changes; /* an update saves it; the others stay as they were inserted */

    /* In the file of a snapshot. */
    const char *name; /* NULL: not in the file, because it follows from the rest */
    bool null;        /* may be null or absent */
    bool sparse;      /* null is left out */
    int64_t least, most;
    const char *prefix, *other_prefix; /* of ids; the other one may be NULL */
    const char *const *names;          /* NULL-terminated */
};

/* A kind of row: its fields in the order of the columns, which is that of the file too. */
struct row_table {
    const char *name; /* of the table */
    const struct row_field *fields;
    size_t n, size; /* how many, and the size of the struct */
};

/* struct invoice, transition, callback, attempt, refund, ledger_balance, queued_outcome, snapshot,
 * account_row. The head of a callback is what fits in a list: all but its url, signature and body.
 * The head of an attempt is all but its headers and bodies. */
extern const struct row_table row_invoice, row_transition, row_callback, row_callback_head,
    row_attempt, row_attempt_head, row_refund, row_balance, row_outcome, row_snapshot, row_account;
