/*
 * Starts payouts (P612, P614). A payout is `created` with a planned outcome. Its start takes the
 * amount and fee from the balance and moves it to process_pending, with the first callback. After
 * that it changes like any invoice.
 */
#pragma once

#include "engine/engine.h"

/* Returns true if the active balance covers the payout: its amount and fee. */
bool payout_is_covered(struct engine *engine, const struct tenant *tenant, const char *currency,
                       int64_t writeoff);

/* Sets when a new payout with a plan starts: after a delay, or by payout_start within its lifetime
 * if TIME_NONE. */
void payout_await(struct invoice *invoice, int64_t delay_ms);

/* Returns true if the payout has not started. */
bool payout_is_awaited(const struct invoice *invoice);

/* Returns true if it has not started or expired. After a jump of the clock timers run in the next
 * turn, so the expiry is checked here. */
bool payout_may_start(const struct tenant *tenant, const struct invoice *invoice);

/*
 * Starts an awaited payout and its plan at `at_ms`, account time. Fails it with insufficient_funds
 * if the balance does not cover it. `ret_awaited`: of the call that starts it (outbox_insert);
 * NULL: started by its timer.
 */
void payout_start(struct engine *engine, struct tenant *tenant, struct arena *arena,
                  struct invoice *invoice, int64_t at_ms, int64_t *ret_awaited);
