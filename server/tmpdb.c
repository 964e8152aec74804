#include "tmpdb.h"

#include "base/attr.h"
#include "base/text.h"
#include "base/wall.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "milkypay-"
#define DATABASE "mock.db"
#define LOCK "lock"
#define TRIES 8
#define NAME_ROOM 32 /* for the folder's name, and for a file name in it */

/* All files that a server may leave in its folder. The lock is removed last, so that nobody takes
 * the folder over before. */
static const char *const files[] = {DATABASE, DATABASE "-wal", DATABASE "-shm", DATABASE "-journal",
                                    LOCK};

/* Held by staying open until the process ends. */
static int lock_fd = -1;

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

static void close_dir(DIR **dir)
{
    if (*dir) {
        closedir(*dir);
    }
}

/* Opens a folder that is not a symlink, belongs to this user and is closed to others. Returns -1 if
 * it is not such a folder. */
static int open_folder(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;
    if (fd >= 0 && (fstat(fd, &info) != 0 || info.st_uid != geteuid() || (info.st_mode & 077))) {
        close(fd);
        fd = -1;
        errno = EPERM;
    }
    return fd;
}

/* Takes the lock of a folder; returns -1 if another process holds it or there is none. */
static int take_lock(int folder, int create)
{
    int fd = openat(folder, LOCK, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | create, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Returns true if the lock file is still the one that is held: a sweep may have removed it between
 * open and flock. */
static bool lock_stands(int folder, int lock)
{
    struct stat held, named;
    return fstat(lock, &held) == 0 && fstatat(folder, LOCK, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static void remove_files(int folder)
{
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        unlinkat(folder, files[i], 0);
    }
}

/* ------------------------------------------------------------------ sweeping */

static bool has_name(const char *name)
{
    const char *tail = name + strlen(FOLDER);
    return text_starts(name, FOLDER) && strlen(tail) == 6 &&
           strspn(tail, TEXT_LETTERS TEXT_DIGITS) == 6;
}

/* A folder without a lock is just being created, or was left like this. rmdir removes only empty
 * ones. */
#define MAKING_S 60

static bool is_left_over(int folder)
{
    struct stat info;
    return faccessat(folder, LOCK, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && fstat(folder, &info) == 0 &&
           wall_now_ms() / 1000 - info.st_mtim.tv_sec > MAKING_S;
}

static void sweep_folder(int base, const char *name)
{
    CLEANUP(close_fd) int folder = open_folder(base, name);
    if (folder < 0) {
        return;
    }
    CLEANUP(close_fd) int lock = take_lock(folder, 0);
    if (lock >= 0) {
        remove_files(folder);
    }
    if (lock >= 0 || is_left_over(folder)) {
        unlinkat(base, name, AT_REMOVEDIR);
    }
}

static void sweep(const char *base)
{
    CLEANUP(close_dir) DIR *dir = opendir(base);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (has_name(entry->d_name)) {
            sweep_folder(dirfd(dir), entry->d_name);
        }
    }
}

/* ------------------------------------------------------------------ making */

/* Locks the folder that was just created. Returns false with errno on an error; EAGAIN: a sweep
 * removed it. */
static bool lock_folder(const char *dir)
{
    CLEANUP(close_fd) int folder = open_folder(AT_FDCWD, dir);
    CLEANUP(close_fd) int lock = folder >= 0 ? take_lock(folder, O_CREAT | O_EXCL) : -1;
    if (lock < 0) {
        errno = errno == ENOENT ? EAGAIN : errno;
        return false;
    }
    if (!lock_stands(folder, lock)) {
        errno = EAGAIN;
        return false;
    }
    lock_fd = lock;
    lock = -1;
    return true;
}

/* Creates and locks the folder; returns false with errno on an error. */
static bool make_folder(const char *base, char ret_dir[TMPDB_TEXT])
{
    for (int i = 0; i < TRIES; i++) {
        snprintf(ret_dir, TMPDB_TEXT, "%s/" FOLDER "XXXXXX", base);
        if (!mkdtemp(ret_dir)) {
            return false;
        }
        if (lock_folder(ret_dir)) {
            return true;
        }
        int error = errno;
        rmdir(ret_dir);
        errno = error;
        if (error != EAGAIN) {
            return false;
        }
    }
    return false;
}

const char *tmpdb_make(struct arena *arena, char ret_dir[TMPDB_TEXT], char ret_file[TMPDB_TEXT])
{
    const char *base = getenv("TMPDIR");
    base = base && *base ? base : "/tmp";
    if (strlen(base) > TMPDB_TEXT - 2 * NAME_ROOM) {
        return "$TMPDIR: cannot create a temporary database there: the path is too long";
    }
    sweep(base);
    char dir[TMPDB_TEXT];
    if (!make_folder(base, dir)) {
        return arena_printf(arena, "%s: cannot create a temporary database there: %s", base,
                            strerror(errno));
    }
    memcpy(ret_dir, dir, sizeof dir);
    snprintf(ret_file, TMPDB_TEXT, "%.*s/" DATABASE, TMPDB_TEXT - NAME_ROOM, dir);
    return NULL;
}

void tmpdb_remove(const char *dir)
{
    int folder = open_folder(AT_FDCWD, dir);
    if (folder >= 0) {
        remove_files(folder);
        close(folder);
        rmdir(dir);
    }
    close_fd(&lock_fd);
    lock_fd = -1;
}
