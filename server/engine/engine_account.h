/* Creates, changes, resets and deletes accounts, including their pending work. */
#pragma once

#include "engine/engine.h"

/* Creates an account with new keys. Returns NULL if there are too many. */
struct tenant *engine_add_account(struct engine *engine, const struct settings *settings);

void engine_change_account(struct engine *engine, struct tenant *tenant,
                           const struct settings *settings);

/*
 * Replaces the keys that `which` names by new ones. The present ones stay valid for `grace_ms` of
 * the account's clock. Returns ACCOUNT_KEY_KINDS, or the key with too many earlier ones that are
 * still valid; then nothing has changed.
 */
enum account_key engine_rotate_keys(struct engine *engine, struct tenant *tenant,
                                    const bool which[ACCOUNT_KEY_KINDS], int64_t grace_ms);

/* Sets the account's clock, frozen or running. The account must not be advancing. */
void engine_set_clock(struct engine *engine, struct tenant *tenant, bool frozen, int64_t now_ms);

/* Deletes one fault or all, and sends the callbacks that `reorder` held. Returns false if there is
 * no fault with this number. */
bool engine_delete_fault(struct engine *engine, struct tenant *tenant, int64_t number);
void engine_delete_faults(struct engine *engine, struct tenant *tenant);

/* Applies --demo-callback-url, if given. */
void engine_set_demo_callback_url(struct engine *engine);

/* Removes everything in the account (tenants_empty) and drops its pending work. */
void engine_empty(struct engine *engine, struct tenant *tenant);

/* Creates the deleted demo account again, with the fixtures' keys and settings. Returns NULL if
 * they have no accounts, or if there are too many accounts. */
struct tenant *engine_restore_demo(struct engine *engine);

/* Resets the account to its initial state; fixture accounts get the fixture's settings. */
void engine_reset(struct engine *engine, struct tenant *tenant);
void engine_delete_account(struct engine *engine, struct tenant *tenant);
