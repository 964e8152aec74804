/* Attempts of a callback: what an attempt sends, and what follows when it ends. These are the
 * sender's hooks (deliver/deliver.h); `arg` is the engine. */
#pragma once

#include "deliver/deliver.h"

bool attempt_load(void *arg, struct arena *arena, int64_t callback, struct delivery *ret_delivery);
void attempt_ended(void *arg, const struct delivery_result *result);
