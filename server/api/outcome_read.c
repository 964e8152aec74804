#include "outcome_read.h"

bool outcome_read(struct call *call, const char *path, const char *text,
                  const struct outcome_subject *subject, struct json_errors *errors)
{
    struct outcome outcome;
    char why[256];
    if (!text || (outcome_parse(text, subject->from, &call->engine->fixture->resolutions, &outcome,
                                why, sizeof why) &&
                  outcome_fits(&outcome, subject, why, sizeof why))) {
        return true;
    }
    json_errors_add(errors, path, "%s", why);
    return false;
}
