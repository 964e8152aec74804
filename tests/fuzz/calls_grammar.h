/* What scripts of calls are made of. The routes are the server's own (routes.h). */
#pragma once

#include "calls.h"

/* Values of JSON and of queries; ends in NULL, which calls_words_n does not count. */
extern const char *const calls_words[];
extern const size_t calls_words_n;

/* Lines of headers, without their ends. */
extern const char *const calls_headers[];
extern const size_t calls_headers_n;

/* What stands for a name in braces. The first whose `pattern` is a part of the route's. */
struct calls_parameter {
    const char *pattern, *name, *with;
};
extern const struct calls_parameter calls_parameters[];
extern const size_t calls_parameters_n;

/* The body that fits a call. The first whose pattern begins that of the route. */
struct calls_body {
    const char *method, *pattern, *body;
};
extern const struct calls_body calls_bodies[];
extern const size_t calls_bodies_n;
