/* Accounts: making, changing, resetting and deleting them, with all that is under way for them. */
#pragma once

#include "engine/engine.h"

/* Makes an account with fresh keys. NULL when there are too many. */
struct tenant *engine_add_account(struct engine *engine, const struct settings *settings);

void engine_change_account(struct engine *engine, struct tenant *tenant,
                           const struct settings *settings);

/* Sets the account's clock to a time, and freezes it there or lets it run on. It must not be
 * advancing. */
void engine_set_clock(struct engine *engine, struct tenant *tenant, bool frozen, int64_t now_ms);

/* Takes a fault away, or all; callbacks that `reorder` held are sent. False: there is none of this
 * number. */
bool engine_delete_fault(struct engine *engine, struct tenant *tenant, int64_t number);
void engine_delete_faults(struct engine *engine, struct tenant *tenant);

/* --demo-callback-url, if it was given. */
void engine_set_demo_callback_url(struct engine *engine);

/* Takes everything out of the account (tenants_empty); what is under way for it is dropped. */
void engine_empty(struct engine *engine, struct tenant *tenant);

/* Everything back to the start; fixture accounts get the fixture's settings again. */
void engine_reset(struct engine *engine, struct tenant *tenant);
void engine_delete_account(struct engine *engine, struct tenant *tenant);
