/* Reads the command line, using the table of config.c. */
#include "config.h"

#include "base/die.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "config_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "milkypay-mock"
#define SEE_HELP "see --help"
#define EXEC "exec" /* the first word of `milkypay-mock exec [options] -- COMMAND ...` */
#define SERVES "milkypay-mock [options]" /* it needs no command */
#define WRAPS EXEC " [options] -- COMMAND"

/* Texts composed here; lives as long as the process. */
static struct arena texts;

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
    printf("%*s%s%s%s%s\n", HELP_COLUMN, "", config_variable(option), *fallback ? ", default " : "",
           fallback, note);
}

static const char usage[] =
    "Usage: " PROGRAM " [options]                          serve the mock MilkyPay platform\n"
    "       " PROGRAM " exec [options] -- COMMAND ...      run a command beside it, e.g. npm test\n"
    "       " PROGRAM " healthcheck [URL]                  exit 0 if a server is up, else 1\n"
    "       " PROGRAM " compare [options] FILE ...         compare a real account with this mock\n"
    "       " PROGRAM " rehearse [options] -- COMMAND ...  tell what would go wrong in a shop\n"
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

/* ------------------------------------------------------------------ arguments */

static const struct option *find_option(const char *name, size_t length)
{
    for (size_t i = 0; i < config_options_count; i++) {
        if (strncmp(config_options[i].name, name, length) == 0 && !config_options[i].name[length]) {
            return &config_options[i];
        }
    }
    return NULL;
}

/* Commands of other programs; "did you mean" goes before. */
static const struct nearest_alias other_commands[] = {
    {"serve", SERVES}, {"server", SERVES}, {"start", SERVES},        {"run", SERVES ", or " WRAPS},
    {"up", SERVES},    {"daemon", SERVES}, {"version", "--version"}, {"help", "--help"},
    {"test", WRAPS},
};

/* "--settle-after" for --settle-afer. */
static enum config_result refuse_option(const char *what)
{
    struct nearest nearest = nearest_to(what + 2);
    nearest_offer_aliases(&nearest, config_aliases, config_aliases_count);
    for (size_t i = 0; i < config_options_count; i++) {
        if (config_options[i].help) {
            nearest_offer_as(&nearest, config_options[i].name,
                             arena_printf(&texts, "--%s", config_options[i].name));
        }
    }
    return config_refuse(
        what, arena_printf(&texts, "unknown option%s", nearest_hint(&nearest, &texts, SEE_HELP)));
}

static const struct option *find_flag(const char *argument)
{
    const struct option *option =
        text_starts(argument, "--") ? find_option(argument + 2, strlen(argument + 2)) : NULL;
    return option && !option->argument ? option : NULL;
}

/* An option whose value may be left out, "--strict": a value must follow in the same word. */
static const struct option *find_optional(const char *argument)
{
    const struct option *option =
        text_starts(argument, "--") ? find_option(argument + 2, strlen(argument + 2)) : NULL;
    return option && option->argument && *option->argument == '[' ? option : NULL;
}

/* A word that is no option: a command that is misspelt, or that of exec without "--". */
static enum config_result refuse_word(char **argv, int at)
{
    const char *what = arena_printf(&texts, "\"%s\"", argv[at]);
    const bool exec = text_equal(argv[1], EXEC);
    if (*argv[at] == '-') {
        struct nearest nearest = nearest_to(argv[at] + 1);
        nearest_offer_aliases(&nearest, config_aliases, config_aliases_count);
        return config_refuse(what, arena_printf(&texts, "options begin with --%s",
                                                nearest_hint(&nearest, &texts, SEE_HELP)));
    }
    const struct option *before = find_optional(argv[at - 1]);
    if (before && !before->read(before, argv[at], &(struct config){0})) {
        return config_refuse(what,
                             arena_printf(&texts, "did you mean --%s=%s?", before->name, argv[at]));
    }
    if (exec && *argv[at]) {
        char *const *next = &argv[at + 1];
        next += text_equal(*next, "--"); /* in the wrong place */
        return config_refuse(
            what, arena_printf(&texts, "put -- before the command: " EXEC " %s-- %s%s%s%s",
                               at > 2 ? "[options] " : "", argv[at], *next ? " " : "", *next ?: "",
                               *next && next[1] ? " ..." : ""));
    }
    const struct option *flag = at > 1 ? find_flag(argv[at - 1]) : NULL;
    if (flag) {
        return config_refuse(
            what, arena_printf(&texts, "unexpected argument: --%s takes no value", flag->name));
    }
    struct nearest nearest = nearest_to(argv[at]);
    static const char *const commands[] = {EXEC, "healthcheck", "compare", "rehearse", NULL};
    nearest_offer_list(&nearest, at == 1 ? commands : NULL);
    nearest_offer_aliases(&nearest, other_commands, at == 1 ? ARRAY_SIZE(other_commands) : 0);
    for (size_t i = 0; i < config_options_count; i++) { /* "listen" for --listen */
        nearest_offer_as(&nearest, config_options[i].name,
                         arena_printf(&texts, "--%s", config_options[i].name));
    }
    return config_refuse(what, arena_printf(&texts, "unexpected argument%s",
                                            nearest_hint(&nearest, &texts, SEE_HELP)));
}

