/*
 * The results of a run of the server: its invoices and their rows. A run begins with
 * store_run_begin; it has the invoices and callbacks with later row numbers, of all accounts that
 * exist or have existed. Errors: see store.h.
 */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* The last row numbers at the start of a run. */
struct run_mark {
    int64_t last[INVOICE_KINDS];
    int64_t callback;
};

typedef void store_run_unanswered(void *arg, const char *url, int64_t n);

/*
 * Begins a run. Of accounts that are deleted or emptied during the run, the rows of about the last
 * `keeps` invoices stay readable by their numbers until the next start; 0 keeps none, and then
 * deleted rows are not counted either. The counts of deleted rows do not say whom nobody answered
 * for; `unanswered` hears it for RUN_UNANSWERED, when their turn is committed: `n` of a URL.
 */
void store_run_begin(struct store *store, int64_t keeps, store_run_unanswered *unanswered,
                     void *arg);

/* How a callback of the run that was not delivered ended: no attempt was answered with 200. */
enum run_loss {
    RUN_LOST,       /* its receiver was called and never answered with 200, or it was never sent */
    RUN_TAMPERED,   /* by a fault: the last attempt was made wrong on purpose, or was held back */
    RUN_UNSENT,     /* its account was deleted or emptied before the first attempt */
    RUN_UNANSWERED, /* the same after attempts that nobody answered */
    RUN_LOSSES,
};

struct run_counts {
    int64_t invoices[STATUS_COUNT];
    int64_t callbacks[CALLBACK_STATES];
    int64_t losses[RUN_LOSSES]; /* of deleted rows only, see store_run_losses */
};

/* Counts the run's rows, including those that were deleted. */
void store_run_count(struct store *store, struct run_counts *ret_counts);

/* Row numbers of its invoices that still have rows, newest first, at most `limit`; the array is in
 * the arena. */
size_t store_run_invoices(struct store *store, struct arena *arena, int64_t limit,
                          int64_t **ret_seqs);

/* Calls `each` for every callback that was not delivered and still has a row, oldest first; `url`
 * lives until it returns. */
void store_run_losses(struct store *store,
                      void (*each)(void *arg, int64_t seq, enum run_loss loss, const char *url),
                      void *arg);

/* How this callback ended and its URL, which is in the arena. Returns false if it was delivered, or
 * is of an earlier run. */
bool store_run_loss(struct store *store, struct arena *arena, int64_t callback,
                    enum run_loss *ret_loss, const char **ret_url);

/* The id of an account that is gone, and its name or NULL, in the arena. Returns false if nothing
 * is kept of it. */
bool store_run_account(struct store *store, struct arena *arena, int64_t num, const char **ret_id,
                       const char **ret_name);
