/* What a signal makes the loop do (loop.h). Of several, the last one here counts. */
#pragma once

enum loop_action {
    LOOP_CONTINUE,
    LOOP_SETTLE, /* end once the callbacks that are under way or due have ended */
    LOOP_END,    /* end now */
};
