/* Shared by all pages: templates by name, language, security headers, and the error page. */
#pragma once

#include "base/embedded.h"
#include "call/call.h"
#include "web/template.h"

/* Answers with the template server/web/assets/NAME and the headers of a page. */
struct answer *page_reply(struct call *call, unsigned status, const char *name, const char *locale,
                          const struct template_scope *scope) ATTR_ANSWER;

/* The same for a static page or its data. Browsers revalidate it each time (304 if unchanged),
 * because the server may be another version by then. */
struct answer *page_reply_embedded(struct call *call, unsigned status, const char *type,
                                   const struct embedded_file *file) ATTR_ANSWER;

/* Answers 200 with the headers of a static page and returns the buffer for its body. */
struct buf *page_reply_text(struct call *call, const char *type);

/* ?locale=, NULL when it names no language of ours. */
const char *page_locale_asked(const struct call *call);

/*
 * The language of a page: ?locale= if it is one of ours, else that of `own`, English if it is none
 * of ours. With `own` NULL the browser's, else English.
 */
const char *page_locale(const struct call *call, const char *own);

/* An error page of a status code; the sentence is a text of the catalogue. */
struct answer *page_error(struct call *call, unsigned status, const char *message_key) ATTR_ANSWER;

/* Replaces a JSON error reply by a page with the same message and headers. Does nothing if there is
 * none, or if the client prefers JSON to HTML. */
void page_error_instead(struct call *call);

/* A browser: its Accept names text/html. */
bool page_is_browser(const struct call *call);
