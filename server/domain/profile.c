#include "profile.h"

#include "base/nearest.h"
#include "base/text.h"

const char *const profile_names[] = {
    [PROFILE_2020] = "2020",
    [PROFILE_2024] = "2024",
    [PROFILE_2025] = "2025",
    [PROFILE_COUNT] = NULL,
};

bool profile_parse(const char *name, enum profile *ret_profile)
{
    int found = text_index(profile_names, name);
    if (found >= 0) {
        *ret_profile = (enum profile)found;
    }
    return found >= 0;
}

const char *profile_unknown(const char *name, struct arena *arena)
{
    return arena_printf(arena, "there is no profile \"%s\"; it must be %s", name,
                        nearest_choices(arena, profile_names));
}

enum profile profile_of(const char *name)
{
    enum profile profile = PROFILE_2020;
    profile_parse(name, &profile);
    return profile;
}
