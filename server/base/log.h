/*
 * Logging to stderr, as text or JSON, one line per call. Lines are buffered and written once per
 * loop turn (log_flush): a system call per line would cost more than the request. Callers log ids,
 * codes and times, never secrets, card numbers or bodies.
 */
#pragma once

#include "attr.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
};

/* Parses "error", "warn", "info" or "debug"; returns false for anything else. */
bool log_level_parse(const char *name, enum log_level *ret_level);

void log_setup(enum log_level level, bool json);
bool log_wants(enum log_level level);

/*
 * From now on warnings are not written but counted by event, because stderr belongs to a command.
 * log_tell_held writes their sum in one line, if there were any: "3 warnings were not printed (2
 * callback, 1 request)" and `advice`; with `show`, "3 warnings (...)" and the last five.
 */
void log_hold_warnings(void);
void log_tell_held(bool show, const char *advice);

/* How many warnings were written so far. */
int64_t log_warnings(void);

struct log_field {
    const char *name;
    const char *text; /* NULL: `number` is the value */
    int64_t number;
};

#define LOG_TEXT(name, value) ((struct log_field){name, value, 0})
#define LOG_NUMBER(name, value) ((struct log_field){name, NULL, value})

/* Logs an event with its fields: log_event(LOG_INFO, "request", LOG_TEXT("method", m),
 * LOG_NUMBER("status", s)). */
#define log_event(level, event, ...)                                                               \
    log_fields(level, event, (const struct log_field[]){__VA_ARGS__},                              \
               sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t n);

/* Logs free text as the event "message". */
void log_line(enum log_level level, const char *format, ...) ATTR_PRINTF(2, 3);

/* Writes the buffered lines. Called once per loop turn and before the process ends. */
void log_flush(void);
