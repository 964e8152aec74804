/* How many connections to receivers are closed normally. */
#include "unit.h"

#include "deliver/ports.h"
#include "folder.h"

static int taken(struct ports *ports, int64_t now_ms)
{
    int n = 0;
    while (ports_take(ports, now_ms) && n < 100000) {
        n++;
    }
    return n;
}

static void a_quarter_of_the_ports_is_used_in_a_minute(void **state)
{
    static const struct {
        const char *range;
        int most;
    } rows[] = {
        {"32768\t60999\n", 7058}, {"40000 40199\n", 50}, {"40000 40002\n", 0}, {"", 7000},
        {"many\n", 7000},         {"5 4\n", 7000},       {"1 70000\n", 7000},  {"0 10\n", 7000},
    };
    char folder[FOLDER_TEXT];
    (void)state;
    folder_make(folder);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct ports ports;
        folder_write(folder, "range", rows[i].range, strlen(rows[i].range));
        ports_begin(&ports, folder_path(folder, "range"));
        assert_row(rows[i].range, taken(&ports, 70000) == rows[i].most);
        assert_row(rows[i].range, taken(&ports, 129999) == 0);
        assert_row(rows[i].range, taken(&ports, 130000) == rows[i].most);
    }
    struct ports ports;
    ports_begin(&ports, folder_path(folder, "missing"));
    assert_int_equal(taken(&ports, 70000), 7000);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quarter_of_the_ports_is_used_in_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
