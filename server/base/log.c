#include "log.h"

#include "buf.h"
#include "json_text.h"
#include "text.h"
#include "wall.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Lines are written early if this much is buffered within a turn. */
#define FLUSH_BYTES ((size_t)65536)

#define HELD_LINES ((size_t)5)
#define HELD_EVENTS 16 /* more than there are events with warnings */

static const char *const level_names[] = {"error", "warn", "info", "debug", NULL};

static struct {
    enum log_level level;
    bool json;
    struct buf lines;
    bool holds;       /* warnings */
    int64_t warnings; /* that were written */
    struct {
        const char *event;
        int64_t n;
    } held[HELD_EVENTS];               /* ends with the first that has no event */
    struct buf held_lines[HELD_LINES]; /* the last ones, in a ring */
    size_t n_held_lines;
} logger = {.level = LOG_INFO};

bool log_level_parse(const char *name, enum log_level *ret_level)
{
    int level = text_index(level_names, name);
    if (level >= 0) {
        *ret_level = (enum log_level)level;
    }
    return level >= 0;
}

void log_setup(enum log_level level, bool json)
{
    logger.level = level;
    logger.json = json;
}

bool log_wants(enum log_level level)
{
    return level <= logger.level;
}

static bool needs_quotes(const char *text)
{
    size_t size = strlen(text);
    return !size || strchr(text, ' ') || !json_text_is_plain(JSON_TEXT_LOG, text, size);
}

static void add_time(struct buf *out)
{
    int64_t now_ms = wall_now_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char text[40];
    size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    buf_add(out, text, size);
    buf_printf(out, ".%03dZ", (int)(now_ms % 1000));
}

static void add_json(struct buf *out, enum log_level level, const char *event,
                     const struct log_field *fields, size_t n)
{
    buf_text(out, "{\"time\":\"");
    add_time(out);
    buf_printf(out, "\",\"level\":\"%s\",\"event\":\"%s\"", level_names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, ",\"%s\":", fields[i].name);
        if (fields[i].text) {
            json_text_add(out, JSON_TEXT_LOG, fields[i].text, strlen(fields[i].text));
        } else {
            buf_int(out, fields[i].number);
        }
    }
    buf_text(out, "}\n");
}

static void add_plain(struct buf *out, enum log_level level, const char *event,
                      const struct log_field *fields, size_t n)
{
    add_time(out);
    buf_printf(out, " %-5s %s", level_names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, " %s=", fields[i].name);
        if (!fields[i].text) {
            buf_int(out, fields[i].number);
        } else if (needs_quotes(fields[i].text)) {
            json_text_add(out, JSON_TEXT_LOG, fields[i].text, strlen(fields[i].text));
        } else {
            buf_text(out, fields[i].text);
        }
    }
    buf_char(out, '\n');
}

/* ------------------------------------------------------------------ warnings that wait */

void log_hold_warnings(void)
{
    logger.holds = true;
}

static void add_line(struct buf *out, enum log_level level, const char *event,
                     const struct log_field *fields, size_t n)
{
    (logger.json ? add_json : add_plain)(out, level, event, fields, n);
}

static void hold(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    struct buf *line = &logger.held_lines[logger.n_held_lines++ % HELD_LINES];
    line->size = 0;
    add_line(line, level, event, fields, n);
    size_t i = 0;
    while (i < HELD_EVENTS - 1 && logger.held[i].event &&
           !text_equal(logger.held[i].event, event)) {
        i++;
    }
    logger.held[i].event = event;
    logger.held[i].n++;
}

static void show_held_lines(void)
{
    size_t n = logger.n_held_lines < HELD_LINES ? logger.n_held_lines : HELD_LINES;
    for (size_t i = logger.n_held_lines - n; i < logger.n_held_lines; i++) {
        const struct buf *line = &logger.held_lines[i % HELD_LINES];
        buf_add(&logger.lines, line->data, line->size);
    }
}

void log_tell_held(bool show, const char *advice)
{
    buf_auto parts = {0};
    int64_t all = 0;
    for (size_t i = 0; i < HELD_EVENTS && logger.held[i].event; i++) {
        all += logger.held[i].n;
        buf_printf(&parts, "%s%lld %s", i ? ", " : "", (long long)logger.held[i].n,
                   logger.held[i].event);
    }
    const char *s = all == 1 ? "" : "s";
    if (all && show) {
        char which[48] = "all of them";
        if (all > (int64_t)HELD_LINES) {
            snprintf(which, sizeof which, "the last %zu of them", HELD_LINES);
        }
        log_flush();
        fprintf(stderr, "milkypay-mock: %lld warning%s (%s); %s; %s:\n", (long long)all, s,
                buf_str(&parts), advice, all == 1 ? "here it is" : which);
    } else if (all) {
        log_flush();
        fprintf(stderr, "milkypay-mock: %lld warning%s %s not printed (%s): %s\n", (long long)all,
                s, all == 1 ? "was" : "were", buf_str(&parts), advice);
    }
    if (show) {
        show_held_lines();
        log_flush();
    }
    for (size_t i = 0; i < HELD_LINES; i++) {
        buf_finish(&logger.held_lines[i]);
    }
}

/* ------------------------------------------------------------------ lines */

int64_t log_warnings(void)
{
    return logger.warnings;
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    if (!log_wants(level)) {
        return;
    }
    if (level == LOG_WARN && logger.holds) {
        hold(level, event, fields, n);
        return;
    }
    logger.warnings += level == LOG_WARN;
    add_line(&logger.lines, level, event, fields, n);
    if (logger.lines.size > FLUSH_BYTES) {
        log_flush();
    }
}

void log_line(enum log_level level, const char *format, ...)
{
    if (!log_wants(level)) {
        return;
    }
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_event(level, "message", LOG_TEXT("text", text));
}

void log_flush(void)
{
    const char *p = logger.lines.data;
    size_t left = logger.lines.size;
    while (left) {
        ssize_t done = write(STDERR_FILENO, p, left);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            break; /* stderr is closed: drop the logs and continue */
        }
        p += done;
        left -= (size_t)done;
    }
    logger.lines.size = 0;
}
