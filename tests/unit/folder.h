/* A folder for the files of one test. */
#pragma once

#include "unit.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_TEXT 256

static inline void folder_make(char ret_folder[FOLDER_TEXT])
{
    const char *base = getenv("TMPDIR");
    snprintf(ret_folder, FOLDER_TEXT, "%s/unit-XXXXXX", base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(ret_folder));
}

static inline int folder_remove_entry(const char *path, const struct stat *info, int kind,
                                      struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void folder_remove(const char *folder)
{
    assert_int_equal(nftw(folder, folder_remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static inline const char *folder_path(const char *folder, const char *name)
{
    static char path[2 * FOLDER_TEXT];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_in_range(length, 1, sizeof path - 1);
    return path;
}

static inline void folder_write(const char *folder, const char *name, const char *data, size_t size)
{
    FILE *file = fopen(folder_path(folder, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline bool folder_has(const char *folder, const char *name)
{
    return access(folder_path(folder, name), F_OK) == 0;
}
