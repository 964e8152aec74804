/* Reads the environment, using the table of config.c. */
#include "config.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "config_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "MILKYPAY_"

/* Texts composed here; lives as long as the process. */
static struct arena texts;

const char *config_variable(const struct option *option)
{
    char *name = arena_printf(&texts, PREFIX "%s", option->name);
    text_upper(name);
    text_replace(name, "-", '_');
    return name;
}

enum config_result config_read_environment(const bool *given, struct config *config)
{
    enum config_result result = CONFIG_SERVE;
    for (size_t i = 0; i < config_options_count; i++) {
        const char *name = config_variable(&config_options[i]);
        const char *value = config_options[i].help && !given[i] ? getenv(name) : NULL;
        if (value && *value &&
            config_take(&config_options[i], name, value, config) != CONFIG_SERVE) {
            result = CONFIG_WRONG;
        }
    }
    return result;
}

/* Variables that are no option: those that exec gives its command, which may run another server,
 * and the key of compare. */
static const char *const others[] = {
    PREFIX "URL",
    PREFIX "ACCOUNT_ID",
    PREFIX "API_KEY",
    PREFIX "PUBLIC_KEY",
    PREFIX "SECRET_KEY",
    PREFIX "COMPARE_API_KEY",
    NULL,
};

/* A name unlike any option may be the shop's own, such as MILKYPAY_HOST. */
static void tell_unlike(const char *name)
{
    char *word = arena_strdup(&texts, name + strlen(PREFIX));
    text_replace(word, "_", '-');
    struct nearest nearest = nearest_to(word);
    nearest.letters_only = true;
    nearest_offer_aliases(&nearest, config_aliases, config_aliases_count);
    if (nearest.name) {
        log_event(LOG_INFO, "unknown_variable", LOG_TEXT("name", name),
                  LOG_TEXT("did_you_mean", nearest.name));
    } else {
        log_event(LOG_INFO, "unknown_variable", LOG_TEXT("name", name));
    }
}

/* A shop may have variables with this prefix too. So letters count, not words in common: its
 * MILKYPAY_TOKEN is not taken for MILKYPAY_CONTROL_TOKEN. */
static void check_variable(const char *name, bool all)
{
    struct nearest nearest = nearest_to(name + strlen(PREFIX));
    nearest.letters_only = true;
    for (size_t i = 0; i < config_options_count; i++) {
        const char *variable = config_variable(&config_options[i]);
        if (config_options[i].help) {
            nearest_offer_as(&nearest, variable + strlen(PREFIX), variable);
        }
    }
    if (text_equal(name, nearest.name) || text_index(others, name) >= 0) {
        return;
    }
    if (nearest.name) {
        log_event(LOG_WARN, "unknown_variable", LOG_TEXT("name", name),
                  LOG_TEXT("did_you_mean", nearest.name));
    } else if (all) {
        tell_unlike(name);
    }
}

void config_check_environment(bool all)
{
    for (char *const *entry = environ; *entry; entry++) {
        size_t size = strcspn(*entry, "=");
        if (text_starts(*entry, PREFIX) && (*entry)[size] && (*entry)[size + 1]) {
            check_variable(arena_copy(&texts, *entry, size), all);
        }
    }
}
