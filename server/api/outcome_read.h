/* Outcomes that a request asks for, in a header or a field (server/docs/outcomes.md). */
#pragma once

#include "call/call.h"
#include "domain/outcome.h"

/* Whether `text` is an outcome that can come to pass of `subject`; if not, an error at `path` says
 * why. NULL asks for nothing, and is good. */
bool outcome_read(struct call *call, const char *path, const char *text,
                  const struct outcome_subject *subject, struct json_errors *errors);
