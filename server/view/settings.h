/* Account settings as JSON, by the table of domain/account.h: fixtures, the control API and the
 * database share it. */
#pragma once

#include "domain/account.h"
#include "domain/resolution.h"
#include "wire/json_out.h"
#include "wire/json_read.h"

/*
 * Reads settings at the top level of `object` and under its member "settings" into `settings`,
 * which holds the values before (defaults or an account's). Names that are in neither the table nor
 * `others` (NULL-terminated; the caller reads those) are errors, and so is an outcome that the
 * profile lacks. Texts go to the arena of `errors`.
 */
void settings_read(const json_t *object, const char *const *others,
                   const struct resolution_set *resolutions, struct settings *settings,
                   struct json_errors *errors);

/* Appends the settings to the buffer as a JSON object. Returns the text of the buffer. */
const char *settings_text(struct buf *buf, const struct settings *settings);

/* Writes every setting as members of the object that is open. */
void settings_write(struct json_out *out, const struct settings *settings);

/* The opening balance of a currency (money.h), MONEY_NONE if opening_balances does not name it; and
 * all currencies that it names. */
int64_t settings_opening(const struct settings *settings, const char *currency);
void settings_opening_all(const struct settings *settings,
                          void (*each)(void *arg, const char *currency), void *arg);
