#include "folder.h"

#include "tmpdb.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

/* Each test uses its own $TMPDIR. */
static char base[FOLDER_TEXT], old_base[FOLDER_TEXT];

static int make_base(void **state)
{
    const char *old = getenv("TMPDIR");
    (void)state;
    snprintf(old_base, sizeof old_base, "%s", old ? old : "");
    folder_make(base);
    return setenv("TMPDIR", base, 1);
}

static int remove_base(void **state)
{
    (void)state;
    folder_remove(base);
    return *old_base ? setenv("TMPDIR", old_base, 1) : unsetenv("TMPDIR");
}

static void make(char ret_dir[TMPDB_TEXT])
{
    char file[TMPDB_TEXT];
    struct arena arena = {0};
    assert_null(tmpdb_make(&arena, ret_dir, file));
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
}

/* Creates a folder like one that a killed server leaves. */
static void leave(const char *name)
{
    static const char *const files[] = {"mock.db", "mock.db-wal", "mock.db-shm", "lock"};
    assert_int_equal(mkdir(folder_path(base, name), 0700), 0);
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", name, files[i]);
        folder_write(base, path, "x", 1);
    }
}

static void the_folder_is_new_and_private_and_is_removed(void **state)
{
    char dir[TMPDB_TEXT];
    struct stat info;
    (void)state;
    make(dir);
    assert_int_equal(strncmp(dir, base, strlen(base)), 0);
    assert_int_equal(stat(dir, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    tmpdb_remove(dir);
    assert_int_equal(access(dir, F_OK), -1);
}

static void folders_of_dead_servers_are_swept(void **state)
{
    char dir[TMPDB_TEXT];
    (void)state;
    leave("milkypay-dead01");
    leave("milkypay-dead02");
    make(dir);
    assert_false(folder_has(base, "milkypay-dead01"));
    assert_false(folder_has(base, "milkypay-dead02"));
    tmpdb_remove(dir);
}

static void a_folder_whose_lock_is_held_stays(void **state)
{
    char dir[TMPDB_TEXT];
    (void)state;
    leave("milkypay-living");
    int lock = open(folder_path(base, "milkypay-living/lock"), O_RDWR);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    make(dir);
    assert_true(folder_has(base, "milkypay-living/mock.db"));
    tmpdb_remove(dir);
    close(lock);
    make(dir);
    assert_false(folder_has(base, "milkypay-living"));
    tmpdb_remove(dir);
}

static void another_server_of_the_same_user_does_not_sweep_this_one(void **state)
{
    char dir[TMPDB_TEXT];
    (void)state;
    make(dir);
    pid_t child = fork();
    if (child == 0) {
        char other[TMPDB_TEXT], file[TMPDB_TEXT];
        struct arena arena = {0};
        /* a real other process would not inherit the lock, because the file is close-on-exec */
        bool made = !tmpdb_make(&arena, other, file);
        _exit(made && access(dir, F_OK) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    tmpdb_remove(dir);
}

static void unknown_files_are_never_removed(void **state)
{
    char dir[TMPDB_TEXT];
    (void)state;
    leave("milkypay-extra1");
    folder_write(base, "milkypay-extra1/notes", "x", 1);
    leave("milkypay-longer1");
    leave("milkypay-short");
    leave("other-dead01");
    leave("milkypay-dead-1");
    assert_int_equal(mkdir(folder_path(base, "milkypay-made01"), 0700),
                     0); /* another server is creating it: it has no lock yet */
    folder_write(base, "milkypay-file01", "x", 1);
    make(dir);
    assert_true(folder_has(base, "milkypay-extra1/notes"));
    assert_true(folder_has(base, "milkypay-longer1/mock.db"));
    assert_true(folder_has(base, "milkypay-short/mock.db"));
    assert_true(folder_has(base, "other-dead01/mock.db"));
    assert_true(folder_has(base, "milkypay-dead-1/mock.db"));
    assert_true(folder_has(base, "milkypay-made01"));
    assert_true(folder_has(base, "milkypay-file01"));
    folder_write(dir, "notes", "x", 1);
    tmpdb_remove(dir);
    assert_true(folder_has(dir, "notes"));
    assert_false(folder_has(dir, "mock.db"));
}

static void symlinks_are_not_followed(void **state)
{
    char dir[TMPDB_TEXT], target[2 * FOLDER_TEXT];
    (void)state;
    leave("elsewhere");
    snprintf(target, sizeof target, "%s", folder_path(base, "elsewhere"));
    assert_int_equal(symlink(target, folder_path(base, "milkypay-link01")), 0);
    assert_int_equal(mkdir(folder_path(base, "milkypay-link02"), 0700), 0);
    snprintf(target, sizeof target, "%s", folder_path(base, "elsewhere/lock"));
    assert_int_equal(symlink(target, folder_path(base, "milkypay-link02/lock")), 0);
    folder_write(base, "milkypay-link02/mock.db", "x", 1);
    leave("milkypay-link03");
    assert_int_equal(unlink(folder_path(base, "milkypay-link03/mock.db")), 0);
    snprintf(target, sizeof target, "%s", folder_path(base, "elsewhere/mock.db"));
    assert_int_equal(symlink(target, folder_path(base, "milkypay-link03/mock.db")), 0);
    make(dir);
    assert_true(folder_has(base, "elsewhere/mock.db"));
    assert_true(folder_has(base, "elsewhere/lock"));
    assert_true(folder_has(base, "milkypay-link02/mock.db"));
    assert_false(folder_has(base, "milkypay-link03"));
    tmpdb_remove(dir);
}

static void a_folder_that_others_can_enter_is_ignored(void **state)
{
    char dir[TMPDB_TEXT];
    (void)state;
    leave("milkypay-open01");
    assert_int_equal(chmod(folder_path(base, "milkypay-open01"), 0755), 0);
    make(dir);
    assert_true(folder_has(base, "milkypay-open01/mock.db"));
    tmpdb_remove(dir);
}

static void without_a_place_there_is_an_error_of_one_line(void **state)
{
    char dir[TMPDB_TEXT] = "untouched", file[TMPDB_TEXT] = "untouched", wanted[1024];
    struct arena arena = {0};
    char *longest = repeat('x', 5000);
    (void)state;
    setenv("TMPDIR", folder_path(base, "none"), 1);
    snprintf(wanted, sizeof wanted,
             "%s: cannot create a temporary database there: No such file or directory",
             folder_path(base, "none"));
    assert_string_equal(tmpdb_make(&arena, dir, file), wanted);
    setenv("TMPDIR", longest, 1);
    assert_string_equal(tmpdb_make(&arena, dir, file),
                        "$TMPDIR: cannot create a temporary database there: the path is too long");
    assert_string_equal(dir, "untouched");
    assert_string_equal(file, "untouched");
    arena_finish(&arena);
    free(longest);
}

static void servers_that_start_at_once_do_not_sweep_each_other(void **state)
{
    enum { SERVERS = 16, ROUNDS = 20 };
    (void)state;
    for (int i = 0; i < SERVERS; i++) {
        if (fork() == 0) {
            for (int k = 0; k < ROUNDS; k++) {
                char dir[TMPDB_TEXT], file[TMPDB_TEXT];
                struct arena arena = {0};
                if (tmpdb_make(&arena, dir, file)) {
                    _exit(1);
                }
                int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
                usleep((useconds_t)(i * 37 % 200));
                if (fd < 0 || close(fd) != 0 || access(file, F_OK) != 0) {
                    _exit(2);
                }
                tmpdb_remove(dir);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < SERVERS; i++) {
        int status = -1;
        wait(&status);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_folder_is_new_and_private_and_is_removed, make_base,
                                        remove_base),
        cmocka_unit_test_setup_teardown(folders_of_dead_servers_are_swept, make_base, remove_base),
        cmocka_unit_test_setup_teardown(a_folder_whose_lock_is_held_stays, make_base, remove_base),
        cmocka_unit_test_setup_teardown(another_server_of_the_same_user_does_not_sweep_this_one,
                                        make_base, remove_base),
        cmocka_unit_test_setup_teardown(unknown_files_are_never_removed, make_base, remove_base),
        cmocka_unit_test_setup_teardown(symlinks_are_not_followed, make_base, remove_base),
        cmocka_unit_test_setup_teardown(a_folder_that_others_can_enter_is_ignored, make_base,
                                        remove_base),
        cmocka_unit_test_setup_teardown(without_a_place_there_is_an_error_of_one_line, make_base,
                                        remove_base),
        cmocka_unit_test_setup_teardown(servers_that_start_at_once_do_not_sweep_each_other,
                                        make_base, remove_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
