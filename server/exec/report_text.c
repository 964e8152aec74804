#include "report_private.h"

#include "base/text.h"
#include "base/url.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#include <string.h>
#include <time.h>

#define URL_ROOM 512

/* XML allows no control characters and no U+FFFE and U+FFFF, not even escaped. Both of these are
 * UTF-8. */
static void clean(char *data, size_t size)
{
    bool utf8 = text_utf8_length(data, size) >= 0;
    unsigned char *text = (unsigned char *)data;
    for (size_t i = 0; i < size; i++) {
        bool control = text[i] < ' ' && !memchr("\t\n\r", text[i], 3);
        if (control || (!utf8 && text[i] >= 0x80)) {
            text[i] = '?';
        } else if (text[i] == 0xef && text[i + 1] == 0xbf && text[i + 2] >= 0xbe) {
            memset(text + i, '?', 3);
        }
    }
}

void report_fill(struct buf *out, const char *name, const struct template_value *values, size_t n)
{
    const struct template_scope scope = {values, n, NULL};
    size_t from = out->size;
    template_fill(out, name, "en", &scope);
    clean(out->data + from, out->size - from);
}

const char *report_time(struct arena *arena, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm;
    char text[64] = "";
    if (gmtime_r(&seconds, &tm)) {
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    }
    return arena_strdup(arena, text);
}

const char *report_seconds(struct arena *arena, int64_t ms)
{
    return arena_printf(arena, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

const char *report_number(struct arena *arena, int64_t n)
{
    return arena_printf(arena, "%lld", (long long)n);
}

const char *report_number_or_none(struct arena *arena, int64_t n)
{
    return n ? report_number(arena, n) : NULL;
}

/* ------------------------------------------------------------------ callbacks that never arrived
 */

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
