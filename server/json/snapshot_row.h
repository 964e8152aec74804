/*
 * The rows of a snapshot as JSON, both ways by one table per kind of row, so that what is written
 * is what is read. Reading trusts nothing: each value is checked by itself; how they go together is
 * for the caller to check.
 */
#pragma once

#include "domain/balance.h"
#include "domain/invoice.h"
#include "domain/resolution.h"
#include "json/json_out.h"
#include "json/json_read.h"

struct row_field;

struct row_table {
    const struct row_field *fields;
    size_t n;
};

/*
 * Of an invoice: all but seq and account (its id says them), due_ms and callback_logs (they
 * follow). Of a callback: all but what follows from its invoice and its attempts, and the
 * signature, which follows from the body. Of an attempt: all but its callback and its number. Of a
 * refund: all but its invoice and its account. Of a balance (struct ledger_balance): what moved.
 */
extern const struct row_table row_invoice, row_transition, row_callback, row_attempt, row_refund,
    row_balance;

/* Writes a struct invoice, transition, callback, attempt, refund or ledger_balance as members of
 * the object that is open.
 */
void row_write(struct json_out *out, const struct row_table *table, const void *row);

struct row_reader {
    const struct resolution_set *resolutions;
    struct json_errors *errors; /* its arena gets the texts */
};

/*
 * Reads an object into a zeroed struct. Names that are neither in the table nor in `others`
 * (NULL-terminated; the caller reads those) are errors. Errors come under `path`, "invoices[3]".
 */
void row_read(const struct row_reader *reader, const struct row_table *table, const char *path,
              const char *const *others, const json_t *object, void *ret_row);
