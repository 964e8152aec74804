/*
 * Tenants: the merchant accounts in memory, with their runtime state (clock, next event, callbacks
 * in progress). The database is authoritative; this is what the loop needs in every turn without
 * reading it.
 */
#pragma once

#include "base/mem.h"
#include "domain/account.h"
#include "domain/ident.h"
#include "domain/resolution.h"
#include "domain/status.h"
#include "engine/faults.h"
#include "receiver/sink.h"
#include "store/store_account.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#define TENANTS_MOST 10000

struct advance;
struct first_gate;
struct fixture;
struct own_services;
struct services;

/* An event during an advance of the account's clock (advance.h). */
struct advance_event {
    int64_t at_ms;
    bool is_callback;
    char invoice[IDENT_TEXT];
    enum status from, to; /* to: for a callback, the status that it reports */
    int64_t callback, attempt;
    bool done;
};

struct advance_events {
    struct advance_event *list;
    size_t n, room;
    size_t total; /* including those that are only counted */
};

/* The calls in one second of the account's clock, for rate_limit. */
struct call_rate {
    int64_t second, calls;
};

struct tenant {
    struct account account;
    struct call_rate rate;
    struct arena id_text;                /* owns account.keys.id, which never changes */
    struct arena key_texts;              /* owns the other keys, and the old ones */
    struct arena setting_texts;          /* owns account.settings */
    struct own_services *own;            /* its changes of the services; NULL: none */
    int64_t next_due_ms;                 /* earliest timer, account time; TIME_NONE: none */
    bool due_unknown;                    /* next_due_ms must be read from the database */
    int64_t outcomes;                    /* number of queued outcomes */
    int sending;                         /* callbacks at the sender */
    struct advance *advance;             /* its clock is being advanced */
    struct advance_events events;        /* of that advance (turn_add_event) */
    struct faults faults;                /* that its calls and callbacks may meet */
    struct sinks sinks;                  /* what its built-in receiver got */
    LIST_HEAD(, first_gate) first_gates; /* invoices whose callbacks wait (turn.h) */
    int64_t used_ms;                     /* monotonic time of the last call, for ttl_s */
    int64_t journal_id;                  /* its id in the journal: unchanged when it is emptied */
    uint64_t journal_from;               /* records up to here are hidden */
    uint64_t verified; /* signatures that verify-signature accepted since the start */
    bool invoiced;     /* it has made an invoice since the start */
    bool listed;       /* tenants_load saw it in the database */
};

struct tenants {
    const uint8_t *derive_key; /* derives ids from the account's */
    const struct fixture *fixture;
    const char *demo_id;  /* NULL: there is none */
    struct tenant *demo;  /* the account of calls that name none; NULL: none, or deleted */
    struct tenant **list; /* by num, ascending */
    size_t n, room;
    void *by_key;       /* search tree over ids and public keys */
    int64_t journal_id; /* the last one assigned */
    uint64_t verified;  /* of deleted tenants */
    size_t invoiced;    /* of all tenants, deleted ones too */
    size_t sink_bytes;  /* of all sinks */
};

/*
 * Synchronises memory with the store: at the start, and after a rollback. Tenants that stay keep
 * their address; those that are not in the store are freed.
 */
void tenants_load(struct tenants *tenants, struct store *store);
void tenants_finish(struct tenants *tenants);

/* Each returns NULL if there is none. tenants_from: with this number, or the next higher one. */
struct tenant *tenants_by_num(const struct tenants *tenants, int64_t num);
struct tenant *tenants_from(const struct tenants *tenants, int64_t num);
struct tenant *tenants_by_id(const struct tenants *tenants, const char *account_id);
struct tenant *tenants_by_public_key(const struct tenants *tenants, const char *public_key,
                                     bool *ret_test_mode);

/* The account that had this public key, whether it is still valid or not. */
struct tenant *tenants_by_old_public_key(const struct tenants *tenants, const char *public_key,
                                         const struct account_old_key **ret_key);

/* Creates an account in the store and in memory. Returns NULL if there are TENANTS_MOST, if another
 * account has or had one of its public keys, which a reset brings back, or if the store refuses. */
struct tenant *tenants_add(struct tenants *tenants, struct store *store,
                           const struct account_keys *keys, const struct settings *settings);

/* Replaces the settings, in the store too; the second reads the JSON text that the store keeps. */
void tenant_set_settings(struct tenants *tenants, struct tenant *tenant, struct store *store,
                         const struct settings *settings);
void tenant_read_settings(struct tenants *tenants, struct tenant *tenant, struct store *store,
                          const char *text);

/* The services of an account; without an account (NULL), those of the fixtures. */
const struct services *tenant_services(const struct tenants *tenants, const struct tenant *tenant);

/*
 * Replaces the account's changes of the services (own_services_read), in the store too; the text is
 * their JSON, NULL for none. Only the change of `code` is judged (NULL: none), because the others
 * were accepted before. Returns NULL, or the reason why it is refused, in the arena.
 */
const char *tenant_set_services(struct tenants *tenants, struct tenant *tenant, struct store *store,
                                struct arena *arena, enum invoice_kind kind, const char *code,
                                const char *text);

/* Takes changes that were accepted before, in memory only. Those that today's fixtures refuse have
 * no effect, with a warning. The second sets them in the store too. */
void tenant_take_services(const struct tenants *tenants, struct tenant *tenant, const char *text);
void tenant_load_services(struct tenants *tenants, struct tenant *tenant, struct store *store,
                          const char *text);

/* Replaces the account's keys, saved; the id stays. Pointers to the earlier ones become invalid. */
void tenant_set_keys(struct tenants *tenants, struct tenant *tenant, struct store *store,
                     const struct account_keys *keys, const struct account_old_keys *old);

/*
 * Empties the account by giving it a new number that has no rows yet. Keys, settings, clock and
 * snapshots stay, and so does the tenant's address. References that must survive this use the
 * tenant or the account's id, not the number.
 */
void tenants_empty(struct tenants *tenants, struct store *store, struct tenant *tenant);

/* Deletes the account with everything in it, snapshots included. The tenant is freed. */
void tenants_delete(struct tenants *tenants, struct store *store, struct tenant *tenant);

/* The account's clock: creation, expiry, due times and retries all use it. It runs with the
 * machine's clock, with or without an offset, or is frozen. */

/* Account time now, unix milliseconds. */
int64_t clock_now(const struct tenant *tenant);

/* Converts a recent machine time to account time; on a frozen clock returns the current account
 * time. */
int64_t clock_at_wall(const struct tenant *tenant, int64_t wall_ms);

/* Returns the machine time at which the account's clock will reach `time_ms`; INT64_MAX if the
 * clock is frozen. */
int64_t clock_to_wall(const struct tenant *tenant, int64_t time_ms);

/* Sets the clock to `now_ms`, frozen or running from there, and saves it. */
void clock_set(struct tenant *tenant, struct store *store, bool frozen, int64_t now_ms);

/* Sets the clock back to the machine's time. */
void clock_reset(struct tenant *tenant, struct store *store);
