/*
 * Handles everything that is not an expected error: prints a message on stderr and aborts, so a bug
 * leaves a core dump and never a partial response. Bad user input must not end here.
 */
#pragma once

#include "attr.h"

/* Prints "fatal: FILE:LINE: message" and aborts. */
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)

void die_at(const char *file, int line, const char *format, ...) ATTR_PRINTF(3, 4) ATTR_NORETURN;
