#include "web/web.h"

#include "base/embedded.h"
#include "base/text.h"
#include "web/page.h"

#include <string.h>

#define PATH "/_mock/docs/"
#define INDEX "index"
#define MISSING "missing" /* the page shown instead of one that does not exist */

/* What is served, by the end of its name. */
struct kind {
    const char *ending, *type;
    bool named; /* the text names this server; in HTML a script does that */
};

static const struct kind page_kind = {".html", HTTP_HTML, false};

/* What is there beside the pages. */
static const struct kind kinds[] = {
    {".md", "text/markdown; charset=utf-8", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".json", HTTP_JSON, false},
};

static const struct kind *kind_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < ARRAY_SIZE(kinds); i++) {
        if (text_equal(dot, kinds[i].ending)) {
            return &kinds[i];
        }
    }
    return &page_kind;
}

static const struct embedded_file *find(const struct call *call, const char *name)
{
    const char *ending = kind_of(name) == &page_kind ? page_kind.ending : "";
    return embedded_find(arena_printf(call->arena, "server/docs/%s%s", name, ending));
}

/* The address in the sources, plainly and with the slashes of JSON. */
#define ADDRESS "http://127.0.0.1:8080"
#define ADDRESS_JSON "http:\\/\\/127.0.0.1:8080"

static void add_with_slashes_of_json(struct buf *text, const char *url)
{
    for (; *url; url++) {
        buf_text(text, *url == '/' ? "\\/" : (char[]){*url, '\0'});
    }
}

/* Answers with the text, in which the samples have the URL of this server. */
static struct answer *reply_named(struct call *call, const char *type, const char *text)
{
    const char *base = call_base_url(call);
    struct buf *body = page_reply_text(call, type);
    for (const char *at; (at = strstr(text, "http:"));) {
        buf_add(body, text, (size_t)(at - text));
        text = at;
        if (text_starts(at, ADDRESS)) {
            buf_text(body, base);
            text += strlen(ADDRESS);
        } else if (text_starts(at, ADDRESS_JSON)) {
            add_with_slashes_of_json(body, base);
            text += strlen(ADDRESS_JSON);
        } else {
            buf_char(body, *text++);
        }
    }
    buf_text(body, text);
    return call_answered(call);
}

struct answer *docs_show(struct call *call)
{
    const char *asked = call->params[0] ? call->params[0] : INDEX;
    const struct embedded_file *page = find(call, asked);
    const struct kind *kind = kind_of(asked);
    const char *path = arena_printf(call->arena, PATH "%s", page && call->params[0] ? asked : "");
    struct answer *refused = dashboard_admit(call, path);
    if (refused) {
        return refused;
    }
    if (page && kind->named && !text_equal(call_base_url(call), ADDRESS)) {
        return reply_named(call, kind->type, page->data);
    }
    if (page) {
        return page_reply_embedded(call, 200, kind->type, page);
    }
    return page_is_browser(call)
               ? page_reply_embedded(call, 404, HTTP_HTML, find(call, MISSING))
               : call_control_error(call, 404, "unknown_page",
                                    "there is no page %s; " PATH " has them all", asked);
}
