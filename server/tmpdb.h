/*
 * The private database of a server that was given none: a fresh 0700 folder `milkypay-XXXXXX` in
 * $TMPDIR (else /tmp). While the server lives it holds a lock in it; folders of the same user whose
 * lock nobody holds are of dead servers and go when the next one is made. Only files known by name
 * are ever removed, and no symlink is followed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define TMPDB_TEXT 512

/*
 * Makes the folder and gives its path and that of the database to be made in it. False and one line
 * in ret_why when there is no place for it. Once per process.
 */
bool tmpdb_make(char ret_dir[TMPDB_TEXT], char ret_file[TMPDB_TEXT], char *ret_why,
                size_t why_size);

/* Removes the folder that tmpdb_make made, with the database, which must be closed. */
void tmpdb_remove(const char *dir);
