/* Reads the command line and the environment, using the table of config.c. */
#include "config.h"

#include "base/die.h"
#include "base/mem.h"
#include "base/text.h"
#include "config_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "milkypay-mock"
#define EXEC "exec" /* the first word of `milkypay-mock exec [options] -- COMMAND ...` */
#define ENVIRONMENT_PREFIX "MILKYPAY_"

/* Texts composed here; lives as long as the process. */
static struct arena texts;

/* MILKYPAY_PUBLIC_URL for public-url. */
static const char *environment_name(const struct option *option)
{
    char *name = arena_printf(&texts, ENVIRONMENT_PREFIX "%s", option->name);
    text_upper(name);
    for (char *p = name; *p; p++) {
        *p = *p == '-' ? '_' : *p;
    }
    return name;
}

/* Defaults with a command: a free port, so that several can run, and a quiet stderr, which belongs
 * to the command. */
static const struct {
    const char *name, *value;
} exec_fallbacks[] = {{"listen", "127.0.0.1:0"}, {"log-level", "warn"}};

/* NULL: it has no other default with a command. */
static const char *exec_fallback(const struct option *option)
{
    for (size_t i = 0; i < ARRAY_SIZE(exec_fallbacks); i++) {
        if (text_equal(exec_fallbacks[i].name, option->name)) {
            return exec_fallbacks[i].value;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ --help; server/options.py
 * reads it */

#define HELP_COLUMN 36

/* "[=...]": it may be given without a value, and then means "1". */
static bool has_optional_value(const struct option *option)
{
    return option->argument && option->argument[0] == '[';
}

static void print_option(const struct option *option)
{
    const char *argument = option->argument ? option->argument : "";
    const char *left = arena_printf(&texts, "--%s%s%s", option->name,
                                    has_optional_value(option) ? "" : " ", argument);
    const char *fallback = option->fallback ? option->fallback : "", *other = exec_fallback(option);
    const char *note = other ? arena_printf(&texts, " (" EXEC ": %s)", other) : "";
    printf("  %-*s%s\n", HELP_COLUMN - 2, left, option->help);
    printf("%*s%s%s%s%s\n", HELP_COLUMN, "", environment_name(option),
           *fallback ? ", default " : "", fallback, note);
}

static const char usage[] =
    "Usage: " PROGRAM " [options]                          serve the mock MilkyPay platform\n"
    "       " PROGRAM " exec [options] -- COMMAND ...      run a command beside it, e.g. npm test\n"
    "       " PROGRAM " healthcheck [URL]                  exit 0 if a server is up, else 1\n"
    "       " PROGRAM " compare [options] FILE ...         compare a real account with this mock\n"
    "\n"
    "Each option is also an environment variable; the command line wins. A DURATION is a whole\n"
    "number and ms, s, m, h or d. Values may also be given as --option=value.\n";

static const char about_exec[] =
    "exec listens on a free port by default, logs warnings only, and gives the command\n"
    "MILKYPAY_URL, MILKYPAY_ACCOUNT_ID, MILKYPAY_API_KEY, MILKYPAY_PUBLIC_KEY and\n"
    "MILKYPAY_SECRET_KEY. When it ends, exec waits for pending callbacks and exits with its\n"
    "status: 128 + n if signal n ended it, 126 or 127 if it cannot be run.";

static enum config_result print_help(void)
{
    puts(usage);
    for (size_t i = 0; i < config_options_count; i++) {
        if (config_options[i].help) {
            print_option(&config_options[i]);
        }
    }
    puts("  --help                        print this and exit\n"
         "  --version                     print the version and exit\n");
    puts(about_exec);
    return CONFIG_DONE;
}

/* ------------------------------------------------------------------ arguments and environment */

/* Prints one line, even if the value contains control characters. */
static enum config_result refuse(const char *what, const char *reason)
{
    char *line = arena_printf(&texts, PROGRAM ": %s: %s", what, reason);
    text_flatten(line);
    fprintf(stderr, "%s\n", line);
    return CONFIG_WRONG;
}

static enum config_result take(const struct option *option, const char *what, const char *value,
                               struct config *config)
{
    const char *why = *value ? option->read(option, value, config) : "must not be empty";
    return why ? refuse(what, why) : CONFIG_SERVE;
}

static const struct option *find_option(const char *name, size_t length)
{
    for (size_t i = 0; i < config_options_count; i++) {
        if (strncmp(config_options[i].name, name, length) == 0 && !config_options[i].name[length]) {
            return &config_options[i];
        }
    }
    return NULL;
}

/* Reads the argument at *at, and moves *at to its last word. */
static enum config_result read_argument(char **argv, int *at, bool *given, struct config *config)
{
    const char *argument = argv[*at];
    if (!text_starts(argument, "--") || !argument[2]) {
        return refuse(arena_printf(&texts, "\"%s\"", argument), "unexpected argument; see --help");
    }
    size_t length = strcspn(argument, "=");
    const char *value = argument[length] ? argument + length + 1 : NULL;
    const char *what = arena_copy(&texts, argument, length);
    const struct option *option = find_option(argument + 2, length - 2);
    if (!option) {
        return refuse(what, "unknown option; see --help");
    }
    if (!option->argument && value) {
        return refuse(what, "must not have a value");
    }
    if (!option->argument || has_optional_value(option)) {
        value = value ? value : "1";
    } else if (!value) {
        value = argv[*at + 1];
        if (!value || text_starts(value, "--")) {
            return refuse(what, arena_printf(&texts, "%s is missing", option->argument));
        }
        ++*at;
    }
    given[option - config_options] = true;
    return take(option, what, value, config);
}

/* With exec, the words after "--" are the command. */
static enum config_result read_arguments(int argc, char **argv, bool exec, bool *given,
                                         struct config *config)
{
    for (int i = exec ? 2 : 1; i < argc && !config->command; i++) {
        if (text_equal(argv[i], "--help")) {
            return print_help();
        }
        if (text_equal(argv[i], "--version")) {
            about_print(stdout);
            return CONFIG_DONE;
        }
        if (exec && text_equal(argv[i], "--")) {
            config->command = argv + i + 1;
            continue;
        }
        enum config_result result = read_argument(argv, &i, given, config);
        if (result != CONFIG_SERVE) {
            return result;
        }
    }
    bool wanting = exec && !(config->command && *config->command);
    return wanting ? refuse(EXEC, "-- COMMAND ... is missing; see --help") : CONFIG_SERVE;
}

/* Reads options that the command line did not set. Empty variables are ignored, because compose
 * files often set them. */
static enum config_result read_environment(const bool *given, struct config *config)
{
    for (size_t i = 0; i < config_options_count; i++) {
        const char *name = environment_name(&config_options[i]);
        const char *value = config_options[i].help && !given[i] ? getenv(name) : NULL;
        if (value && *value && take(&config_options[i], name, value, config) != CONFIG_SERVE) {
            return CONFIG_WRONG;
        }
    }
    return CONFIG_SERVE;
}

static void set_fallbacks(bool exec, struct config *config)
{
    for (size_t i = 0; i < config_options_count; i++) {
        const struct option *option = &config_options[i];
        const char *other = exec ? exec_fallback(option) : NULL;
        const char *value = other ? other : option->fallback;
        if (value && option->read(option, value, config)) {
            die("--%s: invalid default", option->name);
        }
    }
}

enum config_result config_read(int argc, char **argv, struct config *ret_config)
{
    struct config config = {0};
    bool *given = arena_alloc(&texts, config_options_count * sizeof *given);
    bool exec = argc > 1 && text_equal(argv[1], EXEC);
    set_fallbacks(exec, &config);
    config.holds_warnings = exec;
    enum config_result result = read_arguments(argc, argv, exec, given, &config);
    if (result == CONFIG_SERVE) {
        result = read_environment(given, &config);
    }
    if (result == CONFIG_SERVE && !config.tls_cert != !config.tls_key) {
        result = refuse(config.tls_cert ? "--tls-cert" : "--tls-key",
                        config.tls_cert ? "requires --tls-key" : "requires --tls-cert");
    }
    if (result == CONFIG_SERVE) {
        *ret_config = config;
    }
    return result;
}
