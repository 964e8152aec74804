/* The keys of an account as JSON texts, as the database keeps them. */
#pragma once

#include "base/mem.h"
#include "domain/account_key.h"
#include "wire/json_out.h"

/* The replaced keys, a list, in the arena; NULL if there are none. And reads them, with texts in
 * the arena; whatever cannot be read is left out. */
const char *key_history_text(struct arena *arena, const struct account_old_keys *old);
void key_history_read(const char *text, struct arena *arena, struct account_old_keys *ret_old);

/* All keys but the id, and the replaced ones. key_history_read_all leaves `keys` as they are if
 * `text` is NULL. */
const char *key_history_text_all(struct arena *arena, const struct account_keys *keys,
                                 const struct account_old_keys *old);
void key_history_read_all(const char *text, struct arena *arena, struct account_keys *keys,
                          struct account_old_keys *old);

/* Writes the replaced keys for the control API: {"secret_key":..,"replaced":unix,"until":unix,
 * "valid":bool}, newest first. */
void key_history_write(struct json_out *out, const char *key, const struct account_old_keys *old,
                       int64_t now_ms);
