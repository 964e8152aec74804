/* A callback as the control API shows it: with every attempt raw (server/docs/bodies.md, Callback).
 */
#pragma once

#include "call/call.h"

void callback_view(struct call *call, struct json_out *out, const char *key,
                   const struct callback *callback, const char *invoice_id);
