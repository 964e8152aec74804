/*
 * Handles everything that is not an expected error: prints a message on stderr and aborts, so a bug
 * leaves a core dump and never a partial response. Bad user input must not end here.
 */
#pragma once

#include "attr.h"

#include <stddef.h>

/* Prints "fatal: FILE:LINE: message" and aborts. */
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)

/*
 * Memory is exhausted, which is no bug: prints "milkypay-mock: out of memory" and ends the program
 * with the status EX_OSERR (71), without a core dump. The open transaction is lost; the database
 * stays as after the last commit. `size`: the bytes that were needed, 0 if that is not known.
 */
void die_of_memory(size_t size) ATTR_NORETURN;

void die_at(const char *file, int line, const char *format, ...) ATTR_PRINTF(3, 4) ATTR_NORETURN;
