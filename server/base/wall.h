/* The machine's own clocks. Platform time (created, expires, due) never comes from here but from
 * engine/clock.h. */
#pragma once

#include <stdint.h>

int64_t wall_now_ms(void); /* unix milliseconds */
int64_t
mono_now_ms(void); /* milliseconds of a clock that nobody sets; for timeouts and durations */
int64_t mono_now_us(void);
