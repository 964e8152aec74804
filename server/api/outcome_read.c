#include "api/order.h"

bool outcome_read(struct call *call, const char *path, const char *text,
                  const struct outcome_subject *subject, struct json_errors *errors)
{
    struct outcome outcome;
    if (!text) {
        return true;
    }
    const char *why = outcome_parse(text, subject->from, &call->engine->fixture->resolutions,
                                    call->arena, &outcome);
    why = why ? why : outcome_fits(&outcome, subject, call->arena);
    if (why) {
        json_errors_add(errors, path, "%s", why);
    }
    return !why;
}
