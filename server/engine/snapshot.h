/*
 * Snapshots (server/docs/snapshots.md): the named state of an account. It includes invoices with
 * everything that belongs to them, balances, the outcome queue, settings and the clock. A restore
 * replaces the account's state. It restores ids too, and ids created after the snapshot are not
 * reused.
 *
 * A file is one JSON document: {"format":SNAPSHOT_FORMAT,"version":1,"created":unix,
 * "clock":{"mode":..,"now_ms":..},"settings":{..},"services":{..},"outcomes":[..],"balances":[..],"invoices":[..]}.
 * An invoice has "transitions" and "callbacks", a callback has "attempts" (view/snapshot_row.h).
 */
#pragma once

#include "engine/engine.h"
#include "store/store_snapshot.h"

struct snapshot_file;

#define SNAPSHOT_FORMAT "milkypay-mock-snapshot"
#define SNAPSHOT_VERSION 1
#define SNAPSHOTS_MOST 20                     /* per account */
#define SNAPSHOT_INVOICES_MOST 100000         /* per snapshot */
#define SNAPSHOT_FILE_MOST ((size_t)16 << 20) /* limit of imports, so also of exports */

/* [A-Za-z0-9_.-]{1,64} */
bool snapshot_name_holds(const char *name);

enum snapshot_result {
    SNAPSHOT_DONE,
    SNAPSHOT_ADVANCING, /* the clock is being advanced */
    SNAPSHOT_TOO_MANY,  /* the account has SNAPSHOTS_MOST others */
    SNAPSHOT_TOO_LARGE, /* SNAPSHOT_INVOICES_MOST, SNAPSHOT_FILE_MOST */
};

/* Returns true if the account may have one more snapshot, or already has one with this name. */
bool snapshot_has_room(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                       const char *name);

/* Takes a snapshot, replacing one with the same name. Texts of the result live in `arena`. */
enum snapshot_result snapshot_take(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, const char *name,
                                   struct snapshot *ret_snapshot);

/* Restores a snapshot. Pending work of the account is dropped, as at a reset. */
void snapshot_restore(struct engine *engine, struct tenant *tenant,
                      const struct snapshot *snapshot);

void snapshot_delete(struct engine *engine, const struct snapshot *snapshot);

/* Appends the file to `ret_file`. Returns SNAPSHOT_DONE or SNAPSHOT_TOO_LARGE. */
enum snapshot_result snapshot_export(struct engine *engine, const struct snapshot *snapshot,
                                     struct buf *ret_file);

/*
 * Imports a file that was read (snapshot_file.h) as a snapshot, completely or not at all; replaces
 * one with the same name. Invoices keep their ids if all of them belong to this database's key and
 * none is another account's; otherwise all get new ids. Callbacks likewise. `renamed` is called for
 * each new id.
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
