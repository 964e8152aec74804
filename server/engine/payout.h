/*
 * The start of a payout (P612, P614). It is made `created`, with its outcome planned; the start
 * takes what it writes off from the balance and makes it process_pending, with the first callback.
 * From there on it is moved as all invoices are.
 */
#pragma once

#include "engine/engine.h"

/*
 * Whether the account has the money for it: what is written off (amount and fee) is not more than
 * the active balance.
 */
bool payout_is_covered(struct engine *engine, const struct tenant *tenant, const char *currency,
                       int64_t writeoff);

/* Of a payout that is being made, with its plan: it starts by itself after a delay, TIME_NONE: it
 * waits for payout_start, at most for its lifetime. */
void payout_await(struct invoice *invoice, int64_t delay_ms);

/* It has not started. */
bool payout_is_awaited(const struct invoice *invoice);

/* And its time is not over: a clock that jumped has its timers run only in the next turn. */
bool payout_may_start(const struct tenant *tenant, const struct invoice *invoice);

/*
 * Starts an awaited payout at an account's time, and its plan with it. Without the money for it, it
 * fails with insufficient_funds instead. `ret_awaited`: of the call that commands it
 * (outbox_insert); NULL: its timer does.
 */
void payout_start(struct engine *engine, struct tenant *tenant, struct arena *arena,
                  struct invoice *invoice, int64_t at_ms, int64_t *ret_awaited);
