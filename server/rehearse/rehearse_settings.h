/* Shared by the readers of rehearsal.json. */
#pragma once

#include "rehearse/rehearsal.h"
#include "wire/json_read.h"

#define SETTINGS_TEXT_MOST 4096

/* What a reading collects. */
struct settings_reading {
    struct rehearsal *rehearsal;
    struct json_errors errors;
};

/* rehearse_settings_hook.c: reads an object by a table; its errors get the path before their own.
 */
void settings_fields(struct settings_reading *reading, const char *path, const json_t *object,
                     const struct json_field *table, size_t n, void *into);

/* Reads a hook, with the extracts that belong to it. */
void settings_hook(struct settings_reading *reading, enum rehearse_hook_kind kind,
                   const json_t *value);

/* Which words state.map may give to those of the shop: "one of unpaid, ...". */
const char *settings_order_states(struct arena *arena);

/* rehearse_settings_check.c: refuses unknown names. `code`: the text may use braces for something
 * else, so only a name that is wrong by one letter is refused. */
void settings_check_placeholders(struct settings_reading *reading, const char *path,
                                 const json_t *value, bool code);
void settings_check_currency(struct settings_reading *reading, const char *currency);
