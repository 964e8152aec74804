/* Replies by a file of shapes (--profile-file). */
#pragma once

#include "call/call.h"
#include "view/view_errors.h"

/* Changes the reply to what the file says of it: its status, its headers and the shape of its body.
 * Does nothing without such a file, and to calls that are not of the platform's two APIs. */
void reply_shape(struct call *call);

/* The way to write wrong fields (422). Returns false if the file says nothing of it. */
bool reply_shape_style(const struct call *call, enum error_style *ret_style);
