/*
 * A database that fails, at each call of SQLite in turn. A failed opening returns the reason and
 * leaves a file that can be opened the next time. A failed turn is rolled back as a whole.
 */
#include "folder.h"

#include "base/embedded.h"
#include "base/log.h"
#include "store/store.h"

#include <sqlite3.h>

#define MARK_AT 68 /* offset of the application id in the header of a database */

/* The number of the call that fails, from 1, or 0 for none. Preparing a statement is a call only if
 * counts_statements is set. */
static int failing, calls;
static bool counts_statements;

static bool fails(void)
{
    return ++calls == failing;
}

int __real_sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
                        void *arg, char **why);
int __real_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int size, sqlite3_stmt **statement,
                              const char **rest);
int __real_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int size, unsigned flags,
                              sqlite3_stmt **statement, const char **rest);
int __real_sqlite3_step(sqlite3_stmt *statement);
int __real_sqlite3_finalize(sqlite3_stmt *statement);
int __real_sqlite3_backup_step(sqlite3_backup *copy, int pages);
int __real_sqlite3_backup_finish(sqlite3_backup *copy);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
                        void *arg, char **why);
int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int size, sqlite3_stmt **statement,
                              const char **rest);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int size, unsigned flags,
                              sqlite3_stmt **statement, const char **rest);
int __wrap_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_finalize(sqlite3_stmt *statement);
int __wrap_sqlite3_backup_step(sqlite3_backup *copy, int pages);
int __wrap_sqlite3_backup_finish(sqlite3_backup *copy);

int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
                        void *arg, char **why)
{
    return fails() ? SQLITE_FULL : __real_sqlite3_exec(db, sql, row, arg, why);
}

int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int size, sqlite3_stmt **statement,
                              const char **rest)
{
    return fails() ? SQLITE_CORRUPT : __real_sqlite3_prepare_v2(db, sql, size, statement, rest);
}

int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int size, unsigned flags,
                              sqlite3_stmt **statement, const char **rest)
{
    return counts_statements && fails()
               ? SQLITE_CORRUPT
               : __real_sqlite3_prepare_v3(db, sql, size, flags, statement, rest);
}

int __wrap_sqlite3_step(sqlite3_stmt *statement)
{
    return fails() ? SQLITE_IOERR : __real_sqlite3_step(statement);
}

/* These two free their argument even if they fail. */
int __wrap_sqlite3_finalize(sqlite3_stmt *statement)
{
    int result = __real_sqlite3_finalize(statement);
    return fails() ? SQLITE_IOERR : result;
}

int __wrap_sqlite3_backup_finish(sqlite3_backup *copy)
{
    int result = __real_sqlite3_backup_finish(copy);
    return fails() ? SQLITE_IOERR : result;
}

int __wrap_sqlite3_backup_step(sqlite3_backup *copy, int pages)
{
    return fails() ? SQLITE_FULL : __real_sqlite3_backup_step(copy, pages);
}

/* ------------------------------------------------------------------ opening */

static void set_failing(int n)
{
    failing = n;
    calls = 0;
}

/* Creates a database from the first schema file only, like the first version. */
static void make_old(const char *file)
{
    const struct embedded_file *fresh = embedded_find("schema/fresh.db");
    const uint8_t *mark = (const uint8_t *)fresh->data + MARK_AT;
    size_t first = 0;
    sqlite3 *db;
    char pragmas[96];
    while (strncmp(embedded_files[first].name, "schema/db/", 10) != 0) {
        first++;
    }
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = 1",
             mark[0] << 24 | mark[1] << 16 | mark[2] << 8 | mark[3]);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(__real_sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL), 0);
    assert_int_equal(__real_sqlite3_exec(db, embedded_files[first].data, NULL, NULL, NULL), 0);
    assert_int_equal(__real_sqlite3_exec(db, pragmas, NULL, NULL, NULL), 0);
    sqlite3_close(db);
}

/* Opens new files until no call fails: each call fails once, each time with another file. Returns
 * the number of calls. */
static int fail_each_call(void (*make)(const char *file))
{
    int n = 0;
    for (bool failed = true; failed;) {
        char folder[FOLDER_TEXT];
        struct arena arena = {0};
        struct store *store = NULL;
        folder_make(folder);
        const char *file = folder_path(folder, "mock.db");
        if (make) {
            make(file);
        }
        set_failing(++n);
        const char *why = store_open(file, STORE_DURABLE_NONE, &arena, &store);
        failed = calls >= n;
        set_failing(0);
        assert_int_equal(why != NULL, failed);
        assert_true(!why ||
                    strncmp(why, file, strlen(file)) == 0); /* the reason begins with the file */
        if (why) {
            assert_null(store);
            assert_null(store_open(file, STORE_DURABLE_NONE, &arena, &store));
        }
        store_close(store);
        arena_finish(&arena);
        folder_remove(folder);
    }
    return n;
}

static void a_new_database_is_created_completely_or_not_at_all(void **state)
{
    (void)state;
    assert_in_range(fail_each_call(NULL), 8, 1000);
}

static void an_old_database_is_updated_or_left_unchanged(void **state)
{
    (void)state;
    assert_in_range(fail_each_call(make_old), 20, 1000);
}

/* ------------------------------------------------------------------ a turn */

static void a_failed_turn_leaves_no_changes(void **state)
{
    char folder[FOLDER_TEXT];
    struct arena arena = {0};
    struct store *store;
    uint8_t before = 1, after = 2, now;
    (void)state;
    folder_make(folder);
    assert_null(store_open(folder_path(folder, "mock.db"), STORE_DURABLE_NONE, &arena, &store));
    store_meta_put(store, "key", &before, 1);
    assert_true(store_commit(store));
    int n = 0;
    counts_statements = true;
    for (bool failed = true; failed;) {
        set_failing(++n);
        store_meta_put(store, "key", &after, 1);
        store_meta_put(store, "other", &after, 1);
        bool good = store_commit(store);
        failed = calls >= n;
        set_failing(0);
        assert_int_equal(good, !failed);
        assert_int_equal(*store_failure(store) != '\0', failed);
        assert_true(store_meta_get(store, "key", &now, 1));
        assert_int_equal(now, good ? after : before);
        assert_int_equal(store_meta_get(store, "other", &now, 1), good);
    }
    assert_in_range(n, 4, 100);
    counts_statements = false;
    store_close(store);
    arena_finish(&arena);
    folder_remove(folder);
}

static void a_poisoned_turn_reads_nothing_until_it_ends(void **state)
{
    char folder[FOLDER_TEXT];
    struct arena arena = {0};
    struct store *store;
    uint8_t value = 1;
    (void)state;
    folder_make(folder);
    assert_null(store_open(folder_path(folder, "mock.db"), STORE_DURABLE_NONE, &arena, &store));
    store_meta_put(store, "key", &value, 1);
    assert_true(store_commit(store));
    store_poison(store, "first");
    store_poison(store, "second");
    assert_string_equal(store_failure(store), "first");
    assert_true(store_in_turn(store));
    assert_false(store_meta_get(store, "key", &value, 1));
    assert_false(store_commit(store));
    assert_true(store_meta_get(store, "key", &value, 1));
    store_close(store);
    arena_finish(&arena);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_database_is_created_completely_or_not_at_all),
        cmocka_unit_test(an_old_database_is_updated_or_left_unchanged),
        cmocka_unit_test(a_failed_turn_leaves_no_changes),
        cmocka_unit_test(a_poisoned_turn_reads_nothing_until_it_ends),
    };
    log_setup(LOG_ERROR, false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
