#include "folder.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static char folder[FOLDER_TEXT];
static struct arena arena;

static int begin(void **state)
{
    (void)state;
    folder_make(folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    folder_remove(folder);
    arena_finish(&arena);
    return 0;
}

/* The path of a file in the folder. */
static const char *at(const char *name)
{
    return arena_strdup(&arena, folder_path(folder, name));
}

static void assert_content(const char *name, const char *wanted)
{
    buf_auto content = {0};
    assert_null(file_read(&arena, at(name), 1 << 20, &content));
    assert_string_equal(buf_str(&content), wanted);
}

static void assert_reason(const char *why, const char *name, const char *reason)
{
    assert_non_null(why);
    assert_string_equal(why, arena_printf(&arena, "%s: %s", name, reason));
}

static mode_t mode_of(const char *name)
{
    struct stat info;
    assert_int_equal(lstat(at(name), &info), 0);
    return info.st_mode & 07777;
}

static void a_file_is_read_whole(void **state)
{
    (void)state;
    char *large = repeat('x', 200000);
    folder_write(folder, "large", large, 200000);
    assert_content("large", large);
    folder_write(folder, "empty", "", 0);
    assert_content("empty", "");
    free(large);
}

static void what_cannot_be_read_says_why(void **state)
{
    buf_auto content = {0};
    (void)state;
    assert_reason(file_read(&arena, at("none"), 1, &content), at("none"), strerror(ENOENT));
    assert_reason(file_read(&arena, folder, 1, &content), folder, strerror(EISDIR));
    char *large = repeat('x', (2 << 20) + 1);
    folder_write(folder, "large", large, (2 << 20) + 1);
    assert_reason(file_read(&arena, at("large"), 2 << 20, &content), at("large"),
                  "larger than 2 MiB");
    free(large);
}

static void a_written_file_is_new_or_keeps_its_mode(void **state)
{
    (void)state;
    mode_t mask = umask(027);
    assert_null(file_write(&arena, at("file"), "one", 3));
    umask(mask);
    assert_content("file", "one");
    assert_int_equal(mode_of("file"), 0640);
    assert_int_equal(chmod(at("file"), 0604), 0);
    assert_null(file_write(&arena, at("file"), "", 0));
    assert_content("file", "");
    assert_int_equal(mode_of("file"), 0604);
}

static void a_symbolic_link_stays_one(void **state)
{
    (void)state;
    folder_write(folder, "file", "old", 3);
    assert_int_equal(symlink("file", at("link")), 0);
    assert_null(file_write(&arena, at("link"), "new", 3));
    assert_content("file", "new");
    struct stat info;
    assert_int_equal(lstat(at("link"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

/* Reports may go to /dev/stdout. */
static void what_is_no_regular_file_is_written_directly(void **state)
{
    (void)state;
    assert_null(file_write(&arena, "/dev/null", "text", 4));
    assert_reason(file_write(&arena, "/dev/full", "text", 4), "/dev/full", strerror(ENOSPC));
    assert_reason(file_write(&arena, folder, "text", 4), folder, strerror(EISDIR));
}

static size_t count_files(void)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        n += entry->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

static void a_failed_write_leaves_the_old_file_and_no_other(void **state)
{
    (void)state;
    assert_reason(file_write(&arena, at("none/file"), "text", 4), at("none/file"),
                  strerror(ENOENT));
    folder_write(folder, "file", "old", 3);
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 2, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const char *why = file_write(&arena, at("file"), "text", 4);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_reason(why, at("file"), strerror(EFBIG));
    assert_content("file", "old");
    assert_int_equal(count_files(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_read_whole, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_says_why, begin, end),
        cmocka_unit_test_setup_teardown(a_written_file_is_new_or_keeps_its_mode, begin, end),
        cmocka_unit_test_setup_teardown(a_symbolic_link_stays_one, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_written_directly, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_the_old_file_and_no_other, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
