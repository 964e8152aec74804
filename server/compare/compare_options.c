/* The arguments of the command, and the key in the environment. */
#include "base/buf.h"
#include "base/crypt.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/url.h"
#include "compare/compare.h"
#include "compare/comparison.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_VARIABLE "MILKYPAY_COMPARE_API_KEY"
#define LIVE_KEY "pk_live_"

struct compare_option {
    const char *name, *argument; /* argument NULL: a flag */
    size_t offset;
    const char *help; /* NULL: not in --help */
    /* Returns NULL or a reason, and keeps the value elsewhere if `offset` is 0; NULL: any value. */
    const char *(*read)(struct comparison *comparison, const char *value);
};

/* ------------------------------------------------------------------ readers */

static const char *read_against(struct comparison *comparison, const char *value)
{
    size_t size = strlen(value);
    if (!url_is_good(value) || strpbrk(value, "?#@")) {
        return "must be an http or https URL without a user, a query and a fragment";
    }
    while (size && value[size - 1] == '/') {
        size--;
    }
    comparison->options.against = arena_copy(&comparison->arena, value, size);
    return NULL;
}

/* Its characters need no escape in JSON, in a form and in a URL. */
static bool is_plain(const char *value)
{
    static const char plain[] = TEXT_LETTERS TEXT_DIGITS "_-";
    return !value[strspn(value, plain)];
}

static const char *read_public_key(struct comparison *comparison, const char *value)
{
    (void)comparison;
    if (text_starts(value, LIVE_KEY)) {
        return "must be a test key: nothing is ever sent with a " LIVE_KEY " key";
    }
    return text_starts(value, "pk_test_") && is_plain(value) ? NULL
                                                             : "must be a test key, pk_test_...";
}

static const char *read_code(struct comparison *comparison, const char *value)
{
    (void)comparison;
    return is_plain(value) ? NULL : "must be a code";
}

static const char *read_format(struct comparison *comparison, const char *value)
{
    comparison->options.json = text_equal(value, "json");
    return comparison->options.json || text_equal(value, "table") ? NULL : "must be table or json";
}

static const char *read_timeout(struct comparison *comparison, const char *value)
{
    int64_t *ms = &comparison->options.timeout_ms;
    return text_to_duration(value, ms) && *ms > 0 ? NULL : "must be a duration, e.g. 10s";
}

#define IN(member) offsetof(struct compare_options, member)

/* clang-format off */
static const struct compare_option options[] = {
    {"headers", "FILE", IN(headers), "the headers of the callback whose body is compared"},
    {"against", "URL", 0, "the private API of the account to read", read_against},
    {"account-id", "ID", IN(account_id), "its login; the API key is in " KEY_VARIABLE},
    {"public-key", "KEY", IN(public_key), "its public test key, to compare the public API too", read_public_key},
    {"create", NULL, IN(create), "also create test invoices, after listing the calls and asking"},
    {"yes", NULL, IN(yes), "do not ask"},
    {"service", "CODE", IN(service), "of the invoices; default payment_card_usd_hpp", read_code},
    {"currency", "CODE", IN(currency), "of the invoices; default USD", read_code},
    {"profile", "NAME", IN(profile), "what to compare with: 2020, 2024 or 2025; default 2020"},
    {"profile-file", "FILE", IN(profile_file), "compare with a profile that --write-profile wrote"},
    {"write-profile", "FILE", IN(write_profile), "write a profile by which the mock answers like the account"},
    {"timeout", "DURATION", 0, "of one call; default 15s", read_timeout},
    {"ca", "FILE", IN(ca), "certificates (PEM) to trust instead of the system's"},
    {"format", "FORMAT", 0, "table or json", read_format},
    {"learn", "FILE", IN(learn), NULL},
    {"learn-as", "STATUS NAME", IN(learn_as), NULL},
};
/* clang-format on */

/* ------------------------------------------------------------------ --help */

static const char usage[] =
    "Usage: milkypay-mock compare [options] FILE ...                        compare saved bodies\n"
    "       milkypay-mock compare --against URL --account-id ID [options]   compare an account\n"
    "\n"
    "Compares what a platform answers with what this mock answers: status codes, names of\n"
    "headers, keys, their order, types and known words. Values are neither printed nor stored.\n"
    "The exit status is 0 if they are equal, 1 if they differ, 2 if something was not compared.\n";

void compare_print_help(void)
{
    puts(usage);
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        const struct compare_option *option = &options[i];
        char left[80];
        snprintf(left, sizeof left, "--%s %s", option->name,
                 option->argument ? option->argument : "");
        if (option->help) {
            printf("  %-28s%s\n", left, option->help);
        }
    }
    puts("  --help                      print this and exit");
}

/* ------------------------------------------------------------------ arguments */

static const char *keep(struct comparison *comparison, const struct compare_option *option,
                        const char *value)
{
    void *place = (char *)&comparison->options + option->offset;
    if (option->offset && option->argument) {
        *(const char **)place = value;
    } else if (option->offset) {
        *(bool *)place = true;
    }
    return option->read ? option->read(comparison, value) : NULL;
}

