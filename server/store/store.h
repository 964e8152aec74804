/*
 * The SQLite store: one connection, every statement compiled once, when it is first used.
 *
 * Writes belong to the current turn of the loop: the first one begins a transaction, and
 * store_commit ends it for all of them (group commit). Functions that write report no error. A
 * write that SQLite refuses (full disk, I/O error) poisons the turn: store_commit then rolls the
 * whole turn back and returns false, and the answers of that turn become 503.
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
    STORE_DURABLE_NONE,  /* nothing: for a temporary database, which is never synced to the disk */
};

/*
 * Opens or creates a database and migrates its schema. On an error (no database of ours, a newer
 * one, in use by another server, unreadable) returns one line naming the file and the reason.
 */
const char *store_open(const char *file, enum store_durability durability, struct arena *arena,
                       struct store **ret_store);

/* Closes the store and rolls back an open turn. NULL is allowed. */
void store_close(struct store *store);

/* True between the first write and store_commit: answers must wait. */
bool store_in_turn(const struct store *store);

/* Ends the turn, if one is open. Returns false if everything since its first write was rolled back
 * (logged). */
bool store_commit(struct store *store);

/* Work that no reply should wait for: call it between turns. Does nothing if a turn is open. */
void store_tidy(struct store *store);

/* Why the open turn cannot be committed, or why the last one was not; else "". */
const char *store_failure(const struct store *store);

/* Poisons the turn, as if SQLite had refused a write. */
void store_poison(struct store *store, const char *why);

/* Values of the server itself. Blobs of a fixed size; false if the key is missing. */
bool store_meta_get(struct store *store, const char *key, void *ret_data, size_t size);
void store_meta_put(struct store *store, const char *key, const void *data, size_t size);

/* Bytes of the database file and its log. */
int64_t store_bytes(struct store *store);
