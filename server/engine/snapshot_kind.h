/* The structure of a snapshot's file: the kinds of its rows, and the lists that rows contain. */
#pragma once

#include "engine/snapshot_file.h"
#include "view/snapshot_row.h"

#define SNAPSHOT_LISTS_MOST 3 /* per row */

/* What rows are checked against. */
struct snapshot_rows {
    const struct engine *engine;
    struct json_errors *errors;
    struct row_reader reader;
    json_t *seen; /* a set: ids and references */
};

struct snapshot_kind;

/* A list in a row: its member in the file, and where its rows go in the row's struct. */
struct snapshot_list {
    const char *name;
    const struct snapshot_kind *kind;
    size_t rows, n_rows; /* offsets of a pointer to the rows, and of their number */
    size_t most;
    bool optional;
};

struct snapshot_kind {
    const struct row_table
        *table;  /* reads the first member of the row's struct; NULL: the document */
    size_t size; /* of a row's struct */
    const struct snapshot_list *lists;
    size_t n_lists;
    /* Check and complete a row: `check` after `table` was read, `finish` after the lists were. They
     * return false after adding an error. NULL: nothing to do. */
    bool (*check)(const struct snapshot_rows *rows, const char *path, void *row);
    bool (*finish)(const struct snapshot_rows *rows, const char *path, void *row);
};

/* Reads the document without its lists. Returns false after it has added an error. */
bool snapshot_read_head(const struct snapshot_rows *rows, const json_t *json,
                        struct snapshot_file *ret_file);

/* The file itself, a struct snapshot_file. */
extern const struct snapshot_kind snapshot_document;
