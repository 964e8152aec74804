/* The machine's clocks. Platform times (created, expires, due) come from engine/tenant.h instead.
 */
#pragma once

#include <stdint.h>

int64_t wall_now_ms(void); /* unix milliseconds */
int64_t mono_now_ms(void); /* milliseconds, monotonic: for timeouts and durations */
int64_t mono_now_us(void);
