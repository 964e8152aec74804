#include "report_private.h"

#include "base/url.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define URL_ROOM 512

static const char *last_result(struct arena *arena, const struct attempt *attempt)
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
                        : callback->state == CALLBACK_SENDING ? "still in progress"
                                                              : "still queued";
    if (!n) {
        return arena_printf(arena, "%s, never sent", state);
    }
    return arena_printf(arena, "%s after %lld attempt%s: %s", state, (long long)callback->attempts,
                        callback->attempts == 1 ? "" : "s", last_result(arena, &attempts[n - 1]));
}

bool report_failure(struct engine *engine, struct arena *arena, int64_t seq,
                    struct report_failure *ret_failure)
{
    struct arena texts = {0}; /* freed at once: a callback's body is large */
    struct callback callback;
    struct invoice invoice;
    char id[IDENT_TEXT], url[URL_ROOM];
    bool known = store_callback_get(engine->store, &texts, seq, &callback);
    bool of_one = known && callback.invoice;
    bool found =
        known && (!of_one || store_invoice_get(engine->store, &texts, callback.invoice, &invoice));
    if (found) {
        ident_number("cb", seq, id);
        url_shown(callback.url, url, sizeof url);
        *ret_failure = (struct report_failure){
            .callback = arena_strdup(arena, id),
            .invoice = of_one ? arena_strdup(arena, invoice.id) : "no invoice",
            .transition = status_name(callback.transition),
            .url = arena_strdup(arena, url),
            .reason = report_reason(engine, arena, &callback),
        };
    }
    arena_finish(&texts);
    return found;
}
