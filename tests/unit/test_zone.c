#include "unit.h"

#include "base/zone.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S 86400

static struct zone read_zone(const char *text)
{
    struct zone zone;
    const char *why = zone_read(text, &zone);
    if (why) {
        fail_msg("%s: %s", text, why);
    }
    return zone;
}

static void an_offset_is_read_in_the_usual_spellings(void **state)
{
    static const struct {
        const char *text, *name;
        int64_t offset_s;
    } rows[] = {
        {"UTC", "UTC", 0},
        {"Z", "UTC", 0},
        {"+03:00", "+03:00", 10800},
        {"+0300", "+03:00", 10800},
        {"+03", "+03:00", 10800},
        {" 03:00", "+03:00", 10800},
        {"-11:30", "-11:30", -41400},
        {"+14:00", "+14:00", 50400},
        {"-14", "-14:00", -50400},
        {"-00:30", "-00:30", -1800},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct zone zone = read_zone(rows[i].text);
        assert_row_text(rows[i].text, zone.name, rows[i].name);
        assert_row(rows[i].text, zone_offset_s(&zone, 0) == rows[i].offset_s);
        assert_row(rows[i].text,
                   zone_day_begin_s(&zone, 20000) == 20000 * (int64_t)DAY_S - rows[i].offset_s);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "+3",
        "+14:01",
        "+99",
        "+03:60",
        "+03:0",
        "+03:00:0",
        "++03",
        "utc",
        "right/UTC",
        "posixrules",
        "/UTC",
        "A/../UTC",
        "A.B",
        "A//B",
        ":UTC",
        "Mars/Phobos",
        "UTC+3",
        "Etc",
        "Europe/kyiv",
        "<+03>-3",
        "EST5EDT,M3.2.0,M11.1.0",
    };
    struct zone zone;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_row(texts[i], zone_read(texts[i], &zone));
    }
    char *longest = repeat('A', ZONE_NAME - 1), *longer = repeat('A', ZONE_NAME);
    assert_non_null(strstr(zone_read(longest, &zone), "zone data"));
    assert_non_null(strstr(zone_read(longer, &zone), "must be"));
    free(longest);
    free(longer);
}

static void a_day_has_23_or_25_hours_when_clocks_change(void **state)
{
    static const struct {
        const char *zone;
        int64_t day; /* since 1970 */
        int64_t hours;
    } rows[] = {
        {"Europe/Kyiv", 20905, 23},                                  /* 2027-03-28 */
        {"Europe/Kyiv", 20906, 24},      {"Europe/Kyiv", 21122, 25}, /* 2027-10-31 */
        {"America/New_York", 20891, 23},                             /* 2027-03-14 */
        {"America/New_York", 21129, 25},                             /* 2027-11-07 */
        {"Pacific/Apia", 15338, 0}, /* 2011-12-30, which did not exist */
        {"Pacific/Apia", 15339, 24},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct zone zone = read_zone(rows[i].zone);
        int64_t begin = zone_day_begin_s(&zone, rows[i].day);
        int64_t end = zone_day_begin_s(&zone, rows[i].day + 1);
        assert_row(rows[i].zone, end - begin == rows[i].hours * 3600);
    }
}

/* The process has one zone at a time. */
static void zones_can_be_used_in_turn(void **state)
{
    struct zone kyiv = read_zone("Europe/Kyiv"), york = read_zone("America/New_York");
    char text[ZONE_TIME];
    (void)state;
    for (int i = 0; i < 3; i++) {
        zone_format(&kyiv, 1812000000, text);
        assert_string_equal(text, "2027-06-03T08:20:00+03:00");
        zone_format(&york, 1812000000, text);
        assert_string_equal(text, "2027-06-03T01:20:00-04:00");
    }
    struct zone fixed = read_zone("-03:30");
    zone_format(&fixed, -1, text);
    assert_string_equal(text, "1969-12-31T20:29:59-03:30");
}

static void without_data_the_message_says_what_to_install(void **state)
{
    char folder[] = "/tmp/zone-XXXXXX", file[64];
    struct zone zone;
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TZDIR", folder, 1);
    assert_non_null(strstr(zone_read("Europe/Kyiv", &zone), "tzdata"));
    assert_null(zone_read("+03:00", &zone));
    snprintf(file, sizeof file, "%s/Etc", folder);
    assert_int_equal(mkdir(file, 0700), 0);
    unsetenv("TZDIR");
    rmdir(file);
    rmdir(folder);
    assert_null(zone_read("Europe/Kyiv", &zone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offset_is_read_in_the_usual_spellings),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(a_day_has_23_or_25_hours_when_clocks_change),
        cmocka_unit_test(zones_can_be_used_in_turn),
        cmocka_unit_test(without_data_the_message_says_what_to_install),
    };
    zone_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
