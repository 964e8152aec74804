/* Why a callback never arrived, in words. */
#include "report.h"

#include "store/store_callback.h"

static const char *last_word(struct arena *arena, const struct attempt *attempt)
{
    const char *error = attempt->error;
    if (!attempt->code) {
        return error ? error : "no answer";
    }
    return arena_printf(arena, "the last answer was %lld%s%s", (long long)attempt->code,
                        error ? ", " : "", error ? error : "");
}

const char *report_reason(struct engine *engine, struct arena *arena,
                          const struct callback *callback)
{
    struct attempt *attempts;
    size_t n = store_attempt_last(engine->store, arena, callback->seq, 1, &attempts);
    const char *state = callback->state == CALLBACK_FAILED    ? "failed"
                        : callback->state == CALLBACK_SENDING ? "still under way"
                                                              : "still queued";
    if (!n) {
        return arena_printf(arena, "%s, never sent", state);
    }
    return arena_printf(arena, "%s after %lld attempt%s: %s", state, (long long)callback->attempts,
                        callback->attempts == 1 ? "" : "s", last_word(arena, &attempts[n - 1]));
}
