/* A request of the journal as GET /_mock/requests shows it. */
#pragma once

#include "call/call.h"

/* An item, with its bytes and, if it was refused, why. */
void request_view(struct call *call, struct json_out *out, const struct journal_record *record);

/* Calls `each` for every header of a part, JOURNAL_HEADERS or JOURNAL_REPLY_HEADERS; texts are in
 * the call's arena. */
void request_headers(struct call *call, const struct journal_record *record, enum journal_part part,
                     void (*each)(void *arg, const char *name, const char *value), void *arg);

/* A part with all secrets masked, in the call's arena. */
char *request_part(struct call *call, const struct journal_record *record, enum journal_part part);

/*
 * explain.c: why a call was refused, where, and what is accepted. Writes the member `key`: null
 * when the recorded request was not refused, else {"rule", "where", "message", "nearest",
 * "fields"}. `nearest` is the nearest valid form or null, `fields` the wrong fields with what each
 * takes. Never shows a secret.
 */
void explain_write(struct call *call, struct json_out *out, const char *key,
                   const struct journal_record *record);

/* What the field of an error takes, or NULL: router.accepts. */
const char *explain_accepts(struct call *call, const struct json_error *error);
