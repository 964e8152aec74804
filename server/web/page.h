/* What all pages share: templates by name, security headers, and the error page. */
#pragma once

#include "http/call.h"
#include "web/template.h"

/* Answers with the template server/web/assets/NAME and the headers of a page. */
void page_reply(struct call *call, unsigned status, const char *name,
                const struct template_value *values, size_t n);

/* An error page of a status code with a sentence. */
void page_error(struct call *call, unsigned status, const char *message);

/* Replaces the JSON error that stands as the reply by a page that says the same. */
void page_error_instead(struct call *call);

/* The client asks for JSON rather than for HTML. */
bool page_wants_json(const struct call *call);

/* A browser: its Accept names text/html. */
bool page_is_browser(const struct call *call);

/* GET /_mock/assets/{name}: the pages' style. */
void page_asset(struct call *call);
