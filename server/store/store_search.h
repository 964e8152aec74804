/* The SQL functions of searches. */
#pragma once

#include <sqlite3.h>

/*
 * Adds to a connection:
 *   finds(text, part)        1 if the text contains the part, without regard to case
 *   finds_value(json, part)  the same for any value within JSON, but not for the names of members
 * `part` must be folded (base/fold.h). NULL contains nothing. Returns a result code of SQLite.
 */
int store_search_begin(sqlite3 *db);
