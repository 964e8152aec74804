#include "start_files.h"

#include "base/text.h"
#include "profile_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names the option if its folder or file cannot be read: the reason is the path and one of the
 * system's. Mistakes in a file have their place. */
static const char *named(struct arena *arena, const char *option, const char *path, const char *why)
{
    const char *rest = why && path && text_starts(why, path) ? why + strlen(path) : "";
    bool whole = *rest == ':' && !strchr(rest + 1, ':');
    return whole ? arena_printf(arena, "%s %s", option, why) : why;
}

/* The mistakes of a catalogue without those of the fixtures. */
static const char *check_catalogue(struct arena *arena, const char *folder)
{
    struct fixture fixture;
    const char *why = fixture_load(NULL, &fixture);
    why = arena_strdup(arena, why ? why : fixture_add_openfintech(folder, &fixture));
    fixture_finish(&fixture);
    return why;
}

/* The catalogue adds to the fixtures. If those are wrong, its own mistakes are told too. */
static const char *load_services(const struct config *config, struct arena *arena,
                                 struct fixture *fixture)
{
    const char *folder = config->catalogue;
    const char *why =
        named(arena, "--fixtures", config->fixtures, fixture_load(config->fixtures, fixture));
    if (!folder) {
        return why;
    }
    const char *other =
        why ? check_catalogue(arena, folder) : fixture_add_openfintech(folder, fixture);
    other = named(arena, "--catalogue", folder, other);
    return why && other ? arena_printf(arena, "%s\n%s", why, other) : why ?: other;
}

const char *start_files_load(const struct config *config, struct arena *arena,
                             struct fixture *ret_fixture, struct shapes *ret_shapes)
{
    const char *file = config->profile_file;
    const char *services = load_services(config, arena, ret_fixture);
    if (!services) {
        fixture_warn_rules(ret_fixture);
    }
    const char *profile = file ? profile_file_load(arena, file, ret_shapes) : NULL;
    profile = named(arena, "--profile-file", file, profile);
    return services && profile ? arena_printf(arena, "%s\n%s", services, profile)
                               : services ?: profile;
}

/* The folder that has the last part of a path. */
static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return ".";
    }
    return slash == path ? "/" : arena_printf(arena, "%.*s", (int)(slash - path), path);
}

/* The folder itself, or the nearest one above it that is there. */
static const char *nearest(struct arena *arena, const char *folder)
{
    struct stat status;
    while (stat(folder, &status) && errno == ENOENT) {
        folder = folder_of(arena, folder);
    }
    return folder;
}

/* Whether a file can be made there: the point makes any other than a folder fail. */
static bool takes_files(struct arena *arena, const char *folder)
{
    return access(arena_printf(arena, "%s/.", folder), W_OK | X_OK) == 0;
}

/* `beside`: other files are made next to it, too. */
static const char *check_file(struct arena *arena, const char *option, const char *file,
                              bool beside)
{
    struct stat status;
    bool there = stat(file, &status) == 0;
    if (there && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
    } else if ((!there || !access(file, W_OK)) &&
               ((there && !beside) || takes_files(arena, folder_of(arena, file)))) {
        return NULL;
    }
    return arena_printf(arena, "%s %s: %s", option, file, strerror(errno));
}

static const char *check_report(struct arena *arena, const char *folder)
{
    return takes_files(arena, nearest(arena, folder))
               ? NULL
               : arena_printf(arena, "--report %s: %s", folder, strerror(errno));
}

const char *start_files_writable(const struct config *config, struct arena *arena)
{
    const char *const whys[] = {
        config->db ? check_file(arena, "--db", config->db, true) : NULL,
        config->ready_file ? check_file(arena, "--ready-file", config->ready_file, false) : NULL,
        config->report ? check_report(arena, config->report) : NULL,
    };
    const char *all = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(whys); i++) {
        const char *why = whys[i];
        all = all && why ? arena_printf(arena, "%s\n%s", all, why) : all ?: why;
    }
    return all;
}
