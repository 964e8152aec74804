/* What all pages share: templates by name, the language, security headers, and the error page. */
#pragma once

#include "base/embedded.h"
#include "call/call.h"
#include "web/template.h"

/* Answers with the template server/web/assets/NAME and the headers of a page. */
struct answer *page_reply(struct call *call, unsigned status, const char *name, const char *locale,
                          const struct template_scope *scope) ATTR_ANSWER;

/* The same with a page that needs no filling; a browser that has it already is told so (304), for
 * it asks each time: another version may serve here next. */
struct answer *page_reply_embedded(struct call *call, unsigned status,
                                   const struct embedded_file *file) ATTR_ANSWER;

/* ?locale=, NULL when it names no language of ours. */
const char *page_locale_asked(const struct call *call);

/*
 * The language of a page: ?locale= if it is one of ours, else that of `own`, English if it is none
 * of ours. With `own` NULL the browser's, else English.
 */
const char *page_locale(const struct call *call, const char *own);

/* An error page of a status code; the sentence is a text of the catalogue. */
struct answer *page_error(struct call *call, unsigned status, const char *message_key) ATTR_ANSWER;

/* Replaces the JSON error that stands as the reply by a page that says the same, headers kept. Does
 * nothing if none stands, or if the client asks for JSON rather than for HTML. */
void page_error_instead(struct call *call);

/* A browser: its Accept names text/html. */
bool page_is_browser(const struct call *call);
