/*
 * Snapshots (server/docs/snapshots.md): an account's state under a name. State is invoices with all
 * that belongs to them, balances, the queue of outcomes, settings and the clock. A restore makes it
 * the account's state again; ids are then what they were, and those of what came later are not
 * given again.
 *
 * A file is one JSON document: {"format":SNAPSHOT_FORMAT,"version":1,"created":unix,
 * "clock":{"mode":..,"now_ms":..},"settings":{..},"outcomes":[..],"balances":[..],"invoices":[..]},
 * an invoice with its "transitions" and "callbacks", a callback with its "attempts"
 * (view/snapshot_row.h).
 */
#pragma once

#include "engine/engine.h"
#include "store/store_snapshot.h"

struct snapshot_file;

#define SNAPSHOT_FORMAT "milkypay-mock-snapshot"
#define SNAPSHOT_VERSION 1
#define SNAPSHOTS_MOST 20                     /* of one account */
#define SNAPSHOT_INVOICES_MOST 100000         /* in one of them */
#define SNAPSHOT_FILE_MOST ((size_t)16 << 20) /* what can be imported, so what is exported */

/* [A-Za-z0-9_.-]{1,64} */
bool snapshot_name_holds(const char *name);

enum snapshot_result {
    SNAPSHOT_DONE,
    SNAPSHOT_ADVANCING, /* the clock is on its way: there is no state to take */
    SNAPSHOT_TOO_MANY,  /* the account has SNAPSHOTS_MOST others */
    SNAPSHOT_TOO_LARGE, /* SNAPSHOT_INVOICES_MOST, SNAPSHOT_FILE_MOST */
};

/* Another one has room, or one of this name is there to be replaced. */
bool snapshot_has_room(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                       const char *name);

/* Takes one, in the place of any with this name. Texts of the result live in `arena`. */
enum snapshot_result snapshot_take(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, const char *name,
                                   struct snapshot *ret_snapshot);

/* What is under way in the account is dropped, as at a reset. */
void snapshot_restore(struct engine *engine, struct tenant *tenant,
                      const struct snapshot *snapshot);

void snapshot_delete(struct engine *engine, const struct snapshot *snapshot);

/* Appends the file: SNAPSHOT_DONE or SNAPSHOT_TOO_LARGE. */
enum snapshot_result snapshot_export(struct engine *engine, const struct snapshot *snapshot,
                                     struct buf *ret_file);

/*
 * Makes a snapshot of a file that was read (snapshot_file.h), in the place of any with this name:
 * all of it, or nothing. Invoices keep their ids when all of those belong to this database's key
 * and none is another account's, else all get new ones; callbacks likewise. `renamed` hears of each
 * new id.
 */
struct snapshot_import {
    const char *name;
    struct snapshot_file *file;
    struct arena *arena; /* that the file was read into */
    void (*renamed)(void *arg, const char *old_id, const char *new_id);
    void *arg;
};
enum snapshot_result snapshot_import(struct engine *engine, struct tenant *tenant,
                                     const struct snapshot_import *import,
                                     struct snapshot *ret_snapshot);