/* Skips the word after something unknown, which may be its value. */
static void skip_value(char **argv, int *at)
{
    const char *next = argv[*at + 1];
    *at += next && *next != '-' && !strchr(argv[*at], '=');
}

/* Reads the argument at *at, and moves *at to its last word. */
static enum config_result read_argument(char **argv, int *at, bool *given, struct config *config)
{
    const char *argument = argv[*at];
    if (!text_starts(argument, "--") || !argument[2]) {
        enum config_result result = refuse_word(argv, *at);
        if (*argument == '-') {
            skip_value(argv, at);
        }
        return result;
    }
    size_t length = strcspn(argument, "=");
    const char *value = argument[length] ? argument + length + 1 : NULL;
    const char *what = arena_copy(&texts, argument, length);
    const struct option *option = find_option(argument + 2, length - 2);
    if (!option) {
        skip_value(argv, at);
        return refuse_option(what);
    }
    if (!option->argument && value) {
        return config_refuse(what, "must not have a value");
    }
    if (!option->argument || has_optional_value(option)) {
        value = value ? value : "1";
    } else if (!value) {
        value = argv[*at + 1];
        if (!value || text_starts(value, "--")) {
            return config_refuse(what, arena_printf(&texts, "%s is missing", option->argument));
        }
        ++*at;
    }
    given[option - config_options] = true;
    return config_take(option, what, value, config);
}

/* Whether --check is on: then every mistake is told, not only the first. */
static bool is_check(int argc, char **argv, bool exec)
{
    struct config config = {0};
    const struct option *check = find_option("check", strlen("check"));
    const char *value = check ? getenv(config_variable(check)) : NULL;
    if (value) {
        check->read(check, value, &config);
    }
    for (int i = 1; i < argc && !(exec && text_equal(argv[i], "--")); i++) {
        config.check |= text_equal(argv[i], "--check");
    }
    return config.check;
}

/* A word of exec's command where options are expected: the rest is the command, not options. */
static bool begins_command(bool exec, const char *argument)
{
    return exec && *argument && *argument != '-';
}

/* With exec, the words after "--" are the command. */
static enum config_result read_arguments(int argc, char **argv, bool exec, bool *given,
                                         struct config *config)
{
    enum config_result all = CONFIG_SERVE;
    bool every = is_check(argc, argv, exec);
    for (int i = exec ? 2 : 1; i < argc && !config->command; i++) {
        const char *argument = argv[i];
        if (text_equal(argument, "--help") || text_equal(argument, "-h")) {
            return print_help();
        }
        if (text_equal(argument, "--version")) {
            about_print(stdout);
            return CONFIG_DONE;
        }
        if (exec && text_equal(argument, "--")) {
            config->command = argv + i + 1;
            continue;
        }
        enum config_result result = read_argument(argv, &i, given, config);
        all = result == CONFIG_SERVE ? all : result;
        if (result != CONFIG_SERVE && (!every || begins_command(exec, argument))) {
            return result;
        }
    }
    bool wanting = exec && !(config->command && *config->command);
    return wanting ? config_refuse(EXEC, "-- COMMAND ... is missing, e.g. " EXEC " -- npm test")
                   : all;
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
    config.check |= is_check(argc, argv, exec);
    if (result == CONFIG_SERVE || (result == CONFIG_WRONG && config.check)) {
        enum config_result other = config_read_environment(given, &config);
        result = other == CONFIG_SERVE ? result : other;
    }
    if (result != CONFIG_DONE && (result == CONFIG_SERVE || config.check) &&
        !config.tls_cert != !config.tls_key) {
        result = config_refuse(config.tls_cert ? "--tls-cert" : "--tls-key",
                               config.tls_cert ? "requires --tls-key" : "requires --tls-cert");
    }
    *ret_config = config;
    return result;
}
