#include "start_files.h"

#include "base/text.h"
#include "profile_file.h"

#include <string.h>

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
    const char *profile = file ? profile_file_load(arena, file, ret_shapes) : NULL;
    profile = named(arena, "--profile-file", file, profile);
    return services && profile ? arena_printf(arena, "%s\n%s", services, profile)
                               : services ?: profile;
}
