/*
 * `milkypay-mock compare` (server/docs/compare.md): holds saved bodies, or the replies of a real
 * account, against the shapes that this server has. It is no part of serving, calls nothing but the
 * URL that it is given, and keeps no value of what it reads.
 */
#pragma once

#define COMPARE_COMMAND "compare"

/* The exit status. */
enum {
    COMPARE_EQUAL,
    COMPARE_DIFFERENT,
    COMPARE_FAILED,
};

/* Runs the command; argv[1] is its name. Prints the result and returns the exit status. */
int compare_main(int argc, char **argv);
