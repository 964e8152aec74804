/*
 * The SQLite store: one connection, every statement compiled once, when it is first wanted.
 *
 * Writes belong to the turn of the loop in which they happen: the first one begins a transaction,
 * store_commit ends it once for all of them (group commit). Functions that write return nothing and
 * never fail to their callers: a write that SQLite refuses (full disk, I/O error) poisons the turn,
 * store_commit then rolls all of it back and says so, and whoever holds answers for that turn turns
 * them into 503.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* What a commit survives. */
enum store_durability {
    STORE_DURABLE_CRASH, /* a crash of the process */
    STORE_DURABLE_POWER, /* a power cut too */
    STORE_DURABLE_NONE,  /* a database that goes with the process: nothing is forced to the disk */
};

/*
 * Opens or makes a database and brings its schema up to date. On an error (no database of ours, a
 * newer one, in use by another server, unreadable) returns one line naming the file and the reason.
 */
const char *store_open(const char *file, enum store_durability durability, struct arena *arena,
                       struct store **ret_store);

/* Closes; NULL is fine. A turn that is open is rolled back. */
void store_close(struct store *store);

/* True between the first write and store_commit: answers must wait. */
bool store_in_turn(const struct store *store);

/* Ends the turn, if one is open. False: everything since its first write is gone (logged). */
bool store_commit(struct store *store);

/* Why the turn that is open cannot be committed, or why the last one was not; "" if neither. */
const char *store_failure(const struct store *store);

/* Undoes the turn, as if SQLite had refused it. */
void store_poison(struct store *store, const char *why);

/* Values of the server itself. Blobs of a fixed size; false when the key is not there. */
bool store_meta_get(struct store *store, const char *key, void *ret_data, size_t size);
void store_meta_put(struct store *store, const char *key, const void *data, size_t size);

/* Bytes of the database file and its log. */
int64_t store_bytes(struct store *store);
