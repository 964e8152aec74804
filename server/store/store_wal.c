/*
 * When the write-ahead log becomes part of the database. SQLite does this in a commit, which then
 * waits for the disk twice: for the log, and for the pages that it copied. Meanwhile the loop
 * stands. So the log is sent to the disk while it grows, without waiting, and becomes part of the
 * database before there is much to copy. The order of writes is SQLite's, so a power cut finds what
 * it would find otherwise.
 */
#include "store/store_private.h"

#include <fcntl.h>
#include <unistd.h>

/* Pages in the log when it becomes part of the database. 2,000 are 8 MB and a wait of 10 to 15 ms;
 * 10,000 would be 50 ms. Without a wait fewer checkpoints copy less. */
static const int checkpoint_pages[] = {
    [STORE_DURABLE_CRASH] = 2000,
    [STORE_DURABLE_POWER] = 2000,
    [STORE_DURABLE_NONE] = 10000,
};

#define AHEAD_PAGES 256
#define FRAME_SIZE ((off_t)24 + 4096) /* a page in the log; it is a hint to the kernel only */

static void checkpoint(struct store *store)
{
    sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    store->log.sent = store->log.pages = 0; /* after an error the next commit counts them again */
}

/* Called in each commit with the number of pages in the log. Replies wait for the commit, so
 * store_tidy makes the checkpoint after them, unless it came too late for an earlier one. */
static int committed(void *arg, sqlite3 *db, const char *database, int pages)
{
    struct store *store = arg;
    (void)db;
    (void)database;
    bool late = store->log.pages >= store->log.most;
    store->log.pages = pages;
    if (late && pages >= 2 * store->log.most) {
        checkpoint(store);
    } else if (store->log.fd >= 0 && pages - store->log.sent >= AHEAD_PAGES) {
        sync_file_range(store->log.fd, store->log.sent * FRAME_SIZE,
                        (pages - store->log.sent) * FRAME_SIZE, SYNC_FILE_RANGE_WRITE);
        store->log.sent = pages;
    }
    return SQLITE_OK;
}

void store_tidy(struct store *store)
{
    if (store->log.pages >= store->log.most && !store_in_turn(store)) {
        checkpoint(store);
    }
}

void store_wal_begin(struct store *store, enum store_durability durability)
{
    buf_auto name = {0};
    buf_printf(&name, "%s-wal", store->file);
    bool ahead = durability == STORE_DURABLE_CRASH; /* else each commit waits, or nothing does */
    store->log.fd = ahead ? open(name.data, O_RDONLY | O_CLOEXEC) : -1;
    store->log.most = checkpoint_pages[durability];
    sqlite3_wal_hook(store->db, committed, store);
}

void store_wal_end(struct store *store)
{
    if (store->log.fd >= 0) {
        close(store->log.fd);
    }
}
