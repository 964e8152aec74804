/* Compiler attributes and helpers for arrays and structs, used everywhere. */
#pragma once

#include <stddef.h>

#define ATTR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ATTR_NORETURN __attribute__((noreturn))
#define ATTR_NONNULL __attribute__((returns_nonnull))
#define ATTR_UNUSED __attribute__((unused))
#define ATTR_MUST_USE __attribute__((warn_unused_result))
#define ATTR_NOINLINE __attribute__((noinline)) /* keeps a rare case out of a short function */

/* Runs `fn(&variable)` when the variable goes out of scope, so functions can return early. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The struct that contains the `member` that a pointer points to. */
#define CONTAINER_OF(pointer, type, member)                                                        \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))
