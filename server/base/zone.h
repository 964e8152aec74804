/*
 * Time zones: an IANA name, whose rules come from the C library and its tz data, or a fixed offset.
 *
 * The C library has one current zone per process, set by the variable TZ. Nothing else in the
 * process uses local time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ZONE_NAME 64

struct zone {
    char name[ZONE_NAME]; /* "Europe/Kyiv", "+03:00", "UTC" */
    bool fixed;
    int64_t offset_s; /* if fixed: east of UTC */
};

/* Call it before threads start: later calls of this module do not change the environment. */
void zone_setup(void);

/*
 * Reads an IANA name in its exact spelling, UTC, Z, or an offset of at most 14 hours: +03:00,
 * +0300, +03. A blank counts as the '+', which it is in a query without escapes. Returns NULL, or
 * what the text must be.
 */
const char *zone_read(const char *text, struct zone *ret_zone);

/* The offset east of UTC at a time, in seconds. */
int64_t zone_offset_s(const struct zone *zone, int64_t unix_s);

/*
 * The time at which a day begins: the second in which the local date becomes the day, or a later
 * day if the zone skipped it. If clocks go back over midnight, this happens twice and either may be
 * returned. `day` counts from 1970-01-01. A day ends where the next one begins, so it can have 23
 * or 25 hours.
 */
int64_t zone_day_begin_s(const struct zone *zone, int64_t day);

#define ZONE_TIME 32
/* The local time with its offset, 2026-11-30T01:02:03+02:00. */
void zone_format(const struct zone *zone, int64_t unix_s, char ret_text[ZONE_TIME]);
