/* The table of routes: method, path, access, handler. Tests compare it with schema/openapi.yaml. */
#pragma once

#include "call/call.h"

extern const struct route routes[];
extern const size_t routes_count;
