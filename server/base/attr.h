/* Compiler attributes and array helpers used everywhere. */
#pragma once

#include <stddef.h>

#define ATTR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ATTR_NORETURN __attribute__((noreturn))
#define ATTR_NONNULL __attribute__((returns_nonnull))
#define ATTR_UNUSED __attribute__((unused))

/* Runs `fn(&variable)` when the variable goes out of scope, so early returns stay flat. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
