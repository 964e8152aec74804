/*
 * `milkypay-mock rehearse [options] -- COMMAND ...`: takes a shop through
 * the dangerous cases of payments and says what would go wrong with money.
 *
 * It is a client. It starts this program again as the server, and speaks HTTP with it, as a test
 * suite does. Each scenario runs in a process that has its own account and its own shop.
 */
#pragma once

#define REHEARSE_COMMAND "rehearse"

/* The exit status. */
enum {
    REHEARSE_HOLDS = 0,
    REHEARSE_CANNOT_JUDGE = 2, /* wrong use, or an ERROR */
    REHEARSE_FAILS = 3,        /* a MUST fails */
    REHEARSE_INCOMPLETE = 4,   /* --complete, and a MUST was not tested */
};

/* Runs the command; argv[1] is its name. Prints the verdict and returns the exit status. */
int rehearse_main(int argc, char **argv);
