/* One run of the command: what it was asked, what it found. Private to server/compare/. */
#pragma once

#include "compare/compare_diff.h"
#include "domain/profile.h"

#include <stdint.h>

#define COMPARE_FILES_MOST 1000

struct compare_options {
    /* The first: no option has the offset 0. */
    const char *files[COMPARE_FILES_MOST];
    size_t n_files;
    const char *headers;    /* a file with the headers of a callback */
    const char *against;    /* the URL, without a trailing slash; NULL: offline */
    const char *account_id; /* the login of HTTP Basic */
    const char *api_key;    /* from the environment */
    const char *public_key; /* NULL: no call that requires one */
    const char *service, *currency;
    bool create, yes;
    const char *ca; /* a file of certificates to trust, NULL: the system's */
    int64_t timeout_ms;
    const char *profile;      /* a name */
    const char *profile_file; /* NULL: none */
    const char *write_profile;
    const char *learn;    /* adds what is found to this file of shapes; for tests */
    const char *learn_as; /* what the files are: "409 private 409"; NULL: callbacks */
    bool json;
};

/* What was not compared, and why. */
struct compare_note {
    const char *what, *reason;
    bool failed; /* else nothing was wrong, e.g. the account has no invoice */
    struct compare_note *next;
};

struct comparison {
    struct arena arena;
    struct compare_options options;
    const char *secrets[4]; /* never in any output; ends in NULL */
    struct shape_learner learner;
    struct shapes contract, found;
    struct shapes over;                     /* what --profile-file changes in the contract */
    struct shapes known[PROFILE_COUNT + 1]; /* the contract and all profiles */
    struct differences differences;
    struct compare_note *notes, **last_note;
    size_t calls, bodies; /* made; read from files */
    bool failed;          /* a note is a failure */
};

void comparison_note(struct comparison *comparison, bool failed, const char *what,
                     const char *reason);

/* Adds a header's name, which becomes lower case, unless it belongs to the transport. */
void comparison_add_header(const struct comparison *comparison, json_t *headers, char *name);

/*
 * Adds a reply that should be `document` to what was found. `headers` has the names in lower case;
 * `body` may be no JSON, or NULL for a document whose body is not compared.
 */
void comparison_add(struct comparison *comparison, const char *document, int status,
                    const json_t *headers, const char *body, size_t size, json_t **ret_json);

/* The document of the contract that one that was found belongs to, whose name may end in
 * " (404)"; or NULL. */
const struct shapes_document *comparison_contract(struct comparison *comparison, const char *name);

/* ------------------------------------------------------------------ the parts */

/* compare_options.c: reads the arguments and the environment. Returns NULL or the reason; sets
 * *ret_help if only the help is asked for. */
const char *compare_read_options(struct comparison *comparison, int argc, char **argv,
                                 bool *ret_help);
void compare_print_help(void);

/* compare_files.c: compares the files. Returns NULL, or the reason why nothing was compared. */
const char *compare_files(struct comparison *comparison);

/* compare_run.c: makes the calls. The same. */
const char *compare_run(struct comparison *comparison);

/* compare_profile.c: writes the file by which the mock answers as what was found. Notes what it
 * cannot say. Returns NULL, or the reason why it could not be written. */
const char *compare_write_profile(struct comparison *comparison);

/* compare_report.c: prints the result. */
void compare_report(const struct comparison *comparison);