static const struct compare_option *find_option(const char *name, size_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        if (strlen(options[i].name) == size && strncmp(options[i].name, name, size) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

/* Refuses without the value: it may be a key. */
static const char *refuse(struct comparison *comparison, const char *argument, const char *reason)
{
    size_t size = strcspn(argument, "=");
    char *line = arena_printf(&comparison->arena, "%.*s: %s", (int)size, argument, reason);
    text_flatten(line);
    return line;
}

static const char *refuse_unknown(struct comparison *comparison, const char *argument)
{
    struct arena *arena = &comparison->arena;
    struct nearest nearest =
        nearest_to(arena_copy(arena, argument + 2, strcspn(argument + 2, "=")));
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        if (options[i].help) {
            nearest_offer_as(&nearest, options[i].name,
                             arena_printf(arena, "--%s", options[i].name));
        }
    }
    const char *hint = nearest_hint(&nearest, arena, "see compare --help");
    return refuse(comparison, argument, arena_printf(arena, "unknown option%s", hint));
}

/* Reads the option at *at, and moves *at to its last word. */
static const char *read_option(struct comparison *comparison, char **argv, int *at)
{
    const char *argument = argv[*at];
    size_t size = strcspn(argument, "=");
    const char *value = argument[size] ? argument + size + 1 : NULL;
    const struct compare_option *option = find_option(argument + 2, size - 2);
    if (!option) {
        return refuse_unknown(comparison, argument);
    }
    if (!option->argument && value) {
        return refuse(comparison, argument, "must not have a value");
    }
    if (option->argument && !value) {
        value = argv[*at + 1];
        if (!value || text_starts(value, "--")) {
            return refuse(comparison, argument,
                          arena_printf(&comparison->arena, "%s is missing", option->argument));
        }
        ++*at;
    }
    const char *why = value && !*value ? "must not be empty" : keep(comparison, option, value);
    return why ? refuse(comparison, argument, why) : NULL;
}

static const char *read_arguments(struct comparison *comparison, int argc, char **argv,
                                  bool *ret_help)
{
    struct compare_options *given = &comparison->options;
    const char *why = NULL;
    for (int i = 2; !why && i < argc; i++) {
        if (text_equal(argv[i], "--help") || text_equal(argv[i], "-h")) {
            *ret_help = true;
            return NULL;
        }
        if (text_starts(argv[i], "--")) {
            why = read_option(comparison, argv, &i);
        } else if (*argv[i] == '-' && argv[i][1]) {
            why = refuse(comparison, argv[i], "options begin with --; see compare --help");
        } else if (given->n_files == COMPARE_FILES_MOST) {
            why = "too many files";
        } else {
            given->files[given->n_files++] = argv[i];
        }
    }
    return why;
}

/* ------------------------------------------------------------------ the key */

/* Takes the key out of the environment, also where other processes could read it. */
static const char *take_key(struct arena *arena)
{
    char *value = getenv(KEY_VARIABLE);
    const char *key = value && *value ? arena_strdup(arena, value) : NULL;
    if (value) {
        explicit_bzero(value, strlen(value));
    }
    unsetenv(KEY_VARIABLE);
    return key;
}

/* The login as the header has it, without the padding of its end. */
static const char *login_of(struct arena *arena, const struct compare_options *given)
{
    buf_auto plain = {0}, encoded = {0};
    buf_printf(&plain, "%s:%s", given->account_id, given->api_key);
    crypt_base64(&encoded, plain.data, plain.size);
    return arena_copy(arena, encoded.data, strcspn(encoded.data, "="));
}

/* ------------------------------------------------------------------ all */

/* What must be there, and must not be together. */
static const char *check(const struct compare_options *given)
{
    if (!given->against && !given->n_files) {
        return "name a FILE, or --against URL; see compare --help";
    }
    if (given->against && given->n_files) {
        return "a FILE and --against cannot be compared in one run";
    }
    if (given->against && !given->account_id) {
        return "--against requires --account-id";
    }
    if (given->against && !given->api_key) {
        return "--against requires the API key in the variable " KEY_VARIABLE;
    }
    if (given->create && !given->against) {
        return "--create requires --against";
    }
    return given->against && given->headers ? "--headers belongs to a FILE" : NULL;
}

static void add_secrets(struct comparison *comparison)
{
    const struct compare_options *given = &comparison->options;
    size_t n = 0;
    if (given->api_key) {
        comparison->secrets[n++] = given->api_key;
    }
    if (given->account_id) {
        comparison->secrets[n++] = given->account_id;
    }
    if (given->api_key && given->account_id) {
        comparison->secrets[n++] = login_of(&comparison->arena, given);
    }
}

const char *compare_read_options(struct comparison *comparison, int argc, char **argv,
                                 bool *ret_help)
{
    struct compare_options *given = &comparison->options;
    *given = (struct compare_options){.profile = "2020",
                                      .timeout_ms = 15000,
                                      .service = "payment_card_usd_hpp",
                                      .currency = "USD"};
    given->api_key = take_key(&comparison->arena);
    const char *why = read_arguments(comparison, argc, argv, ret_help);
    add_secrets(comparison);
    return why || *ret_help ? why : check(given);
}
