/*
 * The command line and its environment variables (server/docs/command-line.md): one table of
 * options is the source of parsing, --help and the documentation. `--listen` is also
 * MILKYPAY_LISTEN; the command line wins.
 */
#pragma once

#include "base/log.h"
#include "exec/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_LIST_MOST 16

struct config {
    const char *listen_host; /* "127.0.0.1", "::1" without brackets, "localhost" */
    int listen_port;         /* 0: any free port */
    const char *db;          /* NULL: a private temporary database */
    const char *fixtures;    /* NULL: the embedded ones */
    const char *catalogue;   /* folder of an openfintech checkout, NULL: none */
    const char *public_url;  /* no trailing slash; NULL: from each request's Host */
    const char *ready_file;
    int64_t settle_after_ms;
    int64_t first_callback_delay_ms;
    const char *callback_url;
    const char *callback_rewrite_from, *callback_rewrite_to;
    bool callback_allow_any;
    const char *callback_ca;
    bool callback_insecure;
    const char *tls_cert, *tls_key;
    const char *control_token;
    const char *allow_hosts[CONFIG_LIST_MOST + 1]; /* --allow-host, repeatable; comma-separated in
                                                      the environment; ends in NULL */
    int n_allow_hosts;
    bool seeded;
    int64_t seed;
    int64_t retention_ms; /* 0: keep everything */
    bool durable;
    bool hide_panel;
    int64_t journal; /* records to keep, 0: none */
    enum log_level log_level;
    bool log_json;
    bool holds_warnings;      /* exec, with no log level given: they are counted, not written */
    bool check;               /* --check: check the fixtures and exit */
    bool list_routes;         /* --list-routes, for tests; not in --help */
    const char *profile_file; /* NULL: accounts have their own profiles */
    const char *report;       /* folder for the report of the run, NULL: none */
    enum strictness strict;   /* exit status 3 if the run does not meet it */
    char *const *command;     /* of exec, ends in NULL; NULL: only serve */
};

enum config_result {
    CONFIG_SERVE,
    CONFIG_DONE,  /* --help or --version was printed: exit 0 */
    CONFIG_WRONG, /* a line was printed on stderr, with --check one per mistake: exit 2 */
};

/*
 * Logs the variables that look like a misspelt option. `all`: logs every variable of this prefix
 * that nothing reads, for --check. A warning, not a refusal: a shop may have its own.
 */
void config_check_environment(bool all);

/* Reads options and environment; prints what CONFIG_DONE and CONFIG_WRONG say. After CONFIG_WRONG,
 * `check` is right, and the options that could be read are. Texts live as long as the process. */
enum config_result config_read(int argc, char **argv, struct config *ret_config);
