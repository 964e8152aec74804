/* The one table of routes: method, path, who may, handler. tests compare it with
 * schema/openapi.yaml. */
#pragma once

#include "call/call.h"

extern const struct route routes[];
extern const size_t routes_count;
