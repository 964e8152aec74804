/*
 * The private database of a server that was given none: a fresh 0700 folder `milkypay-XXXXXX` in
 * $TMPDIR (else /tmp). While the server lives it holds a lock in it; folders of the same user whose
 * lock nobody holds are of dead servers and go when the next one is made. Only files known by name
 * are ever removed, and no symlink is followed.
 */
#pragma once

#include "base/mem.h"

#define TMPDB_TEXT 512

/*
 * Makes the folder and gives its path and that of the database to be made in it. On an error
 * returns the reason. Once per process.
 */
const char *tmpdb_make(struct arena *arena, char ret_dir[TMPDB_TEXT], char ret_file[TMPDB_TEXT]);

/* Removes the folder that tmpdb_make made, with the database, which must be closed. */
void tmpdb_remove(const char *dir);
