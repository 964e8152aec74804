/*
 * The one end of everything that is not an expected error: a message on stderr and an abort, so
 * that a bug leaves a core and never a half-done answer. Bad user input never comes here.
 */
#pragma once

#include "attr.h"

/* Prints "fatal: FILE:LINE: message" and aborts. */
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)

void die_at(const char *file, int line, const char *format, ...) ATTR_PRINTF(3, 4) ATTR_NORETURN;
