/*
 * A merchant account: its credentials, its settings and its clock.
 *
 * Settings are one table (account_settings): name, kind, place, default and limits stand in one
 * row, and fixtures, the control API, the database and the documentation all read it.
 */
#pragma once

#include "base/mem.h"
#include "domain/account_key.h"
#include "domain/ident.h"
#include "domain/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_UNSET                                                                              \
    INT64_MIN /* a number that falls back to the server's or the platform's default */

/* Of the server's defaults, too. */
#define SETTLE_AFTER_MOST_MS (365LL * 24 * 3600 * 1000)
#define FIRST_CALLBACK_MOST_MS (3600LL * 1000)

struct settings {
    const char *name, *description, *merchant_url, *website, *icon, *status, *callback_url,
        *outcome, *return_url;
    const char *profile;
    const char *opening_balances; /* JSON text, amounts by currency, or NULL */
    const char *callback_headers; /* JSON text, header fields by name, or NULL */
    const char *required_fields;  /* JSON text, a list of dotted paths, or NULL */
    bool public_creation, only_final, auto_return, send_context, convert_currency,
        payment_fee_shift_out, strict_test_mode;
    int64_t settle_after_ms, first_callback_delay_ms, lifetime_s, retry_interval_s, retry_limit;
    int64_t connect_timeout_ms, read_timeout_ms, total_timeout_ms, attempt_limit, rate_limit, ttl_s;
};

enum setting_kind {
    SETTING_TEXT,    /* or null */
    SETTING_URL,     /* http or https, or null */
    SETTING_CHOICE,  /* one of `choices`, never null */
    SETTING_OUTCOME, /* the outcome syntax */
    SETTING_BOOL,
    SETTING_INT,     /* least to most; null where ACCOUNT_UNSET is the default */
    SETTING_AMOUNTS, /* an object of currencies to amounts, or null */
    SETTING_HEADERS, /* an object of header fields, or null */
    SETTING_PATHS,   /* a list of dotted paths, or null */
};

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset; /* into struct settings */
    const char *text;
    int64_t number; /* the default: text or number, by kind */
    int64_t least, most;
    const char *const *choices; /* NULL-terminated */
    const char *help;
};

extern const struct setting account_settings[];
extern const size_t account_settings_count;

/* The place of a setting in `settings`: a bool, an int64_t or a text, by its kind. */
void *setting_place(const struct setting *setting, struct settings *settings);

void settings_default(struct settings *ret_settings);

/* Platform time of an account: the machine's time plus an offset, or standing still. */
struct account_clock {
    bool frozen;
    int64_t offset_ms; /* running: added to the machine's time */
    int64_t now_ms;    /* frozen: the time */
};

/* An account as a row: settings as JSON text. */
struct account_row {
    int64_t num;
    struct account_keys keys;
    const char *old_keys; /* JSON text (view/key_history.h), or NULL */
    const char *settings;
    const char *services; /* changes of services as JSON (own_services_read), or NULL */
    struct account_clock clock;
    int64_t made_ms;
};

/* Its money in one currency (P652): the balance, or the change of it. Amounts in money.h's units,
 * of either sign. */
struct ledger_balance {
    const char *currency;
    int64_t active;   /* to be paid out or refunded from */
    int64_t pending;  /* payouts in progress */
    int64_t reserved; /* held back */
};

/* A named copy of its state (engine/snapshot.h). */
struct snapshot {
    int64_t seq;          /* row id; never given twice */
    const char *account;  /* its id, because `num` changes */
    const char *name;     /* unique in the account */
    int64_t created_ms;   /* machine time */
    int64_t invoices;     /* how many it has */
    const char *settings; /* JSON text, as the account's */
    const char *services; /* the same, or NULL */
    const char *keys;     /* JSON text (view/key_history.h); NULL: it has none */
    bool frozen;          /* the clock's mode */
    int64_t now_ms;       /* account time at that moment */
};

struct account {
    int64_t num; /* the account of its rows; a reset assigns a new one (tenant.h) */
    struct account_keys keys;
    struct account_old_keys old_keys;
    struct settings settings;
    struct account_clock clock;
    int64_t made_ms; /* machine time */
    char organisation_id[IDENT_TEXT],
        merchant_id[IDENT_TEXT]; /* org_..., ma_...: original_data.external_mid (P509) */
};

/* The secret that signs an invoice's callbacks (P964). */
const char *account_secret(const struct account *account, bool test_mode);

/* The signature of a callback's body, in the arena. */
const char *account_sign(const struct account *account, struct arena *arena, bool test_mode,
                         const void *body, size_t size);

/* The format of an account's bodies. */
enum profile account_profile(const struct account *account);

/* True if test cards and test services do not work in this mode: live, with strict_test_mode
 * (P172). */
bool account_refuses_tests(const struct account *account, bool test_mode);

/* Only "active" accounts create invoices (P656). */
bool account_is_active(const struct account *account);
