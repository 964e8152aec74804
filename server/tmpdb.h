/*
 * The temporary database of a server without --db: a new 0700 folder `milkypay-XXXXXX` in $TMPDIR
 * (else /tmp). A running server holds a lock in it. Folders of the same user with an unheld lock
 * belong to dead servers and are removed when the next one is created. Only files with known names
 * are removed, and symlinks are not followed.
 */
#pragma once

#include "base/mem.h"

#define TMPDB_TEXT 512

/*
 * Creates the folder; returns its path and that of the database to create in it. Returns NULL, or
 * the reason of an error. Call it once per process.
 */
const char *tmpdb_make(struct arena *arena, char ret_dir[TMPDB_TEXT], char ret_file[TMPDB_TEXT]);

/* Removes the folder and the database, which must be closed. */
void tmpdb_remove(const char *dir);
