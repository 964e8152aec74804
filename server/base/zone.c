#include "zone.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400
#define OFFSET_MOST_MS (14 * 3600 * 1000) /* of a fixed one */
#define OFFSET_BOUND_S (26 * 3600)        /* more than that of any zone at any time */
#define TZ "TZ="

/* The environment keeps a pointer to this. Changing the text does not move it, so other threads
 * may read the environment meanwhile. */
static char variable[sizeof TZ + 1 + ZONE_NAME] = TZ "UTC";

void zone_setup(void)
{
    putenv(variable);
}

/* ------------------------------------------------------------------ reading */

/* Names of zones begin with an upper-case letter. Other files of the tz data, such as right/UTC,
 * which counts leap seconds, do not. No part of a name may lead out of the folder. */
static bool is_name(const char *text)
{
    size_t size = strspn(text, TEXT_LETTERS TEXT_DIGITS "_+-/");
    return *text >= 'A' && *text <= 'Z' && !text[size] && size < ZONE_NAME && !strstr(text, "//");
}

/* True if the tz data has the name. The C library itself takes an unknown one for UTC. */
static bool is_known(const char *name)
{
    const char *folder = getenv("TZDIR");
    char path[512], magic[4] = "";
    int size = snprintf(path, sizeof path, "%s/%s",
                        folder && *folder ? folder : "/usr/share/zoneinfo", name);
    FILE *file = size > 0 && (size_t)size < sizeof path ? fopen(path, "re") : NULL;
    if (file) {
        bool read = fread(magic, 1, sizeof magic, file) == sizeof magic;
        fclose(file);
        return read && memcmp(magic, "TZif", sizeof magic) == 0;
    }
    return false;
}

static bool read_fixed(const char *text, struct zone *ret_zone)
{
    char sign = *text == ' ' ? '+' : *text, midnight[32];
    int64_t ms;
    *ret_zone = (struct zone){.name = "UTC", .fixed = true};
    if (text_equal(text, "UTC") || text_equal(text, "Z")) {
        return true;
    }
    snprintf(midnight, sizeof midnight, "1970-01-01T00:00%c%s", sign, *text ? text + 1 : "");
    if ((sign != '+' && sign != '-') || strlen(text) > strlen("+00:00") ||
        !text_to_datetime(midnight, &ms) || llabs(ms) > OFFSET_MOST_MS) {
        return false;
    }
    int minutes = (int)(llabs(ms) / 60000);
    ret_zone->offset_s = -ms / 1000;
    snprintf(ret_zone->name, sizeof ret_zone->name, "%c%02d:%02d", sign, minutes / 60,
             minutes % 60);
    return true;
}

const char *zone_read(const char *text, struct zone *ret_zone)
{
    if (read_fixed(text, ret_zone)) {
        return NULL;
    }
    if (!is_name(text)) {
        return "must be the name of a time zone, such as Europe/Kyiv, or an offset of at most 14 "
               "hours, such as +03:00";
    }
    if (!is_known("Etc/UTC")) {
        return "names of time zones need the package tzdata, which this machine does not have; use "
               "an offset, such as +03:00";
    }
    ret_zone->fixed = false;
    snprintf(ret_zone->name, sizeof ret_zone->name, "%s", text);
    return is_known(text) ? NULL
                          : "is not in the machine's time zone data; names are spelled as in "
                            "Europe/Kyiv";
}

/* ------------------------------------------------------------------ using it */

/* Makes a zone the current zone of the process. Reads its file if another one was current. */
static void enter(const struct zone *zone)
{
    if (strcmp(variable + strlen(TZ), zone->name) != 0) {
        snprintf(variable, sizeof variable, TZ "%s", zone->name);
        tzset();
    }
}

int64_t zone_offset_s(const struct zone *zone, int64_t unix_s)
{
    struct tm tm;
    time_t at = (time_t)unix_s;
    if (zone->fixed) {
        return zone->offset_s;
    }
    enter(zone);
    return localtime_r(&at, &tm) ? (int64_t)tm.tm_gmtoff : 0;
}

static int64_t local_day(const struct zone *zone, int64_t unix_s)
{
    int64_t local_s = unix_s + zone_offset_s(zone, unix_s);
    return local_s / DAY_S - (local_s % DAY_S < 0);
}

int64_t zone_day_begin_s(const struct zone *zone, int64_t day)
{
    int64_t before = day * DAY_S - OFFSET_BOUND_S, begin = day * DAY_S + OFFSET_BOUND_S;
    if (zone->fixed) {
        return day * DAY_S - zone->offset_s;
    }
    while (begin - before > 1) {
        int64_t middle = before + (begin - before) / 2;
        *(local_day(zone, middle) < day ? &before : &begin) = middle;
    }
    return begin;
}

void zone_format(const struct zone *zone, int64_t unix_s, char ret_text[ZONE_TIME])
{
    struct tm tm;
    int64_t offset_s = zone_offset_s(zone, unix_s);
    time_t local = (time_t)(unix_s + offset_s);
    int minutes = (int)(llabs(offset_s) / 60);
    size_t size =
        gmtime_r(&local, &tm) ? strftime(ret_text, ZONE_TIME, "%Y-%m-%dT%H:%M:%S", &tm) : 0;
    snprintf(ret_text + size, ZONE_TIME - size, "%c%02d:%02d", offset_s < 0 ? '-' : '+',
             minutes / 60, minutes % 60);
}
